"""Short lists inside a case, newest first, by cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from kernel import keyset


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows, and the address of the older ones ("" at the end)."""

    rows: list[Any]
    older: str
    first: bool


def newest_first(
    rows: QuerySet[Any], request: HttpRequest, size: int, keys: Sequence[str] = ("id",)
) -> Slice:
    """The rows after the cursor in the address; a cursor nobody here made means the first page."""
    after = [_key(value) for value in keyset.unpack(request.GET.get("cursor", ""))]
    if len(after) == len(keys):
        rows = rows.filter(keyset.RowBeyond(keys, after, smaller=True))
    found = list(rows.order_by(*(f"-{key}" for key in keys))[: size + 1])
    more, found = len(found) > size, found[:size]
    last = [getattr(found[-1], key) for key in keys] if found else []
    return Slice(found, f"?cursor={keyset.pack(*last)}" if more else "", len(after) != len(keys))


def _key(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value
