"""Permits: who grants one, from when its clock counts, what stops it; the green channel; the running slip."""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kernel.conditions import Condition
from policies.schema.base import Code, Item, Limit, Listed, RoleCode, Rule, Text


class Delegation(Item):
    """赋权事项: whoever plays ``part`` grants in place of the authority.

    Only the ``units`` named (any, if none), for projects for which ``when`` surely holds.
    """

    part: Code
    units: Listed[Code] = ()
    when: Condition = Condition()
    clause: str = ""


class SpecialCase(Item):
    """特殊情况: the longer limit from the same day, with a reason, granted by another of these roles."""

    limit: Limit
    approved_by_roles: Annotated[tuple[RoleCode, ...], Field(strict=False, min_length=1)]
    clause: str = ""


class StopCause(Item):
    """What may stop the clock. ``elsewhere``: a higher authority holds the case; it is named."""

    code: Code
    name: Text
    elsewhere: bool = False
    clause: str = ""


class Commitment(Item):
    """告知承诺: the applicant promises in writing; the materials ``waives`` (by name) are then not wanted."""

    when: Condition = Condition()
    waives: Listed[Text] = ()
    clause: str = ""


class PermitRule(Item):
    """What a step of kind "permit" says beyond any other step.

    ``counts_from``: the clock's event is the day on which the material is complete (材料齐备), or that of the
    application. ``legal`` is the statutory limit beside the promised one, ``green`` the own limit of projects
    in the green channel. ``accepts``: the milestone that the first acceptance reaches, whose clock counts
    from that day; early help (提前帮) before it counts nowhere. ``told_once``: the clause by which everything
    that is missing is told at one stroke; without it notices may follow one another.
    """

    counts_from: Literal["complete", "application"] = "complete"
    legal: Limit | None = None
    green: Limit | None = None
    special: SpecialCase | None = None
    stops: Listed[StopCause] = ()
    commitment: Commitment | None = None
    early_help: bool = False
    delegated: Delegation | None = None
    accepts: Code | None = None
    told_once: str = ""

    @model_validator(mode="after")
    def _causes_told_apart(self) -> "PermitRule":
        codes = [cause.code for cause in self.stops]
        if len(codes) != len(set(codes)):
            raise PydanticCustomError("stop_causes_twice", "", {})
        return self

    def cause(self, code: str) -> StopCause | None:
        return next((cause for cause in self.stops if cause.code == code), None)

    def clauses(self) -> list[tuple[str, str, str]]:
        """What it cites: key, clause, and the name of what rests on it ("" where the key says it)."""
        found = [("told_once", self.told_once, "")]
        for key in ("special", "commitment", "delegated"):
            part = getattr(self, key)
            found += [(key, part.clause, "")] if part else []
        found += [(f"stops.{cause.code}", cause.clause, cause.name) for cause in self.stops]
        return [row for row in found if row[1]]


class GreenChannel(Rule):
    """绿色通道: which projects go through it: of one of ``classes`` (any, if none) while ``when`` holds.

    A project marked by hand (``green_channel``) is in it, too. ``offers`` says in words what it gives.
    """

    code: Code
    classes: Listed[Code] = ()
    when: Condition = Condition()
    offers: Listed[Text] = ()


class ReceiptRule(Rule):
    """回执单: the running slip of a project, kept by parts and roles, and sent up as often as needed.

    ``to_*`` is the leader in charge (first step), ``then_*`` the top leaders (second step, 必要时).
    """

    code: Code
    kept_by_parts: Listed[Code] = ()
    kept_by_roles: Listed[RoleCode] = ()
    to_parts: Listed[Code] = ()
    to_roles: Listed[RoleCode] = ()
    to_units: Listed[Code] = ()
    then_roles: Listed[RoleCode] = ()
    then_units: Listed[Code] = ()

    @model_validator(mode="after")
    def _somebody(self) -> "ReceiptRule":
        if not (self.kept_by_parts or self.kept_by_roles):
            raise PydanticCustomError("receipt_kept_by_nobody", "", {})
        if not (self.to_parts or self.to_roles or self.to_units):
            raise PydanticCustomError("receipt_sent_to_nobody", "", {})
        return self

    @property
    def goes_further(self) -> bool:
        return bool(self.then_roles or self.then_units)
