"""The calendar in force, built once per process and calendar version."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from importlib.metadata import version

import chinese_calendar

from deadlines.calendar import SATURDAY, Calendar
from deadlines.models import CalendarDay, CalendarVersion

Exceptions = dict[date, bool]


def current() -> Calendar:
    """The calendar of the latest version of each year.

    One small query tells whether it changed; the table itself is rebuilt only then. A database without
    any calendar (not seeded yet) is answered from the shipped years.
    """
    newest = CalendarVersion.objects.order_by("-id").values_list("id", "loaded_at").first()
    return _build(newest) if newest else _shipped()


@lru_cache(maxsize=2)
def _build(newest: tuple[int, datetime]) -> Calendar:
    chosen = latest_versions()
    years: dict[int, Exceptions] = {year: {} for year in chosen}
    days = CalendarDay.objects.filter(version__in=chosen.values()).values_list("date", "working")
    for day, working in days.iterator():
        years[day.year][day] = working
    return Calendar(years, version=newest[0])


@lru_cache(maxsize=1)
def _shipped() -> Calendar:
    return Calendar(shipped_years())


def latest_versions() -> dict[int, int]:
    """The version in force of each loaded year: year → id."""
    return dict(CalendarVersion.objects.order_by("id").values_list("year", "id"))


def exceptions(
    rest: Mapping[date, object] | set[date], worked: Mapping[date, object] | set[date]
) -> Exceptions:
    """Only what differs from a plain week: weekdays that rest, weekend days that are worked."""
    found = {day: False for day in sorted(rest) if day.weekday() < SATURDAY}
    return found | {day: True for day in sorted(worked) if day.weekday() >= SATURDAY}


def shipped_years() -> dict[int, Exceptions]:
    """The published years that the package chinesecalendar knows, by year."""
    lists = chinese_calendar.constants
    every = exceptions(lists.holidays, lists.workdays)
    years = sorted({day.year for day in lists.holidays})
    return {year: {day: works for day, works in every.items() if day.year == year} for year in years}


def shipped_source(year: int) -> tuple[str, str]:
    """Version and source text of a shipped year."""
    package = f"chinesecalendar-{version('chinesecalendar')}"
    return package, f"国务院办公厅关于{year}年部分节假日安排的通知"
