"""Housekeeping: what is only kept for a while."""

from datetime import timedelta

from axes.models import AccessAttempt
from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session

from accounts.idempotency import KEPT_DAYS
from accounts.models import IdempotencyKey
from kernel.clock import now


@shared_task
def tidy() -> dict[str, int]:
    """Drop expired sessions, answers older than a week, and failed sign-ins whose lock is over."""
    at = now()
    old = at - timedelta(days=KEPT_DAYS)
    unlocked = at - timedelta(hours=settings.AXES_COOLOFF_TIME)
    return {
        "sessions": Session.objects.filter(expire_date__lt=at).delete()[0],
        "keys": IdempotencyKey.objects.filter(created_at__lt=old).delete()[0],
        "attempts": AccessAttempt.objects.filter(attempt_time__lt=unlocked).delete()[0],
    }
