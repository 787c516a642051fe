"""推送与流转 under another plan (R280): no consent, five days, the first that answers may have it."""

from datetime import timedelta

import pytest

from accounts.models import Unit
from approvals.actions import Named
from approvals.dispatching.actions import Suggestion, propose
from approvals.models import Step
from cases.models import Part
from kernel.refusals import Refused
from projects.gates import reached_codes
from projects.models import Project
from tests.approvals.dispatching import landed, parks
from tests.approvals.dispatching import propose as propose_here
from tests.approvals.story import TODAY, Story
from tests.law import open_district

pytestmark = pytest.mark.django_db
FULING = ["fuling-lifecycle-2024", "fuling-promotion-2021"]
GUIZHOU = ["elsewhere/guizhou-landing-2021"]
LIMIT = (
    'answer = "acceptance", binding = false, limit = { count = 5, unit = "natural_day", strength = "must" }'
)
HOURS = 'answer = "acceptance", binding = false, limit = { count = 3, unit = "hour", strength = "must" }'


def pushed(story: Story, *units: Unit, project: Project | None = None, again: str = "") -> Step:
    """Without principles, industry or consent: the plan asks for none of them."""
    said = [Suggestion(unit, "产业方向相符") for unit in units]
    project = project or story.district.project()
    return propose(project=project, step="dispatch", suggestions=said, by=story.clerk, on=TODAY, reason=again)


def sees(story: Story, unit: Unit, project_id: int) -> bool:
    person = story.person(unit.code, "park_clerk")
    return Project.objects.visible_to(person).filter(pk=project_id).exists()


def test_elsewhere_the_places_are_asked_at_once_without_consent() -> None:
    story = Story(open_district(packs=GUIZHOU))
    first, second, _third = parks(story)
    step = pushed(story, first, second)
    asked = step.opinions.select_related("deadline")
    assert {row.aspect for row in asked} == {"place_answer"}
    due = {row.deadline.due_on for row in asked if row.deadline}
    assert due == {TODAY + timedelta(days=5)}
    assert sees(story, first, step.case_id)
    assert sees(story, second, step.case_id)


def test_elsewhere_the_first_that_answers_has_it_and_the_others_need_not_be_waited_for() -> None:
    story = Story(open_district(packs=GUIZHOU))
    first, second, _third = parks(story)
    step = pushed(story, first, second)
    story.answer(step.opinions.get(unit=second))
    story.conclude(step, "taken", named=[Named(second)])
    assert "dispatched" in reached_codes(step.case.project)
    assert not sees(story, first, step.case_id)
    assert not Part.objects.filter(case_id=step.case_id, part="pushed_to", valid_to=None).exists()


def test_elsewhere_a_place_pushed_to_later_is_asked_at_once_too() -> None:
    story = Story(open_district(packs=GUIZHOU))
    first, second, _third = parks(story)
    step = pushed(story, first)
    project = Project.objects.get(pk=step.case_id)
    assert pushed(story, second, project=project).pk == step.pk
    assert set(step.opinions.values_list("unit", flat=True)) == {first.pk, second.pk}


@pytest.mark.parametrize(("packs", "moves"), [(FULING, False), (GUIZHOU, True)])
def test_the_same_second_push_moves_the_project_or_is_refused_as_the_plan_has_a_transfer_or_not(
    packs: list[str], moves: bool
) -> None:
    story = Story(open_district(packs=packs))
    first, second, _third = parks(story)
    if not moves:
        project = landed(story, first)
        with pytest.raises(Refused, match="请办理“承接园区移交”"):
            propose_here(story, project, second, reason="换园区")
        return
    step = pushed(story, first)
    story.answer(step.opinions.get())
    story.conclude(step, "taken", named=[Named(first)])
    again = pushed(story, second, project=Project.objects.get(pk=step.case_id), again="企业改选")
    story.answer(again.opinions.get())
    story.conclude(again, "taken", named=[Named(second)])
    project = Project.objects.get(pk=step.case_id)
    assert project.landing_unit == second
    assert not sees(story, first, project.pk)


def test_a_locality_that_counts_in_hours_writes_hours() -> None:
    story = Story(open_district(packs=GUIZHOU, reworded=[(LIMIT, HOURS)]))
    clock = pushed(story, parks(story)[0]).opinions.select_related("deadline").get().deadline
    assert clock is not None
    assert (clock.unit, clock.count, clock.due_on) == ("hour", 3, TODAY + timedelta(days=1))
