"""Reads that outgrow a QuerySet: who may approve a stop, what waits for it, a year's days off as spans."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When

from accounts.models import Membership, User
from accounts.roles import ROLES, Can, Role
from deadlines.calendar import DAY, SATURDAY
from deadlines.models import Deadline, Decision, PauseRequest

APPROVING = [role.value for role in Role if Can.APPROVE_PAUSE in ROLES[role].can]
Span = tuple[date, date]


def approvers(by: User, on: date) -> QuerySet[User]:
    """Who may approve that ``by`` stops a clock: holders of the right today, never ``by``."""
    holding = Membership.objects.in_force(on).filter(role__in=APPROVING).values("user")
    return User.objects.filter(pk__in=holding, is_active=True).exclude(pk=by.pk).order_by("name", "pk")


def pause_requests(user: User) -> QuerySet[PauseRequest]:
    """The stops that a user could grant: in sight, not the own ones; what the user was asked comes first."""
    rows = PauseRequest.objects.visible_to(user).pending().exclude(by=user)
    others = Case(When(approver=user, then=Value(0)), default=Value(1))
    related = ("deadline__case", "deadline__responsible_unit", "by", "approver")
    return rows.select_related(*related).order_by(others, "deadline__due_on", "id")


def with_request(rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """Annotate ``asked_of``: the name of who was asked to stop the clock and has not decided; None else."""
    waiting = PauseRequest.objects.filter(deadline=OuterRef("pk"), state=Decision.PENDING)
    return rows.annotate(asked_of=Subquery(waiting.values("approver__name")[:1]))


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
