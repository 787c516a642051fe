"""The panel 流转记录 of the case file: the chain of hands through which the project went."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from approvals.dispatching.chain import chain_of
from projects.facts import rules_of
from projects.models import Project
from projects.panels import Panel, once_signed, register


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """One query beside the parts that the page has read; what parks answered stands on the page behind it."""
    url = reverse("proposals-of", args=[project.pk])
    return {"lines": chain_of(project, answers=False), "panel_actions": [(_("推荐与流转"), url)]}


def shown_to(user: User, project: Project) -> bool:
    """A plan that proposes nobody has no such panel."""
    return any(rule.proposing for rule in rules_of(project).steps.values())


def hang() -> None:
    title, template = gettext_lazy("流转记录"), "approvals/dispatching/panel.html"
    register(Panel("circulation", title, template, context, order=31, shown=shown_to, folded=once_signed))
