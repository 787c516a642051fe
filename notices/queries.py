"""Reads of the inbox."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from notices.models import Notice

SHOWN_AT_MOST = 100


def unread(user: User | AnonymousUser) -> int:
    """How many notices wait for a user, counted to 100 at most: one index look-up on every page."""
    if not isinstance(user, User):
        return 0
    waiting = Notice.objects.filter(user=user, read_at__isnull=True)
    return waiting.order_by()[:SHOWN_AT_MOST].count()
