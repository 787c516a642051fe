"""推荐 and 流转: units are put forward for a project, in a new round or while one runs, and withdrawn."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.actions.asking import ask_next, call_in, put, take_back
from approvals.actions.cancelling import locked
from approvals.actions.opening import open_step
from approvals.dispatching import proposing
from approvals.dispatching.rules import Suggestion, check, ground, standing
from approvals.models import Opinion, Proposal, Step
from approvals.permissions import require_lead, require_opener
from approvals.rules import concerning, rule_of
from cases import actions as cases
from kernel.language import house_language
from kernel.refusals import Refused
from policies.schema import Aspect
from policies.schema import Step as StepRule
from projects.facts import facts_of, rules_of
from projects.models import Project
from projects.permissions import lock, require_running, require_unmerged

__all__ = ["Suggestion", "propose", "withdraw_proposal"]


@transaction.atomic
def propose(
    *, project: Project, step: str, suggestions: Sequence[Suggestion], by: User, on: date, reason: str = ""
) -> Step:
    """Put units forward, each with its reason, in the round that runs; else a round opens with them.

    Where consent had been given to those proposed before, it is asked for again. ``reason``: why a further
    round. Raises Refused as ``open_step`` does; invalid for a faulty suggestion, with the clause.
    """
    project = lock(project)
    require_unmerged(by, project)
    rules = rules_of(project)
    if step not in rules.steps:
        raise Refused.invalid("step", _("制度中没有程序“%(code)s”") % {"code": step})
    running = Step.objects.filter(case_id=project.pk, code=step).running().first()
    if running is None or rules.steps[step].proposing is None:
        return open_step(project=project, step=step, by=by, on=on, reason=reason, suggestions=suggestions)
    row = locked(running)
    rule = rule_of(row)
    require_opener(project, rule, by)
    require_running(project)
    there = {one.unit_id for one in standing(row)}
    kept = check(ground(project, rule, on), suggestions, there)
    proposing.note(row, rule, kept, by, on)
    row.gaps = [gap for gap in row.gaps if rule.proposing is None or gap["aspect"] != rule.proposing.aspect]
    row.save(update_fields=["gaps"])
    _consent_again(row, rule, project, by, on)
    ask_next(step=row, by=by, on=on)
    return row


def _consent_again(step: Step, rule: StepRule, project: Project, by: User, on: date) -> None:
    """Whoever had agreed to those named before is asked anew: the consent did not cover the one added."""
    if rule.asked != "in_turn":
        return
    given = step.opinions.filter(in_force=True, given_on__isnull=False).select_related("unit")
    codes = {aspect.code for aspect in _before(rule, project) if aspect.binding and aspect.answer != "words"}
    again = list(given.filter(aspect__in=codes))
    Opinion.objects.filter(pk__in=[row.pk for row in again]).update(in_force=False)
    rows = [
        Opinion(
            step=step, aspect=row.aspect, aspect_name=row.aspect_name, group=row.group, unit=row.unit,
            asks=row.asks, asked_on=on, asked_by=by, supersedes=row,
        )
        for row in again
    ]  # fmt: skip
    if rows:
        put(step, rule, rows, by, on)
        call_in(step, rows, (), by, on)
        names = "、".join(f"{row.aspect_name}（{row.unit}）" for row in rows)
        data = {"step": step.pk, "name": step.name, "asked": names}
        cases.record(case=step.case, kind="proposal.consent_again", by=by, on=on, data=data)


def _before(rule: StepRule, project: Project) -> list[Aspect]:
    """The aspects whose turn comes before that of the units proposed."""
    aspects = concerning(rule, facts_of(project))
    codes = [aspect.code for aspect in aspects]
    last = rule.proposing.aspect if rule.proposing else ""
    return aspects[: codes.index(last)] if last in codes else []


@transaction.atomic
def withdraw_proposal(*, proposal: Proposal, by: User, on: date, reason: str) -> Proposal:
    """Take a proposal back while its round runs: the unit is not asked any more, its part in the case ends.

    Raises Refused: forbidden but for whoever leads the step; invalid without a reason; conflict when it was
    withdrawn before or the round has ended.
    """
    lock(Project(pk=proposal.step.case_id))
    step = locked(proposal.step)
    require_lead(step, by)
    row = Proposal.objects.select_for_update(of=("self",)).select_related("unit", "part").get(pk=proposal.pk)
    _require_open(row, step)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写撤回原因"))
    row.withdrawn_on, row.withdrawn_by, row.withdrawn_reason = on, by, reason.strip()[:300]
    row.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_reason"])
    _unask(row, step, by, on)
    proposing.end(row, row.withdrawn_reason, by, on)
    data = {"step": step.pk, "name": step.name, "unit": row.unit.name, "reason": row.withdrawn_reason}
    cases.record(case=step.case, kind="proposal.withdrawn", by=by, on=on, data=data)
    return row


def _require_open(row: Proposal, step: Step) -> None:
    if row.withdrawn_on is not None:
        data = {"who": row.withdrawn_by, "day": row.withdrawn_on, "why": row.withdrawn_reason}
        message = _("该建议已由%(who)s于 %(day)s 撤回：%(why)s") % data
        raise Refused.because("already_withdrawn", message, clause=step.clause, status="conflict")
    if not step.is_running:
        message = _("“%(name)s”已经结束，建议不能再撤回") % {"name": step.name}
        raise Refused.because("step_ended", message, clause=step.clause, status="conflict")


def _unask(row: Proposal, step: Step, by: User, on: date) -> None:
    """A question not answered goes; an answer stays on record and counts no more."""
    asked = step.opinions.filter(aspect=row.aspect, unit=row.unit, in_force=True)
    waiting = list(asked.filter(given_on__isnull=True).select_related("unit", "deadline"))
    asked.filter(given_on__isnull=False).update(in_force=False)
    if waiting:
        with house_language():
            why = _("承接建议已撤回：%(reason)s") % {"reason": row.withdrawn_reason}
        take_back(step, waiting, why, by, on)
