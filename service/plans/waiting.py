"""Drafts that wait for a seal of one's unit: for the workbench. Three queries however many plans."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from accounts.access import can, units_with
from accounts.models import User
from cases.models import Part
from policies.schema import PlanRule, PlanSealRule
from projects.facts import rules_of
from projects.models import Project
from service.plans.models import PlanSeal, PlanVersion
from service.plans.permissions import SEALS

LOOKED_AT = 200
"""Candidates read at most: units play other parts, too, in cases with drafts."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft, and the side for which this person can seal it."""

    project: Project
    version: PlanVersion
    rule: PlanRule
    side: PlanSealRule


def waiting_seals(user: User, most: int) -> list[Waiting]:
    """The drafts of running projects that lack the seal of a unit of this person's, the newest first."""
    if not can(user, SEALS):
        return []
    mine = Q(user=user) | Q(user__isnull=True, unit__in=units_with(user, SEALS))
    plays = Part.objects.filter(mine, case_id=OuterRef("plan__project_id"), valid_to__isnull=True)
    running = Project.objects.running().filter(pk=OuterRef("plan__project_id"))
    drafts = PlanVersion.objects.visible_to(user).filter(
        Exists(plays), Exists(running), sealed_on__isnull=True
    )
    rows = list(drafts.select_related("plan__project__case").order_by("-pk")[:LOOKED_AT])
    if not rows:
        return []
    held: dict[int, set[str]] = {}
    parts = Part.objects.filter(
        mine, case_id__in=[row.plan.project_id for row in rows], valid_to__isnull=True
    )
    for case, part in parts.values_list("case_id", "part"):
        held.setdefault(case, set()).add(part)
    given = PlanSeal.objects.filter(version__in=rows, voided_on__isnull=True)
    sealed = set(given.values_list("version_id", "side"))
    found = [one for row in rows for one in _sides(row, held.get(row.plan.project_id, set()), sealed)]
    return found[:most]


def _sides(row: PlanVersion, parts: set[str], sealed: set[tuple[int, str]]) -> list[Waiting]:
    project = row.plan.project
    rule = rules_of(project).plan(row.plan.code)
    return [
        Waiting(project, row, rule, side)
        for side in (rule.seals if rule else ())
        if rule and side.part in parts and (row.pk, side.code) not in sealed
    ]
