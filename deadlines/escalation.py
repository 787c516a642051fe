"""The way upward for time: what a rung of the ladder *opens* (催办, 督办) is opened by an app above, and
closed by it when the clock ends.

``assignments`` registers ``urge`` and ``supervise`` in its ``AppConfig.ready``. A handler gets the alarms
of one chunk that were just raised, inside the transaction that raised them, and opens one thing for each.
What it registers with ``on_ended`` is told of a clock that was just met or cancelled.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from deadlines.models import Alarm, Deadline
from kernel.clock import now

Handler = Callable[[Sequence[Alarm], date], None]
"""Takes alarms (``alarm.deadline.case`` at hand) and the business date; raising leaves them waiting."""

Settler = Callable[[Deadline, User | None, date], None]
"""Takes a clock just met or cancelled, by whom and on which business date, in that transaction."""

log = logging.getLogger(__name__)
_handlers: dict[str, Handler] = {}
_settlers: list[Settler] = []


def register(opens: str, handler: Handler) -> None:
    """Say who opens what a rung with ``opens = "<code>"`` asks for. One handler a code."""
    if _handlers.get(opens, handler) is not handler:
        raise ValueError(f"escalation {opens!r} is registered already")
    _handlers[opens] = handler


def on_ended(settler: Settler) -> None:
    """Ask to be told when a clock is met or cancelled. Asking twice is asking once."""
    if settler not in _settlers:
        _settlers.append(settler)


def tell_ended(deadline: Deadline, *, by: User | None, on: date) -> None:
    for settler in _settlers:
        settler(deadline, by, on)


def registered() -> list[str]:
    return sorted(_handlers)


def hand_over(alarms: QuerySet[Alarm], *, on: date, limit: int = 1000) -> int:
    """Give up to ``limit`` raised alarms to their handlers, in the caller's transaction; returns how many.

    Those of a handler that fails stay unhanded, are logged, and come again with the next sweep: one bad
    row neither stops the sweep nor is lost.
    """
    if not _handlers:
        return 0
    waiting = alarms.filter(raised_at__isnull=False, handed_at__isnull=True).exclude(opens="")
    waiting = waiting.filter(opens__in=registered())
    skip = connection.features.has_select_for_update_skip_locked
    locked = waiting.select_for_update(skip_locked=skip, of=("self",))
    rows = list(locked.select_related("deadline__case").order_by("id")[:limit])
    return sum(_give(code, [row for row in rows if row.opens == code], on) for code in registered())


def _give(code: str, alarms: Sequence[Alarm], on: date) -> int:
    if not alarms:
        return 0
    if _try(code, alarms, on):
        return len(alarms)
    return sum(_try(code, [alarm], on) for alarm in alarms) if len(alarms) > 1 else 0


def _try(code: str, alarms: Sequence[Alarm], on: date) -> bool:
    try:
        with transaction.atomic():
            _handlers[code](alarms, on)
            Alarm.objects.filter(pk__in=[alarm.pk for alarm in alarms]).update(handed_at=now())
    except Exception:  # whatever is wrong above must not keep other alarms from ringing
        log.exception("escalation %s failed for %s alarm(s)", code, len(alarms))
        return False
    return True
