"""A decision on its way to the bodies that its amount demands, and the sittings that take it."""

from datetime import date
from typing import Any

from accounts.models import Unit
from approvals.models import AgreementVersion, Opinion, Step
from approvals.sittings import actions
from approvals.sittings.holding import Ruling, hold_sitting
from approvals.sittings.models import DocketItem, Sitting
from projects import actions as projects
from projects.models import Project
from tests.approvals.story import TODAY, Story, settled

__all__ = ["decision", "hold", "item_of", "listed", "newest", "planned", "the"]


def decision(story: Story, total: str = "25亿元") -> Step:
    """The decision of a settled agreement, opened: the park's committee is asked."""
    project = settled(story, story.ready_for_review())
    projects.set_money(project=project, measure="total", raw=total, by=story.clerk, on=TODAY)
    return story.open(project, "decision")


def the(step: Step, aspect: str = "park_committee") -> Opinion:
    return step.opinions.select_related("unit", "step__case").get(aspect=aspect, in_force=True)


def newest(project: Project) -> AgreementVersion:
    return AgreementVersion.objects.filter(agreement__case_id=project.pk).latest("pk")


def planned(story: Story, body: Unit | None = None, on: date = TODAY, **more: Any) -> Sitting:
    body, chair = body or story.district.park, "党工委书记"
    return actions.plan_sitting(
        **{"body": body, "by": story.clerk, "on": TODAY, "planned_on": on, "chair": chair} | more
    )


def listed(story: Story, step: Step, sitting: Sitting | None = None, **more: Any) -> DocketItem:
    row = the(step)
    sitting = sitting or planned(story, row.unit)
    return actions.add_item(**{"sitting": sitting, "opinion": row, "by": story.clerk, "on": TODAY} | more)


def hold(story: Story, item: DocketItem, outcome: str = "approve", changes: str = "", **more: Any) -> Opinion:
    """The sitting of this one item is held; returns the opinion that its outcome became."""
    ruling = Ruling(item.pk, outcome, "会议原则同意", changes)
    hold_sitting(**{"sitting": item.sitting, "rulings": [ruling], "by": story.clerk, "on": TODAY} | more)
    given = item_of(item).given
    assert given is not None
    return given


def item_of(item: DocketItem) -> DocketItem:
    """The row as it stands now."""
    return DocketItem.objects.select_related("given", "minutes", "sitting__body").get(pk=item.pk)
