"""流转记录: how a project came from hand to hand, who introduced, was proposed, took it, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from approvals.dispatching.queries import answer_of
from approvals.dispatching.rules import TRANSFER, principle_names
from approvals.models import Opinion, Proposal, ProposalState, Step
from cases.models import Part
from projects import reading
from projects.facts import rules_of
from projects.models import Project

INTRODUCING = "introducing"


class Link(TextChoices):
    """What a line of the chain tells: a part held, or a proposal made."""

    INTRODUCED = "introduced", _("引进")
    PROPOSED = "proposed", _("推荐")
    OFFERED = "offered", _("提出移交")
    LANDED = "landed", _("承接")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``to_on`` is the last day, None while it lasts; ``step`` is what it rests on, if any.

    ``lasted_on`` of a proposal is the end of its round.
    """

    kind: Link
    unit: str
    unit_name: str
    from_on: date
    to_on: date | None
    reason: str
    step: Step | None = None
    proposal: Proposal | None = None
    answer: Opinion | None = None
    principles: str = ""
    state: str = ""
    state_name: str = ""
    from_unit: str = ""
    from_unit_name: str = ""

    @property
    def is_part(self) -> bool:
        """Whether the unit held the project so, which credit may rest on."""
        return self.kind in (Link.INTRODUCED, Link.LANDED)


def chain_of(project: Project, *, answers: bool = True) -> list[Line]:
    """The whole chain, oldest first; three queries however long it is, one fewer without the answers."""
    held = [part for part in reading.of(project).hands if part.part in reading.HANDS]
    rows = Proposal.objects.filter(step__case_id=project.pk).order_by("pk")
    proposals = list(rows.for_list() if answers else rows.in_brief())
    landed = {row.landing_id: row for row in proposals if row.landing_id}
    lines = [_held(part, landed.get(part.pk)) for part in held]
    lines += [_proposed(project, row) for row in proposals]
    return sorted(lines, key=_place)


def _place(line: Line) -> tuple[date, int, bool, int]:
    """By day; on one day what rests on no procedure first, then round by round, who got it last."""
    step, proposal = line.step, line.proposal
    kind = list(Link).index(line.kind)
    return line.from_on, step.pk if step else 0, line.is_part, proposal.pk if proposal else kind


def _held(part: Part, by: Proposal | None) -> Line:
    return Line(
        kind=Link.INTRODUCED if part.part == INTRODUCING else Link.LANDED,
        unit=part.unit.code, unit_name=part.unit.name, from_on=part.valid_from, to_on=part.valid_to,
        reason=part.reason, step=by.step if by else None, proposal=by,
        from_unit=by.from_unit.code if by and by.from_unit else "",
        from_unit_name=by.from_unit.name if by and by.from_unit else "",
    )  # fmt: skip


def _proposed(project: Project, row: Proposal) -> Line:
    step, state = row.step, ProposalState(row.state)
    return Line(
        kind=Link.OFFERED if step.kind == TRANSFER else Link.PROPOSED,
        unit=row.unit.code, unit_name=row.unit.name, from_on=row.proposed_on,
        to_on=row.withdrawn_on or step.concluded_on or step.cancelled_on,
        reason=row.withdrawn_reason or row.reason, step=step, proposal=row, answer=answer_of(row),
        principles=principle_names(rules_of(project), row.principles),
        state=state.value, state_name=str(state.label),
        from_unit=row.from_unit.code if row.from_unit else "",
        from_unit_name=row.from_unit.name if row.from_unit else "",
    )  # fmt: skip


def holders(lines: Sequence[Line]) -> list[Line]:
    """Who held the project, in their order: what credit asks."""
    return [line for line in lines if line.kind == Link.LANDED]
