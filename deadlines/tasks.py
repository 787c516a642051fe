"""What beat runs: raising what is due, and finishing what a loaded calendar asks for."""

from celery import shared_task

from deadlines.recomputing import recompute_pending
from deadlines.sweep import sweep
from kernel.clock import today


@shared_task(ignore_result=True)
def sweep_deadlines() -> int:
    """Raise every alarm that is due today in Asia/Shanghai; returns how many."""
    return sweep(today()).total


@shared_task(ignore_result=True)
def recompute_deadlines() -> int:
    """Reckon the clocks anew that a newly loaded calendar touches; returns how many changed."""
    return recompute_pending(on=today())
