"""Celery's way into service. Nothing rests on the queue: what a lost run left out, the next one finds."""

from celery import shared_task

from kernel.clock import today
from service.portal import pushing


@shared_task(ignore_result=True)
def push_policies() -> int:
    """Every morning: tell enterprises the policies that came to concern them; returns how many."""
    return pushing.sweep(today())
