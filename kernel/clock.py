"""The clock, read once at the edge (view, API, command, task); actions take ``on=``."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The business date in Asia/Shanghai, whatever the server's own time zone."""
    return timezone.localdate(timezone=CHINA)
