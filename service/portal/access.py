"""For whom an enterprise's account speaks, and what becomes of asking for more than that."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import lock, require_running
from service.portal.models import EnterpriseAccount

OUT_OF_BOUNDS = "portal.out_of_bounds"
"""The kind of audit entry for an enterprise's account that asked for what is not its own."""


def speaks_for(user: User, project: Project, on: date) -> bool:
    """Whether the account is one of the project's enterprise on a business date (Asia/Shanghai)."""
    rows = EnterpriseAccount.objects.in_force(on).filter(user=user, project=project)
    return user.is_active and rows.filter(project__case__voided_on__isnull=True).exists()


def own(user: User, on: date) -> QuerySet[Project]:
    """The running or ended projects that an account speaks for; voided ones are nobody's."""
    mine = EnterpriseAccount.objects.in_force(on).filter(user=user).values("project_id")
    return Project.objects.filter(pk__in=mine, case__voided_on__isnull=True).order_by("pk")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody of the enterprise, the project spoken for, and the day."""

    user: User
    project: Project
    on: date

    @property
    def rules(self) -> Rulebook:
        return rules_of(self.project)

    @property
    def may_write(self) -> bool:
        """Of a project that was given up or put aside the enterprise reads on, and changes nothing."""
        return self.project.is_running


def speaker_of(user: Any, pk: int, on: date, request: Any = None) -> Speaker:
    """The account as speaker for a project; asking for one that is not its own is 404 and an audit entry."""
    row = own(user, on).select_related("case", "enterprise").filter(pk=pk).first() if user.pk else None
    if row is None or not user.is_active:
        raise out_of_bounds(user, f"project:{pk}", request)
    return Speaker(user, row, on)


def out_of_bounds(user: Any, target: str, request: Any = None) -> Http404:
    """What is raised for anything that is not the enterprise's own; who asked for what is kept."""
    audit.record(kind=OUT_OF_BOUNDS, by=user, success=False, target=target, request=request)
    return Http404()


def open_links(refused: Refused) -> Refused:
    """The same refusal; where it led to a page of the offices, only its words."""
    lines = [one if one.url.startswith("/portal/") else replace(one, url="") for one in refused.unmet]
    return Refused(lines, refused.status)


def take(user: User, project: Project, on: date) -> Project:
    """The project, locked, for an action of its enterprise.

    Raises Refused: forbidden for an account that does not speak for it; conflict for one that no longer runs.
    """
    row = lock(project)
    if not speaks_for(user, row, on):
        raise Refused.forbidden(_("您的账号不能办理此项目的事项"), code="not_own_project")
    require_running(row)
    return row
