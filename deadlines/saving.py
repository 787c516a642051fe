"""What every write to a clock does: lock the row, reckon its dates anew, save it with history and alarms."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from deadlines import calendars
from deadlines.calendar import Calendar, CalendarError
from deadlines.models import Alarm, Deadline
from deadlines.planning import due_of, ring_day, stops, warning_day
from deadlines.wording import due_text, error_text
from kernel.language import house_language
from kernel.refusals import Refused
from policies.spans import span_text


def lock(deadline: Deadline) -> Deadline:
    """The row as it is now, locked for the rest of the transaction."""
    # No key update: the sweep's events only need the keys, and must not queue behind us.
    locked = Deadline.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("case", "responsible_unit").get(pk=deadline.pk)


def lock_open(deadline: Deadline) -> Deadline:
    """The same. Raises Refused (conflict) when the clock is closed already."""
    row = lock(deadline)
    if not row.is_open:
        raise Refused.conflict(_("期限“%(name)s”已办结或已撤销") % {"name": row.name}, code="deadline_closed")
    return row


def needed(reason: str) -> str:
    """The reason without blanks around it. Raises Refused (invalid) when there is none."""
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写原因"))
    return reason.strip()


@house_language()
def event_data(row: Deadline, **more: str) -> dict[str, Any]:
    """What every event of a clock carries."""
    return {
        "deadline": row.pk,
        "name": row.name,
        "clause": row.clause,
        "limit": span_text(row),
        "due": due_words(row),
        **more,
    }


def due_words(row: Deadline) -> str:
    """The due day of a clock, marked where it is provisional."""
    return due_text(row.due_on, provisional=row.provisional)


@house_language()
def kept_due(row: Deadline) -> str:
    """The same as an event keeps it."""
    return due_words(row)


def close(row: Deadline, by: User | None, on: date) -> None:
    """Save a clock that was just closed; a stop that still lasts ends with it and moves the due day."""
    if row.paused_from:
        end_stop(row, max(on, row.paused_from), by)
        replan(row, by)
    else:
        silence(row, by)


def end_stop(row: Deadline, on: date, by: User | None) -> None:
    """The stop that lasts ends on a day; the caller saves the clock."""
    row.pauses.filter(to_on__isnull=True).update(to_on=on, resumed_by=by)
    row.paused_from = None


def silence(row: Deadline, by: User | None) -> None:
    """Save a clock that no longer runs: what it has not raised yet waits for no day."""
    save(row, by)
    row.alarms.filter(raised_at__isnull=True).update(on=None)


def replan(row: Deadline, by: User | None) -> None:
    """Save with due day, warning and unraised alarms reckoned anew from the clock's terms."""
    alarms = list(row.alarms.all())
    reckon(calendars.current(), row, row.pauses.all(), alarms)
    save(row, by)
    for alarm in alarms:
        # The sweep may raise it this moment: then it keeps its day.
        row.alarms.filter(pk=alarm.pk, raised_at__isnull=True).update(on=alarm.on)


def save(row: Deadline, by: User | None) -> None:
    row._history_user = by  # type: ignore[attr-defined]  # where simple_history looks for the author
    row.save()


def reckon(calendar: Calendar, row: Deadline, pauses: Any, alarms: list[Alarm]) -> None:
    """Set due day, warning and the days of unraised alarms in memory. Raises Refused (invalid) when the
    limit leaves the calendar's years."""
    try:
        row.due_on, row.provisional = due_of(calendar, row, stops(pauses))
        row.warn_on = warning_day(calendar, row, alarms)
        for alarm in alarms:
            if alarm.raised_at is None:
                alarm.on = ring_day(calendar, row, alarm)
    except CalendarError as error:
        raise Refused.invalid("started_on", error_text(error)) from error
