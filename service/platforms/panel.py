"""The case file's panel 外部平台, folded: under which number each platform of the plan knows the project."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Can
from projects.facts import rules_of
from projects.models import Project
from projects.panels import Panel
from projects.panels import register as hang
from projects.permissions import may_on
from projects.views.base import user_of
from service.models import PlatformEntry


def register() -> None:
    title, template = _("外部平台"), "service/platforms/panel.html"
    hang(Panel("platforms", title, template, context, 60, "side", shown=_shown, folded=_shown))


def _shown(user: User, project: Project) -> bool:
    return any(project.phase in rule.phases for rule in rules_of(project).platforms.values())


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """One query."""
    entries = PlatformEntry.objects.in_force().filter(project=project)
    behind = Exists(entries.behind().filter(pk=OuterRef("pk")))
    known = {row.platform: row for row in entries.annotate(is_behind=behind)}
    rules = [rule for rule in rules_of(project).platforms.values() if project.phase in rule.phases]
    return {
        "lines": [(rule, known.get(rule.code)) for rule in rules],
        "may_enter": may_on(user_of(request), Can.RECORD_MILESTONE, project),
    }
