"""Months as the monthly report counts them: from the start, one after the other. Pure arithmetic."""

from collections.abc import Container, Iterator
from datetime import date, timedelta

MOST_MONTHS = 600
"""Fifty years: no project is built longer, and a slip of the year cannot run away."""


def first_of(day: date) -> date:
    """The month a day lies in, as its first day."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    return first_of(month + timedelta(days=32))


def last_day(month: date) -> date:
    return next_month(month) - timedelta(days=1)


def months(first: date, last: date) -> Iterator[date]:
    """Each month from one to the other, both included; none where they lie the wrong way round."""
    month = first_of(first)
    for _count in range(MOST_MONTHS):
        if month > last:
            return
        yield month
        month = next_month(month)


def earliest_missing(first: date, until: date | None, reported: Container[date]) -> date | None:
    """The first month without a report, the month of ``until`` being the last one asked for.

    >>> earliest_missing(date(2026, 1, 20), None, {date(2026, 1, 1)})
    datetime.date(2026, 2, 1)
    """
    for month in months(first, until or date.max.replace(year=2999)):
        if month not in reported:
            return month
    return None


def read_month(text: str) -> date | None:
    """ "2026-03" as the first day of that month; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
