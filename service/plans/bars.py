"""Bars over days as plain numbers for SVG: the page has no inline styles, widths are attributes of shapes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from deadlines.calendar import add_months
from service.plans.standing import Line, Standing

MOST_MARKS = 12
MARGIN_DAYS = 7


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of days; x counts days from ``first``."""

    first: date
    last: date

    @property
    def width(self) -> int:
        return (self.last - self.first).days

    def x(self, day: date) -> int:
        return min(max((day - self.first).days, 0), self.width)

    def months(self) -> list[tuple[int, str]]:
        """Where months begin, at most twelve of them named: x and "2026-07"."""
        day = self.first.replace(day=1)
        found: list[date] = []
        while day <= self.last:
            if day >= self.first:
                found.append(day)
            day = add_months(day, 1)
        step = len(found) // MOST_MARKS + 1
        return [(self.x(one), f"{one:%Y-%m}") for one in found[::step]]


def scale_of(days: Iterable[date]) -> Scale | None:
    """From the earliest to the latest of the days, with a margin; None for none."""
    known = sorted(days)
    if not known:
        return None
    margin = timedelta(days=MARGIN_DAYS)
    return Scale(known[0] - margin, known[-1] + margin)


@dataclass(frozen=True, slots=True)
class Bar:
    """One item: planned from ``x`` over ``width``, done at ``done`` (None if not)."""

    line: Line
    x: int
    width: int
    done: int | None


@dataclass(frozen=True, slots=True)
class Chart:
    scale: Scale
    bars: tuple[Bar, ...]
    today: int | None


def chart(now: Standing, today: date) -> Chart | None:
    """The dated items of a version by their planned day."""
    dated = [line for line in now.lines if line.item.planned_on]
    days = [line.item.planned_on for line in dated if line.item.planned_on]
    days += [line.item.starts_on for line in dated if line.item.starts_on]
    days += [line.tick.on for line in dated if line.tick]
    scale = scale_of(days)
    if scale is None:
        return None
    bars = sorted((_bar(line, scale) for line in dated), key=lambda bar: (bar.x + bar.width, bar.x))
    return Chart(scale, tuple(bars), scale.x(today) if scale.first <= today <= scale.last else None)


def _bar(line: Line, scale: Scale) -> Bar:
    end = line.item.planned_on
    assert end is not None
    begin = min(line.item.starts_on or end, end)
    x = scale.x(begin)
    return Bar(line, x, max(scale.x(end) - x, 1), scale.x(line.tick.on) if line.tick else None)
