"""Reads of the list of assignments: filters, and how each unit stands."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, Subquery

from accounts.access import units_of
from accounts.models import User
from assignments.models import UNDONE, Assignment, AssignmentQuerySet, Kind, State
from kernel.numbers import whole

SCOPES = ("open", "late", "mine", "reported", "ended", "all")
UNITS_SHOWN = 30


def visible(user: User) -> AssignmentQuerySet:
    rows: AssignmentQuerySet = Assignment.objects.visible_to(user)
    return rows


def filtered(user: User, asked: Mapping[str, str], on: date) -> AssignmentQuerySet:
    """Those a user sees, by scope, kind, unit code, level of the plan ("any": raised at all) and case;
    unknown kinds and scopes filter nothing."""
    rows = _scoped(visible(user), user, asked.get("show", ""), on)
    if asked.get("kind") in Kind.values:
        rows = rows.filter(kind=asked["kind"])
    if unit := asked.get("unit", ""):
        rows = rows.filter(unit__code=unit)
    if level := asked.get("level", ""):
        rows = rows.exclude(level="") if level == "any" else rows.filter(level=level)
    if project := asked.get("project", ""):
        rows = rows.filter(case_id=whole(project) or 0)
    return rows


def with_promises(rows: AssignmentQuerySet, case_id: int, on: date) -> AssignmentQuerySet:
    """Annotate each row with how the commitments of its case stand (R157), for :func:`promised`."""
    owed = Assignment.objects.filter(case_id=case_id, kind=Kind.COMMITMENT).exclude(state=State.REVOKED)
    done = owed.filter(state__in=(State.REPORTED, State.CLOSED))
    return rows.annotate(
        promises=_number(owed), promises_kept=_number(done), promises_late=_number(owed.late(on))
    )


def _number(rows: Any) -> Subquery:
    return Subquery(rows.order_by().values("case").annotate(n=Count("pk")).values("n"))


def promised(row: Any) -> dict[str, int] | None:
    """All, kept and late commitments of the case of a row so annotated; None where there are none."""
    found = {"all": row.promises, "kept": row.promises_kept or 0, "late": row.promises_late or 0}
    return found if row.promises else None


def _scoped(rows: AssignmentQuerySet, user: User, show: str, on: date) -> AssignmentQuerySet:
    if show == "late":
        return rows.late(on)
    if show == "mine":
        return rows.undone().filter(Q(user=user) | Q(unit__in=units_of(user)))
    if show == "reported":
        return rows.filter(state=State.REPORTED)
    if show == "ended":
        return rows.filter(state__in=(State.CLOSED, State.REVOKED))
    return rows if show == "all" else rows.open()


def by_unit(user: User, on: date, kind: str = "") -> list[dict[str, Any]]:
    """Units by lateness: open, late and the nearest day, the latest first; one query.

    ``next_due`` is provisional when it equals ``next_provisional``. With a kind (commitments): only of that.
    """
    late = Q(state__in=UNDONE, deadline__due_on__lt=on, deadline__past=False)
    assumed = Min("deadline__due_on", filter=~late & Q(deadline__provisional=True))
    seen = visible(user).open()
    seen = seen.filter(kind=kind) if kind in Kind.values else seen
    rows = seen.order_by().values("unit__code", "unit__name", "unit__short_name")
    counted = rows.annotate(
        open=Count("id"),
        late=Count("id", filter=late),
        next_due=Min("deadline__due_on", filter=~late),
        next_provisional=assumed,
    )
    return [dict(row) for row in counted.order_by("-late", "-open", "unit__code")[:UNITS_SHOWN]]
