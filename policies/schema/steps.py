"""Steps: a set of opinions asked from units on aspects, concluded by one unit, within a limit."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kernel.conditions import Condition
from policies.schema.base import Code, Factor, Item, Limit, Listed, Needs, RoleCode, Rule, Text
from policies.schema.life import PhaseCode
from policies.schema.permits import PermitRule

StepKind = Literal[
    "registration", "assessment", "dispatch", "transfer", "review", "decision", "permit", "acceptance"
]


class Opening(Item):
    """What opens a step: a milestone (the step's clock starts on its date), or a person's hand."""

    milestone: Code | None = None
    manual: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> "Opening":
        if (self.milestone is None) is not self.manual:
            raise PydanticCustomError("opens_one_way", "", {})
        return self


class Check(Item):
    """A condition that whoever concludes confirms; a verdict that reaches a milestone needs every check."""

    code: Code
    name: Text
    clause: str = ""


class Score(Item):
    min: int = 0
    max: int = 100

    @model_validator(mode="after")
    def _in_order(self) -> "Score":
        if self.min >= self.max:
            raise PydanticCustomError("score_in_order", "", {})
        return self


class Aspect(Item):
    """One question of a step, asked of units by code or of whoever plays a part in the case.

    ``when`` leaves an aspect out for projects it does not concern; unknown counts as "asked". ``weight``:
    how much its scores count beside those of the others ("2" twice as much). ``limit``: a clock
    for each unit asked, from the day of asking. ``binding``: its refusal counts where one veto is enough.
    In a step bound to an agreement, a new version asks the aspect again when it changes one of the terms of
    ``reopened_by`` ("grade" and "commitments" are terms too), or with ``every_version`` whatever it changes.
    ``sitting``: the unit answers only in a sitting, whose docket takes the question once the ``papers`` are
    there, and whose minutes are numbered by the series ``minutes``.
    """

    code: Code
    name: Text
    group: str = ""
    asks_units: Listed[Code] = ()
    asks_parts: Listed[Code] = ()
    answer: Literal["words", "words_and_score", "pass_or_veto", "outcome", "acceptance"]
    score: Score | None = None
    weight: Factor = Decimal(1)
    when: Condition = Condition()
    clause: str = ""
    limit: Limit | None = None
    binding: bool = True
    reopened_by: Listed[Code] = ()
    every_version: bool = False
    sitting: bool = False
    papers: Listed[Code] = ()
    minutes: Code | None = None

    @model_validator(mode="after")
    def _somebody_is_asked(self) -> "Aspect":
        if not self.asks_units and not self.asks_parts:
            raise PydanticCustomError("asks_nobody", "", {})
        scored = self.score is not None or "weight" in self.model_fields_set
        if scored and self.answer != "words_and_score":
            raise PydanticCustomError("score_without_score", "", {})
        if self.sitting != (self.minutes is not None) or (self.papers and not self.sitting):
            raise PydanticCustomError("sitting_without_minutes", "", {})
        if self.sitting and self.answer != "outcome":
            raise PydanticCustomError("sitting_without_outcome", "", {})
        return self


class Proposing(Item):
    """Which units are proposed for the part that the step names, each with its reason.

    A unit proposed is asked about ``aspect`` and plays ``part`` in the case until the verdict: ``sees`` says
    from when on, once it is asked or as soon as it is proposed. ``most``: how many at once. ``by_industry``:
    a proposal says on which industry it rests. ``carries``: parts of the former holder that pass to the one
    named.
    """

    aspect: Code
    part: Code
    sees: Literal["when_asked", "at_once"] = "when_asked"
    most: Annotated[int, Field(ge=1, le=20)] | None = None
    by_industry: bool = False
    carries: Listed[Code] = ()


class Verdict(Item):
    """How a step may end: the milestones it reaches or withdraws, and whether it must give reasons.

    ``without_material``: a permit may end so (无需办理) before its material is complete.
    """

    code: Code
    name: Text
    reaches: Listed[Code] = ()
    withdraws: Listed[Code] = ()
    needs_reason: bool = False
    without_material: bool = False


class Material(Item):
    """One thing an applicant hands in, unless the case holds it: as a paper, or as what a step ended with.

    ``needed``: always, only where it applies (asked for by name if it is missing), or with a commitment
    (告知承诺) alone. What a permit of the plan ends with is there with its ``milestone`` alone; ``or_paper``:
    it may as well be held from elsewhere (a firm long since registered) and is then handed in.
    """

    name: Text
    document: Code | None = None
    milestone: Code | None = None
    needed: Literal["always", "if_any", "by_commitment"] = "always"
    or_paper: bool = False


class Guide(Item):
    """What a service guide (办事指南) tells the applicant once and in full, beside the time limit.

    ``procedure`` is the way through the office, ``standard`` what is looked at. What the case holds already
    is not asked for again: ``fields`` fill the one application form (一表申请), and a material with a
    ``document`` or ``milestone`` is taken from the case.
    """

    clause: Text
    procedure: Text
    standard: Text
    materials: Annotated[tuple[Material, ...], Field(strict=False, min_length=1)]
    fields: Listed[Code] = ()

    @model_validator(mode="after")
    def _told_apart(self) -> "Guide":
        names = [item.name for item in self.materials]
        if len(names) != len(set(names)):
            raise PydanticCustomError("materials_twice", "", {})
        return self


class Step(Rule):
    """One procedure of the plan; every kind runs on the same engine.

    ``needs`` must be there before the step may be opened, ``prerequisites`` are steps concluded
    before it may be, ``together_with`` steps conclude jointly with it. ``asked``: all aspects at once, each
    in turn once the one before has agreed, or as alternatives of which one agreeing is enough.
    ``names_part``: the conclusion names who plays that part, with ``named_from`` only one of the units that
    agreed on that aspect, ``proposing`` who is put forward for it. ``apart_from``: steps beside which it does
    not run. ``pass_mark``: the weighted score out of a hundred without which no verdict may
    reach a milestone. ``document`` is the title of its printable sheet, ``guide`` tells applicants,
    ``permit`` is the table of permits. ``bound_to``: the kind of agreement of which it examines one version.
    A new version asks the aspects it touches again; once concluded, it withdraws the milestones and with
    ``new_version`` "reopen" opens another round, with "withdraw" leaves that to people.
    """

    code: Code
    phase: PhaseCode
    kind: StepKind
    opens_on: Opening
    opened_by_parts: Listed[Code] = ()
    opened_by_roles: Listed[RoleCode] = ()
    led_by_units: Listed[Code] = ()
    led_by_parts: Listed[Code] = ()
    needs: Needs = Needs()
    limit: Limit | None = None
    when: Condition = Condition()
    checks: Listed[Check] = ()
    names_part: Code | None = None
    named_from: Code | None = None
    proposing: Proposing | None = None
    apart_from: Listed[Code] = ()
    asked: Literal["together", "in_turn", "any_one"] = "together"
    aspects: Listed[Aspect] = ()
    verdicts: Annotated[tuple[Verdict, ...], Field(strict=False, min_length=1)]
    concludes: Literal["all_opinions", "all_opinions_or_limit", "any_time"] = "any_time"
    veto: Literal["any", "none"] = "none"
    pass_mark: Annotated[int, Field(ge=1, le=100)] | None = None
    document: str = ""
    guide: Guide | None = None
    permit: PermitRule | None = None
    prerequisites: Listed[Code] = ()
    together_with: Listed[Code] = ()
    bound_to: Code | None = None
    new_version: Literal["reopen", "withdraw"] = "reopen"

    @model_validator(mode="after")
    def _can_be_passed(self) -> "Step":
        weighs = any(row.answer == "words_and_score" and row.weight for row in self.aspects)
        if self.pass_mark is not None and not weighs:
            raise PydanticCustomError("pass_mark_without_score", "", {})
        if self.named_from is not None and (
            self.names_part is None or self.named_from not in {row.code for row in self.aspects}
        ):
            raise PydanticCustomError("named_from_nothing", "", {})
        self._proposes_whom_it_asks()
        self._permits_what_it_guides()
        return self

    def _permits_what_it_guides(self) -> None:
        """Only a permit has the table, and what a commitment waives is asked for by its guide."""
        if self.permit is None:
            return
        if self.kind != "permit":
            raise PydanticCustomError("permit_of_another_kind", "", {})
        asked = {item.name for item in self.guide.materials} if self.guide else set()
        waived = self.permit.commitment.waives if self.permit.commitment else ()
        if not asked.issuperset(waived):
            raise PydanticCustomError("commitment_waives_nothing", "", {})

    def _proposes_whom_it_asks(self) -> None:
        """Whoever is proposed is asked, and only one who agreed is named."""
        asks = {row.code for row in self.aspects if self.proposing and self.proposing.part in row.asks_parts}
        if self.proposing and not (self.proposing.aspect == self.named_from and self.named_from in asks):
            raise PydanticCustomError("proposing_asks_nobody", "", {})
        if self.proposing and not self.opens_on.manual:
            raise PydanticCustomError("proposing_by_hand", "", {})
        if self.kind == "transfer" and self.proposing is None:
            raise PydanticCustomError("transfer_proposes", "", {})

    @property
    def milestones(self) -> frozenset[str]:
        """Every milestone that one of its verdicts reaches."""
        return frozenset(code for verdict in self.verdicts for code in verdict.reaches)
