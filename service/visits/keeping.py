"""How a cadence was kept: for each week, month or span that a contact was due in, whether there was one.

A clock stands for the span it was opened for. One that was met later, or not at all, stands for the spans in
between as well: they were missed, nobody asks for them twice.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from deadlines import turns
from deadlines.calendar import Calendar
from deadlines.models import Deadline
from policies.schema import Cadence

MOST = 60
"""So many spans of one clock are told; who is silent for longer is not told more of it."""


class Kept(StrEnum):
    """``ahead``: not begun; ``running``: still time; ``missed``: it went by without a contact."""

    DONE = "done"
    MISSED = "missed"
    RUNNING = "running"
    AHEAD = "ahead"


class Mark(NamedTuple):
    """One span: from – to its last day for the contact, how it was kept, and the day of the contact."""

    first: date
    due: date
    kept: Kept
    on: date | None = None


def marks_of(clock: Deadline, rule: Cadence, today: date, calendar: Calendar) -> list[Mark]:
    """The spans of one clock, oldest first; what fell away with a cancelled one is not told.

    ``today`` is the business date in Asia/Shanghai; ``calendar`` the one in force, asked for once per page.
    """
    spans = _calendar(clock, rule, calendar) if rule.counted == "calendar" else _rolling(clock, calendar)
    until = clock.met_on or clock.cancelled_on or today
    found = []
    for first, due, last in islice(spans, MOST):
        mark = _mark(clock, first, due, last, until)
        found.append(mark)
        if mark.kept is not Kept.MISSED:
            break
    last_one = found[-1]
    fell_away = clock.cancelled_on is not None and last_one.kept is not Kept.MISSED
    went_by = clock.met_on is not None and last_one.kept in (Kept.RUNNING, Kept.AHEAD)
    return found[:-1] if fell_away or went_by else found


def _mark(clock: Deadline, first: date, due: date, last: date, until: date) -> Mark:
    if clock.met_on and first <= clock.met_on <= last:
        return Mark(first, due, Kept.DONE, clock.met_on)
    if last < until:
        return Mark(first, due, Kept.MISSED)
    return Mark(first, due, Kept.AHEAD if until < first else Kept.RUNNING)


Span = tuple[date, date, date]
"""First day, last day for the contact, last day of the span itself."""


def _calendar(clock: Deadline, rule: Cadence, calendar: Calendar) -> Iterator[Span]:
    unit = rule.every.unit if rule.every else "week"
    turn = turns.holding(calendar, clock.started_on + turns.DAY, unit)
    while True:
        yield turn.first, _last_worked(calendar, turn), turn.last
        turn = turns.after(calendar, turn.first, unit)


def _last_worked(calendar: Calendar, turn: turns.Turn) -> date:
    return calendar.add_working(turn.first - turns.DAY, turn.working_days)


def _rolling(clock: Deadline, calendar: Calendar) -> Iterator[Span]:
    start, due = clock.started_on, clock.due_on
    while True:
        yield start + turns.DAY, due, due
        start, due = due, calendar.due(due, clock).on
