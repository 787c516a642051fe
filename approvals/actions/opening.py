"""A step opens: the units the plan names are asked, its clock starts, everybody asked is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import units_of
from accounts.models import Unit, User
from approvals.actions.asking import call_in, gap_of, put, question
from approvals.binding import current_versions
from approvals.dispatching.proposing import note
from approvals.dispatching.rules import Suggestion, check, ground
from approvals.models import Opinion, Step
from approvals.permissions import require_opener
from approvals.permits import recording
from approvals.permits.recording import Application
from approvals.permits.rules import PERMIT
from approvals.readiness import Standing, beside, nobody_asked, not_yet, settled
from approvals.rules import cast_for, concerning, leads_of
from approvals.turns import turn
from cases import actions as cases
from deadlines import actions as deadlines
from deadlines.models import Deadline
from kernel.language import house_language
from kernel.refusals import Refused
from policies.schema import Step as StepRule
from projects import stillness
from projects.facts import facts_of, rules_of
from projects.gates import held
from projects.models import Project
from projects.permissions import lock, require_running

_SAID = (
    *("aspect", "aspect_name", "group", "unit_id", "asks", "asked_on", "asked_by_id", "words", "score"),
    *("answer", "given_on", "given_at", "given_by_id", "late", "on_behalf", "scan_id", "recorded_by_id"),
)


@dataclass(frozen=True, slots=True)
class OfStage:
    """Which stage of several a round is about, and what it is called."""

    part_no: int
    parts_total: int
    name: str


@transaction.atomic
def open_step(
    *,
    project: Project,
    step: str,
    by: User,
    on: date,
    reason: str = "",
    suggestions: Sequence[Suggestion] = (),
    application: Application | None = None,
    stage: OfStage | None = None,
) -> Step:
    """Open a round of a step by hand. ``on`` is the business date (Asia/Shanghai); its clock starts then.

    ``suggestions``: the units put forward, where the plan lets the step propose some. ``application``: what
    is handed in for a permit; without one it counts as applied for with everything. ``stage``: one of several
    that run beside one another. Raises Refused: forbidden for whom the plan does not name; unmet needs,
    nobody proposed, an aspect about which nobody can be asked, or a step that runs beside, with clause and
    link; invalid for an unknown step, a further round without ``reason``, a faulty suggestion, or a permit
    dated before what it needs first; conflict while a round is running.
    """
    project = lock(project)
    at = standing(project, step, on)
    rule = at.rules.steps[step]
    require_opener(project, rule, by)
    require_running(project)
    latest = _latest(project, rule, stage.part_no if stage else 0)
    _require_no_running(latest)
    if stage is None:
        _require_not_staged(project, rule)
    if latest is not None and latest.concluded_on and not reason.strip():
        raise Refused.invalid("reason", _("“%(name)s”已有结论，再次办理须说明原因") % {"name": rule.name})
    missing = beside(rule, project) or not_yet(rule, at) or nobody_asked(rule, at)
    if missing:
        raise Refused(missing)
    kept = check(ground(project, rule, on), suggestions) if rule.proposing or suggestions else []
    if rule.proposing:
        at = replace(at, cast=at.cast.with_part(rule.proposing.part, [one.unit for one in kept]))
    if rule.kind == PERMIT:
        recording.require_since_needs(rule, at.project, on)
    if application is not None:
        recording.check(application, rule, at.project)
    return open_round(
        at, rule, by, on, round_=_round(latest), reason=reason.strip(), suggestions=kept,
        application=application, stage=stage,
    )  # fmt: skip


@transaction.atomic
def reopen(*, step: Step, by: User, on: date, reason: str) -> Step:
    """Open a new round of a step that has ended, with the reason. Raises Refused like ``open_step``."""
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写再次办理的原因"))
    stage = OfStage(step.part_no, step.parts_total, _stage_name(step)) if step.part_no else None
    return open_step(
        project=Project(pk=step.case_id), step=step.code, by=by, on=on, reason=reason, stage=stage
    )


def _stage_name(step: Step) -> str:
    """What the stage was called in the step's name."""
    return step.name.rpartition("（")[2].removesuffix("）")


def restage(*, project: Project, codes: Sequence[str], parts_total: int) -> None:
    """There are now so many stages: what still runs concludes as one of them. The caller holds the lock."""
    rows = Step.objects.filter(case_id=project.pk, code__in=codes, part_no__gt=0).running()
    rows.update(parts_total=parts_total)


def open_by_itself(at: Standing, rule: StepRule, by: User, on: date) -> Step | None:
    """Open what the plan opens when its milestone is reached; gaps are shown, not refused.

    None when a round is running, the last one settled it, or something is still missing. The caller holds
    the project's lock.
    """
    latest = _latest(at.project, rule)
    if (latest is not None and latest.is_running) or settled(rule, latest, at.held) or not_yet(rule, at):
        return None
    return open_round(at, rule, by, on, round_=_round(latest), milestone=rule.opens_on.milestone or "")


def standing(project: Project, step: str, on: date) -> Standing:
    """What opening one step asks about. Raises Refused (invalid) for a step the plan does not have."""
    rules = rules_of(project)
    if step not in rules.steps:
        raise Refused.invalid("step", _("制度中没有程序“%(code)s”") % {"code": step})
    cast = cast_for([rules.steps[step]], project.pk, on)
    return Standing(project, rules, facts_of(project), held(project), cast, current_versions(project.pk))


def _latest(project: Project, rule: StepRule, part_no: int = 0) -> Step | None:
    rows = Step.objects.filter(case_id=project.pk, code=rule.code, part_no=part_no)
    rows = rows.select_related("opened_by")
    return rows.order_by("-round").first()


def _require_not_staged(project: Project, rule: StepRule) -> None:
    """What is done by stages is not opened as a whole beside them."""
    if Step.objects.filter(case_id=project.pk, code=rule.code, part_no__gt=0).exists():
        message = _("“%(name)s”已分期办理，请在验收页按期申请") % {"name": rule.name}
        raise Refused.because("by_stages", message, clause=rule.clause, status="conflict")


def _round(latest: Step | None) -> int:
    return latest.round + 1 if latest else 1


def _require_no_running(latest: Step | None) -> None:
    if latest is not None and latest.is_running:
        message = _("“%(name)s”第%(round)s轮正在办理，由%(who)s于 %(day)s 启动")
        data = {"name": latest.name, "round": latest.round, "who": latest.opened_by, "day": latest.opened_on}
        raise Refused.conflict(message % data, code="already_running")


def open_round(
    at: Standing,
    rule: StepRule,
    by: User,
    on: date,
    *,
    round_: int,
    reason: str = "",
    milestone: str = "",
    carried: Sequence[Opinion] = (),
    suggestions: Sequence[Suggestion] = (),
    application: Application | None = None,
    stage: OfStage | None = None,
) -> Step:
    """Open a round that has been found possible; the caller holds the project's lock.

    ``carried`` are opinions of an earlier round that still hold (沿用): nobody is asked for them again.
    """
    leads = leads_of(rule, at.cast, at.facts)
    step = _new_step(
        at, rule, stage, round=round_, opened_on=on, opened_by=by, opened_by_milestone=milestone,
        reason=reason, lead_unit=_lead(leads, by, milestone),
    )  # fmt: skip
    now = turn(rule, concerning(rule, at.facts), carried).now
    step.gaps = [gap_of(aspect) for aspect in now if not at.cast.asked(aspect)]
    step.deadline = _clock(at, rule, step, by, on)
    step.save()
    if rule.kind == PERMIT:
        recording.begin(step, rule, at, application, by=by, on=on)
    note(step, rule, suggestions, by, on)
    there = {(row.aspect, row.unit_id) for row in carried}
    rows = [
        question(step, aspect, unit, by, on)
        for aspect in now
        for unit in at.cast.asked(aspect)
        if (aspect.code, unit.pk) not in there
    ]
    put(step, rule, rows, by, on)
    Opinion.objects.bulk_create([_carried(step, row) for row in carried])
    units = call_in(step, rows, leads, by, on)
    kind = "step.opened" if application is None else "permit.applied"
    cases.record(case=step.case, kind=kind, by=by, on=on, data=_event(step, units))
    stillness.moved(at.project, "step", by=by, on=on)
    return step


def _name(rule: StepRule, stage: OfStage | None) -> str:
    return f"{rule.name}（{stage.name}）"[:120] if stage else rule.name


def _new_step(at: Standing, rule: StepRule, stage: OfStage | None, **said: Any) -> Step:
    """Not yet saved: the rule's part in it; ``said`` is who opens which round of it, when and why."""
    return Step(
        case=at.project.case, code=rule.code, name=_name(rule, stage), kind=rule.kind, clause=rule.clause,
        policy_version_id=rule.source.id, part_no=stage.part_no if stage else 0,
        parts_total=stage.parts_total if stage else 1,
        agreement_version=at.versions.get(rule.bound_to or ""), **said,
    )  # fmt: skip


def _lead(leads: Sequence[Unit], by: User, milestone: str) -> Unit | None:
    """Of several units that may lead, the one that opens it by hand; else the first the plan names."""
    mine = set() if milestone else units_of(by)
    return next((unit for unit in leads if unit.pk in mine), leads[0] if leads else None)


def _clock(at: Standing, rule: StepRule, step: Step, by: User, on: date) -> Deadline | None:
    if rule.limit is None or rule.kind == PERMIT:  # a permit's counts from complete material
        return None
    return deadlines.open_deadline(
        case=step.case, rule=f"step:{rule.code}", name=step.name, clause=rule.clause, limit=rule.limit,
        started_on=on, start_event=step.opened_by_milestone, ladder=at.rules.escalation,
        responsible_unit=step.lead_unit, policy_version_id=rule.source.id, by=by, on=on,
    )  # fmt: skip


def _carried(step: Step, row: Opinion) -> Opinion:
    """The same opinion in a further round, with who gave it and when."""
    kept = Opinion(step=step, carried_from=row)
    for name in _SAID:
        setattr(kept, name, getattr(row, name))
    return kept


@house_language()
def _event(step: Step, units: Sequence[Unit]) -> dict[str, Any]:
    names = "、".join(str(unit) for unit in units)
    round_ = _("（第%(n)s轮：%(reason)s）") % {"n": step.round, "reason": step.reason} if step.reason else ""
    return {
        "step": step.pk, "code": step.code, "name": step.name, "round": round_, "clause": step.clause,
        "units": names or _("有关单位"), "gaps": step.gaps,
    }  # fmt: skip
