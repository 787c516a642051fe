"""推荐承接 and 流转 (R035, R086): proposed with reason, consented to, taken or declined; one is named."""

from datetime import timedelta

import pytest

from accounts.models import Unit, User
from approvals import actions as approvals
from approvals.dispatching import actions
from approvals.models import Opinion, Proposal, Step
from cases.models import Event, Part
from deadlines.models import Deadline
from kernel.refusals import Refused
from notices.models import Message
from projects.actions import edit, exit_project, set_parts, shelve
from projects.gates import reached_codes
from projects.models import Project
from tests import factories
from tests.approvals.dispatching import (
    assessed,
    consent,
    landed,
    parks,
    propose,
    recommend,
    state,
    suggestion,
    the,
)
from tests.approvals.story import TODAY, TOMORROW, Story
from tests.law import open_district

pytestmark = pytest.mark.django_db
CLAUSE = "三(二)5"


def sees(story: Story, unit: Unit, project: Project) -> bool:
    person = story.person(unit.code, "park_clerk")
    return Project.objects.visible_to(person).filter(pk=project.pk).exists()


def leader(story: Story) -> User:
    return story.person("district-government", "leader")


def declined(story: Story, step: Step, unit: Unit) -> Opinion:
    return story.answer(the(step, "park_answer", unit), answer="decline", words="用地指标不足")


# ---- proposing


def test_without_a_proposal_no_dispatch_opens_and_the_refusal_leads_to_the_form(story: Story) -> None:
    project = assessed(story)
    with pytest.raises(Refused, match="须先提出拟承接园区") as refused:
        story.open(project, "dispatch")
    (item,) = refused.value.unmet
    assert (item.code, item.clause) == ("no_proposal", CLAUSE)
    assert item.url == f"/projects/{project.pk}/propose/dispatch/"
    assert not Step.objects.filter(case_id=project.pk, code="dispatch").exists()


def test_a_proposal_keeps_its_reason_principle_and_industry(story: Story) -> None:
    project = assessed(story)
    step = propose(story, project, story.district.park)
    row = Proposal.objects.get(step=step)
    assert (row.principles, row.industry, row.proposed_by, row.proposed_on) == (
        ["resources"], "新材料", story.clerk, TODAY,
    )  # fmt: skip
    event = Event.objects.get(case_id=project.pk, kind="proposal.made")
    assert "资源最优、新材料" in event.data["proposed"]
    assert state(row) == "waiting"


@pytest.mark.parametrize(
    ("more", "code", "clause"),
    [
        ({"reason": "  "}, "reason", CLAUSE),
        ({"principles": ()}, "principles", "三(四)12"),
        ({"principles": ("luck",)}, "principles", "三(四)12"),
        ({"industry": ""}, "industry", CLAUSE),
    ],
)
def test_a_proposal_says_why_by_which_principle_and_for_which_industry(
    story: Story, more: dict[str, object], code: str, clause: str
) -> None:
    project = assessed(story)
    with pytest.raises(Refused) as refused:
        actions.propose(
            project=project, step="dispatch", suggestions=[suggestion(story.district.park, **more)],
            by=story.clerk, on=TODAY,
        )  # fmt: skip
    assert [(item.code, item.clause) for item in refused.value.unmet] == [(code, clause)]
    assert not Proposal.objects.exists()


def test_the_project_s_own_industry_is_taken_where_none_is_written(story: Story) -> None:
    project = assessed(story)
    edit(project=project, by=story.clerk, on=TODAY, changes={"industry_text": "精细化工"})
    row = suggestion(story.district.park, industry="")
    actions.propose(project=project, step="dispatch", suggestions=[row], by=story.clerk, on=TODAY)
    assert Proposal.objects.get().industry == "精细化工"


def test_a_department_an_ended_park_and_the_same_park_twice_are_refused(story: Story) -> None:
    project, park = assessed(story), story.district.park
    with pytest.raises(Refused, match="不能担任"):
        propose(story, project, story.district.unit("finance"))
    ended = factories.unit("old-park", kind="park", valid_to=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="已停用") as refused:
        propose(story, project, ended)
    assert refused.value.unmet[0].clause == CLAUSE
    with pytest.raises(Refused, match="只提出一次"):
        propose(story, project, park, park)
    propose(story, project, park)
    with pytest.raises(Refused, match="已在本轮提出"):
        propose(story, project, park)


def test_only_the_bureau_proposes(story: Story) -> None:
    project = assessed(story)
    with pytest.raises(Refused) as refused:
        propose(story, project, story.district.park, by=story.person("finance"))
    assert refused.value.status == "forbidden"


@pytest.mark.parametrize("ends", ["rests", "was given up"])
def test_nothing_is_proposed_of_a_project_that_rests_or_was_given_up(story: Story, ends: str) -> None:
    project, head = assessed(story), story.district.head
    if ends == "rests":
        shelve(project=project, by=head, on=TODAY, reason="暂缓", approved_by=leader(story))
    else:
        exit_project(project=project, by=head, on=TODAY, reason="企业放弃")
    with pytest.raises(Refused) as refused:
        propose(story, project, story.district.park)
    assert refused.value.status == "conflict"
    assert not Proposal.objects.exists()


# ---- consent, then the parks


def test_the_park_sees_the_project_only_once_the_leader_has_consented(story: Story) -> None:
    project, park = assessed(story), story.district.park
    step = propose(story, project, park)
    assert not sees(story, park, project)
    consent(story, step)
    assert sees(story, park, project)
    part = Part.objects.get(case_id=project.pk, part="proposed_park")
    assert (part.unit, part.valid_to, Proposal.objects.get().part) == (park, None, part)
    assert not Part.objects.filter(case_id=project.pk, part="asked", unit=park).exists()


def test_every_park_has_three_working_days_of_its_own(story: Story) -> None:
    first, second, third = parks(story)
    step = propose(story, assessed(story), first, second, third)
    consent(story, step)
    clocks = {row.unit: row.deadline for row in step.opinions.filter(aspect="park_answer")}
    assert set(clocks) == {first, second, third}
    assert {clock.count for clock in clocks.values() if clock} == {3}
    assert all(clock and clock.responsible_unit == unit for unit, clock in clocks.items())


def test_a_park_that_declines_says_why_and_its_refusal_is_no_veto(story: Story) -> None:
    first, second, _third = parks(story)
    project = assessed(story)
    step = propose(story, project, first, second)
    consent(story, step)
    with pytest.raises(Refused, match="请填写理由"):
        story.answer(the(step, "park_answer", first), answer="decline")
    declined(story, step, first)
    story.answer(the(step, "park_answer", second))
    with pytest.raises(Refused, match="未就“承接意见”表示同意") as refused:
        recommend(story, step, first)
    assert refused.value.unmet[0].clause == CLAUSE
    recommend(story, step, second)
    project.refresh_from_db()
    assert (project.landing_unit, "dispatched" in reached_codes(project)) == (second, True)
    assert [state(row) for row in Proposal.objects.order_by("pk")] == ["declined", "chosen"]
    assert not sees(story, first, project)
    assert sees(story, second, project)


def test_of_several_that_accept_the_verdict_names_one(story: Story) -> None:
    first, second, third = parks(story)
    step = propose(story, assessed(story), first, second, third)
    consent(story, step)
    story.answer_all(step)
    with pytest.raises(Refused, match="确定一个"):
        story.conclude(step, "recommended", checks=("by_industry",))
    recommend(story, step, second)
    states = [state(row) for row in Proposal.objects.order_by("pk")]
    assert states == ["left", "chosen", "left"]
    chosen = Proposal.objects.get(chosen_on=TODAY)
    assert chosen.landing == Part.objects.get(case_id=step.case_id, part="landing")
    assert not Part.objects.filter(part="proposed_park", valid_to=None).exists()


def test_when_all_decline_only_a_refusal_is_left_and_another_round_may_begin(story: Story) -> None:
    first, second, third = parks(story)
    project = assessed(story)
    step = propose(story, project, first, second)
    consent(story, step)
    declined(story, step, first)
    declined(story, step, second)
    with pytest.raises(Refused) as refused:
        recommend(story, step, first)
    assert refused.value.codes == ["all_declined"]
    story.conclude(step, "not_recommended", reason="两个园区均无空地")
    again = propose(story, project, third, reason="另选园区")
    assert (again.round, Proposal.objects.filter(step=again).count()) == (2, 1)
    project.refresh_from_db()
    assert project.landing_unit is None


def test_a_silent_park_holds_the_verdict_up_until_it_is_withdrawn(story: Story) -> None:
    first, second, _third = parks(story)
    project = assessed(story)
    step = propose(story, project, first, second)
    consent(story, step)
    story.answer(the(step, "park_answer", first))
    with pytest.raises(Refused, match="尚未就“承接意见”"):
        recommend(story, step, first)
    clock = the(step, "park_answer", second).deadline
    silent = Proposal.objects.get(unit=second)
    actions.withdraw_proposal(proposal=silent, by=story.clerk, on=TODAY, reason="园区规划调整")
    assert clock is not None
    assert Deadline.objects.get(pk=clock.pk).cancelled_on == TODAY
    assert not sees(story, second, project)
    part = Part.objects.get(case_id=project.pk, unit=second, part="proposed_park")
    assert (part.valid_to, part.reason) == (TODAY, "园区规划调整")
    assert Message.objects.filter(topic="step.unasked").exists()
    recommend(story, step, first)


def test_a_proposal_is_withdrawn_once_by_the_lead_with_a_reason_and_while_the_round_runs(
    story: Story,
) -> None:
    step = propose(story, assessed(story), *parks(story, 2))
    first, second = Proposal.objects.order_by("pk")
    withdraw = lambda row, **more: actions.withdraw_proposal(  # noqa: E731
        **{"proposal": row, "by": story.clerk, "on": TODAY, "reason": "调整"} | more
    )
    with pytest.raises(Refused, match="撤回原因"):
        withdraw(first, reason=" ")
    with pytest.raises(Refused) as refused:
        withdraw(first, by=leader(story))
    assert refused.value.status == "forbidden"
    withdraw(first)
    with pytest.raises(Refused, match="已由") as refused:
        withdraw(first)
    assert (refused.value.codes, refused.value.unmet[0].clause) == (["already_withdrawn"], CLAUSE)
    approvals.cancel(step=step, by=story.clerk, on=TODAY, reason="材料不齐")
    with pytest.raises(Refused) as refused:
        withdraw(second)
    assert refused.value.codes == ["step_ended"]


def test_an_answer_of_a_park_that_was_withdrawn_counts_no_more(story: Story) -> None:
    first, second, _third = parks(story)
    step = propose(story, assessed(story), first, second)
    consent(story, step)
    story.answer_all(step)
    row = Proposal.objects.get(unit=first)
    actions.withdraw_proposal(proposal=row, by=story.clerk, on=TODAY, reason="企业不愿去")
    with pytest.raises(Refused, match="未就“承接意见”表示同意"):
        recommend(story, step, first)
    recommend(story, step, second)
    assert state(row) == "withdrawn"


def test_a_park_added_after_the_consent_waits_until_it_is_given_anew(story: Story) -> None:
    first, second, third = parks(story)
    project = assessed(story)
    step = propose(story, project, first, second)
    consent(story, step)
    declined(story, step, first)
    propose(story, project, third)
    assert [row.aspect for row in step.opinions.filter(in_force=True, given_on=None)] == ["leader_consent"]
    assert not sees(story, third, project)
    assert Event.objects.filter(kind="proposal.consent_again").count() == 1
    asked = the(step, "leader_consent")
    assert Message.objects.filter(topic="step.asked", tells__units=[asked.unit_id]).count() == 2
    consent(story, step)
    waiting = set(step.opinions.filter(in_force=True, given_on=None).values_list("unit__code", flat=True))
    assert waiting == {second.code, third.code}
    assert sees(story, third, project)


def test_a_park_added_before_the_consent_is_asked_with_the_others(story: Story) -> None:
    first, second, _third = parks(story)
    project = assessed(story)
    step = propose(story, project, first)
    assert propose(story, project, second).pk == step.pk
    consent(story, step)
    assert step.opinions.filter(aspect="park_answer").count() == 2


def test_with_every_proposal_withdrawn_there_is_nobody_to_ask_until_another_is_made(story: Story) -> None:
    first, second, _third = parks(story)
    project = assessed(story)
    step = propose(story, project, first)
    row = Proposal.objects.get()
    actions.withdraw_proposal(proposal=row, by=story.clerk, on=TODAY, reason="调整")
    consent(story, step)
    step.refresh_from_db()
    assert [gap["aspect"] for gap in step.gaps] == ["park_answer"]
    propose(story, project, second)
    consent(story, step)
    story.answer(the(step, "park_answer"))
    recommend(story, step, second)


def test_nobody_is_asked_to_take_a_project_without_having_been_proposed(story: Story) -> None:
    first, second, _third = parks(story)
    step = propose(story, assessed(story), first)
    consent(story, step)
    with pytest.raises(Refused, match="请先提出") as refused:
        approvals.ask(step=step, aspect="park_answer", unit=second, by=story.clerk, on=TODAY)
    assert refused.value.unmet[0].url.endswith("/propose/dispatch/")


def test_a_cancelled_round_closes_the_project_to_its_parks(story: Story) -> None:
    first, second, _third = parks(story)
    project = assessed(story)
    step = propose(story, project, first, second)
    consent(story, step)
    approvals.cancel(step=step, by=story.clerk, on=TODAY, reason="材料不齐")
    assert not sees(story, first, project)
    assert {state(row) for row in Proposal.objects.all()} == {"left"}


# ---- consent refused, and taken back


def test_a_leader_who_refuses_keeps_the_project_from_its_parks(story: Story) -> None:
    project, park = assessed(story), story.district.park
    step = propose(story, project, park)
    consent(story, step, answer="reject", words="再研究")
    assert not step.opinions.filter(aspect="park_answer").exists()
    with pytest.raises(Refused, match="再研究"):
        recommend(story, step, park)
    story.conclude(step, "not_recommended")
    assert not sees(story, park, project)


def test_consent_taken_back_stops_the_park_s_answer_with_the_clause(story: Story) -> None:
    first, second, _third = parks(story)
    step = propose(story, assessed(story), first, second)
    consent(story, step)
    accepted = story.answer(the(step, "park_answer", first))
    stale = the(step, "park_answer", second)
    consent(story, step, answer="defer", words="再作比选", supersede=True)
    with pytest.raises(Refused, match="不再征求") as refused:
        story.answer(stale)
    assert (refused.value.codes, refused.value.unmet[0].clause) == (["question_gone"], CLAUSE)
    with pytest.raises(Refused, match="须待前一环节同意") as refused:
        story.answer(accepted, answer="decline", words="不接了", supersede=True)
    assert (refused.value.codes, refused.value.unmet[0].clause) == (["not_in_turn"], CLAUSE)
    with pytest.raises(Refused, match="再作比选"):
        recommend(story, step, first)


def test_consent_given_again_asks_the_parks_anew(story: Story) -> None:
    step = propose(story, assessed(story), *parks(story, 2))
    consent(story, step)
    consent(story, step, answer="defer", words="再作比选", supersede=True)
    consent(story, step, answer="approve", supersede=True)
    assert step.opinions.filter(aspect="park_answer", given_on=None).count() == 2
    parks_told = Message.objects.filter(topic="step.asked", text__contains="承接意见")
    assert parks_told.count() == 4, "each was asked twice and told so twice"


def test_after_the_verdict_consent_is_taken_back_by_another_round_alone(story: Story) -> None:
    park = story.district.park
    project = landed(story, park)
    step = Step.objects.get(case_id=project.pk, code="dispatch")
    with pytest.raises(Refused, match=r"另启动一轮“推荐至承接平台”.*不予推荐") as refused:
        consent(story, step, answer="reject", words="收回", supersede=True)
    assert refused.value.unmet[0].clause == CLAUSE
    again = propose(story, project, park, reason="区领导收回同意")
    consent(story, again, answer="reject", words="改作他用")
    story.conclude(again, "not_recommended", reason="区领导收回同意", on=TOMORROW)
    project.refresh_from_db()
    assert (project.landing_unit, "dispatched" in reached_codes(project)) == (None, False)
    assert not sees(story, park, project)
    part = Part.objects.get(case_id=project.pk, part="landing")
    assert (part.valid_to, part.reason) == (TOMORROW, "区领导收回同意")


# ---- the landing part has one way


def test_a_park_is_not_named_or_ended_by_hand_beside_the_procedure(story: Story) -> None:
    from projects.actions import end_part

    project = landed(story)
    part = Part.objects.get(case_id=project.pk, part="landing")
    other = parks(story)[1]
    for act in (
        lambda: set_parts(project=project, part="landing", unit=other, by=story.district.head, on=TODAY),
        lambda: end_part(project=project, part=part, by=story.clerk, on=TODAY, reason="换园区"),
    ):
        with pytest.raises(Refused, match="“推荐至承接平台”、“承接园区移交”") as refused:
            act()
        (item,) = refused.value.unmet
        assert (item.code, item.clause) == ("by_its_own_action", CLAUSE)
        assert item.url == f"/projects/{project.pk}/proposals/"
    project.refresh_from_db()
    assert project.landing_unit == story.district.park


def test_a_second_dispatch_is_no_way_around_the_transfer(story: Story) -> None:
    project = landed(story)
    with pytest.raises(Refused, match="请办理“承接园区移交”") as refused:
        propose(story, project, parks(story)[1], reason="换园区")
    assert refused.value.unmet[0].url == f"/projects/{project.pk}/propose/transfer/"


def test_a_plan_without_such_a_procedure_leaves_the_part_to_the_bureau() -> None:
    story = Story(open_district(packs=["elsewhere/optimisation-2022"]))
    project = story.district.project()
    set_parts(project=project, part="landing", unit=story.district.park, by=story.clerk, on=TODAY)
    project.refresh_from_db()
    assert project.landing_unit == story.district.park
