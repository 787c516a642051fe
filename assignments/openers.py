"""What opens assignments by itself: milestones (the pack's ``[[assignments]]``) and rungs of the ladder.
What a rung opened is closed by itself when the clock that it urged has ended.

Registered upward from ``projects.hooks`` and ``deadlines.escalation`` when the app is ready.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Unit, User
from assignments import actions, sight
from assignments.models import Assignment, Kind
from cases.models import Event, Part
from deadlines import actions as deadlines
from deadlines import escalation
from deadlines.models import Alarm, Deadline
from deadlines.saving import due_words
from deadlines.wording import due_text
from kernel.conditions import holds
from kernel.language import house_language
from notices.actions import Draft, post_many
from policies.schema import TaskRule
from projects import hooks
from projects.facts import facts_of, rules_of
from projects.hooks import MilestoneChange, Proposal
from projects.models import Project

BATCH = 1000


def register() -> None:
    hooks.on_milestone(on_milestone)
    hooks.on_preview(on_preview)
    escalation.register("urge", urge)
    escalation.register("supervise", supervise)
    escalation.on_ended(settle)


def on_milestone(change: MilestoneChange) -> None:
    """Reached: open the tasks that wait for it. Withdrawn: take them back. Corrected: move their clocks.
    What an old ledger brings in asks nobody for the past."""
    tasks = rules_of(change.project).tasks_on(change.milestone)
    if not tasks or change.past:
        return
    if change.kind == "reached":
        _open_tasks(change, tasks)
        return
    for row in _waiting(change.project, tasks):
        if change.kind == "withdrawn":
            with house_language():
                reason = _("所依据的里程碑已撤销")
            actions.revoke(assignment=row, reason=reason, by=change.by, on=change.on, asked=False)
        elif row.deadline is not None and row.deadline.is_open:
            deadlines.restart(deadline=row.deadline, started_on=change.on, by=change.by, on=change.on)


def _waiting(project: Project, tasks: Iterable[TaskRule]) -> list[Assignment]:
    """What the tasks have asked of somebody and is not done, with its clock."""
    codes = [task.code for task in tasks]
    rows = Assignment.objects.undone().filter(case_id=project.pk, rule__in=codes)
    return list(rows.select_related("deadline").order_by("pk"))


def on_preview(proposal: Proposal) -> list[str]:
    """The clocks of tasks that a corrected day would move; writes nothing."""
    lines = []
    for milestone, day in proposal.days.items():
        tasks = rules_of(proposal.project).tasks_on(milestone)
        for row in _waiting(proposal.project, tasks) if tasks else ():
            if row.deadline is None or not row.deadline.is_open:
                continue
            due = deadlines.preview_restart(row.deadline, day)
            if due.on != row.deadline.due_on:
                new = due_text(due.on, provisional=due.provisional)
                data = {"name": row.title, "old": due_words(row.deadline), "new": new}
                lines.append(_("交办“%(name)s”期限：%(old)s → %(new)s") % data)
    return lines


def _open_tasks(change: MilestoneChange, tasks: Iterable[TaskRule]) -> None:
    facts = facts_of(change.project)
    for task in tasks:
        # An unknown fact asks rather than forgets.
        if holds(task.when, facts) is False:
            continue
        for unit, user in _answerable(change.project, task):
            actions.open_by_rule(
                case=change.project.case,
                rule=task.code,
                name=task.name,
                kind=task.kind if task.kind in Kind.values else Kind.TASK,
                clause=task.clause,
                limit=task.limit,
                unit=unit,
                user=user,
                policy_version_id=task.source.id,
                by=None,
                on=change.on,
            )


def _answerable(project: Project, task: TaskRule) -> list[tuple[Unit, User | None]]:
    """The units named, and whoever holds the first of the parts that is held at all (as for clocks)."""
    found: list[tuple[Unit, User | None]] = [(u, None) for u in Unit.objects.filter(code__in=task.to_units)]
    open_parts = Part.objects.filter(case_id=project.pk, part__in=task.to_parts, valid_to__isnull=True)
    held = list(open_parts.select_related("unit", "user"))
    first = next((code for code in task.to_parts if any(row.part == code for row in held)), None)
    known = {unit.pk for unit, _user in found}
    return found + [(row.unit, row.user) for row in held if row.part == first and row.unit_id not in known]


def urge(alarms: Sequence[Alarm], on: date) -> None:
    """催办 for every clock that has just run out."""
    _escalate(alarms, Kind.URGE, on)


def supervise(alarms: Sequence[Alarm], on: date) -> None:
    """督办 for every clock that 催办 did not move."""
    _escalate(alarms, Kind.SUPERVISE, on)


def _escalate(alarms: Sequence[Alarm], kind: Kind, on: date) -> None:
    """One assignment for each alarm, with a constant number of statements; asked twice, once opened.

    It has no clock of its own: it is measured by the one that was missed, whose ladder runs on. A clock
    without a responsible unit has nobody to urge, its alarm has told the office; one that has ended since
    (an alarm left over from an earlier sweep) needs no urging.
    """
    known = set(Assignment.objects.filter(alarm__in=alarms).values_list("alarm_id", flat=True))
    waiting = [alarm for alarm in alarms if alarm.pk not in known and alarm.deadline.is_open]
    fresh = [(alarm, unit) for alarm in waiting if (unit := alarm.deadline.responsible_unit_id)]
    if not fresh:
        return
    parents = _parents([alarm for alarm, _unit in fresh])
    rows = [_escalated(alarm, unit, kind, on, parents) for alarm, unit in fresh]
    Assignment.objects.bulk_create(rows, batch_size=BATCH)
    sight.give_many([(row.case_id, row.unit_id) for row in rows], on)
    _write_down(rows, on)


def settle(clock: Deadline, by: User | None, on: date) -> None:
    """What urged a clock ends with it: struck off when it was met, taken back when it fell away."""
    urging = Assignment.objects.open().filter(deadline=clock, alarm__isnull=False).order_by("pk")
    for row in urging:
        if clock.met_on:
            actions.strike_off(assignment=row, met_on=clock.met_on, by=by, on=on)
        else:
            reason = clock.cancel_reason
            actions.revoke(assignment=row, reason=reason, by=by, on=on, asked=False)


def _parents(alarms: Sequence[Alarm]) -> dict[int, int]:
    """The assignment that a clock belongs to, or the milder escalation of the same clock."""
    clocks = [alarm.deadline_id for alarm in alarms]
    rows = Assignment.objects.filter(deadline__in=clocks).order_by("id")
    return {deadline: pk for pk, deadline in rows.values_list("pk", "deadline_id") if deadline is not None}


@house_language()
def _escalated(alarm: Alarm, unit: int, kind: Kind, on: date, parents: dict[int, int]) -> Assignment:
    clock = alarm.deadline
    return Assignment(
        case=clock.case,
        kind=kind,
        title=_("%(kind)s：%(name)s") % {"kind": kind.label, "name": clock.name[:110]},
        text=_("截止 %(day)s，至今未办结，请说明原因并抓紧办理。") % {"day": due_words(clock)},
        clause=clock.clause,
        policy_version_id=clock.policy_version_id,
        unit_id=unit,
        user_id=clock.responsible_user_id,
        issued_on=on,
        deadline=clock,
        alarm=alarm,
        parent_id=parents.get(clock.pk),
    )


def _write_down(rows: Sequence[Assignment], on: date) -> None:
    names = dict(Unit.objects.filter(pk__in={row.unit_id for row in rows}).values_list("pk", "name"))
    events = [
        Event(
            case_id=row.case_id,
            kind="assignment.issued",
            on=on,
            data={"assignment": row.pk, "title": row.title, "unit": names[row.unit_id], "due": ""},
        )
        for row in rows
    ]
    Event.objects.bulk_create(events, batch_size=BATCH)
    post_many(drafts=[_draft(row) for row in rows])


@house_language()
def _draft(row: Assignment) -> Draft:
    """Its key hangs on the alarm: however often a rung is handed over, one message."""
    users = [row.user_id] if row.user_id else []
    return Draft(
        key=f"assignment:alarm:{row.alarm_id}",
        topic="assignment.issued",
        text=f"【{Kind(row.kind).label}】{row.case.title}：{row.title}",
        case_id=row.case_id,
        url=f"/assignments/{row.pk}/",
        users=users,
        units=[row.unit_id],
    )
