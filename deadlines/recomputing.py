"""After a calendar was loaded: open clocks reckoned anew, in chunks, each its own transaction.

Whoever is killed in between starts over: a clock that is right already is left alone. The sweep calls
this too, so a load whose recomputing was cut short, or a clock that a slower process opened by the old
calendar meanwhile, is put right by the next sweep.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from simple_history.utils import get_history_manager_for_model

from cases.models import Event
from deadlines import calendars
from deadlines.calendar import Calendar, CalendarError
from deadlines.models import Alarm, CalendarVersion, Deadline, DeadlineQuerySet
from deadlines.planning import due_of, ring_day, stops, warning_day
from deadlines.saving import due_words, event_data
from kernel.clock import now

CHUNK = 2000


def recompute_pending(*, on: date) -> int:
    """Recompute what newly loaded years touch and what is provisional without need; returns how many
    clocks changed. ``on`` is the business date written on the events."""
    pending = list(CalendarVersion.objects.filter(recomputed_at__isnull=True).order_by("id"))
    changed = sum(recompute(_touched({row.year for row in pending}), on=on) for _once in pending[:1])
    CalendarVersion.objects.filter(pk__in=[row.pk for row in pending]).update(recomputed_at=now())
    return changed + recompute(_needlessly_provisional(), on=on)


def _touched(years: set[int]) -> DeadlineQuerySet:
    """Open clocks whose days reach into one of the years: the due day, or a rung that rings after it."""
    reach = Q()
    for year in years:
        begins = date(year, 1, 1)
        rings = Alarm.objects.filter(deadline=OuterRef("pk"), raised_at__isnull=True, on__gte=begins)
        reach |= Q(started_on__lte=date(year, 12, 31)) & (Q(due_on__gte=begins) | Q(Exists(rings)))
    return Deadline.objects.open().filter(reach)


def _needlessly_provisional() -> DeadlineQuerySet:
    """Provisional though every year from start to end is published: a stretch that ends with the last
    published year."""
    published = set(calendars.latest_versions())
    provisional = Deadline.objects.open().filter(provisional=True)
    # The index tells the first of them at once; to look for all would read every open clock.
    soonest = provisional.order_by("due_on").values_list("due_on", flat=True).first()
    if not published or soonest is None or soonest.year > max(published):
        return Deadline.objects.none()
    first = last = max(published)
    while first - 1 in published:
        first -= 1
    return provisional.filter(due_on__lte=date(last, 12, 31), started_on__gte=date(first, 1, 1))


def recompute(rows: DeadlineQuerySet, *, on: date) -> int:
    """Reckon these clocks anew, ``CHUNK`` a transaction; returns how many changed."""
    changed, after = 0, 0
    while True:
        ids = list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if not ids:
            return changed
        changed += _chunk(ids, on)
        after = ids[-1]


@transaction.atomic
def _chunk(ids: Sequence[int], on: date) -> int:
    locked = (
        Deadline.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).open().order_by("pk")
    )
    rows = list(locked.prefetch_related("pauses", "alarms"))
    calendar = calendars.current()
    was = {row.pk: due_words(row) for row in rows}
    changed = [row for row in rows if _moved(calendar, row)]
    _update_deadlines(changed)
    ringing = _update_alarms(calendar, rows)
    moved = {row.pk for row in changed}
    touched = [row for row in rows if row.pk in moved | ringing]
    Event.objects.bulk_create([_event(row, was[row.pk], on) for row in touched], batch_size=CHUNK)
    return len(touched)


def _event(row: Deadline, was: str, on: date) -> Event:
    """The due day moved; or only when the clock warns and rings."""
    kind = "deadline.recomputed" if due_words(row) != was else "deadline.replanned"
    return Event(case_id=row.case_id, kind=kind, on=on, data=event_data(row, was=was))


def _moved(calendar: Calendar, row: Deadline) -> bool:
    before = (row.due_on, row.provisional, row.warn_on)
    try:
        row.due_on, row.provisional = due_of(calendar, row, stops(row.pauses.all()))
        row.warn_on = warning_day(calendar, row, row.alarms.all())
    except CalendarError:
        row.due_on, row.provisional, row.warn_on = before
    return before != (row.due_on, row.provisional, row.warn_on)


def _update_deadlines(rows: Sequence[Deadline]) -> None:
    """Many clocks share few dates: one statement per outcome instead of one per clock."""
    groups: dict[tuple[date, bool, date | None], list[int]] = defaultdict(list)
    for row in rows:
        groups[(row.due_on, row.provisional, row.warn_on)].append(row.pk)
    for (due_on, provisional, warn_on), ids in groups.items():
        Deadline.objects.filter(pk__in=ids).update(due_on=due_on, provisional=provisional, warn_on=warn_on)
    get_history_manager_for_model(Deadline).bulk_history_create(rows, update=True, batch_size=CHUNK)


def _update_alarms(calendar: Calendar, rows: Iterable[Deadline]) -> set[int]:
    """Every rung not raised yet waits for its day by this calendar, whether or not the due day moved; returns
    the clocks of which one did not. One statement per day."""
    groups: dict[date | None, list[int]] = defaultdict(list)
    touched: set[int] = set()
    for row in rows:
        for alarm in row.alarms.all():
            if alarm.raised_at is None and (day := _ring_day(calendar, row, alarm)) != alarm.on:
                groups[day].append(alarm.pk)
                touched.add(row.pk)
    for day, ids in groups.items():
        Alarm.objects.filter(pk__in=ids, raised_at__isnull=True).update(on=day)
    return touched


def _ring_day(calendar: Calendar, row: Deadline, alarm: Alarm) -> date | None:
    """As planned; a rung beyond the calendar's years keeps its day, like a clock does."""
    try:
        return ring_day(calendar, row, alarm)
    except CalendarError:
        return alarm.on
