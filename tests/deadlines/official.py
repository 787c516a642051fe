"""The published rest days and working weekend days of 2026, copied from the State Council's notice by hand:
a second source beside the seed."""

from datetime import date

from deadlines.calendar import Calendar, days_from

REST = [
    ((1, 1), (1, 3)),
    ((2, 15), (2, 23)),
    ((4, 4), (4, 6)),
    ((5, 1), (5, 5)),
    ((6, 19), (6, 21)),
    ((9, 25), (9, 27)),
    ((10, 1), (10, 7)),
]
WORKED = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]


def exceptions_2026() -> dict[date, bool]:
    rest = {
        day: False
        for first, last in REST
        for day in days_from(date(2026, *first), date(2026, *last))
        if day.weekday() < 5
    }
    return rest | {date(2026, month, day): True for month, day in WORKED}


CALENDAR = Calendar({2026: exceptions_2026()}, version=1)
