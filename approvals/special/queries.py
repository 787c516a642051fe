"""Reads of reports: the list with its filters, and one report with all that hangs on it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from approvals.special.models import Instruction, ReportQuerySet, SpecialReport
from assignments.models import Assignment
from kernel.numbers import whole

YEARS_OFFERED = 6


def visible(user: User) -> ReportQuerySet:
    rows: ReportQuerySet = SpecialReport.objects.visible_to(user)
    return rows


def filtered(user: User, asked: Mapping[str, str]) -> ReportQuerySet:
    """Those a user sees, by year, state and project, newest first; unknown years and states give none."""
    rows = visible(user).for_list()
    if year := asked.get("year", ""):
        rows = rows.filter(year=whole(year) or 0)
    if state := asked.get("state", ""):
        rows = rows.in_state(state)
    if project := asked.get("project", ""):
        rows = rows.filter(case_id=whole(project) or 0)
    return rows


def with_counts(rows: ReportQuerySet) -> ReportQuerySet:
    """Annotate ``instructed``: how many instructions there are; counted per row shown."""
    given = Instruction.objects.filter(report=OuterRef("pk")).order_by().values("report")
    return rows.annotate(instructed=Coalesce(Subquery(given.annotate(n=Count("pk")).values("n")), 0))


def years(day: date) -> list[int]:
    return [day.year - back for back in range(YEARS_OFFERED)]


def instructions_of(report: SpecialReport, day: date) -> list[dict[str, Any]]:
    """Each instruction with its assignments and their lights; two queries however many."""
    rows = report.instructions.select_related("leader", "recorded_by", "scan")
    found = rows.prefetch_related(_assignments_with_clocks())
    return [
        {"row": row, "tasks": [{"row": one, "light": one.light(day)} for one in row.assignments.all()]}
        for row in found
    ]


def _assignments_with_clocks() -> Any:
    rows: QuerySet[Assignment] = Assignment.objects.select_related("unit", "deadline").order_by("id")
    return Prefetch("assignments", rows)
