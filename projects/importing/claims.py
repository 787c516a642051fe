"""Who works on a batch: one worker at a time, told by a count that every taking-up raises.

A worker writes only while the count is still its own. One that was given up for dead (its heartbeat grew
old) and comes back finds the count raised and leaves without a trace.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from kernel.clock import now
from projects.models import ImportBatch
from projects.models.imports import ImportState

STALE = timedelta(seconds=120)
RUNNING = (ImportState.CHECKING, ImportState.COMMITTING, ImportState.UNDOING)


class Lost(Exception):
    """Somebody else has taken the batch up meanwhile."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a batch in one state."""

    batch_id: int
    attempt: int
    state: str

    def beat(self, **progress: Any) -> None:
        """Say that the work goes on, and how far it is. Raises Lost; inside a transaction it undoes it."""
        mine = ImportBatch.objects.filter(pk=self.batch_id, attempts=self.attempt, state=self.state)
        if not mine.update(heartbeat_at=now(), **progress):
            raise Lost

    def lock(self) -> ImportBatch:
        """The batch, locked for the rest of the transaction. Raises Lost."""
        rows = ImportBatch.objects.select_for_update(of=("self",)).select_related("user", "unit")
        batch = rows.filter(pk=self.batch_id, attempts=self.attempt, state=self.state).first()
        if batch is None:
            raise Lost
        return batch

    def release(self, **result: Any) -> None:
        """Leave the batch, with what came of it; without a new state the next worker may take it at once."""
        mine = ImportBatch.objects.filter(pk=self.batch_id, attempts=self.attempt, state=self.state)
        mine.update(heartbeat_at=None, **result)


def free() -> Q:
    """Batches that wait for a worker: none has begun, or the one that had is dead."""
    return Q(state__in=RUNNING) & (Q(heartbeat_at__isnull=True) | Q(heartbeat_at__lt=now() - STALE))


@transaction.atomic
def take(batch_id: int) -> tuple[Claim, ImportBatch] | None:
    """Take a waiting batch up, or None: it is not waiting, or another worker is quicker."""
    skips = connection.features.has_select_for_update_skip_locked
    rows = ImportBatch.objects.select_for_update(of=("self",), skip_locked=skips)
    batch = rows.filter(free(), pk=batch_id).select_related("user", "unit").first()
    if batch is None:
        return None
    ImportBatch.objects.filter(pk=batch_id).update(
        attempts=F("attempts") + 1, tries=F("tries") + 1, heartbeat_at=now()
    )
    batch.attempts, batch.tries = batch.attempts + 1, batch.tries + 1
    return Claim(batch_id, batch.attempts, batch.state), batch
