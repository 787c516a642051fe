"""What milestones do to steps: reached they open them, withdrawn cancel them, corrected move lateness."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from approvals.actions.cancelling import end, locked
from approvals.actions.opening import open_by_itself
from approvals.models import Opinion, Step
from approvals.readiness import Standing
from approvals.rules import cast_for
from policies.rulebook import Rulebook
from policies.schema import Step as StepRule
from projects.facts import facts_of, rules_of
from projects.gates import held
from projects.hooks import MilestoneChange


def follow(change: MilestoneChange) -> None:
    """The handler of ``projects.hooks.on_milestone``; runs inside the action that moved the milestone."""
    if change.kind == "reached" and not change.past:
        _open(change)
    elif change.kind == "withdrawn":
        _cancel(change)
    elif change.kind == "corrected":
        _mark_again(change)


def _open(change: MilestoneChange) -> None:
    rules = rules_of(change.project)
    waiting = list(_waiting_for(rules, change.milestone))
    if not waiting:
        return
    project = change.project
    cast = cast_for(waiting, project.pk, change.on)
    at = Standing(project, rules, facts_of(project), held(project), cast)
    for rule in waiting:
        open_by_itself(at, rule, change.by, change.on)


def _waiting_for(rules: Rulebook, milestone: str) -> Iterable[StepRule]:
    """Steps this milestone opens, and those that open by themselves once it completes their needs."""
    for rule in rules.steps.values():
        if rule.opens_on.milestone and milestone in (rule.opens_on.milestone, *rule.needs.milestones):
            yield rule


def _cancel(change: MilestoneChange) -> None:
    rows = Step.objects.filter(case_id=change.project.pk, opened_by_milestone=change.milestone).running()
    for step in rows.order_by("pk"):
        name = rules_of(change.project).milestone(change.milestone).name
        end(locked(step), change.by, change.on, _("“%(name)s”已撤销") % {"name": name})


def _mark_again(change: MilestoneChange) -> None:
    """A clock that started on another day has another last day: who was late is asked anew."""
    steps = Step.objects.filter(case_id=change.project.pk, opened_by_milestone=change.milestone)
    for step in steps.running().select_related("deadline"):
        for row in Opinion.objects.filter(step=step, given_on__isnull=False):
            late = row.given_on is not None and step.limit_passed(row.given_on)
            if late != row.late:
                Opinion.objects.filter(pk=row.pk).update(late=late)
