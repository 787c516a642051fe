"""修改后同意: what a sitting approved with changes counts once they are made."""

from typing import Any

import pytest

from approvals import actions as approvals
from approvals.models import Answer, Step
from cases.models import Event
from kernel.refusals import Refused
from projects.gates import reached_codes
from tests.approvals.dispatching import assessed, propose
from tests.approvals.sittings.docket import decision, hold, listed, newest, the
from tests.approvals.story import TODAY, TOMORROW, Story, wording

pytestmark = pytest.mark.django_db
CHANGES = "将投产时间提前至2027年底"


def refused(run: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        run()
    return caught.value


def follow(story: Story, step: Step, **more: Any) -> Any:
    return approvals.follow_up(
        **{"opinion": the(step), "by": story.clerk, "on": TODAY, "note": "已在附件中明确"} | more
    )


@pytest.fixture
def amended(story: Story) -> Step:
    """The park's committee approved with changes."""
    step = decision(story)
    hold(story, listed(story, step), "amended", CHANGES)
    return step


def test_approved_with_changes_asks_nobody_further_until_they_are_made(story: Story, amended: Step) -> None:
    row = the(amended)
    assert (row.answer, row.agrees, CHANGES in row.words) == (Answer.AMENDED, False, True)
    assert not amended.opinions.filter(aspect="government_meeting").exists()
    follow(story, amended)
    assert the(amended).agrees
    assert the(amended, "government_meeting").given_on is None
    assert Event.objects.filter(case=amended.case, kind="step.followed").count() == 1


def test_nothing_is_concluded_favourably_before_the_changes_are_made(story: Story) -> None:
    step = decision(story, "3亿元")
    hold(story, listed(story, step), "amended", CHANGES)
    why = refused(lambda: story.conclude(step, "approved"))
    assert (why.codes, why.unmet[0].clause, CHANGES in str(why)) == (
        ["amended:park_committee"],
        "三(三)7",
        True,
    )
    follow(story, step)
    story.conclude(step, "approved")
    assert "decided" in reached_codes(step.case.project)


def test_a_version_as_decided_makes_the_changes_and_goes_before_no_body_again(
    story: Story, amended: Step
) -> None:
    version = story.revise(
        newest(amended.case.project), on=TOMORROW, as_decided=True, production_on="2027-12-31"
    )
    row = the(amended)
    assert (row.answer, row.followed_on, "第2版" in row.followed_note) == (Answer.AMENDED, TOMORROW, True)
    amended.refresh_from_db()
    assert (amended.agreement_version, version.as_decided) == (version, True)
    assert the(amended, "government_meeting").given_on is None


def test_a_plain_new_version_goes_before_the_body_again(story: Story, amended: Step) -> None:
    story.revise(newest(amended.case.project), on=TOMORROW, production_on="2027-12-31")
    assert the(amended).given_on is None


def test_a_version_as_decided_still_asks_the_departments_whose_terms_it_touches(story: Story) -> None:
    step = decision(story)
    review = story.open(step.case.project, "joint_review")
    story.answer_all(review)
    story.conclude(review, "passed")
    hold(story, listed(story, step), "amended", "压减排放")
    story.revise(newest(step.case.project), on=TOMORROW, as_decided=True, emission="COD 10吨/年")
    again = Step.objects.filter(case=step.case, code="joint_review").latest("round")
    waiting = again.opinions.filter(in_force=True, given_on=None).values_list("aspect", flat=True)
    assert list(waiting) == ["environment"]
    assert the(step).followed_on == TOMORROW


def test_no_version_is_as_decided_where_no_sitting_wanted_changes(story: Story) -> None:
    step = decision(story)
    version = newest(step.case.project)
    why = refused(lambda: story.revise(version, as_decided=True, jobs="300"))
    assert (why.codes, why.unmet[0].field) == (["no_changes_wanted"], "as_decided")
    hold(story, listed(story, step), "amended", CHANGES)
    follow(story, step)
    assert refused(lambda: story.revise(version, as_decided=True, jobs="300")).codes == ["no_changes_wanted"]


def test_changes_are_recorded_by_who_leads_once_and_with_a_note(story: Story, amended: Step) -> None:
    for unit, role in (("finance", "reviewer"), (story.district.park.code, "park_clerk")):
        assert (
            refused(lambda u=unit, r=role: follow(story, amended, by=story.person(u, r))).status
            == "forbidden"
        )
    assert refused(lambda: follow(story, amended, note=" ")).unmet[0].field == "note"
    follow(story, amended)
    assert refused(lambda: follow(story, amended)).codes == ["nothing_to_follow"]


def test_what_was_simply_approved_has_nothing_to_follow(story: Story) -> None:
    step = decision(story)
    hold(story, listed(story, step))
    assert refused(lambda: follow(story, step)).codes == ["nothing_to_follow"]


def test_a_leaders_consent_has_no_changes_to_offer(story: Story) -> None:
    step = propose(story, assessed(story), story.district.park)
    row = step.opinions.get(aspect="leader_consent")
    why = refused(lambda: story.answer(row, answer="amended", words="改一改"))
    assert why.unmet[0].field == "answer"


def test_the_preview_says_what_counts_as_made(story: Story, amended: Step) -> None:
    version = newest(amended.case.project)
    draft = wording(as_decided=True, production_on="2027-12-31", paper=version.file)
    found = approvals.preview_agreement(agreement=version.agreement, draft=draft, by=story.clerk, on=TOMORROW)
    assert any("记为已落实" in line and str(story.district.park) in line for line in found.lines)
