"""The panel 办理程序 of the case file."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from approvals.overview import steps_of
from kernel.clock import today
from projects.models import Project
from projects.panels import Panel, register
from projects.views.base import user_of


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """The plan's steps by phase; a fixed number of queries."""
    groups = steps_of(project, user_of(request), today())
    running = sum(line.state == "running" for group in groups for line in group.lines)
    return {"groups": groups, "panel_count": running or ""}


def hang() -> None:
    register(Panel("steps", _("办理程序"), "approvals/panel.html", context, order=30))
