"""Where a duty came from, for its page: each room above that opens duties says where they are answered."""

from collections.abc import Callable

from assignments.models import Assignment

Origin = tuple[str, str]
"""Words on the link, and its address."""

_origins: dict[str, Callable[[Assignment], Origin | None]] = {}


def register(prefix: str, find: Callable[[Assignment], Origin | None]) -> None:
    """``prefix`` is how the rule of such duties begins ("request:")."""
    _origins[prefix] = find


def of(row: Assignment) -> Origin | None:
    """At most one query, and none for a duty of no room above."""
    return next((find(row) for prefix, find in _origins.items() if row.rule.startswith(prefix)), None)
