"""Milestones of the project tick the items that name them; what is withdrawn or corrected follows."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from kernel.language import house_language
from projects.hooks import MilestoneChange
from service.plans.actions.base import settle
from service.plans.actions.ticking import withdraw
from service.plans.models import Plan, PlanItem, PlanTick


def follow(change: MilestoneChange) -> None:
    """Within the transaction of the milestone; one query for projects without a plan."""
    items = PlanItem.objects.filter(version__plan__project=change.project, milestone=change.milestone)
    found: dict[int, set[str]] = {}
    for plan, code in items.values_list("version__plan_id", "code").distinct():
        found.setdefault(plan, set()).add(code)
    for plan in Plan.objects.filter(pk__in=found):
        _follow(plan, found[plan.pk], change)
        settle(plan)


def _follow(plan: Plan, codes: Iterable[str], change: MilestoneChange) -> None:
    for code in sorted(codes):
        row = PlanTick.objects.filter(plan=plan, code=code, withdrawn_on__isnull=True).first()
        if change.kind == "reached" and row is None:
            _tick(plan, code, change)
        elif change.kind == "corrected" and row is not None:
            row.on = change.on
            row.save(update_fields=["on"])
        elif change.kind == "withdrawn" and row is not None:
            with house_language():
                withdraw(row, change.by, change.on, _("里程碑已撤销"))


def _tick(plan: Plan, code: str, change: MilestoneChange) -> None:
    PlanTick.objects.create(plan=plan, code=code, on=change.on, milestone=change.milestone, by=change.by)
