"""The lead concludes when everything is there; a veto forbids, a verdict moves milestones."""

from datetime import timedelta

import pytest

from accounts.models import Unit
from approvals import actions
from approvals.actions import Conclusion, Named
from approvals.models import Step
from cases.models import Event, Part
from kernel.refusals import Refused
from notices.models import Message
from projects import actions as projects
from projects.gates import reached_codes
from projects.models import Project
from tests import factories
from tests.approvals.dispatching import propose
from tests.approvals.story import DUE, Story, bind
from tests.factories import TODAY

BOTH = ("first_talk_held", "clear_intention")


def reached(step: Step) -> set[str]:
    return reached_codes(Project.objects.get(pk=step.case_id))


def test_a_favourable_verdict_reaches_the_milestone_and_meets_the_clock(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    done = story.conclude(step, "feasible", on=DUE)
    assert (done.verdict_name, done.concluded_by, done.outstanding) == ("可行", story.clerk, [])
    assert "assessed" in reached(step)
    step.refresh_from_db()
    assert step.deadline is not None and step.deadline.met_on == DUE
    event = Event.objects.get(case=step.case, kind="step.concluded")
    assert event.data["verdict"] == "可行"


def test_all_opinions_are_awaited_even_after_a_bad_one(story: Story) -> None:
    step = story.open(story.ready_for_review(), "joint_review")
    story.answer(step.opinions.get(aspect="energy"), answer="veto", words="能耗指标不足")
    with pytest.raises(Refused) as refused:
        story.conclude(step, "vetoed")
    assert {item.code.split(":")[1] for item in refused.value.unmet} == {"environment", "safety"}
    assert all(item.clause == "三(三)7" and item.url for item in refused.value.unmet)


def test_after_the_last_day_the_lead_concludes_and_what_is_missing_is_kept(story: Story) -> None:
    step = story.assessment()
    story.answer(step.opinions.get(aspect="technology"))
    with pytest.raises(Refused):
        story.conclude(step, "feasible", on=DUE)
    done = story.conclude(step, "feasible", on=DUE + timedelta(days=1))
    assert len(done.outstanding) == 7
    assert {"aspect": "算回报", "unit": Unit.objects.get(code="finance").name} in done.outstanding


def test_while_the_clock_is_stopped_the_limit_has_not_passed(story: Story) -> None:
    from tests.deadlines.making import pause

    step = story.assessment()
    assert step.deadline is not None
    pause(
        deadline=step.deadline,
        reason="等待企业补充材料",
        approved_by=story.district.head,
        by=story.clerk,
        on=TODAY,
    )
    with pytest.raises(Refused, match="尚未"):
        story.conclude(step, "feasible", on=DUE + timedelta(days=30))


def test_a_veto_forbids_the_favourable_verdict_naming_unit_and_clause(story: Story) -> None:
    step = story.open(story.ready_for_review(), "joint_review")
    story.answer(step.opinions.get(aspect="energy"), answer="veto", words="能耗指标不足")
    story.answer_all(step)
    with pytest.raises(Refused, match="能耗指标不足") as refused:
        story.conclude(step, "passed")
    (item,) = refused.value.unmet
    assert (item.code, item.clause) == ("veto:energy:development-reform", "三(三)7")
    assert Unit.objects.get(code="development-reform").name in item.message
    assert story.conclude(step, "vetoed").verdict == "vetoed"
    assert "joint_review_passed" not in reached(step)


def test_a_veto_taken_back_no_longer_forbids(story: Story) -> None:
    step = story.open(story.ready_for_review(), "joint_review")
    story.answer_all(step)
    row = step.opinions.get(aspect="energy")
    story.answer(row, answer="veto", words="指标不足", supersede=True)
    story.answer(step.opinions.get(aspect="energy", in_force=True), answer="pass", supersede=True)
    story.conclude(step, "passed")
    assert "joint_review_passed" in reached(step)


@pytest.mark.parametrize("answer", ["defer", "reject"])
def test_a_leader_who_does_not_consent_keeps_the_project_from_its_park(story: Story, answer: str) -> None:
    step = propose(story, story.ready_for_review(), story.district.park)
    story.answer(step.opinions.get(), answer=answer, words="再研究")
    with pytest.raises(Refused, match="再研究"):
        story.conclude(step, "recommended", checks=["by_industry"])


def test_a_bad_verdict_in_the_next_round_withdraws_the_milestone(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    story.conclude(step, "feasible")
    again = actions.reopen(step=step, by=story.clerk, on=TODAY, reason="投资方更换")
    story.answer_all(again)
    story.conclude(again, "not_feasible", reason="投资方实力不足")
    assert "assessed" not in reached(step)
    assert Event.objects.get(kind="milestone.withdrawn").data["reason"] == "投资方实力不足"


def test_the_same_verdict_in_the_next_round_leaves_the_milestone_as_it_is(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    story.conclude(step, "feasible")
    again = actions.reopen(step=step, by=story.clerk, on=TODAY, reason="复核")
    story.answer_all(again)
    story.conclude(again, "feasible")
    assert Event.objects.filter(kind="milestone.reached", data__milestone="assessed").count() == 1


def test_only_the_lead_concludes(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    for by in (story.person("finance"), story.person("district-government", "leader")):
        with pytest.raises(Refused) as refused:
            story.conclude(step, "feasible", by=by)
        assert refused.value.status == "forbidden"


def test_the_second_to_conclude_learns_who_was_faster(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    stale = Step.objects.get(pk=step.pk)
    story.conclude(step, "feasible")
    with pytest.raises(Refused, match=f"{story.clerk}.*可行") as refused:
        story.conclude(stale, "not_feasible", by=story.district.head)
    assert refused.value.status == "conflict"
    assert Step.objects.get(pk=step.pk).verdict == "feasible"


def test_an_unknown_verdict_and_a_missing_reason_are_refused(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    with pytest.raises(Refused, match="请选择结论"):
        story.conclude(step, "maybe")
    with pytest.raises(Refused, match="须说明理由"):
        story.conclude(step, "not_feasible", reason=" ")


def test_nothing_is_concluded_before_it_was_opened(story: Story) -> None:
    step = story.assessment()
    story.answer_all(step)
    with pytest.raises(Refused, match="早于"):
        story.conclude(step, "feasible", on=TODAY - timedelta(days=1))


# ---- first talk: R024, R027


def test_the_first_talk_needs_both_conditions_and_the_first_contact_person(story: Story) -> None:
    step = story.open(story.district.project(), "first_talk")
    with pytest.raises(Refused) as refused:
        story.conclude(step, "registered", checks=["first_talk_held"])
    assert [item.code for item in refused.value.unmet] == ["check:clear_intention", "part:first_contact"]
    assert {item.clause for item in refused.value.unmet} == {"三(二)4"}


def test_registering_the_first_talk_names_the_person_and_starts_the_assessment(story: Story) -> None:
    step = story.open(story.district.project(), "first_talk")
    story.conclude(step, "registered", checks=BOTH, named=[story.first_contact()])
    part = Part.objects.get(case=step.case, part="first_contact")
    assert (part.user, part.exclusive, part.valid_from) == (story.clerk, True, TODAY)
    assert Step.objects.get(case=step.case, code="assessment").is_running


def test_two_first_contact_persons_are_refused(story: Story) -> None:
    step = story.open(story.district.project(), "first_talk")
    two = [story.first_contact(), Named(story.bureau, story.district.head)]
    with pytest.raises(Refused, match="只能有一名") as refused:
        story.conclude(step, "registered", checks=BOTH, named=two)
    assert refused.value.status == "invalid"
    assert not Part.objects.filter(part="first_contact").exists()


def test_the_first_contact_is_a_person_not_a_unit(story: Story) -> None:
    step = story.open(story.district.project(), "first_talk")
    with pytest.raises(Refused, match="落实到人"):
        story.conclude(step, "registered", checks=BOTH, named=[Named(story.bureau)])
    assert Step.objects.get(pk=step.pk).is_running


def test_who_holds_the_part_already_is_not_asked_for_again(story: Story) -> None:
    project = story.district.project()
    projects.set_parts(
        project=project, part="first_contact", unit=story.bureau, user=story.clerk, by=story.clerk, on=TODAY
    )
    step = story.open(project, "first_talk")
    assert story.conclude(step, "registered", checks=BOTH).verdict == "registered"


def test_an_unfavourable_verdict_asks_for_no_conditions(story: Story) -> None:
    step = story.open(story.district.project(), "first_talk")
    story.conclude(step, "not_yet", reason="尚无明确投资意向")
    assert "first_talk_registered" not in reached(step)


def test_a_department_that_brings_a_project_registers_its_own_first_talk(story: Story) -> None:
    reviewer = story.person("commerce")
    project = projects.register(
        by=reviewer,
        on=TODAY,
        name="冷链物流",
        enterprise=projects.EnterpriseData("冷链公司", no_code_reason="未注册"),
    )
    step = story.open(project, "first_talk", by=reviewer)
    assert step.lead_unit == Unit.objects.get(code="commerce")
    story.conclude(step, "registered", by=reviewer, checks=BOTH, named=[Named(step.lead_unit, reviewer)])
    assert "first_talk_registered" in reached(step)


def test_the_dispatch_names_the_park_and_the_park_sees_the_project(story: Story) -> None:
    project = story.district.project()
    story.reach(project, "first_talk_registered", "assessed")
    step = propose(story, project, story.district.park)
    park_clerk = factories.user("park_clerk", unit=story.district.park)
    assert not Project.objects.visible_to(park_clerk).exists()
    story.answer_all(step)
    story.answer_all(step)
    story.conclude(step, "recommended", checks=["by_industry"], named=[Named(story.district.park)])
    project.refresh_from_db()
    assert project.landing_unit == story.district.park
    assert Project.objects.visible_to(park_clerk).exists()
    told = Message.objects.get(topic="step.concluded", case=step.case)
    assert story.district.park.pk in told.tells["units"]


def test_a_department_cannot_be_the_landing_park(story: Story) -> None:
    project = story.district.project()
    story.reach(project, "first_talk_registered", "assessed")
    step = propose(story, project, story.district.park)
    story.answer_all(step)
    story.answer_all(step)
    with pytest.raises(Refused, match="未就“承接意见”表示同意"):
        story.conclude(step, "recommended", checks=["by_industry"], named=[Named(story.bureau)])
    assert "dispatched" not in reached(step)
    assert Step.objects.get(pk=step.pk).is_running


# ---- later phases run on the same engine


def test_a_permit_is_concluded_by_the_authority_alone(story: Story) -> None:
    project = story.ready_for_review()
    _sign(story, project)
    story.reach(project, "planning_permitted", "land_granted")
    step = story.open(project, "construction_permit")
    authority = story.person("housing-construction")
    assert Project.objects.visible_to(authority).get() == project
    done = story.conclude(step, "granted", by=authority)
    assert (done.opinions.count(), "construction_permitted" in reached(step)) == (0, True)


def _sign(story: Story, project: Project) -> None:
    from documents.actions import attach
    from tests.documents.files import upload

    attach(case=project.case, kind="investment_agreement", upload=upload(), by=story.clerk, on=TODAY)
    projects.set_money(project=project, measure="contract", raw="8亿元", by=story.clerk, on=TODAY)
    projects.edit(project=project, by=story.clerk, on=TODAY, changes={"agreement_grade": "contract"})
    story.reach(project, "joint_review_passed", "decided", "signed")


def test_acceptance_goes_in_stages(story: Story) -> None:
    project = story.ready_for_review()
    _sign(story, project)
    _build(story, project)
    first = story.open(project, "joint_acceptance")
    story.answer_all(first)
    lead = story.person("housing-construction")
    story.conclude(first, "passed", by=lead, part_no=1, parts_total=2)
    assert "accepted" not in reached(first)
    second = story.open(project, "joint_acceptance", reason="二期验收")
    story.answer_all(second)
    story.conclude(second, "passed", by=lead, part_no=2, parts_total=2)
    assert "accepted" in reached(first)


def _build(story: Story, project: Project) -> None:
    from documents.actions import attach
    from tests.documents.files import upload

    attach(case=project.case, kind="start_proof", upload=upload(), by=story.clerk, on=TODAY)
    story.reach(project, "service_commissioner_named", "construction_permitted", "construction_started")


def test_joint_conclusions_hold_each_other_up(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps that wait for each other end in one stroke, or not at all."""
    project = story.ready_for_review()
    _sign(story, project)
    pair = ("land_grant", "planning_permit")
    story.reach(project, "project_filed")
    steps = [story.open(project, code) for code in pair]
    bind(monkeypatch, *pair)
    lead = story.person("planning-natural-resources")
    with pytest.raises(Refused, match="一并办结"):
        story.conclude(steps[0], "granted", by=lead)
    both = [Conclusion(step=step, verdict="granted") for step in steps]
    actions.conclude_together(conclusions=both, by=lead, on=TODAY)
    assert all(step.open_clock() is None for step in Step.objects.filter(code__in=pair))
    assert {"land_granted", "planning_permitted"} <= reached(steps[0])


def test_a_step_waits_for_its_prerequisite(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    from approvals.actions import conclusion

    plain = conclusion.rule_of
    monkeypatch.setattr(
        conclusion, "rule_of", lambda step: plain(step).model_copy(update={"prerequisites": ("land_grant",)})
    )
    project = story.ready_for_review()
    _sign(story, project)
    story.reach(project, "project_filed")
    lead = story.person("planning-natural-resources")
    step = story.open(project, "planning_permit")
    with pytest.raises(Refused, match="须先办结“土地出让"):
        story.conclude(step, "granted", by=lead)
    monkeypatch.undo()
    story.conclude(story.open(project, "land_grant"), "granted", by=lead)
    assert story.conclude(step, "granted", by=lead).verdict == "granted"


def test_a_step_keeps_the_plan_under_which_it_was_opened(story: Story) -> None:
    from approvals.rules import rule_of
    from policies.models import PolicySet

    step = story.assessment()
    newer = PolicySet.objects.create(key="newer")
    body = step.policy_version.body.replace(
        'code = "feasible", name = "可行"', 'code = "feasible", name = "很可行"'
    )
    newer.versions.add(factories.published_policy(code="newer", body=body))
    step.case.policy_set = newer
    step.case.save()
    step = Step.objects.select_related("case").get(pk=step.pk)
    assert rule_of(step).verdicts[0].name == "可行"
