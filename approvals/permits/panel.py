"""The panel 行政许可 of the case file: each matter with state, clocks, next step; the green channel."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.overview import Line, shown_steps
from approvals.permits import queries
from approvals.permits.rules import PERMIT, green_channel, permit_of
from approvals.rules import rule_of
from kernel.clock import today
from policies.schema import PermitRule
from policies.wording import limit_text
from projects.facts import rules_of
from projects.models import Project
from projects.panels import Panel, register
from projects.views.base import user_of


@dataclass(slots=True)
class Matter:
    """One permit of the plan: its step's line, the table of its rule, and its latest application."""

    line: Line
    rule: PermitRule
    shown: queries.Line | None = None
    sum: list[str] = field(default_factory=list)
    legal: str = ""


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Every permit that concerns the project; no query while none is applied for, four at most else."""
    user, day = user_of(request), today()
    groups = shown_steps(project, user, day)
    lines = [line for group in groups for line in group.lines if line.rule.kind == PERMIT]
    matters = [_matter(line) for line in lines if line.latest or line.state != "left_out"]
    _fill(matters, day)
    running = sum(line.state == "running" for line in lines)
    rules = rules_of(project)
    return {
        "matters": matters,
        "left_out": [line for line in lines if line.state == "left_out" and not line.latest],
        "green": green_channel(project, rules),
        "panel_count": running or "",
        "panel_actions": _actions(project, lines, receipt=rules.receipt is not None),
    }


def _matter(line: Line) -> Matter:
    rule = permit_of(rule_of(line.latest) if line.latest else line.rule)
    return Matter(line, rule, legal=limit_text(rule.legal) if rule.legal else "")


def _fill(matters: list[Matter], day: Any) -> None:
    known = {row.line.latest.pk: row for row in matters if row.line.latest}
    permits = []
    for row in known.values():
        step = row.line.latest
        permit = getattr(step, "permit", None)
        if step is not None and permit is not None:
            permit.step = step
            permits.append(permit)
    for shown in queries.lines(permits, day):
        known[shown.permit.pk].shown = shown
    clocks = [row.step.deadline for row in permits if row.is_open and row.step.deadline]
    sums = queries.sums(clocks)
    for permit in permits:
        known[permit.pk].sum = sums.get(permit.step.deadline_id or 0, [])


def _actions(project: Project, lines: list[Line], *, receipt: bool) -> list[tuple[str, str]]:
    found = []
    if any(line.may_open for line in lines):
        found.append((_("申请许可"), reverse("permit-apply", args=[project.pk])))
    if receipt:
        found.append((_("办理回执单"), reverse("receipt", args=[project.pk])))
    return found


def shown(user: Any, project: Project) -> bool:
    """For plans with permits."""
    return any(rule.kind == PERMIT for rule in rules_of(project).steps.values())


def hang() -> None:
    register(
        Panel(
            "permits",
            gettext_lazy("行政许可"),
            "approvals/permits/panel.html",
            context,
            order=31,
            shown=shown,
        )
    )
