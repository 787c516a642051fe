"""The conditions of a pack: comparisons, connectives, and what is not known yet."""

from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from kernel.conditions import Condition, explain, holds


def condition(**words: Any) -> Condition:
    return Condition.model_validate(words)


TRUE, FALSE, OPEN = ({"field": name, "is": True} for name in ("yes", "no", "open"))
FACTS = {"yes": True, "no": False, "total": 200_000_000_000, "kind": "new"}
WORTH = {True: TRUE, False: FALSE, None: OPEN}


def test_the_empty_condition_always_holds() -> None:
    assert holds(condition(), {}) is True


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ({"field": "kind", "is": "new"}, True),
        ({"field": "kind", "is": "old"}, False),
        ({"field": "kind", "in": ["old", "new"]}, True),
        ({"field": "kind", "in": ["old"]}, False),
        ({"field": "total", "at_least": "20亿元"}, True),
        ({"field": "total", "at_least": "20.01亿元"}, False),
        ({"field": "total", "below": "20亿元"}, False),
        ({"field": "total", "below": 200_000_000_001}, True),
        ({"field": "kind", "present": True}, True),
        ({"field": "absent", "present": True}, False),
        ({"field": "absent", "present": False}, True),
        ({"field": "absent", "is": "x"}, None),
        ({"field": "absent", "at_least": 1}, None),
    ],
)
def test_comparisons(words: dict[str, Any], answer: bool | None) -> None:
    assert holds(condition(**words), FACTS) is answer


@pytest.mark.parametrize(("one", "other"), list(product(WORTH, WORTH)))
def test_unknown_follows_kleene(one: bool | None, other: bool | None) -> None:
    sides = [WORTH[one], WORTH[other]]
    values = [one, other]
    every = False if False in values else None if None in values else True
    some = True if True in values else None if None in values else False
    none = {True: False, False: True, None: None}[some]
    assert holds(condition(all=sides), FACTS) is every
    assert holds(condition(any=sides), FACTS) is some
    assert holds(condition(**{"not": sides}), FACTS) is none


@pytest.mark.parametrize(
    "words",
    [
        {"field": "a"},
        {"field": "a", "is": "x", "in": ["y"]},
        {"is": "x"},
        {"all": [], "any": []},
        {"field": "a", "is": "x", "all": []},
        {"field": "a", "at_least": "many"},
        {"field": "a", "equals_to": 1},
    ],
)
def test_a_malformed_condition_is_refused_when_it_is_read(words: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        condition(**words)


def test_it_names_every_field_that_it_looks_at() -> None:
    deep = condition(any=[{"field": "a", "is": True}, {"not": [{"all": [{"field": "b", "present": True}]}]}])
    assert deep.fields() == {"a", "b"}


def test_it_reads_as_a_sentence() -> None:
    rule = condition(any=[{"field": "total", "at_least": "20亿元"}, {"field": "output", "below": "5000万元"}])
    assert (
        explain(rule, {"total": "总投资", "output": "年产值"}) == "（总投资 ≥ 20亿元 或 年产值 < 5,000万元）"
    )
    assert (
        explain(condition(**{"not": [{"field": "foreign", "is": True}]}), {"foreign": "外资"}) == "非（外资）"
    )
    assert explain(condition(field="kind", **{"in": ["a", "b"]})) == "kind ∈ a、b"
    assert explain(condition(field="kind", present=False)) == "未填kind"
    assert explain(condition(field="open", **{"is": False})) == "非open"
    assert explain(condition(field="kind", **{"is": "a"}), {"a": "甲"}) == "kind = 甲"
    assert explain(condition()) == "不限"
