"""Whether a step may be opened now, and if not, why: one answer for the page, the action and the hooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.agreement_models import AgreementVersion
from approvals.binding import no_version
from approvals.models import Step
from approvals.rules import Cast, concerning
from kernel.conditions import Facts, explain, holds
from kernel.refusals import Unmet
from policies.facts import labels
from policies.rulebook import Rulebook
from policies.schema import Needs
from policies.schema import Step as StepRule
from projects.gates import Held, unmet
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Standing:
    """A project as far as its steps ask about it: read once, asked about for every step.

    ``versions``: by kind, the version of the agreement that a step bound to it would examine.
    """

    project: Project
    rules: Rulebook
    facts: Facts
    held: Held
    cast: Cast
    versions: Mapping[str, AgreementVersion] = field(default_factory=dict)


def concerns(rule: StepRule, facts: Facts) -> bool:
    """Whether the step concerns such a project at all; an unknown fact leaves it in."""
    return holds(rule.when, facts) is not False


def not_yet(rule: StepRule, at: Standing) -> list[Unmet]:
    """What must be there before the step may be opened: its milestone, its needs; [] when all is there."""
    if not concerns(rule, at.facts):
        why = explain(rule.when, labels())
        return [Unmet("not_concerned", _("本项目不适用：%(why)s") % {"why": why}, rule.clause)]
    first = Needs(milestones=(rule.opens_on.milestone,)) if rule.opens_on.milestone else Needs()
    missing = unmet(at.project, first, rule.clause, at.rules, at.held)
    missing += unmet(at.project, rule.needs, rule.clause, at.rules, at.held)
    unbound = rule.bound_to is not None and rule.bound_to not in at.versions
    return missing + ([no_version(at.project, rule, at.rules)] if unbound else [])


def nobody_asked(rule: StepRule, at: Standing) -> list[Unmet]:
    """The aspects about which nobody can be asked: no unit is named and nobody plays the part."""
    found = []
    proposed = rule.proposing.aspect if rule.proposing else ""  # whoever is proposed is demanded elsewhere
    for aspect in concerning(rule, at.facts):
        if aspect.code != proposed and not at.cast.asked(aspect):
            names = "、".join(part_name(at.rules, code) for code in aspect.asks_parts) or "、".join(
                aspect.asks_units
            )
            message = _("“%(aspect)s”无人可征求：请先确定%(parts)s") % {"aspect": aspect.name, "parts": names}
            clause, url = aspect.clause or rule.clause, parts_url(at.project)
            found.append(Unmet(f"nobody:{aspect.code}", message, clause, url))
    return found


def beside(rule: StepRule, project: Project) -> list[Unmet]:
    """Running steps beside which the plan does not let this one run."""
    if not rule.apart_from:
        return []
    rows = Step.objects.filter(case_id=project.pk, code__in=rule.apart_from).running()
    message = _("“%(name)s”正在办理，办结后方可启动“%(own)s”")
    return [
        Unmet(
            f"apart:{row.code}",
            message % {"name": row.name, "own": rule.name},
            rule.clause,
            reverse("step", args=[row.pk]),
        )
        for row in rows
    ]


def part_name(rules: Rulebook, code: str) -> str:
    rule = rules.parts.get(code)
    return rule.name if rule else code


def parts_url(project: Project) -> str:
    return reverse("project-parts", args=[project.pk])


def settled(rule: StepRule, latest: Step | None, held: Held) -> bool:
    """Whether the last round ended with a verdict whose milestones still stand: nothing is left to do."""
    if latest is None or latest.concluded_on is None or rule.kind == "transfer":
        return False  # what was handed over once may be handed over again
    verdict = next((row for row in rule.verdicts if row.code == latest.verdict), None)
    return bool(verdict and verdict.reaches and held.milestones.issuperset(verdict.reaches))
