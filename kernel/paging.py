"""Pages of a list in HTML: fifty rows, links before and after, a total that stops counting at 10,000."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from kernel.numbers import whole

M = TypeVar("M", bound=Model)
SIZE, COUNT_AT_MOST = 50, 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """What ``_components/pagination.html`` shows, with the rows themselves."""

    rows: list[M]
    total_text: str
    previous_url: str
    next_url: str

    @property
    def shown(self) -> int:
        return len(self.rows)


def page_of(request: HttpRequest, rows: QuerySet[M], *, size: int = SIZE, name: str = "page") -> Page[M]:
    """One page of an ordered query set by ``?page=`` (1 when it is missing or no number); two queries."""
    number = min(max(whole(request.GET.get(name)) or 1, 1), COUNT_AT_MOST)
    first = (number - 1) * size
    found = list(rows[first : first + size + 1])
    total = rows.order_by()[: COUNT_AT_MOST + 1].count()
    return Page(
        rows=found[:size],
        total_text=f"{COUNT_AT_MOST:,}+" if total > COUNT_AT_MOST else f"{total:,}",
        previous_url=_link(request, name, number - 1) if number > 1 else "",
        next_url=_link(request, name, number + 1) if len(found) > size else "",
    )


def _link(request: HttpRequest, name: str, number: int) -> str:
    query: Any = request.GET.copy()
    query[name] = str(number)
    return f"?{query.urlencode()}"
