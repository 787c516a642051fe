"""Working-day arithmetic, pure: no Django, no database, no clock.

A calendar day is a ``datetime.date`` as counted in Asia/Shanghai. The day of the event is not
counted and the last day runs to 24:00 (civil-law custom, 民法典 201–203). A limit in months ends
on the same day of the month, or on that month's last day. Hours run on from the end of the event's day,
rest days included, since its own hour is not kept: the day in which the last one falls is the last day.

Every day of the span is looked up in an index by day number, built once per calendar version: a
date costs well under a microsecond however far the count goes.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple, Protocol

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2100, 12, 31)
SATURDAY = 5
_BASE = FIRST_DAY.toordinal()
DAY = timedelta(days=1)

Pauses = Sequence[tuple[date, date]]
"""Stopped intervals ``[from, to)``: the day of stopping is not counted, the day of resuming is."""


class LimitUnit(StrEnum):
    """What a limit is counted in."""

    WORKING_DAY = "working_day"
    NATURAL_DAY = "natural_day"
    HOUR = "hour"
    WEEK = "week"
    MONTH = "month"


_HOURS_A_DAY = 24
_DAYS_A_WEEK = 7


_WORKING = LimitUnit.WORKING_DAY.value


class LimitLike(Protocol):
    """A limit as a policy pack or a deadline row carries it."""

    @property
    def count(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def roll_forward(self) -> bool: ...
    @property
    def weekday(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Limit:
    """``count`` units after the event, then on to the ``weekday`` (1 Monday … 7 Sunday) if there is one.

    ``roll_forward`` moves an end on a rest day to the next working day, which one of working days never is
    unless a weekday ended it; whether it does is policy data.
    """

    count: int
    unit: str = LimitUnit.WORKING_DAY
    roll_forward: bool = False
    strength: str = "must"
    weekday: int | None = None


class Due(NamedTuple):
    """The last day of a limit; ``provisional`` (暂定) when it rests on an unpublished year."""

    on: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How a due date came about, day by day.

    Counted to ``nominal``, moved to the weekday (``ended``), then past rest days to ``due``.
    """

    start: date
    limit: LimitLike
    due: Due
    nominal: date
    ended: date
    counted: tuple[date, ...]
    rest_days: tuple[date, ...]
    makeup_days: tuple[date, ...]
    paused_days: tuple[date, ...]
    unpublished_years: tuple[int, ...]


class CalendarError(ValueError):
    """A date or a count that this calendar cannot answer for.

    ``code``: outside (a date beyond the table), overrun (the count leaves it), count (below 1), unit.
    """

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


class Calendar:
    """Which days are worked. ``years`` maps each *published* year to its exceptions: a weekday
    that rests (False) or a weekend day that is worked (True). Other years are assumed to rest on
    weekends only, and what rests on them is provisional."""

    def __init__(self, years: Mapping[int, Mapping[date, bool]], version: int = 0) -> None:
        self.version = version
        self.published = frozenset(years)
        self._exceptions = {day: works for year in years.values() for day, works in year.items()}
        self._working = self._worked_days()  # by running number: the working days themselves
        self._upto = self._running_count()  # by day number: working days up to and including that day

    def _worked_days(self) -> list[date]:
        rests = {day for day, works in self._exceptions.items() if not works}
        extra = [day for day, works in self._exceptions.items() if works and day.weekday() >= SATURDAY]
        return sorted([day for day in _weekdays() if day not in rests] + extra)

    def _running_count(self) -> list[int]:
        upto: list[int] = []
        for rank, day in enumerate(self._working):
            upto.extend([rank] * (day.toordinal() - _BASE - len(upto)))
        return upto + [len(self._working)] * (LAST_DAY.toordinal() - _BASE - len(upto) + 1)

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is worked. Raises CalendarError outside 1990–2100."""
        _within(day)
        return self._exceptions.get(day, day.weekday() < SATURDAY)

    def is_makeup(self, day: date) -> bool:
        """Whether ``day`` is a weekend day worked in exchange for a holiday (调休上班)."""
        return day.weekday() >= SATURDAY and self._exceptions.get(day, False)

    def add_working(self, start: date, count: int) -> date:
        """The ``count``-th working day after ``start`` (before it, when negative; ``start`` itself
        when 0). A start on a rest day is not rolled forward first. Raises CalendarError."""
        if not FIRST_DAY <= start <= LAST_DAY:
            raise _outside(start)
        rank = self._upto[start.toordinal() - _BASE] + count
        if count > 0 or (count < 0 and self.is_working(start)):
            rank -= 1
        elif count == 0:
            return start
        if 0 <= rank < len(self._working):
            return self._working[rank]
        raise _overrun()

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after ``first`` up to and including ``last``; negative when ``last`` is
        the earlier one. Raises CalendarError outside 1990–2100."""
        if not FIRST_DAY <= first <= LAST_DAY:
            raise _outside(first)
        if not FIRST_DAY <= last <= LAST_DAY:
            raise _outside(last)
        return self._upto[last.toordinal() - _BASE] - self._upto[first.toordinal() - _BASE]

    def next_working(self, day: date) -> date:
        """``day`` if it is worked, else the first working day after it."""
        return day if self.is_working(day) else self.add_working(day, 1)

    def shift(self, day: date, count: int, unit: str) -> date:
        """``day`` moved by ``count`` (signed) units."""
        if unit == LimitUnit.WORKING_DAY:
            return self.add_working(day, count)
        if unit == LimitUnit.MONTH:
            return add_months(day, count)
        return _add_days(day, _days_in(count, unit))

    def due(self, start: date, limit: LimitLike, pauses: Pauses = ()) -> Due:
        """The last day of ``limit`` counted from ``start``, stopped intervals left out.

        Raises CalendarError on a count below 1, an unknown unit, or a date outside 1990–2100.
        """
        if limit.unit == _WORKING and not pauses and limit.count > 0 and limit.weekday is None:
            on = self.add_working(start, limit.count)
        else:
            ended = _to_weekday(self._nominal(start, limit, pauses), limit.weekday)
            on = self._rolled(ended, pauses) if _rolls(limit) else ended
        if start.year == on.year:
            return Due(on, on.year not in self.published)
        return Due(on, bool(self._unpublished(start, on, limit)))

    def explain(self, start: date, limit: LimitLike, pauses: Pauses = ()) -> Arithmetic:
        """The arithmetic behind :meth:`due`, day by day, as data."""
        due = self.due(start, limit, pauses)
        nominal = self._nominal(start, limit, pauses)
        days = list(days_from(start + DAY, due.on))
        paused = tuple(day for day in days if _is_paused(day, pauses))
        running = [day for day in days if day not in set(paused)]
        by_work = limit.unit == LimitUnit.WORKING_DAY
        return Arithmetic(
            start=start,
            limit=limit,
            due=due,
            nominal=nominal,
            ended=_to_weekday(nominal, limit.weekday),
            counted=tuple(day for day in running if day <= nominal and (not by_work or self.is_working(day))),
            rest_days=tuple(day for day in running if not self.is_working(day)),
            makeup_days=tuple(day for day in running if self.is_makeup(day)),
            paused_days=paused,
            unpublished_years=self._unpublished(start, due.on, limit),
        )

    def _nominal(self, start: date, limit: LimitLike, pauses: Pauses) -> date:
        if limit.count < 1:
            raise CalendarError("count", f"a limit counts from 1, not {limit.count}")
        _within(start)
        if limit.unit == LimitUnit.WORKING_DAY:
            return self._count_on(start, limit.count, pauses, by_work=True)
        if limit.unit == LimitUnit.MONTH:
            days = (add_months(start, limit.count) - start).days
        else:
            days = _days_in(limit.count, limit.unit)
        return self._count_on(start, days, pauses, by_work=False)

    def _count_on(self, start: date, count: int, pauses: Pauses, *, by_work: bool) -> date:
        """Count across the stopped intervals: one step per interval, not per day."""
        span = self.working_days_between if by_work else _days_between
        cursor, left = start, count
        for stopped, resumed in merged(pauses):
            before = span(cursor, stopped - DAY) if stopped > cursor else 0
            if left <= before:
                break
            left -= before
            cursor = max(cursor, resumed - DAY)
        return self.add_working(cursor, left) if by_work else _add_days(cursor, left)

    def _rolled(self, day: date, pauses: Pauses) -> date:
        while not self.is_working(day) or _is_paused(day, pauses):
            day = _add_days(day, 1)
        return day

    def _unpublished(self, start: date, on: date, limit: LimitLike) -> tuple[int, ...]:
        first = start.year if limit.unit == LimitUnit.WORKING_DAY else on.year
        return tuple(year for year in range(first, on.year + 1) if year not in self.published)


def add_months(day: date, count: int) -> date:
    """The same day ``count`` months on, or that month's last day. Raises CalendarError."""
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise _overrun()
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` to ``last``, both included."""
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)


def merged(pauses: Pauses) -> list[tuple[date, date]]:
    """Stopped intervals in order, overlapping ones joined, empty ones dropped."""
    out: list[tuple[date, date]] = []
    for stopped, resumed in sorted(pauses):
        if resumed <= stopped:
            continue
        if out and stopped <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], resumed))
        else:
            out.append((stopped, resumed))
    return out


def _days_in(count: int, unit: str) -> int:
    """How many natural days a (signed) count of hours, days or weeks takes in. Raises CalendarError."""
    if unit == LimitUnit.HOUR:
        whole = -(-abs(count) // _HOURS_A_DAY)
        return whole if count > 0 else -whole
    if unit == LimitUnit.WEEK:
        return count * _DAYS_A_WEEK
    if unit == LimitUnit.NATURAL_DAY:
        return count
    raise CalendarError("unit", f"unknown unit {unit!r}")


def _rolls(limit: LimitLike) -> bool:
    return limit.roll_forward and (limit.unit != LimitUnit.WORKING_DAY or limit.weekday is not None)


def _to_weekday(day: date, weekday: int | None) -> date:
    """``day`` itself where it is that weekday, else the next one."""
    return day if weekday is None else _add_days(day, (weekday - day.isoweekday()) % _DAYS_A_WEEK)


def _is_paused(day: date, pauses: Pauses) -> bool:
    return any(stopped <= day < resumed for stopped, resumed in pauses)


def _days_between(first: date, last: date) -> int:
    return (last - first).days


def _add_days(day: date, count: int) -> date:
    try:
        moved = day + timedelta(days=count)
    except OverflowError as error:
        raise _overrun() from error
    _within(moved)
    return moved


def _within(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise _outside(day)


def _outside(day: date) -> CalendarError:
    return CalendarError("outside", f"{day} lies outside {FIRST_DAY.year}–{LAST_DAY.year}")


def _overrun() -> CalendarError:
    return CalendarError("overrun", f"the count leaves {FIRST_DAY.year}–{LAST_DAY.year}")


@cache
def _weekdays() -> tuple[date, ...]:
    return tuple(day for day in days_from(FIRST_DAY, LAST_DAY) if day.weekday() < SATURDAY)
