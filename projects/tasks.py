"""Celery's way into the imports. Nothing rests on the queue: beat finds what was lost by its state."""

import logging

from celery import shared_task

from kernel.clock import today
from projects import dormancy, search
from projects.actions import imports

log = logging.getLogger(__name__)


@shared_task
def run_import(batch_id: int) -> None:
    imports.run(batch_id)
    search.settle()


@shared_task
def resume_imports() -> int:
    """Every minute: take up what a killed worker left. Returns how many batches were waiting."""
    waiting = imports.stale()
    for batch_id in waiting:
        try:
            imports.run(batch_id)
        except Exception:
            # One broken import must not keep the others waiting; it counts its tries itself.
            log.exception("import %s", batch_id)
    if waiting:
        search.settle()
    return len(waiting)


@shared_task(ignore_result=True)
def sweep_stillness() -> int:
    """Every hour: warn of and mark the leads that have stood still too long; returns how many."""
    done = dormancy.sweep(today())
    return done.warned + done.dormant
