"""What brings a hand-over about by itself, takes it back, or brings its receivers in line.

Handlers of ``projects.hooks``; they run inside the action that changed the project.
"""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from deadlines import actions as deadlines
from deadlines.reassigning import reassign_unit
from kernel.language import house_language
from policies.schema import HandoverRule
from projects.facts import rules_of
from projects.hooks import MilestoneChange, PartChange
from projects.models import Project
from service.handing import pushing
from service.handing.models import Handing, Receipt
from service.handing.rules import complete, receivers, rests_on
from service.scopes import Scopes


def on_milestone(change: MilestoneChange) -> None:
    """Reached: hand over what is complete now. Withdrawn: undo what rested on it. Corrected: clocks run from
    the other day. What an old ledger brings in is handed over by letter, if at all."""
    rules = rules_of(change.project).handovers.values()
    if change.past or not rules:
        return
    if change.kind == "reached":
        hand_over_ready(change.project, by=change.by, on=change.on)
        return
    for rule in rules:
        if not rests_on(rule, change.milestone):
            continue
        if change.kind == "withdrawn":
            _undo(change, rule)
        elif change.kind == "corrected":
            _restart(change, rule)


def on_facts(project: Project, by: User, on: date) -> None:
    """Figures or the way the site is had may complete a trigger. Nothing is undone by them."""
    if rules_of(project).handovers and not project.from_ledger:
        hand_over_ready(project, by=by, on=on)


def hand_over_ready(project: Project, *, by: User, on: date) -> list[Handing]:
    """Every hand-over of the plan whose trigger is complete and that does not stand already."""
    if not project.is_running:
        return []
    rules, scopes = rules_of(project), Scopes(project)
    ready = [rule for rule in rules.handovers.values() if complete(rule, scopes)]
    return [
        pushing.hand_over(project, rule, by=by, on=on)
        for rule in ready
        if pushing.standing(project, rule.code) is None
    ]


def on_part(change: PartChange) -> None:
    """A receiver was named, or passed its part to another unit: the push follows it."""
    rules = rules_of(change.project).handovers
    if not any(one.part == change.part for rule in rules.values() for one in rule.receivers):
        return
    rows = Handing.objects.filter(
        project=change.project, withdrawn_on__isnull=True, completed_on__isnull=True
    )
    for row in rows.select_related("project__case", "from_unit"):
        rule = rules.get(row.rule)
        if rule is not None:
            _follow(row, rule, change)
            pushing.fill(row, rule, by=change.by, on=change.on)


def _follow(row: Handing, rule: HandoverRule, change: PartChange) -> None:
    """What its predecessor in the part has not answered is the new holder's to answer."""
    holders = {one.rule.part: one.unit for one in receivers(row.project, rule, change.on)}
    unit = holders.get(change.part)
    receipt = row.receipts.filter(part=change.part, acknowledged_on=None, declined_on=None).first()
    if unit is None or receipt is None or receipt.unit_id == unit.pk:
        return
    old = receipt.unit
    Receipt.objects.filter(pk=receipt.pk).update(unit=unit)
    clock = receipt.deadline
    if clock.is_open and clock.responsible_unit_id == old.pk:
        reassign_unit(case=row.project.case, old=old, new=unit, by=change.by, on=change.on)


def _undo(change: MilestoneChange, rule: HandoverRule) -> None:
    """Undone with the milestone, unless another trigger of the rule is complete."""
    row = pushing.standing(change.project, rule.code)
    if row is None or complete(rule, Scopes(change.project)):
        return
    with house_language():
        reason = _("所依据的里程碑已撤销")
    pushing.undo(row, reason, by=change.by, on=change.on)


def _restart(change: MilestoneChange, rule: HandoverRule) -> None:
    row = pushing.standing(change.project, rule.code)
    waiting = row.receipts.filter(acknowledged_on=None, declined_on=None) if row else []
    for receipt in waiting:
        if receipt.deadline.is_open and receipt.pushed_on == receipt.deadline.started_on:
            deadlines.restart(deadline=receipt.deadline, started_on=change.on, by=change.by, on=change.on)
