"""The case file's panel: which units the project counts for, and how each figure comes about."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import can
from accounts.roles import Can
from projects import panels, reading
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import may_on
from scoring.models import Credit
from scoring.queries import signing
from scoring.wording import sentence

SHOWN = 12


def register() -> None:
    panels.register(
        panels.Panel(
            "scoring",
            _("考核计分"),
            "scoring/panel.html",
            context,
            order=80,
            shown=lambda user, project: can(user, Can.SEE_SCORING),
        )
    )


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """The entries that stand; one query. What hinders is said where there are none."""
    user: Any = request.user
    rows = Credit.objects.shown_to(user).filter(case_id=project.pk).standing()
    lines = [{"row": row, "words": sentence(row)} for row in rows.select_related("unit")[:SHOWN]]
    return {
        "lines": lines,
        "hindered": "" if lines else _hindrance(project),
        "may_book": may_on(user, Can.BOOK_CREDIT, project),
        "project": project,
    }


def _hindrance(project: Project) -> Any:
    code = signing(rules_of(project))
    if any(row.code == code and row.evidence_outstanding for row in reading.of(project).milestones):
        return _("存量项目待补签约佐证后计分")
    if not project.origin:
        return _("投资来源地未定，暂不计分")
    if project.contract_fen is None:
        return _("协议资金未登记")
    return _("签约后计分")
