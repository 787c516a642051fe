"""Another locality's ladder, all by TOML: other amounts, alternatives, in writing instead of a sitting."""

import pytest

from approvals.sittings import queries
from kernel.refusals import Refused
from projects import actions as projects
from projects.gates import reached_codes
from tests.approvals.sittings.docket import decision, hold, listed, planned, the
from tests.approvals.story import TODAY, Story
from tests.law import open_district

pytestmark = pytest.mark.django_db
SITS = 'sitting = true, papers = ["draft_agreement"], minutes = "park_minutes" '
FROM_FIVE = (
    'when = { field = "total", at_least = "10亿元" }',
    'when = { field = "total", at_least = "5亿元" }',
)
BY_JOBS = ('when = { field = "total", at_least = "20亿元" }', 'when = { field = "jobs", at_least = "500" }')
ANY_ONE = (
    'document = "投资协议审议情况单"\nasked = "in_turn"\n',
    'document = "投资协议审议情况单"\nasked = "any_one"\n',
)
ONE_COUNT = ('format = "{unit}党工纪〔{year}〕{number}号"', 'format = "党工纪{year}-{number}"')


def district(*reworded: tuple[str, str]) -> Story:
    return Story(open_district(reworded=reworded))


def test_a_lower_amount_brings_the_next_body_in(db: None) -> None:
    story = district(FROM_FIVE)
    step = decision(story, "8亿元")
    hold(story, listed(story, step))
    assert the(step, "government_meeting").given_on is None


def test_any_field_may_decide_who_decides(db: None) -> None:
    story = district(BY_JOBS)
    step = decision(story, "25亿元")
    projects.edit(project=step.case.project, by=story.clerk, on=TODAY, changes={"jobs": 120})
    for aspect in ("park_committee", "government_meeting"):
        hold(story, listed(story, step, planned(story, the(step, aspect).unit), opinion=the(step, aspect)))
    assert story.conclude(step, "approved").verdict == "approved"


def test_where_one_of_several_bodies_is_enough_its_sitting_settles_it(db: None) -> None:
    story = district(ANY_ONE)
    step = decision(story)
    row = the(step, "standing_committee")
    hold(story, listed(story, step, planned(story, row.unit), opinion=row))
    story.conclude(step, "approved")
    assert "decided" in reached_codes(step.case.project)


def test_a_body_that_decides_in_writing_answers_directly(db: None) -> None:
    story = district((f", {SITS}".rstrip(), ""))
    step = decision(story, "3亿元")
    assert queries.waiting(story.clerk) == []
    with pytest.raises(Refused) as refused:
        listed(story, step)
    assert refused.value.codes == ["no_sitting"]
    story.answer(the(step))
    assert story.conclude(step, "approved").verdict == "approved"


def test_without_the_unit_in_the_format_all_bodies_share_one_count(db: None) -> None:
    story = district(ONE_COUNT)
    item = listed(story, decision(story, "3亿元"))
    hold(story, item)
    item.sitting.refresh_from_db()
    assert item.sitting.minutes_number == "党工纪2026-1"
