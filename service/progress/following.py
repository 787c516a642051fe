"""What milestones do here: the clock of the monthly report, the days side by side, whom they call in."""

from django.utils.translation import gettext as _

from accounts.models import UnitKind
from approvals.rules import answering
from cases.actions import assign_part_to_many
from kernel.language import house_language
from notices.actions import Draft, post_many
from policies.rulebook import Rulebook
from policies.schema import Recognition
from projects.facts import rules_of
from projects.hooks import MilestoneChange
from service.progress import clocks
from service.progress.dating import compare
from service.progress.permissions import stating_units

ASKED = "asked"


def follow(change: MilestoneChange) -> None:
    """The handler of ``projects.hooks.on_milestone``; runs inside the action that moved the milestone."""
    rules = rules_of(change.project)
    rule = rules.recognition_of(change.milestone)
    if rule is not None and rule.readings:
        compare(change.project, rule, change.on)
        if change.kind == "reached" and not change.past:
            _call_in(change, rules, rule)
    monthly = rules.monthly
    ends = (monthly.from_milestone, monthly.until_milestone) if monthly else ()
    if change.milestone in ends and not change.past:
        clocks.settle(change.project, rules, by=change.by, on=change.on)


def _call_in(change: MilestoneChange, rules: Rulebook, rule: Recognition) -> None:
    """Open the case to the departments that state their own day, and tell them; the bureau sees it anyway."""
    project, on = change.project, change.on
    units = [unit for one in rule.readings for unit in stating_units(project, one, on)]
    if ASKED in rules.parts:
        codes = [code for one in rule.readings for code in one.units]
        named = answering(codes, (), project.pk, on)  # who plays a part sees the case already
        others = [unit for unit in named if unit.kind != UnitKind.BUREAU]
        assign_part_to_many(case=project.case, units=others, part=ASKED, by=change.by, on=on)
    with house_language():
        words = {"project": project.name, "name": rules.milestone(rule.milestone).name, "day": on}
        text = _("“%(project)s”已于 %(day)s 登记“%(name)s”，请填报本部门口径的日期") % words
    post_many(
        drafts=[
            Draft(
                key=f"reading:{project.pk}:{rule.code}:{unit.pk}:{on}", topic="progress.reading", text=text,
                case_id=project.pk, url=f"/projects/{project.pk}/days/", units=[unit.pk],
            )
            for unit in dict.fromkeys(units)
        ]
    )  # fmt: skip
