"""All writes to clocks. Each locks the deadline, changes it, writes one event and replans its alarms.

``on`` is the business date in Asia/Shanghai; ``by`` is None for what the system does itself. Opening,
meeting, cancelling and restarting are called by the actions of the duties they time, which have asked
who may; stopping and resuming ask here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from accounts.access import acting_unit, can, require
from accounts.models import Unit, User
from accounts.roles import Can
from cases.actions import record
from cases.models import Case, Event
from cases.visibility import sees
from deadlines import calendars
from deadlines.calendar import Calendar, CalendarError
from deadlines.models import Alarm, Deadline, Pause
from deadlines.planning import (
    RungLike,
    TermLike,
    alarms_of,
    due_of,
    ring_day,
    stops,
    warning_day,
)
from deadlines.wording import due_text, error_text, limit_text
from kernel.joined import joined
from kernel.refusals import Refused

__all__ = [
    "Opening",
    "cancel",
    "meet",
    "open_deadline",
    "open_many",
    "pause",
    "preview_restart",
    "reopen",
    "restart",
    "resume",
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
        past=opening.past,
    )
    alarms = [] if opening.past else alarms_of(opening.ladder)
    _time(calendar, deadline, [], alarms)
    for alarm in alarms:
        alarm.deadline = deadline
    return deadline, alarms


@joined
def meet(*, deadline: Deadline, on: date, by: User | None) -> Deadline:
    """The duty is done, on ``on``; late when that lies after the due day. A stopped clock is resumed first.

    Raises Refused (conflict) when the clock is closed already.
    """
    row = _open(deadline)
    row.met_on = on
    _close(row, by, on)
    kind = "deadline.met_late" if on > row.due_on else "deadline.met"
    record(case=row.case, kind=kind, by=by, on=on, data=event_data(row))
    return row


@joined
def reopen(*, deadline: Deadline, reason: str, by: User | None, on: date) -> Deadline:
    """What met the deadline was withdrawn: the clock runs again as if it had never stopped.

    Raises Refused (conflict) when it was not met.
    """
    row = _lock(deadline)
    if row.met_on is None:
        raise Refused.conflict(_("期限“%(name)s”尚未办结") % {"name": row.name}, code="deadline_not_met")
    row.met_on = None
    _replan(row, by)
    record(case=row.case, kind="deadline.reopened", by=by, on=on, data=event_data(row, reason=reason))
    return row


@joined
def cancel(*, deadline: Deadline, reason: str, by: User | None, on: date) -> Deadline:
    """The duty falls away. Raises Refused when the clock is closed already or no reason is given."""
    row = _open(deadline)
    row.cancelled_on, row.cancel_reason = on, _reason(reason)
    _close(row, by, on)
    record(case=row.case, kind="deadline.cancelled", by=by, on=on, data=event_data(row, reason=reason))
    return row


@joined
def pause(*, deadline: Deadline, reason: str, approved_by: User, by: User, on: date) -> Deadline:
    """Stop the clock from ``on`` (not counted) with a second person's approval; its alarms fall silent.

    Raises Refused: forbidden, stopped already, closed, overdue (a stop must not cover lateness), a day
    before the start or inside an earlier stop, no reason, or an approver who may not approve.
    """
    require(by, Can.PAUSE_DEADLINES)
    row = _open(deadline)
    _seen(by, row)
    _two_persons(by, approved_by, row)
    _may_stop(row, on)
    Pause.objects.create(deadline=row, reason=_reason(reason), from_on=on, by=by, approved_by=approved_by)
    row.paused_from = on
    _silence(row, by)
    data = event_data(row, reason=reason, approved_by=approved_by.name)
    record(case=row.case, kind="deadline.paused", by=by, on=on, data=data)
    return row


@joined
def resume(*, deadline: Deadline, by: User, on: date) -> Deadline:
    """Let the clock run again; ``on`` itself counts if it is a day of the limit's unit.

    Raises Refused: forbidden, not stopped, or a day before the stop.
    """
    require(by, Can.PAUSE_DEADLINES)
    row = _open(deadline)
    _seen(by, row)
    if row.paused_from is None:
        raise Refused.conflict(_("期限“%(name)s”没有停表") % {"name": row.name}, code="deadline_not_paused")
    if on < row.paused_from:
        raise Refused.invalid("on", _("恢复日不能早于停表日 %(day)s") % {"day": row.paused_from})
    was = _due_text(row)
    _close_pause(row, on, by)
    _replan(row, by)
    record(case=row.case, kind="deadline.resumed", by=by, on=on, data=event_data(row, was=was))
    return row


def preview_restart(deadline: Deadline, started_on: date) -> date:
    """The due day if the clock had started on another day. Writes nothing. Raises Refused (invalid)."""
    try:
        return due_of(calendars.current(), deadline, stops(deadline.pauses.all()), started_on).on
    except CalendarError as error:
        raise Refused.invalid("started_on", error_text(error)) from error


@joined
def restart(*, deadline: Deadline, started_on: date, by: User | None, on: date) -> Deadline:
    """Correct the day the clock started from; a met one is measured anew, a rung once raised stays raised.

    Raises Refused (conflict) when the clock was cancelled.
    """
    row = _lock(deadline)
    if row.cancelled_on:
        raise Refused.conflict(_("期限“%(name)s”已撤销") % {"name": row.name}, code="deadline_closed")
    was, row.started_on = _due_text(row), started_on
    _replan(row, by)
    data = event_data(row, was=was, started=str(started_on))
    record(case=row.case, kind="deadline.restarted", by=by, on=on, data=data)
    return row


def event_data(row: Deadline, **more: str) -> dict[str, Any]:
    """What every event of a clock carries."""
    return {
        "deadline": row.pk,
        "name": row.name,
        "clause": row.clause,
        "limit": limit_text(row),
        "due": _due_text(row),
        **more,
    }


def _due_text(row: Deadline) -> str:
    return due_text(row.due_on, provisional=row.provisional)


def _lock(deadline: Deadline) -> Deadline:
    # No key update: the sweep's events only need the keys, and must not queue behind us.
    locked = Deadline.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("case").get(pk=deadline.pk)


def _open(deadline: Deadline) -> Deadline:
    row = _lock(deadline)
    if not row.is_open:
        raise Refused.conflict(_("期限“%(name)s”已办结或已撤销") % {"name": row.name}, code="deadline_closed")
    return row


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写原因"))
    return reason.strip()


def _seen(user: User, row: Deadline) -> None:
    if not sees(user, row.case_id):
        raise Refused.forbidden(_("您看不到该档案"))


def _two_persons(by: User, approved_by: User, row: Deadline) -> None:
    if approved_by.pk == by.pk:
        raise Refused.invalid("approved_by", _("停表须由另一人批准"), code="two_persons")
    if not (can(approved_by, Can.APPROVE_PAUSE) and sees(approved_by, row.case_id)):
        raise Refused.invalid("approved_by", _("%(name)s无权批准停表") % {"name": approved_by.name})


def _may_stop(row: Deadline, on: date) -> None:
    if row.paused_from:
        raise Refused.conflict(_("期限“%(name)s”已停表") % {"name": row.name}, code="deadline_paused")
    if on < row.started_on:
        raise Refused.invalid("on", _("停表日不能早于起算日 %(day)s") % {"day": row.started_on})
    if on > row.due_on:
        raise Refused.because(
            "deadline_overdue", _("期限“%(name)s”已逾期，不能停表") % {"name": row.name}, clause=row.clause
        )
    last = row.pauses.order_by("-to_on").first()
    if last and last.to_on and on < last.to_on:
        raise Refused.invalid("on", _("停表日不能早于上次恢复日 %(day)s") % {"day": last.to_on})


def _close_pause(row: Deadline, on: date, by: User | None) -> None:
    row.pauses.filter(to_on__isnull=True).update(to_on=on, resumed_by=by)
    row.paused_from = None


def _close(row: Deadline, by: User | None, on: date) -> None:
    """Save a clock that was just closed; a stop that still lasts ends with it and moves the due day."""
    if row.paused_from:
        _close_pause(row, max(on, row.paused_from), by)
        _replan(row, by)
    else:
        _silence(row, by)


def _silence(row: Deadline, by: User | None) -> None:
    """Save a clock that no longer runs: what it has not raised yet waits for no day."""
    _save(row, by)
    row.alarms.filter(raised_at__isnull=True).update(on=None)


def _replan(row: Deadline, by: User | None) -> None:
    """Save with due day, warning and unraised alarms reckoned anew from the clock's terms."""
    alarms = list(row.alarms.all())
    _time(calendars.current(), row, row.pauses.all(), alarms)
    _save(row, by)
    for alarm in alarms:
        # The sweep may raise it this moment: then it keeps its day.
        row.alarms.filter(pk=alarm.pk, raised_at__isnull=True).update(on=alarm.on)


def _save(row: Deadline, by: User | None) -> None:
    row._history_user = by  # type: ignore[attr-defined]  # where simple_history looks for the author
    row.save()


def _time(calendar: Calendar, row: Deadline, pauses: Any, alarms: list[Alarm]) -> None:
    try:
        row.due_on, row.provisional = due_of(calendar, row, stops(pauses))
        row.warn_on = warning_day(calendar, row, alarms)
        for alarm in alarms:
            if alarm.raised_at is None:
                alarm.on = ring_day(calendar, row, alarm)
    except CalendarError as error:
        raise Refused.invalid("started_on", error_text(error)) from error
