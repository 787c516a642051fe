"""What is measured: project classes, credit weights, the escalation ladder, and choices made."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from kernel.conditions import Condition
from policies.schema.base import Code, Factor, Item, Rule, Text, one_of

TELLS = ("handler", "unit_head", "lead_unit", "bureau", "leader", "inspector")
Told = Annotated[str, AfterValidator(one_of(list(TELLS)))]


class ProjectClass(Rule):
    """重大/较大/重点/一般: the first listed class whose condition holds."""

    code: Code
    when: Condition


class Weight(Item):
    """The factor for a case; the first listed weight whose condition holds."""

    when: Condition = Condition()
    factor: Factor
    clause: Text


class JointShare(Item):
    """How a joint project's credit is divided: the lead unit's share, and all supporting units' together."""

    lead: Factor
    supporting: Factor
    several: Literal["equal"]
    clause: Text

    @model_validator(mode="after")
    def _whole(self) -> "JointShare":
        if self.lead + self.supporting != 1:
            raise PydanticCustomError("shares_make_one", "", {})
        return self


class CreditRule(Rule):
    """How a measure is credited to units; where ``joint`` is absent, joint work is not divided."""

    code: Code
    measure: Literal["agreed_funds", "paid_in_funds", "project_count"]
    weights: Annotated[tuple[Weight, ...], Field(strict=False, min_length=1)]
    joint: JointShare | None = None


class RungAt(Item):
    """When a rung is due: so many days before or after the due day (0 after: on the due day itself)."""

    before_due: Annotated[int, Field(ge=0, le=365)] | None = None
    after_due: Annotated[int, Field(ge=0, le=365)] | None = None
    unit: Literal["working_day", "natural_day"] = "working_day"

    @model_validator(mode="after")
    def _one_side(self) -> "RungAt":
        if (self.before_due is None) is (self.after_due is None):
            raise PydanticCustomError("rung_one_side", "", {})
        return self

    @property
    def offset(self) -> int:
        """Days from the due day: negative before it, positive after it."""
        return -self.before_due if self.before_due is not None else (self.after_due or 0)


class Rung(Rule):
    """One rung of the escalation ladder, mildest first: who is told, and what opens (催办)."""

    level: Code
    at: RungAt
    tells: Annotated[tuple[Told, ...], Field(strict=False, min_length=1)]
    opens: Literal["urge", "supervise"] | None = None

    @property
    def code(self) -> str:
        return self.level


SIGNS = (
    "same_code", "other_code", "same_investor", "sound_investor", "near_investor", "other_investor",
    "same_name", "sound_name", "near_name", "other_round", "same_amount", "far_amount", "same_site",
)  # fmt: skip
GRADES = ("sure", "likely", "possible")


class Likeness(Rule):
    """What two projects share or differ in and how much that counts; or from how many points on they are
    taken for one (``sure``), probably (``likely``) or perhaps (``possible``).

    ``within``: for ``same_amount`` how far the smaller may lie below the larger, for ``far_amount`` from how
    far below it counts as far; both in per cent of the larger.
    """

    code: Annotated[Code, AfterValidator(one_of([*SIGNS, *GRADES]))]
    points: Annotated[int, Field(ge=-100, le=100)]
    within: Annotated[int, Field(ge=0, le=100)] | None = None

    @model_validator(mode="after")
    def _within_amounts(self) -> "Likeness":
        if (self.within is not None) is not self.code.endswith("_amount"):
            raise PydanticCustomError("within_for_amounts", "", {})
        return self


class Principle(Rule):
    """A principle by which a project is matched with a place (匹配原则); a proposal names at least one."""

    code: Code


class Choice(Item):
    """What the text leaves open and what this office chose, and why; ``rule`` is "table.code[.key]"."""

    rule: Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z0-9_-]+)+$")]
    why: Text
    clause: str = ""
