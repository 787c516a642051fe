"""The case file's panel of the enterprise's account: how many speak for it, what waits for an answer, what
was pushed to it."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
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
from service.portal.policies.models import PolicyPush


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
            reads=_counts,
        )
    )


def _shown(user: User, project: Project) -> bool:
    """From the phase on in which the plan lets the enterprise follow its project."""
    portal = rules_of(project).portal
    return portal is not None and project.phase in portal.phases


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    """How many of the rows are of the project asked about."""
    of_it = rows.order_by().filter(project=OuterRef("pk")).values("project")
    return Coalesce(Subquery(of_it.annotate(n=Count("pk")).values("n")), 0)


def _counts() -> dict[str, Any]:
    counted = {
        "portal_accounts": EnterpriseAccount.objects.in_force(today()),
        "portal_waiting": EnterpriseRequest.objects.filter(assignment__state__in=UNDONE),
        "portal_pushed": PolicyPush.objects.standing(),
        "portal_unread": PolicyPush.objects.unread(),
    }
    return {name: _number_of(rows) for name, rows in counted.items()}


def context(request: HttpRequest, project: Any) -> dict[str, Any]:
    """No query of its own: four counts with the project's row."""
    return {
        "accounts": project.portal_accounts,
        "waiting": project.portal_waiting,
        "pushed": project.portal_pushed,
        "unread": project.portal_unread,
        "may_open": may_on(user_of(request), Can.OPEN_PORTAL, project),
        "project": project,
    }
