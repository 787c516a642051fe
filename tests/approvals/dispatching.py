"""What stories of dispatch and transfer share: proposals, and a project that has come to its park."""

from typing import Any

from accounts.models import Unit
from approvals.dispatching import actions
from approvals.dispatching.actions import Suggestion
from approvals.models import Opinion, Proposal, Step
from projects.models import Project
from tests.approvals.story import TODAY, Story


def parks(story: Story, count: int = 3) -> list[Unit]:
    return list(Unit.objects.filter(kind="park").in_force(TODAY).order_by("code")[:count])


def suggestion(unit: Unit, **more: Any) -> Suggestion:
    said = {"reason": "园区已有上下游企业配套", "principles": ("resources",), "industry": "新材料"} | more
    return Suggestion(unit, **said)


def propose(story: Story, project: Project, *units: Unit, step: str = "dispatch", **more: Any) -> Step:
    said = {"project": project, "step": step, "by": story.clerk, "on": TODAY} | more
    return actions.propose(suggestions=[suggestion(unit) for unit in units], **said)


def assessed(story: Story) -> Project:
    project = story.district.project()
    story.reach(project, "first_talk_registered", "assessed")
    return project


def the(step: Step, aspect: str, unit: Unit | None = None) -> Opinion:
    rows = step.opinions.filter(aspect=aspect, in_force=True).select_related("unit", "deadline")
    return rows.get(unit=unit) if unit else rows.get()


def consent(story: Story, step: Step, **said: Any) -> Opinion:
    return story.answer(the(step, "leader_consent"), **said)


def landed(story: Story, *units: Unit) -> Project:
    """Dispatched to the first of the units, with the leader's consent and its acceptance."""
    units = units or (story.district.park,)
    project = assessed(story)
    step = propose(story, project, *units)
    consent(story, step)
    story.answer_all(step)
    recommend(story, step, units[0])
    return Project.objects.get(pk=project.pk)


def recommend(story: Story, step: Step, unit: Unit, verdict: str = "recommended") -> Step:
    from approvals.actions import Named

    return story.conclude(step, verdict, checks=("by_industry",), named=[Named(unit)])


def state(proposal: Proposal) -> str:
    return str(Proposal.objects.with_state().get(pk=proposal.pk).state)
