"""Pages of the administrators' lists by their last row (keyset): the audit trail only ever grows."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """The rows and the addresses of the neighbours ("" at the ends)."""

    rows: list[M]
    previous_url: str
    next_url: str


def keyset(request: HttpRequest, rows: "QuerySet[M]", by: str = "-id", size: int = SIZE) -> Page[M]:
    """One page ordered by a unique field ("-id", "username"); reads ``after``/``before`` of the query string.

    A mark that cannot be read gives the first page.
    """
    name, descending = by.removeprefix("-"), by.startswith("-")
    mark, forward = _mark(request, rows.model, name)
    if mark is not None:
        rows = rows.filter(**{f"{name}__{'lt' if descending == forward else 'gt'}": mark})
    ordered = rows.order_by(by) if forward else rows.order_by(by).reverse()
    found = list(ordered[: size + 1])
    more, found = len(found) > size, found[:size]
    if not forward:
        found.reverse()
    back, on = (mark is not None, more) if forward else (more, True)
    return Page(
        found,
        _url(request, "before", getattr(found[0], name)) if back and found else "",
        _url(request, "after", getattr(found[-1], name)) if on and found else "",
    )


def _mark(request: HttpRequest, model: type[M], name: str) -> tuple[Any, bool]:
    """Where the page starts, and whether it runs forward from there."""
    key = "before" if "before" in request.GET else "after"
    text, field = request.GET.get(key), model._meta.get_field(name)
    if not text or not isinstance(field, Field):
        return None, True
    try:
        return field.to_python(text), key == "after"
    except ValidationError:
        return None, True


def _url(request: HttpRequest, key: str, mark: object) -> str:
    query = request.GET.copy()
    for old in ("after", "before"):
        query.pop(old, None)
    query[key] = str(mark)
    return f"?{query.urlencode()}"
