"""The project's life: phases and gates, portfolio states, milestones, parts, duties, documents."""

from datetime import date
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kernel.conditions import Condition
from policies.schema.base import Code, Item, KindCode, Limit, Listed, Needs, RoleCode, Rule, Text

PHASES = ("planning", "negotiation", "landing", "construction", "production")
BY_NAMED = ("sign_agreement", "recognise", "deliver_land")
"""Mechanisms that the plan lets certain people work."""
PhaseCode = Literal["planning", "negotiation", "landing", "construction", "production"]


class PolicyHead(Item):
    """The plan itself: who issued it, when, and from when on it binds (dates in Asia/Shanghai).

    ``clause`` is where the plan says so; ``extends`` names packs whose codes this one may refer to.
    """

    code: Code
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.\-]*$", max_length=32)]
    title: Text
    issuer: Text
    document_no: str = ""
    issued_on: date
    effective_from: date
    effective_to: date | None = None
    division: Annotated[str, Field(pattern=r"^\d{6}$")]
    supersedes: str = ""
    extends: Listed[Code] = ()
    clause: str = ""
    summary: str = ""


class Clause(Item):
    """One numbered paragraph of the plan, with its gist; rules cite it by ``no``."""

    no: Text
    gist: Text
    phase: PhaseCode | None = None


class Gate(Needs):
    """What must be there before a project may enter the phase."""

    clause: Text


class Phase(Rule):
    """One of the five phases (code is fixed, name and gate are the plan's)."""

    code: PhaseCode
    gate: Gate | None = None


_COMMON_NAMES = {
    "planning": _("谋划生成"),
    "negotiation": _("对接洽谈"),
    "landing": _("签约落地"),
    "construction": _("开工建设"),
    "production": _("竣工投产"),
}


def left_out(code: str) -> Phase:
    """A phase of which the plan does not speak, by its common name. Raises KeyError for no phase at all."""
    fields: dict[str, Any] = {"code": code, "name": str(_COMMON_NAMES[code]), "clause": "", "gate": None}
    return Phase.model_construct(**fields)


class PortfolioState(Rule):
    """储备/在谈/签约/开工/投产: the last listed state whose milestone is reached, the first by default."""

    code: Code
    from_milestone: Code | None = None


class PartKind(Rule):
    """A part that a unit (and with ``person`` a named person) plays in a case.

    ``works``: whoever plays it works on the case within the own role; without it the part only opens the case
    to read and to answer. ``set_by_roles``: who gives and ends it by hand, beside a step's verdict; nobody
    named means whoever works on the case.
    """

    code: Code
    exclusive: bool = False
    person: bool = False
    kinds: Listed[KindCode] = ()
    works: bool = False
    set_by_roles: Listed[RoleCode] = ()


class Duty(Rule):
    """One numbered task of the plan with its lead and responsible units; ``*_kinds`` are its wildcards."""

    no: Annotated[int, Field(ge=1)]
    phase: PhaseCode | None = None
    lead: Listed[Code] = ()
    lead_kinds: Listed[KindCode] = ()
    responsible: Listed[Code] = ()
    responsible_kinds: Listed[KindCode] = ()

    @property
    def code(self) -> str:
        return str(self.no)


class DocumentKind(Rule):
    """A kind of file that a case may hold, as evidence or as a paper of its own."""

    code: Code


class YearsAhead(Item):
    """How many years ahead something may be planned: 1 is next year (次年), 3 the third year from now."""

    first: Annotated[int, Field(ge=0, le=20)]
    last: Annotated[int, Field(ge=0, le=20)]

    @model_validator(mode="after")
    def _in_order(self) -> "YearsAhead":
        if self.first > self.last:
            raise PydanticCustomError("years_in_order", "", {})
        return self


class Milestone(Rule):
    """A fact that gates ask for. ``record``: people record it; ``step``: a step's verdict reaches it;
    ``action``: the named mechanism of the program does.

    Where an action reaches it, ``recorded_by_*`` name who may act (``BY_NAMED``).
    ``guard`` is what must be there before it may be reached; ``documents`` is the evidence and
    ``fields`` the project fields that recording it asks for. ``staged``: may be reached in parts.
    ``years_ahead``: which planning years (谋划年度) the plan opens for projects on their way to it.
    """

    code: Code
    phase: PhaseCode
    staged: bool = False
    produced_by: Literal["record", "step", "action"] = "record"
    action: Literal[
        "", "name_commissioner", "issue_report", "sign_agreement", "hand_over", "recognise", "deliver_land"
    ] = ""  # fmt: skip
    recorded_by_parts: Listed[Code] = ()
    recorded_by_roles: Listed[RoleCode] = ()
    documents: Listed[Code] = ()
    fields: Listed[Code] = ()
    guard: Needs = Needs()
    years_ahead: YearsAhead | None = None
    note: str = ""


class OverallLimit(Rule):
    """A clock between two milestones, beside the clocks of single steps."""

    code: Code
    starts_on: Code
    meets_on: Code
    limit: Limit
    when: Condition = Condition()
    responsible_parts: Listed[Code] = ()
    responsible_units: Listed[Code] = ()


class TaskRule(Rule):
    """An assignment (交办) that opens by itself when a milestone is reached."""

    code: Code
    kind: Code = "task"
    on_milestone: Code
    to_parts: Listed[Code] = ()
    to_units: Listed[Code] = ()
    limit: Limit | None = None
    when: Condition = Condition()


class ChainPreset(Rule):
    """An industry chain (产业链) that the plan names."""

    code: Code


class Grade(Rule):
    """A rung of the commitment ladder (意向 → 协议 → 合同), weakest first."""

    code: Code
