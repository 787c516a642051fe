"""The case file's panel of assignments."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assignments.models import Assignment
from assignments.permissions import issuable, may_report_problem
from assignments.queries import promised, with_promises
from kernel.clock import today
from projects import panels
from projects.models import Project
from projects.permissions import known_parts

SHOWN = 8


def register() -> None:
    panels.register(panels.Panel("assignments", _("交办"), "assignments/panel.html", context, order=50))


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """The open ones first, then the latest ended, and how the promises of the agreement are kept; one query
    however many there were."""
    user: Any = request.user
    rows = with_promises(Assignment.objects.filter(case_id=project.pk).for_list(), project.pk, today())
    open_first = F("ended_on").desc(nulls_first=True)
    found = list(rows.order_by(open_first, F("deadline__due_on").asc(nulls_last=True), "-id")[: SHOWN + 1])
    day = today()
    lines = [{"row": row, "light": row.light(day)} for row in found[:SHOWN]]
    may = issuable(user, project.case, known_parts(project))
    reports = may_report_problem(user, project.case, known_parts(project))
    actions = [(_("提出问题"), f"/cases/{project.pk}/problem/")] if reports else []
    actions += [(_("新交办"), f"/cases/{project.pk}/assign/")] if may else []
    promises = promised(found[0]) if found else None
    return {
        "promises": promises,
        "lines": lines,
        "more": len(found) > SHOWN,
        "panel_actions": actions,
        "project": project,
    }
