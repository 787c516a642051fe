"""Reads of the inbox."""

from functools import cache
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from kernel.prepared import Kept
from notices.models import Notice

SHOWN_AT_MOST = 100


def unread(user: User | AnonymousUser) -> int:
    """How many notices wait for a user, counted to 100 at most: one index look-up on every page."""
    if not isinstance(user, User):
        return 0
    count: int = _waiting().fold("count(*)", user=user.pk)[0]
    return count


@cache
def _waiting() -> Kept[Any]:
    nobody = -1
    rows = Notice.objects.filter(user=nobody, read_at__isnull=True).order_by().values("pk")
    return Kept(rows[:SHOWN_AT_MOST], {"user": nobody})
