"""有条件通过 and 会审: a department passes under conditions, and several speak in one meeting."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from approvals import actions
from approvals.actions.opinions import Said
from approvals.models import Answer, Opinion, Step
from assignments.models import Assignment, Kind
from documents.actions import SCAN, attach
from kernel.refusals import Refused
from projects.gates import reached_codes
from projects.models import Project
from tests import factories
from tests.approvals.story import TODAY, TOMORROW, Story, settled
from tests.approvals.test_refusal_matrix import under_review
from tests.documents.files import upload

pytestmark = pytest.mark.django_db
CONDITION = "生产废水接入园区污水处理厂"


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


def refused(run: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        run()
    return caught.value


def review(story: Story) -> Step:
    return story.open(settled(story, story.ready_for_review()), "joint_review")


def the(step: Step, aspect: str) -> Opinion:
    return step.opinions.select_related("unit", "step__case").get(aspect=aspect, in_force=True)


def everything(step: Step, **answers: str) -> dict[int, Said]:
    """What each unit said in the meeting: passed, unless said otherwise."""
    rows = step.opinions.filter(in_force=True)
    return {
        row.pk: Said("会上意见" if row.aspect in answers else "", None, answers.get(row.aspect, "pass"))
        for row in rows
    }


# ---- 有条件通过


def test_passing_under_conditions_does_not_forbid_signing(story: Story) -> None:
    step = review(story)
    story.answer(the(step, "environment"), answer="pass_if", words=CONDITION)
    story.answer_all(step)
    story.conclude(step, "passed")
    assert "joint_review_passed" in reached_codes(step.case.project)


def test_a_condition_is_put_in_words(story: Story) -> None:
    row = the(review(story), "environment")
    why = refused(lambda: story.answer(row, answer="pass_if", words=" "))
    assert (why.unmet[0].field, "条件" in why.unmet[0].message) == ("words", True)


def test_conditions_become_duties_of_who_keeps_them_once_signed(story: Story) -> None:
    project = under_review(story)
    step = Step.objects.get(case_id=project.pk, code="joint_review")
    story.answer(the(step, "environment"), answer="pass_if", words=CONDITION)
    story.answer_all(step)
    story.conclude(step, "passed")
    story.reach(project, "decided")
    actions.sign(project=project, deed=actions.Deed(), by=story.clerk, on=TODAY, today=TODAY)
    duty = Assignment.objects.get(case_id=project.pk, kind=Kind.COMMITMENT, title__contains=CONDITION)
    assert (duty.unit, "区生态环境局" in duty.title or "环保" in duty.title) == (story.district.park, True)


def test_conditions_carried_over_to_a_new_version_still_bind(story: Story) -> None:
    project = under_review(story)
    step = Step.objects.get(case_id=project.pk, code="joint_review")
    story.answer(the(step, "safety"), answer="pass_if", words="先通过安全条件审查")
    story.answer_all(step)
    story.conclude(step, "passed")
    version = step.agreement_version
    assert version is not None
    story.revise(version, emission="COD 10吨/年", on=TOMORROW)
    again = Step.objects.filter(case_id=project.pk, code="joint_review").latest("round")
    story.answer_all(again, TOMORROW)
    story.conclude(again, "passed", on=TOMORROW)
    story.reach(project, "decided", on=TOMORROW)
    actions.sign(project=project, deed=actions.Deed(), by=story.clerk, on=TOMORROW, today=TOMORROW)
    assert Assignment.objects.filter(case_id=project.pk, title__contains="先通过安全条件审查").count() == 1


def test_the_lead_sees_the_conditions_before_the_verdict(story: Story) -> None:
    step = review(story)
    story.answer(the(step, "environment"), answer="pass_if", words=CONDITION)
    page = factories.pages(story.clerk).get(reverse("step", args=[step.pk])).content.decode()
    assert "有条件通过，须落实" in page and CONDITION in page


# ---- 会审


def test_several_units_opinions_are_entered_from_one_meeting(story: Story) -> None:
    step = review(story)
    said = everything(step, environment="veto")
    made = actions.record_meeting(step=step, scan=upload(), said=said, by=story.clerk, on=TODAY)
    assert {row.answer for row in made} == {Answer.PASS, Answer.VETO}
    assert len({row.scan_id for row in made}) == 1 and all(row.on_behalf for row in made)
    assert step.case.attachments.filter(kind=SCAN).count() == 1
    assert refused(lambda: story.conclude(step, "passed")).codes == ["veto:environment:ecology-environment"]


def test_one_faulty_opinion_keeps_all_of_them_out(story: Story) -> None:
    step = review(story)
    said = everything(step)
    row = the(step, "environment")
    said[row.pk] = Said("", None, "veto")
    why = refused(
        lambda: actions.record_meeting(step=step, scan=upload(), said=said, by=story.clerk, on=TODAY)
    )
    assert why.unmet[0].field == f"words-{row.pk}"
    assert not step.opinions.filter(given_on__isnull=False).exists()
    assert not step.case.attachments.filter(kind=SCAN).exists()


@pytest.mark.parametrize(("unit", "role"), [("finance", "reviewer"), ("gaoxin-park", "park_clerk")])
def test_a_stranger_enters_no_meeting(story: Story, unit: str, role: str) -> None:
    step = review(story)
    by = story.person(unit, role)
    why = refused(
        lambda: actions.record_meeting(step=step, scan=upload(), said=everything(step), by=by, on=TODAY)
    )
    assert why.status == "forbidden"


def test_a_meeting_needs_its_minutes_and_somebody_who_spoke(story: Story) -> None:
    step = review(story)
    meet = {"step": step, "by": story.clerk, "on": TODAY}
    assert (
        refused(lambda: actions.record_meeting(scan=upload(), said={}, **meet)).unmet[0].field == "opinions"
    )
    said = everything(step)
    assert refused(lambda: actions.record_meeting(scan=None, said=said, **meet)).unmet[0].field == "scan"
    other = {0: Said("", None, "pass")}
    assert refused(lambda: actions.record_meeting(scan=upload(), said=other, **meet)).codes == ["not_asked"]


def test_what_a_unit_said_itself_is_not_replaced_by_the_meeting(story: Story) -> None:
    step = review(story)
    story.answer(the(step, "energy"))
    why = refused(
        lambda: actions.record_meeting(
            step=step, scan=upload(), said=everything(step), by=story.clerk, on=TODAY
        )
    )
    assert why.codes == ["given_in_person"]
    assert not step.case.attachments.filter(kind=SCAN).exists()


def test_the_meeting_on_the_page(story: Story) -> None:
    step = review(story)
    browser = factories.pages(story.clerk)
    assert "会审记录" in browser.get(reverse("step", args=[step.pk])).content.decode()
    url = reverse("step-meeting", args=[step.pk])
    rows = list(step.opinions.filter(in_force=True))
    said: dict[str, Any] = {f"answer-{row.pk}": "pass" for row in rows} | {"given_on": TODAY}
    wrong = browser.post(url, said | {f"answer-{rows[0].pk}": "veto", "scan": upload()})
    assert (wrong.status_code, "请填写理由" in wrong.content.decode()) == (400, True)
    assert browser.post(url, said | {"scan": upload()}).status_code == 302
    assert not step.opinions.filter(given_on__isnull=True).exists()
    stranger: Client = factories.pages(story.person("finance"))
    assert stranger.get(url).status_code == 403


def test_the_meeting_over_rest(story: Story) -> None:
    step = review(story)
    paper = attach(case=step.case, kind=SCAN, upload=upload(), by=story.clerk, on=TODAY)
    opinions = [{"aspect": row.aspect, "answer": "pass"} for row in step.opinions.filter(in_force=True)]
    url = f"/api/v1/steps/{step.pk}/meeting/"
    made = factories.api(story.clerk).post(url, {"scan_id": paper.pk, "opinions": opinions}, format="json")
    assert (made.status_code, len(made.json())) == (201, len(opinions))
    assert Project.objects.get(pk=step.case_id).pk == step.case_id
