"""The panel 办理程序 of the case file."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from approvals.overview import Group, shown_steps
from approvals.permits.rules import PERMIT
from kernel.clock import today
from projects.models import Project
from projects.panels import Panel, register
from projects.views.base import user_of


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """The plan's steps by phase, without the permits, which have a panel of their own; a fixed number of
    queries."""
    groups = [_without_permits(group) for group in shown_steps(project, user_of(request), today())]
    groups = [group for group in groups if group.lines]
    running = sum(line.state == "running" for group in groups for line in group.lines)
    return {"groups": groups, "panel_count": running or ""}


def _without_permits(group: Group) -> Group:
    return replace(group, lines=[line for line in group.lines if line.rule.kind != PERMIT])


def hang() -> None:
    register(Panel("steps", _("办理程序"), "approvals/panel.html", context, order=30))
