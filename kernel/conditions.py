"""The declarative conditions of a policy pack: field, comparison, value; all/any/not.

Checked when a pack is loaded, never evaluated as code. A missing fact makes a comparison *unknown*
(None), and unknown follows Kleene's logic: ``any`` with one true side is true all the same.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kernel.money import fen, parse_yuan, show_fen

Facts = Mapping[str, object]


def _amount(value: object) -> object:
    """Money literals ("20亿元") become 分 at load, so that comparing is plain integer comparison."""
    if isinstance(value, str):
        return fen(parse_yuan(value))
    return value


Amount = Annotated[int, BeforeValidator(_amount)]


class Condition(BaseModel):
    """One node: either a connective over further nodes, or one comparison. Empty holds always."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    all_of: tuple["Condition", ...] | None = Field(None, alias="all")
    any_of: tuple["Condition", ...] | None = Field(None, alias="any")
    none_of: tuple["Condition", ...] | None = Field(None, alias="not")
    field: str = ""
    equals: str | bool | int | None = Field(None, alias="is")
    one_of: tuple[str, ...] | None = Field(None, alias="in")
    at_least: Amount | None = None
    below: Amount | None = None
    present: bool | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "Condition":
        links = [x for x in (self.all_of, self.any_of, self.none_of) if x is not None]
        tests = self._tests()
        if self.field and (links or len(tests) != 1):
            raise ValueError("condition_one_comparison")
        if not self.field and (tests or len(links) > 1):
            raise ValueError("condition_field_missing")
        return self

    def _tests(self) -> dict[str, Any]:
        names = ("equals", "one_of", "at_least", "below", "present")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    def fields(self) -> set[str]:
        """Every field the condition looks at: for checking a pack and for "what is missing"."""
        nested = (self.all_of or ()) + (self.any_of or ()) + (self.none_of or ())
        return ({self.field} if self.field else set()).union(*(node.fields() for node in nested))


def holds(condition: Condition, facts: Facts) -> bool | None:
    """Whether the condition holds for the facts; None where a missing fact leaves it open."""
    if condition.all_of is not None:
        return _every(holds(node, facts) for node in condition.all_of)
    if condition.any_of is not None:
        return _not(_every(_not(holds(node, facts)) for node in condition.any_of))
    if condition.none_of is not None:
        return _every(_not(holds(node, facts)) for node in condition.none_of)
    return _compare(condition, facts.get(condition.field)) if condition.field else True


def _every(answers: Iterable[bool | None]) -> bool | None:
    """Kleene's "and": the first no decides, else the first doubt."""
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _compare(condition: Condition, value: Any) -> bool | None:
    if condition.present is not None:
        return (value not in (None, "")) is condition.present
    if value is None or value == "":
        return None
    if condition.at_least is not None or condition.below is not None:
        return _in_range(condition, value)
    return value in condition.one_of if condition.one_of is not None else bool(value == condition.equals)


def _in_range(condition: Condition, value: Any) -> bool:
    if condition.at_least is not None:
        return bool(value >= condition.at_least)
    return bool(value < condition.below)


def explain(condition: Condition, labels: Mapping[str, str] | None = None) -> str:
    """The condition as a sentence for people: "（投资额 ≥ 20亿元 或 年产值 ≥ 50亿元）"."""
    labels = labels or {}
    for nodes, word in ((condition.all_of, _("且")), (condition.any_of, _("或"))):
        if nodes is not None:
            return "（" + f" {word} ".join(explain(node, labels) for node in nodes) + "）"
    if condition.none_of is not None:
        return _("非（%(what)s）") % {"what": "、".join(explain(node, labels) for node in condition.none_of)}
    return _explain_one(condition, str(labels.get(condition.field, condition.field)), labels)


def _explain_one(condition: Condition, name: str, labels: Mapping[str, str]) -> str:
    if not condition.field:
        return _("不限")
    if condition.at_least is not None or condition.below is not None:
        sign, bound = ("≥", condition.at_least) if condition.at_least is not None else ("<", condition.below)
        return f"{name} {sign} {show_fen(bound)}"
    if condition.present is not None:
        return _("已填%(name)s") % {"name": name} if condition.present else _("未填%(name)s") % {"name": name}
    if condition.one_of is not None:
        return f"{name} ∈ " + "、".join(str(labels.get(v, v)) for v in condition.one_of)
    if isinstance(condition.equals, bool):
        return name if condition.equals else _("非%(name)s") % {"name": name}
    return f"{name} = {labels.get(str(condition.equals), condition.equals)}"
