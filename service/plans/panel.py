"""The case file's panel: how far the plan is, what is late, and who has still to seal."""

from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from kernel.clock import today
from projects.facts import rules_of
from projects.models import Phase, Project
from projects.panels import Panel, register
from projects.views.base import user_of
from service.plans.models import Plan, PlanItem, PlanTick
from service.plans.permissions import may_plan

PHASES = (Phase.LANDING, Phase.CONSTRUCTION, Phase.PRODUCTION)


def hang() -> None:
    title = gettext_lazy("项目计划")
    register(Panel("plan", title, "service/plans/panel.html", context, order=34, shown=shown_to))


def shown_to(user: User, project: Project) -> bool:
    """From the landing phase on, where the plan has such a rule."""
    return project.phase in PHASES and bool(rules_of(project).plans)


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """One query, however long the plan."""
    rule, day = rules_of(project).plans[0], today()
    row = _row(project, rule.code, day)
    may = project.is_running and may_plan(user_of(request), project, rule)
    make = [(_("编制"), reverse("plan-make", args=[project.pk]))] if row is None and may else []
    look = [(_("查看"), reverse("plan", args=[project.pk]))] if row else []
    return {
        "plan": row,
        "rule": rule,
        "days_late": row.days_late(day) if row else 0,
        "sides": len(rule.seals),
        "panel_actions": look or make,
    }


def _row(project: Project, code: str, day: date) -> Any:
    undone = PlanItem.objects.filter(version=OuterRef("current")).exclude(
        code__in=PlanTick.objects.filter(plan=OuterRef(OuterRef("pk")), withdrawn_on__isnull=True).values(
            "code"
        )
    )
    late = undone.filter(planned_on__lt=day).order_by().values("version").annotate(n=Count("pk")).values("n")
    following = undone.filter(planned_on__isnull=False).order_by("planned_on", "order")
    rows = Plan.objects.filter(project=project, code=code).select_related("current", "first_sealed")
    return rows.annotate(
        late=Subquery(late),
        next_name=Subquery(following.values("name")[:1]),
        sealed=Count("versions__seals", filter=Q(
            versions__sealed_on__isnull=True, versions__seals__voided_on__isnull=True)),
        draft=Count("versions", filter=Q(versions__sealed_on__isnull=True), distinct=True),
    ).first()  # fmt: skip
