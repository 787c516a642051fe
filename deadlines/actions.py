"""All writes to clocks. Each locks the deadline, changes it, writes one event and replans its alarms.

``on`` is the business date in Asia/Shanghai; ``by`` is None for what the system does itself. Opening,
meeting, cancelling and restarting are called by the actions of the duties they time, which have asked
who may; stopping and resuming ask for themselves (:mod:`deadlines.pausing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from accounts.access import acting_unit
from accounts.models import Unit, User
from cases.actions import record
from cases.models import Case, Event
from deadlines import calendars, escalation
from deadlines.calendar import Calendar, CalendarError, Due
from deadlines.models import Alarm, Deadline, Pause, PauseRequest
from deadlines.pausing import (
    approve_pause,
    decline_pause,
    request_pause,
    request_pauses,
    resume,
    resume_all,
    withdraw_pauses,
)
from deadlines.planning import RungLike, TermLike, alarms_of, due_of, stops
from deadlines.saving import close, event_data, kept_due, lock, lock_open, needed, reckon, replan, save
from deadlines.wording import error_text
from kernel.joined import joined
from kernel.refusals import Refused

__all__ = [
    "Opening",
    "approve_pause",
    "cancel",
    "decline_pause",
    "meet",
    "meet_earlier",
    "open_deadline",
    "open_many",
    "preview_replace",
    "preview_restart",
    "reopen",
    "replace",
    "request_pause",
    "request_pauses",
    "restart",
    "resume",
    "resume_all",
    "withdraw_pauses",
]

BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One clock to be opened: what :func:`open_deadline` takes, as a value."""

    case: Case
    rule: str
    name: str
    limit: TermLike
    started_on: date
    clause: str = ""
    start_event: str = ""
    ladder: Sequence[RungLike] = ()
    responsible_unit: Unit | None = None
    responsible_user: User | None = None
    policy_version_id: int | None = None
    past: bool = False


def open_deadline(
    *,
    case: Case,
    rule: str,
    name: str,
    limit: TermLike,
    started_on: date,
    by: User | None,
    on: date,
    clause: str = "",
    start_event: str = "",
    ladder: Sequence[RungLike] = (),
    responsible_unit: Unit | None = None,
    responsible_user: User | None = None,
    policy_version_id: int | None = None,
    past: bool = False,
) -> Deadline:
    """Start one clock. ``started_on`` is the day of the event and is not counted; ``start_event`` its code.

    ``past`` marks a clock taken over from a ledger: it plans no alarms. Raises Refused (invalid) when the
    limit leaves the calendar's years.
    """
    opening = Opening(
        case=case,
        rule=rule,
        name=name,
        limit=limit,
        started_on=started_on,
        clause=clause,
        start_event=start_event,
        ladder=ladder,
        responsible_unit=responsible_unit,
        responsible_user=responsible_user,
        policy_version_id=policy_version_id,
        past=past,
    )
    return open_many(openings=[opening], by=by, on=on)[0]


@joined
def open_many(*, openings: Sequence[Opening], by: User | None, on: date) -> list[Deadline]:
    """Start many clocks with a constant number of statements: deadlines, history, alarms, events."""
    if not openings:
        return []
    calendar = calendars.current()
    planned = [_plan(calendar, opening) for opening in openings]
    fresh = [deadline for deadline, _alarms in planned]
    rows: list[Deadline] = bulk_create_with_history(fresh, Deadline, batch_size=BATCH, default_user=by)
    alarms = [alarm for _deadline, ladder in planned for alarm in ladder]
    Alarm.objects.bulk_create(alarms, batch_size=BATCH)
    unit = acting_unit(by) if by else None
    Event.objects.bulk_create(
        [
            Event(case_id=row.case_id, kind="deadline.opened", on=on, by=by, unit=unit, data=event_data(row))
            for row in rows
        ],
        batch_size=BATCH,
    )
    return rows


def _plan(calendar: Calendar, opening: Opening) -> tuple[Deadline, list[Alarm]]:
    limit = opening.limit
    deadline = Deadline(
        case=opening.case,
        rule=opening.rule,
        name=opening.name,
        clause=opening.clause,
        policy_version_id=opening.policy_version_id,
        responsible_unit=opening.responsible_unit,
        responsible_user=opening.responsible_user,
        start_event=opening.start_event,
        started_on=opening.started_on,
        count=limit.count,
        unit=limit.unit,
        strength=limit.strength,
        roll_forward=limit.roll_forward,
        weekday=limit.weekday,
        past=opening.past,
    )
    alarms = [] if opening.past else alarms_of(opening.ladder)
    reckon(calendar, deadline, [], alarms)
    for alarm in alarms:
        alarm.deadline = deadline
    return deadline, alarms


@joined
def meet(*, deadline: Deadline, on: date, by: User | None) -> Deadline:
    """The duty is done, on ``on``; late when that lies after the due day. A stopped clock is resumed first.

    Raises Refused (conflict) when the clock is closed already.
    """
    row = lock_open(deadline)
    row.met_on = on
    close(row, by, on)
    kind = "deadline.met_late" if on > row.due_on else "deadline.met"
    record(case=row.case, kind=kind, by=by, on=on, data=event_data(row))
    escalation.tell_ended(row, by=by, on=on)
    return row


@joined
def reopen(*, deadline: Deadline, reason: str, by: User | None, on: date) -> Deadline:
    """What met the deadline was withdrawn: the clock runs again as if it had never stopped.

    Raises Refused (conflict) when it was not met.
    """
    row = lock(deadline)
    if row.met_on is None:
        raise Refused.conflict(_("期限“%(name)s”尚未办结") % {"name": row.name}, code="deadline_not_met")
    row.met_on = None
    replan(row, by)
    record(case=row.case, kind="deadline.reopened", by=by, on=on, data=event_data(row, reason=reason))
    return row


@joined
def meet_earlier(*, deadline: Deadline, met_on: date, by: User | None, on: date) -> Deadline:
    """The duty was done earlier than known till now, on ``met_on``; said on ``on``.

    Raises Refused (conflict) when it was not met, or not later than that.
    """
    row = lock(deadline)
    if row.met_on is None or row.met_on <= met_on:
        raise Refused.conflict(_("期限“%(name)s”尚未办结") % {"name": row.name}, code="deadline_not_met")
    data = event_data(row, before=str(row.met_on), met=str(met_on))
    row.met_on = met_on
    save(row, by)
    record(case=row.case, kind="deadline.met_earlier", by=by, on=on, data=data)
    return row


@joined
def cancel(*, deadline: Deadline, reason: str, by: User | None, on: date) -> Deadline:
    """The duty falls away. Raises Refused when the clock is closed already or no reason is given."""
    row = lock_open(deadline)
    row.cancelled_on, row.cancel_reason = on, needed(reason)
    close(row, by, on)
    record(case=row.case, kind="deadline.cancelled", by=by, on=on, data=event_data(row, reason=reason))
    escalation.tell_ended(row, by=by, on=on)
    return row


@joined
def replace(*, deadline: Deadline, opening: Opening, reason: str, by: User | None, on: date) -> Deadline:
    """Another limit holds for the same duty: the clock gives way to ``opening``, which takes its stops over.

    Raises Refused (conflict) when the clock is closed already.
    """
    held = list(deadline.pauses.all())
    asked = PauseRequest.objects.pending().filter(deadline=deadline).first()
    cancel(deadline=deadline, reason=reason, by=by, on=on)
    fresh = open_many(openings=[opening], by=by, on=on)[0]
    Pause.objects.bulk_create([_for_another(pause, fresh) for pause in held])
    fresh.paused_from = next((pause.from_on for pause in held if pause.to_on is None), None)
    if held:
        replan(fresh, by)
    if asked is not None:
        PauseRequest.objects.filter(pk=asked.pk).update(deadline=fresh)
    return fresh


def _for_another(pause: Pause, deadline: Deadline) -> Pause:
    pause.pk, pause.deadline = None, deadline
    return pause


def preview_replace(deadline: Deadline, limit: TermLike) -> Due:
    """When the duty would be due by another limit, from the same day and with the same stops."""
    try:
        return calendars.current().due(deadline.started_on, limit, stops(deadline.pauses.all()))
    except CalendarError as error:
        raise Refused.invalid("started_on", error_text(error)) from error


def preview_restart(deadline: Deadline, started_on: date) -> Due:
    """The due day if the clock had started on another day. Writes nothing. Raises Refused (invalid)."""
    try:
        return due_of(calendars.current(), deadline, stops(deadline.pauses.all()), started_on)
    except CalendarError as error:
        raise Refused.invalid("started_on", error_text(error)) from error


@joined
def restart(*, deadline: Deadline, started_on: date, by: User | None, on: date) -> Deadline:
    """Correct the day the clock started from; a met one is measured anew, a rung once raised stays raised.

    Raises Refused (conflict) when the clock was cancelled.
    """
    row = lock(deadline)
    if row.cancelled_on:
        raise Refused.conflict(_("期限“%(name)s”已撤销") % {"name": row.name}, code="deadline_closed")
    was, row.started_on = kept_due(row), started_on
    replan(row, by)
    data = event_data(row, was=was, started=str(started_on))
    record(case=row.case, kind="deadline.restarted", by=by, on=on, data=data)
    return row
