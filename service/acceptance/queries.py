"""Reads of acceptances: the stages of a project with their rounds, guidance in sight."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser

from accounts.access import units_with
from accounts.models import User
from accounts.roles import Can
from approvals.models import Step
from kernel.numbers import whole
from policies.schema import StagingRule
from projects.facts import rules_of
from projects.models import Project, ReachedMilestone
from service.acceptance.models import GuidanceQuerySet
from service.models import AcceptanceStage, Guidance


@dataclass(slots=True)
class StageLine:
    """A stage with the latest round of each procedure, and the day on which it passed."""

    stage: AcceptanceStage
    steps: list[Step]
    passed_on: date | None

    @property
    def running(self) -> bool:
        return any(step.is_running for step in self.steps)


def staging_rule(project: Project) -> StagingRule | None:
    return next(iter(rules_of(project).staging), None)


def stages_of(project: Project) -> list[StageLine]:
    """The stages that stand, in their order; three queries however many."""
    rule = staging_rule(project)
    rows = AcceptanceStage.objects.filter(project=project, dropped_on__isnull=True).order_by("part_no")
    codes = (rule.step, *rule.along_with) if rule else ()
    steps = Step.objects.filter(case_id=project.pk, code__in=codes, part_no__gt=0).order_by("round")
    latest = {(step.part_no, step.code): step for step in steps.select_related("deadline", "lead_unit")}
    reached = rules_of(project).steps[rule.step].milestones if rule else ()
    days = ReachedMilestone.objects.filter(project=project, code__in=reached, withdrawn_on__isnull=True)
    passed = dict(days.values_list("part_no", "on"))
    return [
        StageLine(
            row,
            [latest[row.part_no, code] for code in codes if (row.part_no, code) in latest],
            passed.get(row.part_no),
        )
        for row in rows
    ]


def guidance_of(project: Project) -> list[Guidance]:
    """The latest requests of a project."""
    return list(Guidance.objects.filter(project=project).for_list().order_by("-id")[:100])


def guidance(user: User | AnonymousUser, asked: Mapping[str, str]) -> GuidanceQuerySet:
    """Requests in sight, newest first, by ``state``, ``project`` (key) and ``whose`` (mine: asked of units of
    one's own); an unknown state gives none."""
    rows: GuidanceQuerySet = Guidance.objects.visible_to(user)
    if state := asked.get("state"):
        rows = rows.in_state(state)
    if key := asked.get("project"):
        rows = rows.filter(project=whole(key) or 0)
    if asked.get("whose") == "mine":
        rows = rows.filter(unit__in=units_with(user, Can.GIVE_OPINION))
    return rows.for_list().order_by("-id")
