"""Reads of progress: one project's months and days, the differences, the grid of a month."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from kernel.numbers import whole
from projects.models import Batch, Project
from service.models import DayDifference, MonthlyProgress, StatedDay
from service.progress.models import MonthlyQuerySet
from service.progress.months import read_month

MOST_ROWS = 600
"""Of one project: a report a month for fifty years."""


def months_of(project: Project) -> list[MonthlyProgress]:
    """The reports in force, oldest first."""
    rows = MonthlyProgress.objects.filter(project=project, in_force=True).select_related("by", "unit")
    return list(rows.order_by("month")[:MOST_ROWS])


def days_of(project: Project) -> list[StatedDay]:
    """What departments state, in force."""
    rows = StatedDay.objects.filter(project=project, in_force=True).select_related("unit", "by")
    return list(rows.order_by("id"))


def filtered(user: User | AnonymousUser, asked: Mapping[str, str]) -> MonthlyQuerySet:
    """Reports in sight by ``project`` (key), ``month`` (2026-03) and ``park`` (code); ``all``: corrected
    ones too. A month that is none gives none."""
    rows: MonthlyQuerySet = MonthlyProgress.objects.visible_to(user)
    if asked.get("all") not in ("1", "true"):
        rows = rows.in_force()
    if key := asked.get("project"):
        rows = rows.filter(project=whole(key) or 0)
    if text := asked.get("month"):
        month = read_month(text)
        rows = rows.filter(month=month) if month else rows.none()
    if code := asked.get("park"):
        rows = rows.filter(project__landing_unit__code=code)
    return rows


def differences(user: User | AnonymousUser, asked: Mapping[str, str]) -> QuerySet[DayDifference]:
    """口径不一致 in sight, the widest first, by ``milestone`` and ``park`` (codes)."""
    rows = DayDifference.objects.visible_to(user)
    if code := asked.get("milestone"):
        rows = rows.filter(milestone=code)
    if code := asked.get("park"):
        rows = rows.filter(project__landing_unit__code=code)
    return rows.select_related("project__case", "project__landing_unit").order_by("-days", "-id")


def building(user: User | AnonymousUser, park: str = "") -> QuerySet[Project]:
    """The projects under construction in sight, running ones, newest first: one index serves them."""
    rows = Project.objects.visible_to(user).running().filter(batch=Batch.STARTED)
    if park:
        rows = rows.filter(landing_unit__code=park)
    return rows.select_related("case", "landing_unit", "enterprise").order_by("-case_id")


def with_month(rows: QuerySet[Project], month: date) -> QuerySet[Project]:
    """Annotate each with its report of the month (``month_*``) and what was completed up to it."""
    own = MonthlyProgress.objects.filter(project=OuterRef("pk"), month=month, in_force=True).order_by()
    upto = MonthlyProgress.objects.filter(project=OuterRef("pk"), month__lte=month, in_force=True).order_by()
    total = upto.values("project").annotate(n=Sum("invested_fen")).values("n")
    names: dict[str, Any] = {
        f"month_{name}": Subquery(own.values(name)[:1])
        for name in ("invested_fen", "stage", "percent", "words", "problems", "reason")
    }
    return rows.annotate(**names, completed_fen=Coalesce(Subquery(total), 0))


def before_month(keys: list[int], month: date) -> dict[int, MonthlyProgress]:
    """For each project its latest report before a month; one query however many."""
    rows = MonthlyProgress.objects.filter(project__in=keys, month__lt=month, in_force=True)
    return {
        row.project_id: row for row in rows.order_by("month").only("project_id", "month", "stage", "percent")
    }
