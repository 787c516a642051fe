"""Counting a plan backwards from its agreed days, pure: no Django, no database, no clock.

A task ends ``count`` units after the last of those it follows has ended, as limits are counted (the day of
the event is not counted). The backward pass gives the latest day on which each may end so that the agreed
days are kept (倒排工期): that is its planned day. The forward pass gives the earliest day on which it can.
Where the earliest lies after the latest, the days cannot be met: that is said, and nothing is shifted.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from graphlib import CycleError, TopologicalSorter

from deadlines.calendar import Calendar, LimitUnit, add_months

_WORKING = LimitUnit.WORKING_DAY.value
_MONTH = LimitUnit.MONTH.value


@dataclass(frozen=True, slots=True)
class Task:
    """``count`` 0 is a moment: it ends with what it follows. ``ends_on`` names the agreed day that it ends
    on.
    """

    code: str
    count: int = 0
    unit: str = _WORKING
    after: tuple[str, ...] = ()
    ends_on: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """When a task may begin and must end at the latest, and when it can end at the earliest.

    ``slack`` in natural days, negative where it cannot be met; ``driven_by``: of those it follows, the one
    that holds it up, "" where it could begin at once.
    """

    starts_on: date
    latest: date
    earliest: date
    driven_by: str

    @property
    def slack(self) -> int:
        return (self.latest - self.earliest).days


@dataclass(frozen=True, slots=True)
class Missed:
    """An agreed day that cannot be met: the earliest possible one, and the tasks that lead to it."""

    anchor: str
    task: str
    agreed: date
    earliest: date
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """``critical``: the tasks that hold up one of the agreed days. ``missed``: in the order of the agreed
    days.
    """

    slots: Mapping[str, Slot]
    critical: frozenset[str] = field(default_factory=frozenset)
    missed: tuple[Missed, ...] = ()


class Network:
    """Tasks in an order in which each comes after those it follows; made once for many plans.

    What is named in ``after`` and is not there is waited for no more. Raises ValueError for a circle.
    """

    def __init__(self, tasks: Iterable[Task]) -> None:
        known = {task.code: task for task in tasks}
        self._after = {c: tuple(a for a in t.after if a in known) for c, t in known.items()}
        try:
            order = list(TopologicalSorter(self._after).static_order())
        except CycleError as error:
            raise ValueError(f"tasks wait for one another: {' → '.join(error.args[1])}") from error
        self.tasks = tuple(known[code] for code in order)
        self._before: dict[str, list[Task]] = {code: [] for code in order}
        for task in self.tasks:
            for code in self._after[task.code]:
                self._before[code].append(task)

    def schedule(
        self,
        calendar: Calendar,
        agreed: Mapping[str, date],
        begin: date,
        done: Mapping[str, date] | None = None,
    ) -> Schedule:
        """``agreed`` days by anchor; nothing not yet ``done`` can begin before ``begin``.

        Raises CalendarError for days beyond the calendar.
        """
        latest = self._backward(calendar, agreed)
        earliest, driven = self._forward(calendar, agreed, begin, done or {})
        slots = {
            t.code: Slot(back(calendar, latest[t.code], t.count, t.unit), latest[t.code], earliest[t.code],
                         driven[t.code])
            for t in self.tasks
        }  # fmt: skip
        ends = [task for task in self.tasks if task.ends_on in agreed]
        ends.sort(key=lambda task: agreed[task.ends_on])
        paths = {task.code: self._path(task.code, driven) for task in ends}
        missed = tuple(
            Missed(t.ends_on, t.code, agreed[t.ends_on], earliest[t.code], paths[t.code])
            for t in ends
            if earliest[t.code] > agreed[t.ends_on] and t.code not in (done or {})
        )
        return Schedule(slots, frozenset().union(*paths.values()), missed)

    def _backward(self, calendar: Calendar, agreed: Mapping[str, date]) -> dict[str, date]:
        """The latest end of each task; one that nothing waits for is counted on from what it follows."""
        latest: dict[str, date] = {}
        for task in reversed(self.tasks):
            if task.ends_on in agreed:
                latest[task.code] = agreed[task.ends_on]
                continue
            bounds = [
                back(calendar, latest[s.code], s.count, s.unit)
                for s in self._before[task.code]
                if s.code in latest
            ]
            if bounds:
                latest[task.code] = min(bounds)
        for task in self.tasks:
            if task.code not in latest:
                begun = max((latest[code] for code in self._after[task.code]), default=max(agreed.values()))
                latest[task.code] = on(calendar, begun, task.count, task.unit)
        return latest

    def _forward(
        self, calendar: Calendar, agreed: Mapping[str, date], begin: date, done: Mapping[str, date]
    ) -> tuple[dict[str, date], dict[str, str]]:
        """The earliest end of each, and what holds it up. An agreed day is not anticipated: what follows it
        begins on that day at the earliest."""
        earliest: dict[str, date] = {}
        passed: dict[str, date] = {}
        driven: dict[str, str] = {}
        for task in self.tasks:
            code, from_day, driver = task.code, begin, ""
            for before in self._after[code]:
                if passed[before] > from_day:
                    from_day, driver = passed[before], before
            end = done[code] if code in done else on(calendar, from_day, task.count, task.unit)
            earliest[code] = passed[code] = end
            driven[code] = "" if code in done else driver
            if code not in done and task.ends_on in agreed and agreed[task.ends_on] > end:
                passed[code] = agreed[task.ends_on]
        return earliest, driven

    def _path(self, code: str, driven: Mapping[str, str]) -> tuple[str, ...]:
        found = [code]
        while driven[found[-1]]:
            found.append(driven[found[-1]])
        return tuple(reversed(found))


def on(calendar: Calendar, day: date, count: int, unit: str) -> date:
    """``day`` moved on by a duration."""
    return calendar.shift(day, count, unit) if count else day


def back(calendar: Calendar, day: date, count: int, unit: str) -> date:
    """The day from which the duration leads no further than ``day``.

    The last working day stands in for a rest day; the end of a month answers to the end of a month.
    """
    if not count:
        return day
    if unit == _WORKING:
        return calendar.add_working(day, -count if calendar.is_working(day) else -count - 1)
    if unit == _MONTH:
        before = add_months(day, -count)
        if day.day == monthrange(day.year, day.month)[1]:
            return before.replace(day=monthrange(before.year, before.month)[1])
        return before
    return calendar.shift(day, -count, unit)
