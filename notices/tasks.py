"""Bringing messages from the outbox into the inboxes; run by beat and on commit."""

from celery import shared_task

from kernel.clock import today
from notices.actions import BATCH, deliver


@shared_task(ignore_result=True)
def deliver_outbox() -> int:
    """Deliver all that waits, a thousand messages a transaction; returns how many."""
    total = 0
    while True:
        done = deliver(on=today(), limit=BATCH)
        total += done
        if done < BATCH:
            return total
