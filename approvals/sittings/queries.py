"""Reads: sittings in sight, what stands on a docket, what waits for a body."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Case as Choice
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, When

from accounts.models import Unit, User
from approvals.models import Opinion, Step
from approvals.rules import aspect_of, rule_of
from approvals.sittings.models import DocketItem, DocketQuerySet, Sitting, SittingQuerySet
from approvals.sittings.permissions import visible
from policies.schema import Aspect

OFFERED = 200
"""How many waiting questions are looked through."""


def filtered(user: User, asked: Mapping[str, str]) -> SittingQuerySet:
    """Those a user sees, by body, state and days; unknown values give none."""
    rows = visible(user)
    if body := asked.get("body", ""):
        rows = rows.filter(body__code=body)
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


def with_counts(rows: QuerySet[Sitting]) -> QuerySet[Sitting]:
    """Annotate ``items_n``: what stands on the docket, without what was postponed or taken off."""
    return rows.annotate(items_n=Count("items", filter=Q(items__gone_as="")))


def coming_first(rows: SittingQuerySet) -> QuerySet[Sitting]:
    """Those to come, the nearest first; then the others, the latest first."""
    coming = When(held_on__isnull=True, cancelled_on__isnull=True, then=0)
    order = Choice(coming, default=1, output_field=IntegerField())
    by_day = Choice(When(held_on__isnull=True, cancelled_on__isnull=True, then=F("planned_on")))
    return rows.annotate(over=order, next=by_day).order_by("over", "next", "-planned_on", "-id")


def docket(sitting: Sitting, user: User) -> DocketQuerySet:
    """The items of the cases in sight, in order, with their papers; two queries."""
    rows: DocketQuerySet = DocketItem.objects.visible_to(user)
    found: DocketQuerySet = rows.filter(sitting=sitting).for_reading().prefetch_related("papers")
    return found


def on_dockets(step: Step) -> dict[int, DocketItem]:
    """The open items about a step's questions, by key of the opinion; one query."""
    rows = DocketItem.objects.open().filter(opinion__step=step).select_related("sitting__body")
    return {row.opinion_id: row for row in rows if row.opinion_id}


def aspect_behind(row: Opinion) -> Aspect | None:
    """The plan's aspect behind a question; None where the plan does not have it any more."""
    return aspect_of(rule_of(row.step), row.aspect)


def waiting(user: User, bodies: Iterable[Unit | int] | None = None) -> list[Opinion]:
    """待上会: questions that only a sitting answers and that stand on no docket, oldest first.

    What was put off (缓议) waits again while its round runs.
    """
    rows = Opinion.objects.visible_to(user).for_a_sitting().filter(step__in=Step.objects.running())
    listed = DocketItem.objects.open().filter(opinion=OuterRef("pk"))
    rows = rows.filter(
        ~Exists(listed),
        step__case__project__shelved_on__isnull=True,
        step__case__project__exited_on__isnull=True,
    )
    if bodies is not None:
        rows = rows.filter(unit__in=list(bodies))
    found = rows.select_related("unit", "deadline", "step__case", "step__deadline", "step__agreement_version")
    found = found.order_by("asked_on", "id")[:OFFERED]
    return [row for row in found if (aspect := aspect_behind(row)) and aspect.sitting]


def bodies(user: User) -> QuerySet[Unit]:
    """The bodies of the sittings in sight."""
    return Unit.objects.filter(pk__in=visible(user).order_by().values("body")).order_by("kind", "code")
