"""Clocks of posts that are to be filled, and the units that join by the plan itself.

Whatever changes the milestones, the facts or the parts of a project brings them in line (``settle``).
"""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Unit, User
from approvals.rules import answering
from cases.actions import assign_part
from deadlines import actions as deadlines
from deadlines.models import Deadline
from kernel.language import house_language
from projects.facts import rules_of
from projects.hooks import MilestoneChange, PartChange
from projects.models import Project, ReachedMilestone
from service.team import roster
from service.team.roster import PREFIX, Seat


def on_milestone(change: MilestoneChange) -> None:
    """Reached or withdrawn: what is asked for changes. Corrected: clocks run from the other day. What an old
    ledger brings in asks nobody for the past."""
    if change.past or change.kind == "evidenced":
        return
    if change.kind == "corrected":
        _restart(change)
        return
    settle(change.project, by=change.by, on=change.on)


def on_facts(project: Project, by: User, on: date) -> None:
    settle(project, by=by, on=on)


def on_part(change: PartChange) -> None:
    if rules_of(change.project).posts_of(change.part):
        settle(change.project, by=change.by, on=change.on)


def settle(project: Project, *, by: User, on: date) -> None:
    """Bring the clocks in line with what is asked for and what is there, from the business date ``on``.

    The caller holds the project's lock. A project that came in from a ledger starts no clock for posts.
    """
    rules = rules_of(project)
    if not any(rule.limit or rule.units for rule in rules.posts):
        return
    rows = roster.seats(project)
    if _join(project, rows, by, on):
        rows = roster.seats(project)
    asked = {seat.rule.code: seat for seat in rows}
    running = roster.clocks(project)
    for code, clock in running.items():
        _end(clock, asked.get(code), by, on)
    if project.is_running and not project.from_ledger:
        waiting = [seat for seat in rows if seat.missing and seat.rule.code not in running]
        _start(project, waiting, by, on)


def _join(project: Project, rows: list[Seat], by: User, on: date) -> bool:
    """The units that the plan itself names take their part once the post is due; whether any did."""
    joined = False
    for seat in rows:
        if not (seat.rule.units and seat.rule.part and seat.due and seat.taken.answer):
            continue
        held = {part.unit.code for part in seat.holders}
        for unit in answering([code for code in seat.rule.units if code not in held], (), project.pk, on):
            exclusive = seat.part is not None and seat.part.exclusive
            assign_part(
                case=project.case, unit=unit, part=seat.rule.part, by=by, on=on, exclusive=exclusive,
                reason=seat.rule.name,
            )  # fmt: skip
            joined = True
    return joined


def _end(clock: Deadline, seat: Seat | None, by: User, on: date) -> None:
    day = max(on, clock.started_on)
    if seat is not None and seat.filled:
        deadlines.meet(deadline=clock, on=day, by=by)
    elif seat is None or not seat.missing:
        with house_language():
            reason = _("该岗位不再需要配备")
        deadlines.cancel(deadline=clock, reason=reason, by=by, on=day)


def _start(project: Project, rows: list[Seat], by: User, on: date) -> None:
    ladder, since = rules_of(project).escalation, _reached(project, rows)
    openings = [
        deadlines.Opening(
            case=project.case,
            rule=f"{PREFIX}{seat.rule.code}",
            name=_name(seat),
            clause=seat.rule.clause,
            limit=seat.rule.limit,
            started_on=max(on, since.get(seat.rule.from_milestone, on)),
            start_event=seat.rule.from_milestone,
            ladder=ladder,
            responsible_unit=_responsible(project, seat, on),
            policy_version_id=seat.rule.source.id,
        )
        for seat in rows
        if seat.rule.limit
    ]
    deadlines.open_many(openings=openings, by=by, on=on)


def _reached(project: Project, rows: list[Seat]) -> dict[str, date]:
    """The days of the milestones from which the posts are asked for: no clock runs from before."""
    codes = {seat.rule.from_milestone for seat in rows}
    found = ReachedMilestone.objects.filter(project=project, code__in=codes, withdrawn_on__isnull=True)
    return dict(found.order_by("on").values_list("code", "on"))


@house_language()
def _name(seat: Seat) -> str:
    return _("配备%(post)s") % {"post": seat.rule.name}


def _responsible(project: Project, seat: Seat, on: date) -> Unit | None:
    """Who plays the parts that fill the post, else the units named."""
    rule = seat.rule
    units = answering((), rule.to_parts, project.pk, on) or answering(rule.to_units, (), project.pk, on)
    return next(iter(units), None)


def _restart(change: MilestoneChange) -> None:
    codes = {rule.code for rule in rules_of(change.project).posts if rule.from_milestone == change.milestone}
    for code, clock in roster.clocks(change.project).items() if codes else ():
        if code in codes:
            deadlines.restart(deadline=clock, started_on=change.on, by=change.by, on=change.on)
