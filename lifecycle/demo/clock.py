"""The demo lives through its past: while it is being told, now is the moment that is told of.

Without this every event, version and notice of two years would carry the minute in which the demo was made.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from unittest.mock import patch

from django.utils import timezone

from kernel.clock import CHINA

OPENS = time(9, 0)
PACE = timedelta(minutes=2)
OFFICE_HOURS = timedelta(hours=9)


class DemoClock:
    """Stands still until it is set; each ``tick`` is a little later on the same day."""

    def __init__(self) -> None:
        self.moment = timezone.now()

    def open_day(self, day: date) -> None:
        """Nine in the morning in Asia/Shanghai."""
        self.moment = datetime.combine(day, OPENS, CHINA)

    def tick(self) -> None:
        """Two minutes on, but never past six in the evening."""
        closes = datetime.combine(self.moment.astimezone(CHINA).date(), OPENS, CHINA) + OFFICE_HOURS
        self.moment = min(self.moment + PACE, closes)


@contextmanager
def demo_clock() -> Iterator[DemoClock]:
    clock = DemoClock()
    with patch.object(timezone, "now", lambda: clock.moment):
        yield clock


@contextmanager
def without_collecting() -> Iterator[None]:
    """Looking for garbage over and over costs an eighth of the telling, and there is next to none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
