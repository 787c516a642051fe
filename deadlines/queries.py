"""Reads that outgrow a QuerySet: who may approve a stop, and a year's days off as spans."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import QuerySet

from accounts.models import Membership, User
from accounts.roles import ROLES, Can, Role
from deadlines.calendar import DAY, SATURDAY
from deadlines.models import Deadline

APPROVING = [role.value for role in Role if Can.APPROVE_PAUSE in ROLES[role].can]
Span = tuple[date, date]


def approvers(by: User, on: date) -> QuerySet[User]:
    """Who may approve that ``by`` stops a clock: holders of the right today, never ``by``."""
    holding = Membership.objects.in_force(on).filter(role__in=APPROVING).values("user")
    return User.objects.filter(pk__in=holding, is_active=True).exclude(pk=by.pk).order_by("name", "pk")


def for_list(rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """With what a list shows of each clock, in one query."""
    return rows.select_related("case", "responsible_unit", "responsible_user")


def rest_spans(year: int, exceptions: Mapping[date, bool]) -> list[Span]:
    """A year's published holidays as people say them: spans that take in the weekends they touch."""
    spans: list[Span] = []
    day = date(year, 1, 1)
    while day.year == year:
        if _rests(day, exceptions):
            last = day
            while (last + DAY).year == year and _rests(last + DAY, exceptions):
                last += DAY
            if any(exceptions.get(day + timedelta(n)) is False for n in range((last - day).days + 1)):
                spans.append((day, last))
            day = last
        day += DAY
    return spans


def _rests(day: date, exceptions: Mapping[date, bool]) -> bool:
    return not exceptions.get(day, day.weekday() < SATURDAY)
