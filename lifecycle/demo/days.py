"""The working days that the demo tells of: from the first day of the plans to the last one before today."""

from datetime import date

from deadlines import calendars
from policies.models import PolicyVersion

LONGEST = 520
"""Working days told of at most: a little over two years, whatever the day."""


def working_days(today: date) -> list[date]:
    """Working days before ``today`` on which every pack in force today was in force, oldest first."""
    calendar = calendars.current()
    since = max(PolicyVersion.objects.in_force(today).values_list("effective_from", flat=True), default=today)
    day = calendar.add_working(today, -1)
    found: list[date] = []
    while day >= since and len(found) < LONGEST:
        found.append(day)
        day = calendar.add_working(day, -1)
    return found[::-1]
