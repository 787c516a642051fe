"""A step opens by its milestone or by a hand the plan names; whoever is asked sees the case and is told."""

from datetime import date

import pytest

from accounts.models import Unit
from approvals import actions
from approvals.models import Opinion, Step
from cases.models import Event, Part
from deadlines.models import Alarm
from kernel.refusals import Refused
from notices.models import Message
from projects import actions as projects
from projects.models import Project
from tests import factories
from tests.approvals.story import DUE, Story, settled
from tests.factories import TODAY


def test_the_assessment_opens_when_the_first_talk_is_registered(story: Story) -> None:
    step = story.assessment()
    assert (step.opened_by_milestone, step.round, step.lead_unit) == (
        "first_talk_registered",
        1,
        story.bureau,
    )
    assert {row.aspect for row in step.opinions.all()} == {
        *("industry", "technology", "team", "market", "strength"),
        *("cost", "return"),
    }


def test_its_clock_is_seven_working_days_from_the_registration(story: Story) -> None:
    clock = story.assessment().deadline
    assert clock is not None
    assert (clock.started_on, clock.due_on, clock.clause) == (TODAY, DUE, "三(二)5")
    assert clock.responsible_unit == story.bureau
    assert Alarm.objects.filter(deadline=clock).count() == len(story.district.rules.escalation)


def test_a_ledger_from_the_past_asks_nobody(story: Story) -> None:
    from projects import hooks

    project = story.district.project()
    hooks.tell(
        hooks.MilestoneChange(project, "first_talk_registered", TODAY, story.clerk, "reached", past=True)
    )
    assert not Step.objects.exists()


def test_every_unit_asked_gets_a_part_and_one_message(story: Story) -> None:
    step = story.assessment()
    units = set(step.opinions.values_list("unit_id", flat=True))
    assert set(Part.objects.filter(case=step.case, part="asked").values_list("unit_id", flat=True)) == units
    messages = Message.objects.filter(topic="step.asked", case=step.case)
    assert messages.count() == len(units)
    finance = messages.get(tells__units=[Unit.objects.get(code="finance").pk])
    assert "算代价、算回报" in finance.text
    assert str(DUE) in finance.text


def test_who_was_not_asked_does_not_see_the_case(story: Story) -> None:
    step = story.assessment()
    assert Step.objects.visible_to(story.person("finance")).get() == step
    assert not Step.objects.visible_to(story.person("meteorology")).exists()


def test_opening_writes_one_event(story: Story) -> None:
    step = story.assessment()
    event = Event.objects.get(case=step.case, kind="step.opened")
    assert (event.data["step"], event.data["clause"]) == (step.pk, "三(二)5")


def test_whoever_plays_a_part_is_asked_too(story: Story) -> None:
    project = story.district.project()
    commerce = Unit.objects.get(code="commerce")
    projects.set_parts(project=project, part="industry_department", unit=commerce, by=story.clerk, on=TODAY)
    step = story.assessment(project)
    assert set(step.opinions.filter(unit=commerce).values_list("aspect", flat=True)) == {"industry", "market"}


def test_an_aspect_that_does_not_concern_the_project_is_left_out(story: Story) -> None:
    project = story.ready_for_review()
    step = story.open(settled(story, project), "decision")
    assert [row.aspect for row in step.opinions.all()] == ["park_committee"]


def test_a_large_project_goes_to_every_body_one_after_the_other(story: Story) -> None:
    project = settled(story, story.ready_for_review())
    projects.set_money(project=project, measure="total", raw="25亿元", by=story.clerk, on=TODAY)
    step = story.open(project, "decision")
    assert [row.aspect for row in step.opinions.all()] == ["park_committee"]
    story.answer_all(step)
    assert [row.aspect for row in step.opinions.all()] == [
        "park_committee",
        "government_meeting",
        "standing_committee",
    ]


def test_what_is_missing_is_named_with_clause_and_link(story: Story) -> None:
    project = story.district.project()
    story.draft(project)
    with pytest.raises(Refused) as refused:
        story.open(project, "joint_review")
    (item,) = refused.value.unmet
    assert (item.code, item.clause) == ("milestone:dispatched", "三(二)5")
    assert item.url
    assert not Step.objects.exists()


def test_a_hand_cannot_open_before_the_milestone(story: Story) -> None:
    with pytest.raises(Refused) as refused:
        story.open(story.district.project(), "assessment")
    assert refused.value.unmet[0].code == "milestone:first_talk_registered"


def test_a_second_round_waits_for_the_first(story: Story) -> None:
    step = story.assessment()
    with pytest.raises(Refused, match="正在办理") as refused:
        story.open(Project.objects.get(pk=step.case_id), "assessment")
    assert refused.value.status == "conflict"


def test_a_further_round_needs_a_reason(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    story.conclude(step, "more_work")
    with pytest.raises(Refused, match="原因"):
        actions.reopen(step=step, by=story.clerk, on=TODAY, reason=" ")
    again = actions.reopen(step=step, by=story.clerk, on=TODAY, reason="补充了环评材料")
    assert (again.round, again.reason, again.opened_by_milestone) == (2, "补充了环评材料", "")
    assert again.opinions.count() == step.opinions.count()


def test_only_whom_the_plan_names_opens_a_step(story: Story) -> None:
    project = story.ready_for_review()
    other = factories.user("reviewer", unit=Unit.objects.get(code="commerce"))
    factories.part(project.case, "asked", other.memberships.get().unit)
    with pytest.raises(Refused, match="指定的单位") as refused:
        story.open(project, "joint_review", by=other)
    assert refused.value.status == "forbidden"
    park_clerk = factories.user("park_clerk", unit=story.district.park)
    assert story.open(project, "joint_review", by=park_clerk).is_running


def test_a_stranger_opens_nothing(story: Story) -> None:
    project = story.ready_for_review()
    with pytest.raises(Refused) as refused:
        story.open(project, "joint_review", by=factories.user("park_clerk"))
    assert refused.value.status == "forbidden"


def test_an_unknown_step_is_refused(story: Story) -> None:
    with pytest.raises(Refused) as refused:
        story.open(story.district.project(), "coffee")
    assert refused.value.status == "invalid"


def test_a_shelved_project_opens_no_step(story: Story) -> None:
    project = story.ready_for_review()
    head = story.district.head
    projects.shelve(project=project, by=story.clerk, on=TODAY, reason="企业内部重组", approved_by=head)
    with pytest.raises(Refused, match="搁置"):
        story.open(project, "joint_review")


def test_a_successor_answers_for_a_body_that_ended(story: Story) -> None:
    heir = factories.unit("big-ecology", name="生态环境和林业局")
    Unit.objects.filter(code="ecology-environment").update(valid_to=date(2025, 12, 31), successor=heir)
    step = story.open(story.ready_for_review(), "joint_review")
    assert step.opinions.get(aspect="environment").unit == heir


def test_a_hand_is_refused_when_nobody_can_be_asked(story: Story) -> None:
    project = settled(story, story.ready_for_review())
    part = Part.objects.get(case=project.case, part="landing")
    from cases.actions import end_part

    end_part(part=part, by=story.clerk, on=TODAY, reason="换园区")
    with pytest.raises(Refused, match="无人可征求") as refused:
        story.open(project, "decision")
    (item,) = refused.value.unmet
    assert "承接平台" in item.message
    assert "/parts/" in item.url


def test_a_step_that_opens_by_itself_shows_the_gap_and_a_unit_asked_later_closes_it(story: Story) -> None:
    Unit.objects.filter(code="science-technology").update(valid_to=date(2025, 12, 31))
    step = story.assessment()
    assert [gap["aspect"] for gap in step.gaps] == ["technology"]
    commerce = Unit.objects.get(code="commerce")
    asked = actions.ask(step=step, aspect="technology", unit=commerce, by=story.clerk, on=TODAY)
    step.refresh_from_db()
    assert (step.gaps, asked.unit) == ([], commerce)
    assert Step.objects.visible_to(story.person("commerce")).exists()
    with pytest.raises(Refused, match="征求过"):
        actions.ask(step=step, aspect="technology", unit=commerce, by=story.clerk, on=TODAY)


def test_withdrawing_what_opened_it_cancels_the_step_and_its_clock(story: Story) -> None:
    step = story.assessment()
    given = story.answer(step.opinions.get(aspect="technology"))
    projects.withdraw(
        project=Project.objects.get(pk=step.case_id),
        milestone="first_talk_registered",
        by=story.district.head,
        on=TODAY,
        reason="登记有误",
    )
    step.refresh_from_db()
    assert step.cancelled_on == TODAY
    assert step.deadline is not None and not step.deadline.is_open
    assert Opinion.objects.get(pk=given.pk).answer == "stated"
    assert not Step.objects.visible_to(story.person("finance")).exists()
    assert Step.objects.visible_to(story.person("science-technology")).exists()


def test_registering_again_opens_the_next_round(story: Story) -> None:
    step = story.assessment()
    project = Project.objects.get(pk=step.case_id)
    projects.withdraw(
        project=project,
        milestone="first_talk_registered",
        by=story.district.head,
        on=TODAY,
        reason="登记有误",
    )
    story.reach(project, "first_talk_registered")
    assert list(Step.objects.filter(case=step.case).order_by("round").values_list("round", flat=True)) == [
        1,
        2,
    ]


def test_a_step_opened_in_error_is_cancelled_by_its_lead_with_a_reason(story: Story) -> None:
    step = story.assessment()
    with pytest.raises(Refused, match="作出结论"):
        actions.cancel(step=step, by=story.person("finance"), on=TODAY, reason="误启动")
    with pytest.raises(Refused, match="撤销原因"):
        actions.cancel(step=step, by=story.clerk, on=TODAY, reason="")
    assert actions.cancel(step=step, by=story.clerk, on=TODAY, reason="误启动").cancelled_on == TODAY
    with pytest.raises(Refused, match="已经结束"):
        actions.cancel(step=step, by=story.clerk, on=TODAY, reason="误启动")


def test_opening_costs_the_same_however_many_are_asked(
    story: Story, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    project = story.district.project()
    for code in ("commerce", "transport", "education", "health"):
        unit = Unit.objects.get(code=code)
        projects.set_parts(project=project, part="element_guarantee", unit=unit, by=story.clerk, on=TODAY)
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        step = story.assessment(project)
    assert step.opinions.count() > 10
