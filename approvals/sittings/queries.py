"""Reads: sittings in sight, what stands on a docket, what waits for a body."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Unit, User
from approvals.models import Opinion
from approvals.rules import aspect_of, rule_of
from approvals.sittings.models import DocketItem, DocketQuerySet, Sitting, SittingQuerySet
from approvals.sittings.permissions import visible
from kernel.numbers import whole
from policies.schema import Aspect

OFFERED = 200
"""How many waiting questions are looked through for one body."""


def filtered(user: User, asked: Mapping[str, str]) -> SittingQuerySet:
    """Those a user sees, by body, state and days; unknown values give none."""
    rows = visible(user)
    if body := asked.get("body", ""):
        rows = rows.filter(body_id=whole(body)) if whole(body) else rows.filter(body__code=body)
    if state := asked.get("state", ""):
        rows = rows.in_state(state)
    for name, lookup in (("from", "planned_on__gte"), ("to", "planned_on__lte")):
        if day := _day(asked.get(name, "")):
            rows = rows.filter(**{lookup: day})
    return rows


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def with_counts(rows: SittingQuerySet) -> QuerySet[Sitting]:
    """Annotate ``items_n``: what stands on the docket, without what was postponed or taken off."""
    return rows.annotate(items_n=Count("items", filter=Q(items__gone_as="")))


def docket(sitting: Sitting, user: User) -> DocketQuerySet:
    """The items of the cases in sight, in order, with their papers; two queries."""
    rows: DocketQuerySet = DocketItem.objects.visible_to(user)
    found: DocketQuerySet = rows.filter(sitting=sitting).for_reading().prefetch_related("papers")
    return found


def aspect_behind(row: Opinion) -> Aspect | None:
    """The plan's aspect behind a question; None where the plan does not have it any more."""
    return aspect_of(rule_of(row.step), row.aspect)


def waiting(user: User, bodies: Iterable[Unit | int] | None = None) -> list[Opinion]:
    """待上会: questions that only a sitting answers and that stand on no docket, oldest first."""
    rows = Opinion.objects.visible_to(user).waiting().filter(asks="outcome")
    alive: dict[str, Any] = {
        "step__case__project__shelved_on__isnull": True,
        "step__case__project__exited_on__isnull": True,
    }
    listed = DocketItem.objects.open().filter(opinion=OuterRef("pk"))
    rows = rows.filter(~Exists(listed), **alive).select_related("unit", "step__case", "step__deadline")
    if bodies is not None:
        rows = rows.filter(unit__in=list(bodies))
    found = rows.order_by("asked_on", "id")[:OFFERED]
    return [row for row in found if (aspect := aspect_behind(row)) and aspect.sitting]


def bodies(user: User) -> QuerySet[Unit]:
    """The bodies of the sittings in sight."""
    return Unit.objects.filter(pk__in=visible(user).order_by().values("body"))
