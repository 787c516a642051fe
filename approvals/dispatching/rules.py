"""What a step that proposes units asks of a proposal; each refusal with its clause and the field at fault."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit
from approvals.models import Proposal, Step
from cases.models import Part
from kernel.refusals import Refused, Unmet
from policies.rulebook import Rulebook
from policies.schema import Proposing
from policies.schema import Step as StepRule
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.models import Project

TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One unit put forward: why, by which principles of the plan (codes), for which industry."""

    unit: Unit
    reason: str
    principles: Sequence[str] = ()
    industry: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What suggestions are judged by: the project and its plan, and who holds the part to be named."""

    project: Project
    rules: Rulebook
    rule: StepRule
    proposing: Proposing
    holder: Unit | None
    on: date


def holder_of(case_id: int, rule: StepRule) -> Part | None:
    """Who plays the part that the step names, today."""
    rows = Part.objects.filter(case_id=case_id, part=rule.names_part or "", valid_to__isnull=True)
    return rows.select_related("unit").first()


def ground(project: Project, rule: StepRule, on: date) -> Ground:
    """Raises Refused (invalid) for a step of the plan that proposes nobody."""
    if rule.proposing is None:
        message = _("“%(name)s”不提出承接建议") % {"name": rule.name}
        raise Refused.because("proposes_nobody", message, clause=rule.clause, field="step", status="invalid")
    held = holder_of(project.pk, rule)
    return Ground(project, rules_of(project), rule, rule.proposing, held.unit if held else None, on)


def industry_of(project: Project) -> str:
    """The industry of a project as it is written, or its class of GB/T 4754."""
    return project.industry_text or project.industry_code


def check(at: Ground, suggestions: Sequence[Suggestion], proposed: Collection[int] = ()) -> list[Suggestion]:
    """The suggestions as they are kept. ``proposed``: units put forward in this round already, by key.

    Raises Refused with everything that is wrong: nobody suggested, too many, no reason, principle or
    industry, a unit of the wrong kind, one that has ended, is proposed already, or holds the project.
    """
    _require_movable(at)
    if not suggestions:
        message = _("启动“%(name)s”须先提出拟承接园区并说明理由") % {"name": at.rule.name}
        raise Refused.because("no_proposal", message, clause=at.rule.clause, url=propose_url(at))
    found = [item for one in suggestions for item in _wrong(at, one, proposed)]
    found += _number(at, suggestions, proposed)
    if found:
        raise Refused(list(dict.fromkeys(found)), "invalid")
    return [_kept(at, one) for one in suggestions]


def propose_url(at: Ground) -> str:
    return reverse("propose", args=[at.project.pk, at.rule.code])


def _require_movable(at: Ground) -> None:
    """Only what somebody holds is handed over."""
    if at.rule.kind == TRANSFER and at.holder is None:
        part = at.rules.part(at.rule.names_part or "").name
        message = _("项目尚无“%(part)s”，无可移交") % {"part": part}
        raise Refused.because("nothing_to_transfer", message, clause=at.rule.clause, status="conflict")


def _wrong(at: Ground, one: Suggestion, proposed: Collection[int]) -> list[Unmet]:
    found = [*_wrong_unit(at, one.unit), *_held(at, one.unit)]
    if one.unit.pk in proposed:
        message = _("%(unit)s已在本轮提出") % {"unit": one.unit}
        found.append(Unmet(f"proposed:{one.unit.code}", message, at.rule.clause, field="units"))
    if not one.reason.strip():
        found.append(Unmet("reason", _("请填写推荐理由"), at.rule.clause, field="reason"))
    known = {row.code: row for row in at.rules.principles}
    if known and not (one.principles and set(one.principles) <= set(known)):
        names = "、".join(row.name for row in at.rules.principles)
        clause = at.rules.principles[0].clause
        message = _("请至少选择一项匹配原则：%(names)s") % {"names": names}
        found.append(Unmet("principles", message, clause, field="principles"))
    if at.proposing.by_industry and not (one.industry.strip() or industry_of(at.project)):
        message = _("请写明提出建议所依据的行业")
        found.append(Unmet("industry", message, at.rule.clause, field="industry"))
    return found


def _wrong_unit(at: Ground, unit: Unit) -> list[Unmet]:
    data = {"unit": unit.name, "day": unit.valid_to}
    if unit.valid_from > at.on or (unit.valid_to is not None and unit.valid_to < at.on):
        message = _("%(unit)s已停用，不能承接") % data
        return [Unmet(f"unit_ended:{unit.code}", message, at.rule.clause, field="units")]
    for code in (at.proposing.part, at.rule.names_part or ""):
        part = at.rules.part(code)
        if part.kinds and unit.kind not in part.kinds:
            message = _("%(unit)s不能担任“%(part)s”") % {"unit": unit.name, "part": part.name}
            return [Unmet(f"wrong_kind:{unit.code}", message, part.clause, field="units")]
    return []


def _held(at: Ground, unit: Unit) -> list[Unmet]:
    """Handed over it is to another; once it has come to a unit by a verdict, only a transfer moves it."""
    same = at.holder is not None and at.holder.pk == unit.pk
    if at.rule.kind == TRANSFER:
        message = _("项目已在%(unit)s，移交须选择其他园区") % {"unit": unit}
        return [Unmet(f"same_unit:{unit.code}", message, at.rule.clause, field="units")] if same else []
    mover = next((r for r in at.rules.proposing(at.rule.names_part or "") if r.kind == TRANSFER), None)
    settled = {code for verdict in at.rule.verdicts for code in verdict.reaches} & reached_codes(at.project)
    if same or at.holder is None or mover is None or not settled:
        return []
    words = {"unit": at.holder, "name": mover.name}
    message = _("项目已由%(unit)s承接，改由其他园区承接的请办理“%(name)s”") % words
    url = reverse("propose", args=[at.project.pk, mover.code])
    return [Unmet("held", message, mover.clause, url, "units")]


def _number(at: Ground, suggestions: Sequence[Suggestion], proposed: Collection[int]) -> list[Unmet]:
    keys = [one.unit.pk for one in suggestions]
    if len(keys) != len(set(keys)):
        return [Unmet("twice", _("同一单位只提出一次"), at.rule.clause, field="units")]
    most = at.proposing.most
    if most is not None and len(proposed) + len(keys) > most:
        message = _("“%(name)s”同时只能提出 %(n)s 个园区") % {"name": at.rule.name, "n": most}
        return [Unmet("too_many", message, at.rule.clause, field="units")]
    return []


def _kept(at: Ground, one: Suggestion) -> Suggestion:
    industry = one.industry.strip() or industry_of(at.project)
    order = [row.code for row in at.rules.principles if row.code in one.principles]
    return Suggestion(one.unit, one.reason.strip(), order, industry[:100])


def taken_back(step: Step, rule: StepRule) -> str:
    """How a favourable verdict of the step is taken back, as half a sentence; "" where it cannot be."""
    undone = next((one.name for one in rule.verdicts if one.withdraws), "")
    words = {"name": step.name, "verdict": undone}
    return _("须收回的，另启动一轮“%(name)s”，由结论“%(verdict)s”收回") % words if undone else ""


def standing(step: Step) -> list[Proposal]:
    """The proposals of a round that have not been withdrawn."""
    return list(step.proposals.standing().select_related("unit").order_by("pk"))


def principle_names(rules: Rulebook, codes: Collection[str]) -> str:
    """Named as the plan names them; a code that it no longer has shows itself."""
    names = {row.code: row.name for row in rules.principles}
    return "、".join(names.get(code, code) for code in codes)
