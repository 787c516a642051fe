"""The case file's panel: how the project's element needs stand."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Can
from kernel.clock import today
from projects import panels
from projects.facts import rules_of
from projects.models import Phase, Project
from projects.permissions import may_on
from service.elements import queries

LATE_PHASES = (Phase.LANDING, Phase.CONSTRUCTION, Phase.PRODUCTION)


def register() -> None:
    panels.register(
        panels.Panel(
            "elements",
            _("要素保障"),
            "service/elements/panel.html",
            context,
            order=34,
            column="side",
            shown=shown,
        )
    )


def shown(user: User, project: Project) -> bool:
    """From the landing on, where the plan has elements."""
    return project.phase in LATE_PHASES and bool(rules_of(project).elements)


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """One query."""
    user: Any = request.user
    rules, needs = rules_of(project), queries.needs_of(project)
    lines = [queries.line_of(row, rules, today()) for row in needs if row.state != "dropped"]
    return {
        "lines": lines,
        "unanswered": queries.unanswered(rules, needs),
        "project": project,
        "may_match": may_on(user, Can.MATCH_ELEMENTS, project) and project.is_running,
    }
