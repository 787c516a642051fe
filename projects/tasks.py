"""Celery's way into the imports. Nothing rests on the queue: beat finds what was lost by its state."""

from celery import shared_task

from projects.actions import imports


@shared_task
def run_import(batch_id: int) -> None:
    imports.run(batch_id)


@shared_task
def resume_imports() -> int:
    """Every minute: check or commit what a killed worker left. Returns how many were taken up."""
    waiting = imports.stale()
    for batch_id in waiting:
        imports.run(batch_id)
    return len(waiting)
