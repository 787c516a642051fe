"""The plan's steps as they stand for one project: what runs, what can be opened, what is not yet possible."""

from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from accounts.access import can
from accounts.models import Unit, User
from accounts.roles import Can
from approvals.binding import shown_current
from approvals.models import Step
from approvals.permissions import may_open
from approvals.permits.queries import with_permit
from approvals.permits.rules import PERMIT
from approvals.readiness import Standing, concerns, not_yet, settled
from approvals.rules import cast_for, leads_of, rule_of, verdict_of
from cases.models import Part
from deadlines.showing import Shown, light_of
from kernel.refusals import Unmet
from policies.schema import Phase
from policies.schema import Step as StepRule
from policies.spans import span_text
from projects import reading
from projects.facts import facts_of, rules_of
from projects.gates import held
from projects.models import Project
from projects.permissions import mendable


@dataclass(slots=True)
class Line:
    """One step of the plan with its latest round. ``state``: running, concluded, open, blocked, left_out."""

    rule: StepRule
    latest: Step | None
    state: str
    why: list[Unmet]
    leads: list[Unit]
    may_open: bool
    open_url: str
    limit: str = ""
    light: Shown | None = None
    tone: str = ""

    @property
    def waits(self) -> int:
        """How many opinions are still outstanding."""
        step = self.latest
        return step.asked - step.given if step else 0  # type: ignore[attr-defined]  # annotated by with_counts


@dataclass(slots=True)
class Group:
    """The steps of one phase; unfolded are the present phase and the next, and where something runs."""

    phase: Phase
    folded: bool
    lines: list[Line] = field(default_factory=list)


def shown_steps(project: Project, user: User, on: date) -> list[Group]:
    """``steps_of`` for a page, whose panels share it: read once."""
    return reading.once(project, "steps", lambda: steps_of(project, user, on))


def steps_of(project: Project, user: User, on: date) -> list[Group]:
    """Every step of the plan by phase, as it stands on a day. A fixed number of queries."""
    at = _standing(project, on)
    latest = _latest(project)
    parts = _open_parts(project)
    order = [phase.code for phase in at.rules.phases]
    here = order.index(project.phase) if project.phase in order else 0
    groups = [Group(phase, order.index(phase.code) - here not in (0, 1)) for phase in at.rules.phases]
    place = {group.phase.code: group for group in groups}
    may = can(user, Can.OPEN_STEP) and project.is_running
    for rule in at.rules.steps.values():
        opener = may and may_open(project, rule, user, parts)
        place[rule.phase].lines.append(_line(rule, latest.get(rule.code), at, opener, on))
    for group in groups:
        for line in group.lines:
            line.why = [mendable(user, project, item) for item in line.why]
        group.folded = group.folded and not any(line.state == "running" for line in group.lines)
    return [group for group in groups if group.lines]


def _standing(project: Project, on: date) -> Standing:
    rules = rules_of(project)
    cast = cast_for(rules.steps.values(), project.pk, on, reading.of(project).parts)
    return Standing(project, rules, facts_of(project), held(project), cast, shown_current(project))


def _latest(project: Project) -> dict[str, Step]:
    """The last round of each; of stages that run beside one another, one that is still running."""
    rows = with_permit(Step.objects.filter(case_id=project.pk).for_reading().with_counts())
    rows = rows.order_by("round", "part_no")
    found: dict[str, Step] = {}
    for row in rows:
        if row.code not in found or row.is_running or not found[row.code].is_running:
            found[row.code] = row
    return found


def _open_parts(project: Project) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for part in reading.of(project).parts:
        found.setdefault(part.part, []).append(part)
    return found


def _line(rule: StepRule, latest: Step | None, at: Standing, opener: bool, on: date) -> Line:
    url = _open_url(rule, at.project)
    leads = [latest.lead_unit] if latest and latest.lead_unit else leads_of(rule, at.cast, at.facts)
    limit = span_text(rule.limit) if rule.limit else ""
    line = Line(rule, latest, "open", not_yet(rule, at), leads, may_open=False, open_url=url, limit=limit)
    if latest is not None and latest.is_running:
        line.state, line.light = "running", light_of(latest.deadline, on)
    elif latest is not None and latest.concluded_on:
        line.state, line.tone = "concluded", tone_of(latest)
    elif not concerns(rule, at.facts):
        line.state = "left_out"
    elif line.why:
        line.state = "blocked"
    done = settled(rule, latest, at.held)
    line.may_open = opener and line.state in ("open", "concluded") and not line.why and not done
    return line


def _open_url(rule: StepRule, project: Project) -> str:
    """Where the step is opened: proposing, applying for a permit, or on the page of every other."""
    if rule.kind == PERMIT:
        return f"{reverse('permit-apply', args=[project.pk])}?step={rule.code}"
    return reverse("propose" if rule.proposing else "step-open", args=[project.pk, rule.code])


def tone_of(step: Step) -> str:
    """good for a verdict that reaches a milestone, bad for one that withdraws, warn for one in between."""
    verdict = verdict_of(rule_of(step), step.verdict)
    if verdict is None:
        return ""
    return "good" if verdict.reaches else "bad" if verdict.withdraws else "warn"
