"""From a clock's terms to its dates: due day, first warning, the day each rung rings. Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from deadlines.calendar import Calendar, Due, LimitLike, LimitUnit, Pauses
from deadlines.models import Alarm, Deadline, Pause


class TermLike(LimitLike, Protocol):
    """A limit with its wording: ``strive`` or ``must``."""

    @property
    def strength(self) -> str: ...


class RungAtLike(Protocol):
    @property
    def offset(self) -> int: ...
    @property
    def unit(self) -> str: ...


class RungLike(Protocol):
    """A rung of the ladder as the policy pack lays it down."""

    @property
    def level(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def at(self) -> RungAtLike: ...
    @property
    def tells(self) -> Sequence[str]: ...
    @property
    def opens(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class RungAt:
    """Days before (negative) or after the due day."""

    offset: int
    unit: str = LimitUnit.WORKING_DAY


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung made in code: for tests and for clocks without a pack."""

    level: str
    name: str
    at: RungAt
    tells: tuple[str, ...] = ("handler",)
    opens: str | None = None


def stops(pauses: Iterable[Pause]) -> Pauses:
    """The finished pauses as half-open intervals; one still open has no end yet and moves nothing."""
    return [(pause.from_on, pause.to_on) for pause in pauses if pause.to_on]


def due_of(calendar: Calendar, deadline: Deadline, pauses: Pauses, started_on: date | None = None) -> Due:
    """The due day by the clock's own terms. Raises CalendarError outside 1990–2100."""
    return calendar.due(started_on or deadline.started_on, deadline, pauses)


def rung_day(calendar: Calendar, deadline: Deadline, offset: int, unit: str) -> date:
    """When a rung rings: never before the clock started."""
    return max(calendar.shift(deadline.due_on, offset, unit), deadline.started_on)


def warning_day(calendar: Calendar, deadline: Deadline, alarms: Iterable[Alarm]) -> date | None:
    """From when the light is yellow: the first rung that rings no later than the due day."""
    days = [rung_day(calendar, deadline, alarm.offset, alarm.unit) for alarm in alarms]
    return min((day for day in days if day <= deadline.due_on), default=None)


def alarms_of(ladder: Sequence[RungLike]) -> list[Alarm]:
    """One alarm per rung, not yet tied to a deadline or a day."""
    return [
        Alarm(
            level=rung.level,
            name=rung.name,
            offset=rung.at.offset,
            unit=rung.at.unit,
            tells=" ".join(rung.tells),
            opens=rung.opens or "",
        )
        for rung in ladder
    ]


def ring_day(calendar: Calendar, deadline: Deadline, alarm: Alarm) -> date | None:
    """The day an unraised alarm waits for; None while the clock is stopped, closed, or taken over."""
    if not deadline.is_open or deadline.paused_from or deadline.past:
        return None
    return rung_day(calendar, deadline, alarm.offset, alarm.unit)
