"""The case file's panel of the enterprise's account: how many speak for it, what waits for an answer."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Can
from assignments.models import UNDONE
from kernel.clock import today
from projects import panels
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import may_on
from projects.views.base import user_of
from service.portal.models import EnterpriseAccount, EnterpriseRequest


def register() -> None:
    panels.register(
        panels.Panel(
            "enterprise-account",
            _("企业账号"),
            "service/portal/panel.html",
            context,
            order=25,
            column="side",
            shown=_shown,
        )
    )


def _shown(user: User, project: Project) -> bool:
    """From the phase on in which the plan lets the enterprise follow its project."""
    portal = rules_of(project).portal
    return portal is not None and project.phase in portal.phases


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Two counts, whatever there is."""
    waiting = EnterpriseRequest.objects.filter(project=project, assignment__state__in=UNDONE)
    return {
        "accounts": EnterpriseAccount.objects.in_force(today()).filter(project=project).count(),
        "waiting": waiting.order_by().count(),
        "may_open": may_on(user_of(request), Can.OPEN_PORTAL, project),
        "project": project,
    }
