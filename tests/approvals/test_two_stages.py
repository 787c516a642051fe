"""The pack of the guide at work: an assessment in two stages, with weights and a pass mark, by TOML alone."""

from datetime import date
from pathlib import Path

import pytest

from approvals.models import Step
from kernel.refusals import Refused
from projects.gates import reached_codes
from tests.approvals.story import TODAY, Story
from tests.law import open_district
from tests.policies.test_pack_guide import example

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db: None, tmp_path: Path) -> Story:
    """A locality whose pack is the example of docs/pack-guide.md, as it stands there."""
    (tmp_path / "guide.toml").write_text(example())
    return Story(open_district(packs=[str(tmp_path / "guide")]))


def stage(story: Story, code: str) -> Step:
    return Step.objects.select_related("case", "deadline").get(code=code)


def screened(story: Story) -> Step:
    """The first stage passed: the second has opened by itself."""
    story.reach(story.district.project(), "talked")
    first = stage(story, "screening")
    story.answer_all(first)
    story.conclude(first, "go_on")
    return stage(story, "review")


def score(story: Story, step: Step, **scores: int) -> None:
    for aspect, points in scores.items():
        row = step.opinions.select_related("unit").get(aspect=aspect, in_force=True)
        story.answer(row, words="已研判", score=points, supersede=row.given_on is not None)


def test_the_second_stage_opens_when_the_first_is_passed_each_with_its_own_limit(story: Story) -> None:
    second = screened(story)
    first = stage(story, "screening")
    assert first.deadline is not None and second.deadline is not None
    assert (first.deadline.due_on, first.deadline.unit) == (date(2026, 3, 4), "hour")
    assert (second.deadline.due_on, second.deadline.unit) == (date(2026, 3, 16), "week")


def test_what_the_first_stage_stops_never_comes_to_the_second(story: Story) -> None:
    story.reach(story.district.project(), "talked")
    first = stage(story, "screening")
    story.answer_all(first)
    story.conclude(first, "stop")
    assert not Step.objects.filter(code="review").exists()


def test_weights_and_pass_mark_decide_the_second_stage(story: Story) -> None:
    step = screened(story)
    score(story, step, industry=60, **{"return": 5}, land=90)
    with pytest.raises(Refused) as refused:
        story.conclude(step, "good")
    assert refused.value.codes == ["below_pass_mark"]
    score(story, step, industry=85, **{"return": 8})
    story.conclude(step, "good")
    assert "reviewed_well" in reached_codes(step.case.project)
    assert step.opened_on == TODAY
