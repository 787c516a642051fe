"""The panel 建设与投产 of the case file: days side by side, completed investment, months missing."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from kernel.clock import today
from projects import panels
from projects.facts import rules_of
from projects.models import Phase, Project
from projects.views.base import user_of
from service.progress.permissions import may_report
from service.progress.queries import days_of, months_of
from service.progress.showing import day_lines, further_days, standing

SINCE = (Phase.CONSTRUCTION.value, Phase.PRODUCTION.value)


def register() -> None:
    title = gettext_lazy("建设与投产")
    panels.register(
        panels.Panel("progress", title, "service/progress/panel.html", context, order=25, shown=_shown)
    )


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Two queries: the reports and the days stated; milestones and parts the page has read."""
    day = today()
    rows = months_of(project)
    found = standing(project, rows, day)
    may = found is not None and found.started is not None and project.is_running
    may = may and found is not None and may_report(project, found.rule, user_of(request), day)
    links = [(_("填报进度"), reverse("progress-of", args=[project.pk]))] if may else []
    return {
        "standing": found,
        "days": day_lines(project, days_of(project)),
        "further": further_days(project),
        "panel_actions": links,
    }


def _shown(user: User, project: Project) -> bool:
    """From the start of construction on, where the plan says anything of it."""
    rules = rules_of(project)
    return project.phase in SINCE and bool(rules.recognitions or rules.progress)
