"""Rows written in bulk hold what a model would have written, whatever characters they carry."""

from typing import Any

import orjson
import pytest
from django.db import IntegrityError, connection

from accounts.models import Unit
from cases.models import Case, Enterprise, Event, Part
from kernel.bulk import (
    Rows,
    Scratch,
    Sql,
    copied,
    copied_line,
    dumps,
    fetch,
    insert_history,
    insert_select,
    json_object,
    one_of,
)
from tests import factories

NASTY = ["tab\there", "line\nbreak\r\n", "back\\slash \\N \\.", "“引号”'\"", "𠮷 emoji 🏭", "%s %(x)s {}", ""]


@pytest.mark.parametrize("text", [*NASTY, "nul\x00l", "a\\u0000b", "a\\\\\x00b"])
def test_json_survives_without_its_nul(text: str) -> None:
    assert orjson.loads(dumps({"x": text})) == {"x": text.replace("\x00", "")}


def test_copy_escapes_what_copy_reads_otherwise() -> None:
    pairs = {"\\N": "\\\\N", "a\tb\n": "a\\tb\\n", "a\x00": "a"}
    assert {text: copied(text) for text in pairs} == pairs
    assert (copied(None), copied(7)) == ("\\N", "7")


@pytest.mark.parametrize(
    "row",
    [
        ["甲", None, 1],
        ["\\N", None],
        ["a\tb", None],
        ["\x1f", 2],
        ["\x1e", None, "\x1e"],
        [None, None],
        ["", ""],
    ],
)
def test_a_line_is_copied_as_its_values_are(row: list[object]) -> None:
    assert copied_line(row) == "\t".join(map(copied, row)) + "\n"


@pytest.mark.django_db
def test_rows_take_defaults_keys_and_moments_as_the_model_would() -> None:
    rows = Rows(Enterprise)
    for text in NASTY:
        rows.add(name=text, normalized_name=text, no_code_reason="x")
    keys = list(rows.number())
    rows.insert()
    kept = {row.pk: row for row in Enterprise.objects.all()}
    assert [kept[key].name for key in keys] == NASTY
    assert all(row.country == "CN" and row.created_at and row.credit_code == "" for row in kept.values())
    assert Enterprise.objects.create(name="next", no_code_reason="x").pk not in keys


@pytest.mark.django_db
def test_json_columns_are_written_and_read_back() -> None:
    case = factories.case()
    rows = Rows(Event)
    for text in NASTY:
        rows.add(
            case_id=case.pk,
            kind="x",
            on=factories.TODAY,
            data={"text": text, "n": 1, "deep": [None, {"a": True}]},
        )
    rows.insert()
    assert [event.data["text"] for event in Event.objects.order_by("pk")] == NASTY
    assert Event.objects.filter(data__n=1).count() == len(NASTY)


@pytest.mark.django_db
def test_an_unknown_column_is_an_error_and_a_broken_rule_too() -> None:
    rows = Rows(Enterprise)
    with pytest.raises(KeyError):
        rows.add(no_such_column=1)
    rows.add(name="a", normalized_name="a")  # neither a code nor the reason why there is none
    with pytest.raises(IntegrityError):
        rows.insert()


@pytest.mark.django_db
def test_selecting_from_a_scratch_table_fills_a_model_and_its_history() -> None:
    unit, who = factories.unit("u"), factories.user()
    cases = [factories.case() for _n in range(3)]
    table = Scratch(
        "test_scratch", {"n": "bigint", "key": "bigint", "text": "text", "day": "date", "data": "json"}
    )
    table.fill([n, case.pk, NASTY[n], factories.TODAY, dumps({"n": n})] for n, case in enumerate(cases))
    table.index("n")
    values: dict[str, Any] = {
        "case_id": Sql("s.key"),
        "reason": Sql("s.text || %s", "!"),
        "valid_from": Sql("s.day"),
    }
    values |= {"unit_id": unit.pk, "part": "landing", "exclusive": True}
    assert insert_select(Part, values, "FROM test_scratch s WHERE s.n > %s ORDER BY s.n", [0]) == 2
    parts = Part.objects.order_by("pk")
    assert [part.reason for part in parts] == [f"{text}!" for text in NASTY[1:3]]
    assert all(
        part.exclusive and part.valid_to is None and part.valid_from == factories.TODAY for part in parts
    )
    insert_history(
        Part, kind="+", by=who.pk, reason="why", where="t.case_id IN (SELECT key FROM test_scratch)"
    )
    for part in parts:
        (line,) = part.history.all()
        assert (line.history_type, line.history_user, line.history_change_reason) == ("+", who, "why")
        assert (line.reason, line.unit_id, line.valid_from) == (part.reason, unit.pk, part.valid_from)
    table.drop()


@pytest.mark.django_db
def test_a_json_object_is_built_from_values_and_columns() -> None:
    case = factories.case()
    table = Scratch("test_scratch", {"key": "bigint", "n": "bigint"})
    table.fill([[case.pk, 7]])
    data = json_object(file="台账'\"\\.xlsx", row=Sql("s.n"), **{"import": 3})
    insert_select(
        Event,
        {"case_id": Sql("s.key"), "kind": "x", "on": factories.TODAY, "data": data},
        "FROM test_scratch s",
    )
    assert Event.objects.get().data == {"file": "台账'\"\\.xlsx", "row": 7, "import": 3}


@pytest.mark.django_db
def test_one_of_the_keys_is_none_between_them() -> None:
    cases = [factories.case() for _number in range(3)]
    table = Scratch("test_scratch", {"key": "bigint"})
    sql = f"SELECT id FROM cases_case WHERE {one_of('id', 'test_scratch')} ORDER BY id"
    assert fetch(sql) == []
    table.fill([[cases[0].pk], [cases[2].pk]])
    assert fetch(sql) == [(cases[0].pk,), (cases[2].pk,)]


@pytest.mark.django_db
def test_a_scratch_table_is_made_anew_each_time() -> None:
    for _time in range(2):
        Scratch("test_scratch", {"n": "bigint"}).fill([[1]])
        assert fetch("SELECT count(*) FROM test_scratch") == [(1,)]


@pytest.mark.django_db
def test_history_has_only_the_indexes_that_are_asked() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "cases_historicalpart")
    indexed = {tuple(row["columns"]) for row in found.values() if row["index"]}
    assert ("id", "history_date") in indexed
    assert not {("id",), ("history_date",), ("case_id",), ("unit_id",), ("history_user_id",)} & indexed


@pytest.mark.django_db
def test_keys_given_in_bulk_are_not_given_again() -> None:
    unit = Rows(Unit)
    unit.add(code="a", name="a", kind="department", valid_from=factories.LONG_AGO)
    (key,) = unit.number()
    unit.insert()
    assert Unit.objects.create(code="b", name="b", kind="department", valid_from=factories.LONG_AGO).pk > key
    assert Case.objects.count() == 0
