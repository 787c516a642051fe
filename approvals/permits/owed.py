"""Material that another permit gives: there once that permit is, and never merely ticked (四(二))."""

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import Permit, Step
from approvals.permits.rules import PERMIT
from approvals.readiness import concerns
from approvals.rules import rule_of
from kernel.refusals import Unmet
from policies.schema import Material as MaterialRule
from policies.schema import Step as StepRule
from projects.facts import facts_of, rules_of
from projects.gates import reached_codes
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Owed:
    """One material that is not there before the ``giver``, another permit, has reached its ``milestone``."""

    name: str
    milestone: str
    giver: StepRule


def owed(rule: StepRule, project: Project, reached: Collection[str] | None = None) -> dict[str, Owed]:
    """What an application of this rule still waits for, by name. ``reached``: milestones, where known."""
    materials = [item for item in (rule.guide.materials if rule.guide else ()) if not item.or_paper]
    if not any(item.milestone for item in materials):
        return {}
    there = reached_codes(project) if reached is None else reached
    found = (
        (item, _giver(item, rule, project))
        for item in materials
        if item.milestone and item.milestone not in there
    )
    return {item.name: Owed(item.name, item.milestone or "", giver) for item, giver in found if giver}


def _giver(item: MaterialRule, rule: StepRule, project: Project) -> StepRule | None:
    """The permit of the plan that ends with the material and concerns the project; None where none does."""
    facts = facts_of(project)
    for other in rules_of(project).steps.values():
        gives = other.kind == PERMIT and any(item.milestone in end.reaches for end in other.verdicts)
        if gives and other.code != rule.code and concerns(other, facts):
            return other
    return None


def waiting(permit: Permit) -> list[Unmet]:
    """What one application waits for of other permits; its page and REST say so."""
    rule, project = rule_of(permit.step), Project.objects.select_related("case").get(pk=permit.case_id)
    absent = {row.name for row in permit.materials.all() if not row.there}
    due = owed(rule, project) if absent else {}
    return waits([row for name, row in due.items() if name in absent], rule, project)


def waits(rows: Collection[Owed], rule: StepRule, project: Project) -> list[Unmet]:
    """Each as an item for people: which permit it waits for, by which clause, and where that stands."""
    if not rows:
        return []
    codes = {row.giver.code for row in rows}
    running = Step.objects.filter(case_id=project.pk, code__in=codes, kind=PERMIT).running()
    begun = dict(running.order_by("round").values_list("code", "pk"))
    message = _("“%(name)s”以“%(permit)s”办结为准，办结后自动带入，不能直接提交")
    clause = rule.guide.clause if rule.guide else rule.clause
    return [
        Unmet(
            f"permit:{row.giver.code}",
            message % {"name": row.name, "permit": row.giver.name},
            clause,
            _where(project, row, begun.get(row.giver.code)),
        )
        for row in rows
    ]


def _where(project: Project, row: Owed, step: int | None) -> str:
    if step is not None:
        return reverse("permit", args=[step])
    return reverse("permit-apply", args=[project.pk]) + f"?step={row.giver.code}"
