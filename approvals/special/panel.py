"""The panel 招商专报 of the case file: shown where the plan knows such reports."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from approvals.special.models import SpecialReport
from approvals.special.permissions import may_write
from approvals.special.queries import with_counts
from approvals.special.rules import known_rule
from projects.models import Project
from projects.panels import Panel, once_signed, register
from projects.views.base import user_of

SHOWN = 5


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """The latest reports; one query however many there were."""
    rule = known_rule(project)
    rows = with_counts(SpecialReport.objects.filter(case_id=project.pk).for_list())
    found = list(rows.order_by("-id")[:SHOWN])
    standing = any(not row.voided for row in found)
    may = rule is not None and not standing and may_write(project, rule, user_of(request))
    actions = [(_("起草"), reverse("special-report-new", args=[project.pk]))] if may else []
    return {"rule": rule, "reports": found, "panel_actions": actions}


def _shown(user: User, project: Project) -> bool:
    return known_rule(project) is not None


def hang() -> None:
    title, template = gettext_lazy("招商专报"), "approvals/special/panel.html"
    register(Panel("special_reports", title, template, context, order=35, shown=_shown, folded=once_signed))
