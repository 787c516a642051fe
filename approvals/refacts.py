"""Facts of a project change: aspects that now concern it are asked, and what was concluded without them no
longer stands until they have answered. One answer for preview and deed.

Nothing reopens once the agreement is signed (what comes then is an increment), nor where a fact changes so
that fewer have to be asked: opinions given stay.
"""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from approvals.actions.asking import ask_next, call_in, put, question
from approvals.actions.cancelling import locked
from approvals.actions.rebinding import again
from approvals.models import Step
from approvals.revision import Effect
from approvals.rules import cast_for, rule_of, verdict_of
from approvals.signing_rules import gate_of
from approvals.turns import agreed_alternative, turn
from cases import actions as cases
from kernel.conditions import Condition, Facts, holds
from kernel.language import house_language
from policies.schema import Aspect
from policies.schema import Step as StepRule
from projects import actions as projects
from projects.facts import facts_of, rules_of
from projects.gates import reached_codes
from projects.hooks import Proposal
from projects.models import Project


def effects(project: Project, facts: Facts) -> list[Effect]:
    """What the latest rounds owe to the facts given: "asked" (running) or "round" (concluded, standing)."""
    rows = Step.objects.filter(case_id=project.pk, cancelled_on__isnull=True).select_related("case")
    latest = {row.code: row for row in rows.order_by("round")}
    asking = [row for row in latest.values() if _conditional(rule_of(row))]
    if not asking:
        return []
    there = reached_codes(project)
    return list(_effects(sorted(asking, key=lambda row: row.pk), facts, there, _signed(project, there)))


def _conditional(rule: StepRule) -> bool:
    return any(aspect.when != Condition() for aspect in rule.aspects)


def _signed(project: Project, there: set[str]) -> bool:
    gate = gate_of(rules_of(project))
    return gate is not None and gate.code in there


def _effects(rows: list[Step], facts: Facts, there: set[str], signed: bool) -> Iterator[Effect]:
    for step in rows:
        rule = rule_of(step)
        fresh = _fresh(step, rule, facts)
        verdict = verdict_of(rule, step.verdict)
        withdraws = [code for code in (verdict.reaches if verdict else ()) if code in there]
        if fresh and step.is_running:
            yield Effect(step, rule, "asked", fresh, [], [])
        elif fresh and withdraws and not signed and rule.proposing is None:  # which people open, proposing
            yield Effect(step, rule, "round", fresh, [], withdraws)


def _fresh(step: Step, rule: StepRule, facts: Facts) -> list[Aspect]:
    """Aspects whose condition holds now and about which nobody was asked in this round."""
    if agreed_alternative(step, rule):
        return []
    rows = list(step.opinions.filter(in_force=True))
    known = {row.aspect for row in rows} | {gap["aspect"] for gap in step.gaps}
    concerned = [aspect for aspect in rule.aspects if holds(aspect.when, facts) is not False]
    now = turn(rule, concerned, rows).now
    return [a for a in now if a.code not in known and a.when != Condition() and holds(a.when, facts)]


def on_reopening(proposal: Proposal) -> list[str]:
    """What a change of facts would reopen, in sentences; writes nothing."""
    return [
        line for found in effects(proposal.project, proposal.facts_after) for line in _lines(proposal, found)
    ]


def _lines(proposal: Proposal, found: Effect) -> Iterator[str]:
    rules = rules_of(proposal.project)
    data = {"name": found.step.name, "clause": found.rule.clause}
    for code in found.withdraws:
        said = data | {"milestone": rules.milestone(code).name}
        yield _("%(name)s：撤回“%(milestone)s”（%(clause)s）") % said
    asked = "、".join(aspect.name for aspect in found.aspects)
    if found.how == "round":
        yield _("%(name)s：须增加%(asked)s审议，已有意见沿用（%(clause)s）") % (data | {"asked": asked})
    else:
        yield _("%(name)s：增加征求%(asked)s（%(clause)s）") % (data | {"asked": asked})


def on_facts(project: Project, by: User, on: date) -> None:
    """The handler of ``projects.hooks.on_money``; runs inside the action, which holds the project's lock."""
    if not project.division:  # merged away or voided: nothing of it is asked any more
        return
    found = effects(project, facts_of(project))
    for effect in found:
        if effect.how == "asked":
            _ask(effect, by, on)
        else:
            _reopen(project, effect, by, on)
    if any(effect.withdraws for effect in found):
        project.refresh_from_db(fields=["batch", "version"])


def _ask(effect: Effect, by: User, on: date) -> None:
    step = locked(effect.step)
    _record(effect, by, on)
    if effect.rule.asked == "in_turn":
        ask_next(step=step, by=by, on=on)
        return
    cast = cast_for([effect.rule], step.case_id, on)
    rows = [question(step, a, unit, by, on) for a in effect.aspects for unit in cast.asked(a)]
    put(step, effect.rule, rows, by, on)
    call_in(step, rows, (), by, on)


def _reopen(project: Project, effect: Effect, by: User, on: date) -> None:
    reason = _reason(effect)
    locked(effect.step)
    _record(effect, by, on)
    for code in effect.withdraws:
        if code in reached_codes(project):
            projects.withdraw(project=project, milestone=code, by=by, on=on, reason=reason, produced=True)
    again(project, effect, by, on, reason)


@house_language()
def _reason(effect: Effect) -> str:
    asked = "、".join(aspect.name for aspect in effect.aspects)
    return (_("项目情况变化，须增加%(asked)s审议") % {"asked": asked})[:300]


@house_language()
def _record(effect: Effect, by: User, on: date) -> None:
    asked = "、".join(aspect.name for aspect in effect.aspects)
    what = _("增加%(asked)s") % {"asked": asked}
    data = {"step": effect.step.pk, "name": effect.step.name, "what": what, "clause": effect.rule.clause}
    cases.record(case=effect.step.case, kind="step.refacted", by=by, on=on, data=data)
