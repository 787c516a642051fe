"""移交: a project passes from one park to another, before signing or after it, with everything unfinished."""

from datetime import date, timedelta

import pytest

from accounts.models import Unit
from approvals import actions as approvals
from approvals.actions import Named
from approvals.dispatching import actions
from approvals.dispatching.chain import chain_of, holders
from approvals.models import Proposal, Step
from assignments import actions as assignments
from assignments.models import Assignment
from cases.models import Event, Part
from deadlines.models import Deadline
from kernel.refusals import Refused
from notices.models import Message
from projects import actions as projects
from projects.gates import reached_codes
from projects.models import Project
from tests import factories
from tests.approvals.dispatching import assessed, consent, landed, parks, propose, recommend, state, the
from tests.approvals.story import TODAY, TOMORROW, Story, settled, sign

pytestmark = pytest.mark.django_db
CLAUSE = "三(二)5"
LATER = TODAY + timedelta(days=7)


def opened(story: Story, project: Project, to: Unit, **more: object) -> Step:
    return propose(story, project, to, step="transfer", on=TOMORROW, **more)


def transferred(story: Story, project: Project, to: Unit, on: date = LATER) -> Step:
    step = opened(story, project, to)
    for aspect in ("giving_opinion", "leader_consent", "receiving_answer"):
        story.answer(the(step, aspect), on=TOMORROW)
    return story.conclude(step, "transferred", named=[Named(to)], on=on)


def sees(story: Story, unit: Unit, project: Project) -> bool:
    person = story.person(unit.code, "park_clerk")
    return Project.objects.visible_to(person).filter(pk=project.pk).exists()


# ---- the way


def test_the_giving_park_is_heard_the_leader_consents_the_receiving_park_accepts(story: Story) -> None:
    old, new, _third = parks(story)
    project = landed(story, old)
    step = opened(story, project, new)
    assert [(row.aspect, row.unit) for row in step.opinions.all()] == [("giving_opinion", old)]
    assert not sees(story, new, project)
    story.answer(the(step, "giving_opinion"), on=TOMORROW, words="用地指标已用完，同意移出")
    consent(story, step)
    assert sees(story, new, project)
    story.answer(the(step, "receiving_answer"), on=TOMORROW)
    story.conclude(step, "transferred", named=[Named(new)], on=LATER)
    project.refresh_from_db()
    assert project.landing_unit == new
    assert "dispatched" in reached_codes(project)
    rows = list(Part.objects.filter(case_id=project.pk, part="landing").order_by("pk"))
    assert [(row.unit, row.valid_from, row.valid_to) for row in rows] == [
        (old, TODAY, LATER - timedelta(days=1)),
        (new, LATER, None),
    ]


def test_the_old_park_no_longer_sees_the_project_and_both_are_told(story: Story) -> None:
    old, new, _third = parks(story)
    project = landed(story, old)
    transferred(story, project, new)
    assert (sees(story, old, project), sees(story, new, project)) == (False, True)
    told = Message.objects.get(topic="landing.moved")
    assert set(told.tells["units"]) == {old.pk, new.pk}


def test_open_clocks_duties_steps_and_questions_of_the_old_park_are_the_new_one_s(story: Story) -> None:
    old, new, _third = parks(story)
    project = settled(story, landed(story, old))
    projects.set_money(project=project, measure="total", raw="8亿元", by=story.clerk, on=TODAY)
    story.draft(project)
    decision = story.open(project, "decision")
    duty = assignments.issue(
        case=project.case, kind="task", unit=old, title="平整场地", by=story.clerk, on=TODAY,
        due_on=TODAY + timedelta(days=30),
    )  # fmt: skip
    transferred(story, project, new)
    duty = Assignment.objects.get(pk=duty.pk)
    assert (duty.unit, Deadline.objects.get(pk=duty.deadline_id or 0).responsible_unit) == (new, new)
    assert the(decision, "park_committee").unit == new
    event = Event.objects.get(case_id=project.pk, kind="landing.moved")
    assert (event.data["assignments"], event.data["asked"], event.data["deadlines"] >= 1) == (1, 1, True)


def test_after_signing_the_service_body_passes_with_the_project(story: Story) -> None:
    old, new, _third = parks(story)
    project = sign(story, settled(story, landed(story, old)))
    body = Step.objects.get(case_id=project.pk, code="service_body")
    named = [Named(old)]
    approvals.conclude(
        step=body, verdict="named", by=story.clerk, on=TODAY, checks=("where_it_settles",), named=named
    )
    transferred(story, project, new)
    held = Part.objects.filter(case_id=project.pk, valid_to=None).values_list("part", "unit")
    assert {("landing", new.pk), ("service_body", new.pk)} <= set(held)
    assert {"signed", "service_body_named"} <= reached_codes(project)
    assert not sees(story, old, project)


def test_a_park_that_introduced_the_project_still_sees_it_as_introducer(story: Story) -> None:
    old, new, _third = parks(story)
    project = landed(story, old)
    projects.set_parts(project=project, part="introducing", unit=old, by=story.clerk, on=TODAY)
    transferred(story, project, new)
    assert sees(story, old, project)


def test_a_receiving_park_that_declines_leaves_the_project_where_it_is(story: Story) -> None:
    old, new, _third = parks(story)
    project = landed(story, old)
    step = opened(story, project, new)
    story.answer(the(step, "giving_opinion"), on=TOMORROW)
    consent(story, step)
    story.answer(the(step, "receiving_answer"), on=TOMORROW, answer="decline", words="无配套厂房")
    with pytest.raises(Refused) as refused:
        story.conclude(step, "transferred", named=[Named(new)], on=LATER)
    assert refused.value.codes == ["all_declined"]
    story.conclude(step, "kept", on=LATER)
    project.refresh_from_db()
    assert (project.landing_unit, state(Proposal.objects.latest("pk"))) == (old, "declined")
    assert not sees(story, new, project)


def test_what_was_handed_over_may_be_handed_on(story: Story) -> None:
    old, new, third = parks(story)
    project = landed(story, old)
    transferred(story, project, new)
    step = propose(story, project, third, step="transfer", on=LATER, reason="企业改选园区")
    assert step.round == 2
    assert the(step, "giving_opinion").unit == new


# ---- refused


def test_a_project_that_no_park_holds_is_not_handed_over(story: Story) -> None:
    project = assessed(story)
    story.reach(project, "dispatched")
    with pytest.raises(Refused) as refused:
        propose(story, project, story.district.park, step="transfer")
    assert refused.value.codes[0] in ("nothing_to_transfer", "nobody:giving_opinion")
    assert refused.value.unmet[0].clause == CLAUSE


def test_not_to_the_same_park_an_ended_one_or_two_at_once(story: Story) -> None:
    old, new, third = parks(story)
    project = landed(story, old)
    with pytest.raises(Refused, match="移交须选择其他园区") as refused:
        opened(story, project, old)
    assert (refused.value.unmet[0].clause, refused.value.status) == (CLAUSE, "invalid")
    with pytest.raises(Refused, match="已停用"):
        opened(story, project, factories.unit("old-park", kind="park", valid_to=TODAY - timedelta(days=1)))
    with pytest.raises(Refused, match="同时只能提出 1 个园区"):
        propose(story, project, new, third, step="transfer", on=TOMORROW)
    assert not Step.objects.filter(case_id=project.pk, code="transfer").exists()


def test_another_receiving_park_takes_the_place_of_one_withdrawn_and_is_consented_to_anew(
    story: Story,
) -> None:
    old, new, third = parks(story)
    project = landed(story, old)
    step = opened(story, project, new)
    story.answer(the(step, "giving_opinion"), on=TOMORROW)
    consent(story, step)
    with pytest.raises(Refused, match="同时只能提出 1 个园区"):
        opened(story, project, third)
    row = Proposal.objects.get(step=step)
    actions.withdraw_proposal(proposal=row, by=story.clerk, on=TOMORROW, reason="企业另有考虑")
    opened(story, project, third)
    assert the(step, "giving_opinion").given_on == TOMORROW
    assert the(step, "leader_consent").given_on is None
    story.answer(the(step, "leader_consent"), on=TOMORROW)
    story.answer(the(step, "receiving_answer"), on=TOMORROW)
    story.conclude(step, "transferred", named=[Named(third)], on=LATER)


def test_no_transfer_while_a_dispatch_runs_and_no_dispatch_while_a_transfer_runs(story: Story) -> None:
    old, new, _third = parks(story)
    project = landed(story, old)
    step = opened(story, project, new)
    with pytest.raises(Refused, match="“承接园区移交”正在办理") as refused:
        propose(story, project, old, reason="再议", on=TOMORROW)
    (item,) = refused.value.unmet
    assert (item.code, item.clause, item.url) == ("apart:transfer", CLAUSE, f"/steps/{step.pk}/")
    approvals.cancel(step=step, by=story.clerk, on=TOMORROW, reason="暂不移交")
    propose(story, project, old, reason="再议", on=TOMORROW)
    with pytest.raises(Refused, match="“推荐至承接平台”正在办理"):
        opened(story, project, new)


def test_a_second_transfer_while_one_runs_only_adds_to_it(story: Story) -> None:
    old, new, _third = parks(story)
    project = landed(story, old)
    opened(story, project, new)
    with pytest.raises(Refused, match="已在本轮提出"):
        opened(story, project, new)
    assert Step.objects.filter(case_id=project.pk, code="transfer").count() == 1


@pytest.mark.parametrize("ends", ["rests", "was given up", "was merged"])
def test_nothing_is_handed_over_of_a_project_that_rests_was_given_up_or_merged(
    story: Story, ends: str
) -> None:
    old, new, _third = parks(story)
    project, head = landed(story, old), story.district.head
    if ends == "rests":
        leader = story.person("district-government", "leader")
        projects.shelve(project=project, by=head, on=TODAY, reason="暂缓", approved_by=leader)
    elif ends == "was given up":
        projects.exit_project(project=project, by=head, on=TODAY, reason="企业放弃")
    else:
        kept = story.district.project("年产5万吨新材料项目（二）")
        pair = projects.pair_up(project=project, other=kept, by=story.clerk, on=TODAY)
        projects.merge(pair=pair, keep=kept, by=story.clerk, on=TODAY, reason="同一项目")
    with pytest.raises(Refused) as refused:
        opened(story, project, new)
    assert refused.value.status == "conflict"
    assert not Step.objects.filter(case_id=project.pk, code="transfer").exists()


def test_a_stranger_does_not_hand_over_and_the_holder_may_ask_for_it(story: Story) -> None:
    old, new, _third = parks(story)
    project = landed(story, old)
    with pytest.raises(Refused) as refused:
        opened(story, project, new, by=story.person(new.code, "park_clerk"))
    assert refused.value.status == "forbidden"
    assert opened(story, project, new, by=story.person(old.code, "park_clerk")).is_running


# ---- the chain


def test_the_chain_tells_every_hand_with_its_days_and_what_it_rests_on(
    story: Story,
) -> None:
    """Introduced, proposed to two, landed with one, signed, handed over: credit will ask for all of it."""
    old, new, third = parks(story)
    project = assessed(story)
    step = propose(story, project, old, third)
    consent(story, step)
    story.answer(the(step, "park_answer", old))
    story.answer(the(step, "park_answer", third), answer="decline", words="产业不符")
    recommend(story, step, old)
    project = sign(story, settled(story, Project.objects.get(pk=project.pk)))
    moved = transferred(story, project, new)
    lines = chain_of(project)
    assert [(line.kind, line.unit, line.from_on, line.to_on) for line in lines] == [
        ("introduced", story.bureau.code, TODAY, None),
        ("proposed", old.code, TODAY, TODAY),
        ("proposed", third.code, TODAY, TODAY),
        ("landed", old.code, TODAY, LATER - timedelta(days=1)),
        ("offered", new.code, TOMORROW, LATER),
        ("landed", new.code, LATER, None),
    ]
    assert [line.state for line in lines if line.state] == ["chosen", "declined", "chosen"]
    assert [line.answer.words for line in lines if line.answer and line.answer.answer == "decline"] == [
        "产业不符"
    ]
    first, second = holders(lines)
    assert (first.step, second.step, second.from_unit) == (step, moved, old.code)


def test_the_chain_asks_the_database_as_often_however_long_it_is(story: Story) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    old, new, third = parks(story)
    project = landed(story, old)
    chain_of(project)  # the plan is read once a process
    with CaptureQueriesContext(connection) as short:
        chain_of(project)
    transferred(story, project, new)
    propose(story, project, third, step="transfer", on=LATER, reason="再移交")
    with CaptureQueriesContext(connection) as long:
        chain_of(project)
    assert len(short) == len(long) <= 4


def test_a_park_from_an_old_ledger_is_in_the_chain_without_a_verdict(story: Story) -> None:
    project = story.district.project()
    projects.set_parts(
        project=project, part="landing", unit=story.district.park, by=story.clerk, on=TODAY, produced=True
    )
    (line,) = holders(chain_of(project))
    assert (line.unit, line.step) == (story.district.park.code, None)
