"""What the plan says of one permit for one project: its table, limit, materials, green channel."""

from collections.abc import Collection
from dataclasses import dataclass

from approvals.models import Material, Permit, Step
from kernel.conditions import holds
from policies.rulebook import Rulebook
from policies.schema import GreenChannel, Limit, PermitRule
from policies.schema import Step as StepRule
from projects.facts import facts_of
from projects.gates import Held
from projects.models import Project

PERMIT = "permit"
"""The kind of step that is a permit."""
_PLAIN = PermitRule()


def permit_of(rule: StepRule) -> PermitRule:
    """The permit's own table; without one its clock counts from complete material."""
    return rule.permit or _PLAIN


def green_channel(project: Project, rules: Rulebook) -> GreenChannel | None:
    """The green channel a project goes through (三(四)8; 002 三(三)5), or None."""
    facts = facts_of(project)
    return next((row for row in rules.green_channels if _goes(project, row, facts)), None)


def _goes(project: Project, row: GreenChannel, facts: dict[str, object]) -> bool:
    if project.green_channel:
        return True
    return (not row.classes or project.project_class in row.classes) and holds(row.when, facts) is True


def limit_of(permit: Permit, rule: StepRule) -> Limit | None:
    """The promised limit of this application: that of the green channel where it goes through it."""
    own = permit_of(rule).green if permit.green else None
    return own or rule.limit


def may_commit(rule: StepRule, project: Project) -> bool:
    """Whether this project may apply by commitment (告知承诺)."""
    found = permit_of(rule).commitment
    return found is not None and holds(found.when, facts_of(project)) is True


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of the guide's list, as it concerns an application."""

    name: str
    needed: bool
    in_case: bool


def wanted(rule: StepRule, have: Held, *, by_commitment: bool) -> list[Wanted]:
    """The guide's materials for an application, in its order; what a commitment waives is left out."""
    commitment = permit_of(rule).commitment
    waived = commitment.waives if commitment and by_commitment else ()
    found = []
    for item in rule.guide.materials if rule.guide else ():
        if item.name in waived or (item.needed == "by_commitment" and not by_commitment):
            continue
        there = item.document in have.documents or item.milestone in have.milestones
        found.append(Wanted(item.name, item.needed != "if_any", there))
    return found


def lacking(materials: Collection[Material]) -> list[Material]:
    """What is needed and not there."""
    return [row for row in materials if row.needed and not row.there]


def is_permit(step: Step) -> bool:
    return step.kind == PERMIT
