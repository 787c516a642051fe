"""The lead concludes: once everything is there, the verdict reaches or withdraws milestones."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from approvals.actions import demands
from approvals.actions.asking import stop_clocks
from approvals.actions.cancelling import locked
from approvals.binding import require_current
from approvals.dispatching import proposing
from approvals.dispatching.rules import holder_of
from approvals.models import Step
from approvals.permissions import require_lead
from approvals.permits import closing
from approvals.permits.closing import Result
from approvals.rules import rule_of, verdict_of
from cases import actions as cases
from deadlines import actions as deadlines
from kernel.language import house_language
from kernel.refusals import Refused, Unmet
from notices.actions import post
from policies.schema import Step as StepRule
from policies.schema import Verdict
from projects import actions as projects
from projects import stillness
from projects.gates import reached_codes
from projects.models import Project
from projects.permissions import lock, require_running


@dataclass(frozen=True, slots=True)
class Named:
    """Who plays the part that the conclusion names: a unit, and the person where the plan asks for one."""

    unit: Unit
    user: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """How one step is to end. ``checks``: conditions confirmed, by code; ``named``: for ``names_part``.

    ``agreement_version``: the key of the version that whoever concludes has read. ``result``: what a permit
    grants.
    """

    step: Step
    verdict: str
    reason: str = ""
    checks: Collection[str] = field(default_factory=tuple)
    named: Sequence[Named] = ()
    part_no: int = 1
    parts_total: int = 1
    agreement_version: int | None = None
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A conclusion with what it is judged by: the locked row, its rule, the verdict meant."""

    said: Conclusion
    row: Step
    rule: StepRule
    verdict: Verdict


@transaction.atomic
def conclude(
    *,
    step: Step,
    verdict: str,
    by: User,
    on: date,
    reason: str = "",
    checks: Collection[str] = (),
    named: Sequence[Named] = (),
    part_no: int = 1,
    parts_total: int = 1,
    agreement_version: int | None = None,
    result: Result | None = None,
) -> Step:
    """Conclude one step on a business date (Asia/Shanghai). Raises Refused as ``conclude_together`` does."""
    said = Conclusion(
        step=step,
        verdict=verdict,
        reason=reason,
        checks=checks,
        named=named,
        part_no=part_no,
        parts_total=parts_total,
        agreement_version=agreement_version,
        result=result,
    )
    return conclude_together(conclusions=[said], by=by, on=on)[0]


@transaction.atomic
def conclude_together(*, conclusions: Sequence[Conclusion], by: User, on: date) -> list[Step]:
    """Conclude steps of one project at one stroke: mutual prerequisites hold each other up.

    Raises Refused: forbidden but for a lead unit, and for who applied for the permit; invalid for an unknown
    verdict, a missing reason or more than one person named; conflict when a step has ended, saying how and by
    whom, or the agreement has a newer version (``superseded_version``); unmet with clause and unit for
    opinions outstanding, a veto, a score below the pass mark, checks not ticked, prerequisites, a part nobody
    was named for.
    """
    project = lock(Project(pk=conclusions[0].step.case_id))
    found = [_read(said, by, on) for said in sorted(conclusions, key=lambda said: said.step.pk)]
    require_running(project)
    jointly = {one.row.code for one in found if one.verdict.reaches}
    given = {code for one in found for code in one.verdict.reaches}
    missing = [item for one in found for item in _missing(one, project, jointly, given, on)]
    if missing:
        raise Refused(missing)
    for one in found:
        _write(one, project, by, on)
    for one in found:
        _follow(one, project, by, on)
    for one in found:  # only now: what one gives goes into another that ends with it
        closing.settle(one.row, one.said.result, one.row.concluded_on or on)
        _tell(one.row)
    return [one.row for one in found]


def _read(said: Conclusion, by: User, on: date) -> Case:
    row = locked(said.step)
    require_lead(row, by)
    _require_running_step(row)
    closing.require_another(row, by)
    rule = rule_of(row)
    require_current(row, rule, said.agreement_version)
    verdict = verdict_of(rule, said.verdict)
    if verdict is None:
        names = "、".join(f"{one.name}（{one.code}）" for one in rule.verdicts)
        raise Refused.invalid("verdict", _("请选择结论：%(names)s") % {"names": names})
    if verdict.needs_reason and not said.reason.strip():
        raise Refused.invalid("reason", _("结论“%(name)s”须说明理由") % {"name": verdict.name})
    if on < row.opened_on:
        raise Refused.invalid("on", _("办结日期不能早于启动日期 %(day)s") % {"day": row.opened_on})
    closing.check(row, said.result, on)
    return Case(said, row, rule, verdict)


def _require_running_step(row: Step) -> None:
    if row.concluded_on:
        message = _("“%(name)s”已由%(who)s于 %(day)s 作出结论：%(verdict)s")
        data = {
            "name": row.name,
            "who": row.concluded_by,
            "day": row.concluded_on,
            "verdict": row.verdict_name,
        }
        raise Refused.conflict(message % data, code="already_concluded")
    if row.cancelled_on:
        message = _("“%(name)s”已于 %(day)s 撤销：%(reason)s")
        data = {"name": row.name, "day": row.cancelled_on, "reason": row.cancelled_reason}
        raise Refused.conflict(message % data, code="step_cancelled")


def _missing(one: Case, project: Project, jointly: set[str], given: set[str], on: date) -> list[Unmet]:
    row = one.row
    found = demands.opinions(one.row, one.rule, on)
    if one.verdict.reaches:
        found += [] if one.verdict.without_material else closing.missing(row, one.rule, project, given)
        found += demands.no_veto(one.row, one.rule)
        found += demands.changes_made(one.row, one.rule)
        found += demands.pass_mark(one.row, one.rule)
        found += demands.checks(one.rule, one.said.checks)
        found += demands.steps_before(project, one.row, one.rule, jointly)
        found += demands.named(project, row, one.rule, [(who.unit, who.user) for who in one.said.named])
    return found


def _write(one: Case, project: Project, by: User, on: date) -> None:
    row, said = one.row, one.said
    row.outstanding = demands.outstanding(row)
    row.verdict, row.verdict_name, row.concluded_reason = (
        one.verdict.code,
        one.verdict.name,
        said.reason.strip(),
    )
    row.concluded_on, row.concluded_by = on, by
    row.checks = [check.code for check in one.rule.checks if check.code in said.checks]
    row.save()
    clock = row.open_clock()
    if clock is not None:
        deadlines.meet(deadline=clock, on=on, by=by)
    stop_clocks(row.opinions.filter(given_on=None).select_related("deadline"), row.verdict_name, by, on)
    before = holder_of(row.case_id, one.rule) if one.rule.proposing else None
    if one.verdict.reaches and one.rule.names_part and said.named:
        who = said.named[0]
        projects.set_parts(
            project=project,
            part=one.rule.names_part,
            unit=who.unit,
            user=who.user,
            by=by,
            on=on,
            reason=row.name,
            produced=True,
        )
    proposing.settle(row, one.rule, before, by, on)
    data = {
        "step": row.pk, "code": row.code, "name": row.name, "verdict": row.verdict_name, "clause": row.clause,
        "reason": _reason(row),
        "outstanding": row.outstanding,
    }  # fmt: skip
    cases.record(case=row.case, kind="step.concluded", by=by, on=on, data=data)
    stillness.moved(project, "step", by=by, on=on)


@house_language()
def _reason(row: Step) -> str:
    return _("，理由：%(reason)s") % {"reason": row.concluded_reason} if row.concluded_reason else ""


def _follow(one: Case, project: Project, by: User, on: date) -> None:
    """What the verdict withdraws and reaches."""
    row, said = one.row, one.said
    there = reached_codes(project)
    for code in one.verdict.withdraws:
        if code in there:
            why = row.concluded_reason or row.verdict_name
            projects.withdraw(project=project, milestone=code, by=by, on=on, reason=why[:300], produced=True)
    for code in one.verdict.reaches:
        if code not in there:
            projects.reach(
                project=project,
                milestone=code,
                by=by,
                on=on,
                part_no=row.part_no or said.part_no,
                parts_total=row.parts_total if row.part_no else said.parts_total,
                note=row.name,
                produced=True,
            )


@house_language()
def _tell(row: Step) -> None:
    project = Project.objects.only("introducing_unit", "landing_unit").get(pk=row.case_id)
    units = {unit for unit in (project.introducing_unit_id, project.landing_unit_id) if unit}
    data = {"title": row.case.title, "name": row.name, "verdict": row.verdict_name}
    text = _("“%(title)s”%(name)s结论：%(verdict)s") % data
    key, url = f"step:{row.pk}:concluded", f"/steps/{row.pk}/"
    post(key=key, topic="step.concluded", case=row.case, text=text, url=url, units=sorted(units))
