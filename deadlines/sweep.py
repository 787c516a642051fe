"""Raising the alarms that are due: set-based, in chunks, each its own transaction.

An alarm row is raised once and for all; the event in the case and the message in the outbox are written in
the same transaction. So a sweep may run twice, late, after any gap, in parallel with others, or be killed:
nothing is lost and nothing comes twice. PostgreSQL does a chunk in one statement and passes by rows that
another sweep holds; elsewhere (SQLite: one writer at a time) the same is done through the ORM.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import OperationalError, connection, transaction

from deadlines import escalation, sweep_orm, sweep_sql
from deadlines.models import Alarm
from deadlines.recomputing import recompute_pending
from kernel.clock import now
from notices import kick

CHUNK = 1000
TRIES = 3
DEADLOCK = "40P01"
Raise = Callable[[date, datetime, int], Counter[str]]


@dataclass(slots=True)
class SweepResult:
    """What a sweep did: alarms raised by level, things opened by them, clocks recomputed."""

    raised: Counter[str] = field(default_factory=Counter)
    handed: int = 0
    recomputed: int = 0

    @property
    def total(self) -> int:
        return self.raised.total()


def sweep(today: date, chunk: int = CHUNK) -> SweepResult:
    """Raise every alarm whose day has come by ``today`` (business date in Asia/Shanghai)."""
    result = SweepResult(recomputed=recompute_pending(on=today))
    raise_chunk = sweep_sql.raise_chunk if connection.vendor == "postgresql" else sweep_orm.raise_chunk
    while True:
        raised, handed = _patiently(raise_chunk, today, chunk)
        result.raised += raised
        result.handed += handed
        if raised.total() < chunk:
            break
    result.handed += _left_over(today)
    if result.total:
        kick.on_commit()
    return result


def _patiently(raise_chunk: Raise, today: date, chunk: int) -> tuple[Counter[str], int]:
    """A chunk that lost a deadlock against somebody's action is simply tried again."""
    for _attempt in range(TRIES - 1):
        try:
            return _chunk(raise_chunk, today, chunk)
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", "") != DEADLOCK:
                raise
    return _chunk(raise_chunk, today, chunk)


@transaction.atomic
def _chunk(raise_chunk: Raise, today: date, chunk: int) -> tuple[Counter[str], int]:
    moment = now()
    raised = raise_chunk(today, moment, chunk)
    if not raised:
        return raised, 0
    return raised, escalation.hand_over(Alarm.objects.filter(raised_at=moment), on=today, limit=chunk)


@transaction.atomic
def _left_over(today: date) -> int:
    """What an earlier sweep raised and no handler took, because it failed or was not there yet."""
    return escalation.hand_over(Alarm.objects.filter(raised_at__lt=now()), on=today)
