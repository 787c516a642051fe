"""The panel 投资协议 of the case file: the agreement under way, or the last one, with its newest version."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Can
from approvals.binding import shown_versions
from approvals.terms import commitment_lines, grade_name, shown
from projects.facts import rules_of
from projects.models import Project
from projects.panels import Panel, register
from projects.permissions import may_on
from projects.views.base import user_of

MOST = 3
"""Agreements shown; the others are reached from the newest one's page."""


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """One query however many versions there are."""
    rules = rules_of(project)
    rows = shown_versions(project)[:MOST]
    newest = rows[0] if rows else None
    may = may_on(user_of(request), Can.EDIT_PROJECT, project)
    terms = [(t, shown(t, newest.values[t.code])) for t in rules.terms if newest and t.code in newest.values]
    living = any(row.agreement.ended_on is None for row in rows)
    return {
        "agreements": [(row.agreement, grade_name(rules, row.grade)) for row in rows],
        "newest": newest,
        "terms": terms,
        "commitments": commitment_lines(newest.commitments) if newest else [],
        "panel_actions": [(_("登记协议"), reverse("agreement-new", args=[project.pk]))]
        if may and project.is_running and not living
        else [],
    }


def shown_to(user: User, project: Project) -> bool:
    """A plan without agreements has no such panel."""
    return bool(rules_of(project).agreements)


def hang() -> None:
    title = gettext_lazy("投资协议")
    register(Panel("agreement", title, "approvals/agreement_panel.html", context, order=32, shown=shown_to))
