"""What a new version changes, and which reviews it asks again: one answer for preview and deed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from approvals.agreement_models import AgreementVersion
from approvals.models import Answer, Opinion, Step
from approvals.rules import rule_of, verdict_of
from approvals.terms import commitment_lines, grade_name, shown
from policies.rulebook import Rulebook
from policies.schema import Aspect
from policies.schema import Step as StepRule
from projects.gates import reached_codes
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Change:
    """One term before and after, in people's words. ``code``: of the term, or "grade", "commitments"."""

    code: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A version as far as it can be compared: one that is stored, or one that is only proposed."""

    grade: str
    values: Mapping[str, Any]
    commitments: list[dict[str, str]]
    file: str = ""

    @classmethod
    def of(cls, version: AgreementVersion) -> "Wording":
        return cls(version.grade, version.values, version.commitments, version.file.name)


def changes(old: Wording, new: Wording, rules: Rulebook) -> list[Change]:
    """Every difference, in the order of the plan's terms."""
    found = []
    if old.grade != new.grade:
        names = (grade_name(rules, old.grade), grade_name(rules, new.grade))
        found.append(Change("grade", _("协议等级"), *names))
    for term in rules.terms:
        before, after = old.values.get(term.code), new.values.get(term.code)
        if before != after:
            found.append(Change(term.code, term.name, shown(term, before), shown(term, after)))
    if old.commitments != new.commitments:
        lines = ["；".join(commitment_lines(one.commitments)) or "—" for one in (old, new)]
        found.append(Change("commitments", _("部门承诺"), *lines))
    return found


def touched(rule: StepRule, codes: Collection[str], *, as_decided: bool = False) -> list[Aspect]:
    """The aspects of a step that a new version with these changes asks again.

    ``as_decided``: it makes the changes that a sitting wanted; sittings see it again only for their terms.
    """
    return [
        a
        for a in rule.aspects
        if (a.every_version and not (as_decided and a.sitting)) or not set(a.reopened_by).isdisjoint(codes)
    ]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a new version does to one step: ``again`` are the opinions asked anew; ``withdraws`` milestones.

    ``how``: "moved" (only bound to the new version), "asked" (the running round asks again), "round"
    (another one), "withdrawn" (only the milestones), "kept" (concluded, and nothing of it is touched).
    ``follows``: opinions whose wanted changes the version makes.
    """

    step: Step
    rule: StepRule
    how: str
    aspects: list[Aspect]
    again: list[Opinion]
    withdraws: list[str]
    follows: list[Opinion] = field(default_factory=list)


def effects(project: Project, kind: str, codes: Collection[str], *, as_decided: bool = False) -> list[Effect]:
    """What a version with these changes does to the latest rounds bound to such agreements, in order."""
    there, wanted = reached_codes(project), amended(project, kind) if as_decided else []
    return [found for step in _latest(project) if (found := _effect(step, kind, codes, there, wanted))]


def amended(project: Project, kind: str) -> list[Opinion]:
    """Approvals of running rounds about such an agreement that wait for the changes they wanted."""
    rows = Opinion.objects.in_force().filter(step__case_id=project.pk, step__agreement_version__isnull=False)
    running = rows.filter(step__in=Step.objects.running(), step__agreement_version__agreement__kind=kind)
    return list(running.to_be_followed().select_related("unit", "step__case").order_by("pk"))


def conditions(project: Project, kind: str) -> list[Opinion]:
    """Under which conditions departments passed such an agreement (有条件通过), in its latest rounds."""
    rounds = [row for row in _latest(project) if row.cancelled_on is None and rule_of(row).bound_to == kind]
    rows = Opinion.objects.in_force().filter(step__in=rounds, answer=Answer.CONDITIONS)
    return list(rows.select_related("unit", "step__case").order_by("pk"))


def _latest(project: Project) -> list[Step]:
    rows = Step.objects.filter(case_id=project.pk, agreement_version__isnull=False)
    by_code = {row.code: row for row in rows.select_related("case").order_by("round")}
    return sorted(by_code.values(), key=lambda row: row.pk)


def _effect(
    step: Step, kind: str, codes: Collection[str], there: set[str], wanted: Collection[Opinion]
) -> Effect | None:
    rule = rule_of(step)
    if rule.bound_to != kind or step.cancelled_on:
        return None
    follows = [row for row in wanted if row.step_id == step.pk]
    aspects = touched(rule, codes, as_decided=bool(follows))
    rows = step.opinions.filter(in_force=True, aspect__in=[a.code for a in aspects])
    again = list(rows.select_related("unit").order_by("pk"))
    if step.is_running:
        follows = [row for row in follows if row not in again]
        return Effect(step, rule, "asked" if again else "moved", aspects, again, [], follows)
    verdict = verdict_of(rule, step.verdict)
    withdraws = [code for code in (verdict.reaches if verdict else ()) if code in there]
    if not again and not (aspects and withdraws):
        return Effect(step, rule, "kept", aspects, [], [])
    how = "round" if rule.new_version == "reopen" else "withdrawn"
    return Effect(step, rule, how, aspects, again, withdraws)


def sentences(found: Collection[Effect], rules: Rulebook) -> list[str]:
    """The effects for people, before they come about."""
    return [line for effect in found for line in _lines(effect, rules)]


def _lines(effect: Effect, rules: Rulebook) -> list[str]:
    data = {"name": effect.step.name}
    lines = []
    for code in effect.withdraws:
        milestone = rules.milestone(code).name
        lines.append(_("%(name)s：撤回“%(milestone)s”") % (data | {"milestone": milestone}))
    if effect.follows:
        units = "、".join(str(row.unit) for row in effect.follows)
        lines.append(_("%(name)s：%(units)s要求的修改记为已落实") % (data | {"units": units}))
    if effect.how in ("asked", "round"):
        asked = "、".join(f"{row.aspect_name}（{row.unit}）" for row in effect.again)
        lines.append(_("%(name)s：重新征求%(asked)s，其余意见沿用") % (data | {"asked": asked}))
    elif effect.how == "withdrawn":
        lines.append(_("%(name)s：须就新版本再次办理") % data)
    else:
        lines.append(_("%(name)s：已有意见全部沿用") % data)
    return lines
