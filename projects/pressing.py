"""The most pressing clock of each project on a page, in one statement."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Min, Q

from deadlines.models import Deadline
from kernel.prepared import Kept


@dataclass(frozen=True, slots=True)
class Clock:
    """The most pressing open clock of a project: its light and its due day."""

    light: str
    due_on: date
    provisional: bool


def clocks_of(case_ids: list[int], today: date) -> dict[int, Clock]:
    """The most pressing running clock of each case, in one statement."""
    found = _clocks(len(case_ids)).ask(**{str(place): case for place, case in enumerate(case_ids)})
    return {case: Clock(_light(due, warn, today), due, due == assumed) for case, due, warn, assumed in found}


@lru_cache(maxsize=20)
def _clocks(count: int) -> Kept[tuple[int, date, date | None, date | None]]:
    """Kept by how many cases are asked about: nearly always a page of fifty."""
    marks = {str(place): -1 - place for place in range(count)}
    rows = Deadline.objects.filter(
        case_id__in=list(marks.values()),
        met_on__isnull=True,
        cancelled_on__isnull=True,
        paused_from__isnull=True,
        past=False,
    )
    # The day is provisional when the first provisional one is no later.
    assumed = Min("due_on", filter=Q(provisional=True))
    pressing = (
        rows.order_by()
        .values_list("case_id")
        .annotate(due=Min("due_on"), warn=Min("warn_on"), assumed=assumed)
    )
    return Kept(pressing, marks)


def _light(due: date, warn: date | None, today: date) -> str:
    if due < today:
        return "red"
    return "yellow" if warn and warn <= today else "green"
