"""One transaction for an action, whether it is called alone or from within another action."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")


def joined(action: Callable[P, R]) -> Callable[P, R]:
    """Run ``action`` in the caller's transaction if there is one, else in its own.

    Unlike a nested ``atomic`` it sets no savepoint, which would cost two statements each time. It may,
    because an action refuses before it has changed anything, and callers never go on after another error.
    """

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return action(*args, **kwargs)
        with transaction.atomic():
            return action(*args, **kwargs)

    return run
