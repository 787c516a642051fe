"""The panel 行政许可 of the case file: each matter with state, clocks, next step; the green channel."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import units_with
from accounts.models import User
from accounts.roles import Can
from approvals.models import EarlyHelp, Permit
from approvals.overview import Line, shown_steps
from approvals.permits import queries
from approvals.permits.rules import PERMIT, green_channel, permit_of
from approvals.rules import rule_of
from kernel.clock import today
from policies.schema import PermitRule
from policies.wording import limit_text
from projects import reading
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
    early: int = 0

    @property
    def is_done(self) -> bool:
        """Granted: nothing is left to do about it."""
        return self.line.state == "concluded" and self.line.tone == "good"


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Every permit that concerns the project; none but the steps' own query, as a rule."""
    user, day = user_of(request), today()
    groups = shown_steps(project, user, day)
    lines = [line for group in groups for line in group.lines if line.rule.kind == PERMIT]
    matters = [_matter(line) for line in lines if line.latest or line.state != "left_out"]
    _fill(project, matters, day)
    _count_early(project, matters)
    running = sum(line.state == "running" for line in lines)
    rules = rules_of(project)
    return {
        "open": [row for row in matters if not row.is_done],
        "done": [row for row in matters if row.is_done],
        "left_out": [line for line in lines if line.state == "left_out" and not line.latest],
        "green": green_channel(project, rules),
        "panel_count": running or "",
        "panel_actions": _actions(project, lines, user, receipt=rules.receipt is not None),
    }


def _matter(line: Line) -> Matter:
    rule = permit_of(rule_of(line.latest) if line.latest else line.rule)
    return Matter(line, rule, legal=limit_text(rule.legal) if rule.legal else "")


def _fill(project: Project, matters: list[Matter], day: date) -> None:
    """What each application says, from the steps as the page has read them."""
    known: dict[int, Matter] = {}
    permits: list[Permit] = []
    counted: dict[int, tuple[int, int]] = {}
    for row in matters:
        step: Any = row.line.latest
        permit = getattr(step, "permit", None)
        if permit is not None:
            permit.step = step
            permits.append(permit)
            known[permit.pk], counted[permit.pk] = row, (step.wanted - step.lacks, step.wanted)
            if step.deadline is not None:
                step.deadline.was_stopped = step.was_stopped
    for shown in queries.lines(permits, day, counted):
        known[shown.permit.pk].shown = shown
    clocks = [row.step.deadline for row in permits if row.is_open and row.step.deadline]
    calendar = reading.of(project).calendar if clocks else None
    sums = queries.sums(clocks, calendar)
    for permit in permits:
        known[permit.pk].sum = sums.get(permit.step.deadline_id or 0, [])


def _count_early(project: Project, matters: list[Matter]) -> None:
    """How often there was help before the application, asked only where there was any."""
    if not getattr(project, "helped_early", True):
        return
    rows = EarlyHelp.objects.filter(case_id=project.pk).values_list("code", flat=True)
    counted = Counter(rows)
    for row in matters:
        row.early = counted[row.line.rule.code]


def _actions(project: Project, lines: list[Line], user: User, *, receipt: bool) -> list[tuple[str, str]]:
    found = []
    if any(line.may_open for line in lines):
        found.append((_("申请许可"), reverse("permit-apply", args=[project.pk])))
    if project.is_running and _helps(lines, user):
        found.append((_("登记提前帮"), reverse("permit-early", args=[project.pk])))
    if receipt:
        found.append((_("办理回执单"), reverse("receipt", args=[project.pk])))
    return found


def _helps(lines: list[Line], user: User) -> bool:
    """Whether the reader may help before the application: as agent, or for the authority."""
    mine = units_with(user, Can.CONCLUDE_STEP)
    early = [line for line in lines if permit_of(line.rule).early_help]
    return any(line.may_open or {unit.pk for unit in line.leads} & mine for line in early)


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
            reads=lambda: {"helped_early": Exists(EarlyHelp.objects.filter(case_id=OuterRef("pk")))},
        )
    )
