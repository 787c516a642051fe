"""The service guide of a step as an applicant reads it: with what the case holds already (方案四(二))."""

from dataclasses import dataclass

from policies.facts import labels
from policies.schema import Guide, Material
from policies.schema import Step as StepRule
from projects.gates import Held, held
from projects.models import Project


@dataclass(frozen=True, slots=True)
class ShownGuide:
    """``materials`` each with whether it is in the case; ``fields`` are the names of what fills the form."""

    rule: Guide
    materials: list[tuple[Material, bool]]
    fields: list[str]


def guide_for(rule: StepRule, project: Project) -> ShownGuide | None:
    """None where the plan gives no guide; two queries otherwise."""
    if rule.guide is None:
        return None
    have, names = held(project), labels()
    materials = [(item, _there(item, have)) for item in rule.guide.materials]
    return ShownGuide(rule.guide, materials, [names[code] for code in rule.guide.fields])


def _there(item: Material, have: Held) -> bool:
    return item.document in have.documents or item.milestone in have.milestones
