"""Calendar weeks (Monday to Sunday) and months as turns of a duty, pure: no Django, no database, no clock.

A turn is due on its last working day. One that lies wholly in a holiday (Spring Festival, National Day) asks
for nothing and is passed over.
"""

from datetime import date, timedelta
from typing import NamedTuple

from deadlines.calendar import DAY, Calendar, add_months

__all__ = ["DAY", "Turn", "after", "between", "holding"]

WEEK = "week"
_SUNDAY = timedelta(days=6)


class Turn(NamedTuple):
    """One week or month: its first and last day, and how many of its days are worked (0: passed over)."""

    first: date
    last: date
    working_days: int

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def holding(calendar: Calendar, day: date, unit: str) -> Turn:
    """The week or month (``unit``) that a day lies in. Raises CalendarError outside 1990–2100."""
    if unit == WEEK:
        first = day - timedelta(days=day.weekday())
        last = first + _SUNDAY
    else:
        first = day.replace(day=1)
        last = add_months(first, 1) - DAY
    return Turn(first, last, calendar.working_days_between(first - DAY, last))


def after(calendar: Calendar, day: date, unit: str) -> Turn:
    """The first whole turn with a working day in it that begins after the one of ``day``."""
    turn = holding(calendar, day, unit)
    while True:
        turn = holding(calendar, turn.last + DAY, unit)
        if turn.working_days:
            return turn


def between(calendar: Calendar, first: date, last: date, unit: str) -> list[Turn]:
    """The turns with a working day from that of ``first`` to that of ``last``, both included."""
    found = [holding(calendar, first, unit)]
    while found[-1].last < last:
        found.append(holding(calendar, found[-1].last + DAY, unit))
    return [turn for turn in found if turn.working_days]
