"""Time: the published calendar, and the clocks that run on cases."""

from deadlines.models.clocks import (
    Alarm,
    Counting,
    Deadline,
    DeadlineQuerySet,
    Decision,
    Light,
    Pause,
    PauseRequest,
    PauseRequestQuerySet,
    State,
    Strength,
)
from deadlines.models.days import CalendarDay, CalendarVersion

__all__ = [
    "Alarm",
    "CalendarDay",
    "CalendarVersion",
    "Counting",
    "Deadline",
    "DeadlineQuerySet",
    "Decision",
    "Light",
    "Pause",
    "PauseRequest",
    "PauseRequestQuerySet",
    "State",
    "Strength",
]
