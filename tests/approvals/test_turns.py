"""Who is asked when: all at once, one after the other, or several of whom one is enough."""

from datetime import timedelta

import pytest

from approvals.models import Opinion, Step
from cases.models import Event
from deadlines.models import Deadline
from kernel.refusals import Refused
from projects import actions as projects
from projects.gates import reached_codes
from projects.models import Project
from tests.approvals.story import TODAY, Story, settled
from tests.law import open_district

pytestmark = pytest.mark.django_db
ANY_ONE = (
    'document = "投资协议审议情况单"\nasked = "in_turn"\n',
    'document = "投资协议审议情况单"\nasked = "any_one"\n',
)
GOVERNMENT = 'asks_units = ["government-executive-meeting"], answer = "outcome", every_version = true'
LIMITED = (GOVERNMENT, f'{GOVERNMENT}, limit = {{ count = 3, unit = "working_day", strength = "must" }}')


def decision(story: Story, total: str = "25亿元") -> Step:
    project = settled(story, story.ready_for_review())
    projects.set_money(project=project, measure="total", raw=total, by=story.clerk, on=TODAY)
    return story.open(project, "decision")


def asked(step: Step) -> list[str]:
    return list(step.opinions.filter(in_force=True).values_list("aspect", flat=True))


def the(step: Step, aspect: str) -> Opinion:
    return step.opinions.select_related("unit", "deadline").get(aspect=aspect, in_force=True)


@pytest.fixture
def in_turn(db: None) -> Story:
    return Story(open_district(reworded=[LIMITED]))


@pytest.fixture
def any_one(db: None) -> Story:
    return Story(open_district(reworded=[ANY_ONE]))


def test_in_turn_the_next_is_asked_only_when_the_one_before_has_agreed(in_turn: Story) -> None:
    step = decision(in_turn)
    assert asked(step) == ["park_committee"]
    in_turn.answer(the(step, "park_committee"))
    assert asked(step) == ["park_committee", "government_meeting"]
    in_turn.answer(the(step, "government_meeting"))
    in_turn.answer(the(step, "standing_committee"))
    in_turn.conclude(step, "approved")
    assert "decided" in reached_codes(step.case.project)


def test_in_turn_nothing_is_concluded_before_the_last_has_spoken(in_turn: Story) -> None:
    step = decision(in_turn)
    in_turn.answer(the(step, "park_committee"))
    with pytest.raises(Refused) as refused:
        in_turn.conclude(step, "approved")
    assert refused.value.codes == [
        "opinion:government_meeting:government-executive-meeting",
        "turn:standing_committee",
    ]


def test_in_turn_one_refusal_ends_the_asking_and_only_an_unfavourable_verdict_is_left(in_turn: Story) -> None:
    step = decision(in_turn)
    in_turn.answer(the(step, "park_committee"), answer="reject", words="产业方向不符")
    assert asked(step) == ["park_committee"]
    with pytest.raises(Refused) as refused:
        in_turn.conclude(step, "approved")
    assert refused.value.codes[0].startswith("veto:park_committee")
    in_turn.conclude(step, "rejected")
    assert "decided" not in reached_codes(step.case.project)


def test_consent_taken_back_takes_back_the_question_that_rested_on_it(in_turn: Story) -> None:
    step = decision(in_turn)
    first = in_turn.answer(the(step, "park_committee"))
    clock = the(step, "government_meeting").deadline
    assert clock is not None
    in_turn.answer(first, answer="defer", words="再作论证", supersede=True)
    assert asked(step) == ["park_committee"]
    assert Deadline.objects.get(pk=clock.pk).cancelled_on == TODAY
    assert Event.objects.filter(case_id=step.case_id, kind="step.unasked").count() == 1


def test_an_answer_with_a_clock_of_its_own_is_late_by_it(in_turn: Story) -> None:
    step = decision(in_turn)
    in_turn.answer(the(step, "park_committee"))
    row = the(step, "government_meeting")
    assert row.deadline is not None
    assert (row.deadline.responsible_unit, row.deadline.count) == (row.unit, 3)
    late = in_turn.answer(row, row.deadline.due_on + timedelta(days=1))
    assert late.late
    assert Deadline.objects.get(pk=row.deadline.pk).met_on == late.given_on


def test_a_cancelled_step_stops_the_clocks_of_its_answers(in_turn: Story) -> None:
    from approvals import actions

    step = decision(in_turn)
    in_turn.answer(the(step, "park_committee"))
    clock = the(step, "government_meeting").deadline
    actions.cancel(step=step, by=in_turn.clerk, on=TODAY, reason="材料不齐")
    assert clock is not None
    assert Deadline.objects.get(pk=clock.pk).cancelled_on == TODAY


def test_in_turn_a_new_version_begins_again_with_the_first(in_turn: Story) -> None:
    step = decision(in_turn)
    in_turn.answer(the(step, "park_committee"))
    in_turn.answer(the(step, "government_meeting"))
    assert step.agreement_version is not None
    in_turn.revise(step.agreement_version, total_investment="26亿元")
    assert asked(step) == ["park_committee"]
    assert the(step, "park_committee").given_on is None
    in_turn.answer(the(step, "park_committee"))
    assert asked(step) == ["park_committee", "government_meeting"]


def test_the_ladder_follows_the_amount_while_it_is_climbed(in_turn: Story) -> None:
    step = decision(in_turn, total="25亿元")
    project = Project.objects.get(pk=step.case_id)
    projects.set_money(project=project, measure="total", raw="5亿元", by=in_turn.clerk, on=TODAY)
    in_turn.answer(the(step, "park_committee"))
    in_turn.conclude(step, "approved")


def test_of_alternatives_one_that_agrees_is_enough(any_one: Story) -> None:
    step = decision(any_one)
    assert asked(step) == ["park_committee", "government_meeting", "standing_committee"]
    any_one.answer(the(step, "park_committee"), answer="reject", words="超出权限")
    with pytest.raises(Refused):
        any_one.conclude(step, "approved")
    any_one.answer(the(step, "government_meeting"))
    any_one.conclude(step, "approved")
    assert "decided" in reached_codes(step.case.project)


def test_of_alternatives_none_agreeing_is_a_refusal(any_one: Story) -> None:
    step = decision(any_one)
    for row in step.opinions.filter(in_force=True).select_related("unit"):
        any_one.answer(row, answer="reject", words="不同意")
    with pytest.raises(Refused) as refused:
        any_one.conclude(step, "approved")
    assert len(refused.value.codes) == 3


def test_an_answers_own_clock_orders_the_inbox_and_stands_on_the_page_and_in_rest(in_turn: Story) -> None:
    from django.test import Client

    from approvals import queries

    step = decision(in_turn)
    in_turn.answer(the(step, "park_committee"))
    row = the(step, "government_meeting")
    assert row.deadline is not None
    asked_of = in_turn.person(row.unit.code, "leader")
    after = row.deadline.due_on + timedelta(days=1)
    waiting = queries.waiting(asked_of)
    assert list(queries.late_now(waiting, row.deadline.due_on)) == []
    assert list(queries.late_now(waiting, after)) == [row]
    client = Client()
    client.force_login(in_turn.clerk)
    assert str(row.deadline.due_on) in client.get(f"/steps/{step.pk}/").content.decode()
    told = client.get(f"/api/v1/steps/{step.pk}/").json()["opinions"]
    assert [one["due_on"] for one in told] == [None, str(row.deadline.due_on)]
