"""What milestones do to steps: reached they open them, withdrawn cancel them, corrected move lateness."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from approvals.actions.cancelling import end, locked
from approvals.actions.opening import open_by_itself
from approvals.binding import current_versions
from approvals.models import Opinion, Step
from approvals.readiness import Standing
from approvals.rules import cast_for
from deadlines import actions as deadlines
from kernel.language import house_language
from policies.rulebook import Rulebook
from policies.schema import Step as StepRule
from projects.facts import facts_of, rules_of
from projects.gates import held
from projects.hooks import MilestoneChange, Proposal
from projects.models import Project


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
    at = Standing(project, rules, facts_of(project), held(project), cast, current_versions(project.pk))
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
        with house_language():
            reason = _("“%(name)s”已撤销") % {"name": name}
        end(locked(step), change.by, change.on, reason)


def _mark_again(change: MilestoneChange) -> None:
    """A clock that started on another day has another last day: who was late is asked anew."""
    for step in _running(change.project, change.milestone):
        for row, late in _late_anew(step):
            Opinion.objects.filter(pk=row.pk).update(late=late)


def on_preview(proposal: Proposal) -> list[str]:
    """The marks of lateness that a corrected day would change; writes nothing."""
    lines = []
    for milestone, day in proposal.days.items():
        for step in _running(proposal.project, milestone):
            if step.deadline is None:
                continue
            step.deadline.due_on = deadlines.preview_restart(step.deadline, day).on
            lines += [_mark_moved(step, row, late=late) for row, late in _late_anew(step)]
    return lines


def _mark_moved(step: Step, row: Opinion, *, late: bool) -> str:
    data = {
        "name": step.name,
        "aspect": row.aspect_name,
        "unit": row.unit.name,
        "old": _("按期") if late else _("逾期"),
        "new": _("逾期") if late else _("按期"),
    }
    return _("%(name)s：%(unit)s“%(aspect)s”意见 %(old)s → %(new)s") % data


def _running(project: Project, milestone: str) -> list[Step]:
    steps = Step.objects.filter(case_id=project.pk, opened_by_milestone=milestone).running()
    return list(steps.select_related("deadline").order_by("pk"))


def _late_anew(step: Step) -> list[tuple[Opinion, bool]]:
    """The opinions whose mark of lateness does not agree with the step's clock, and the mark that does."""
    rows = Opinion.objects.filter(step=step, given_on__isnull=False).select_related("unit").order_by("pk")
    asked = [(row, row.given_on is not None and step.limit_passed(row.given_on)) for row in rows]
    return [(row, late) for row, late in asked if late != row.late]
