"""How a permit ends: complete material, mutual prerequisites together, result, notice; special cases."""

from datetime import date, timedelta
from typing import Any

import pytest

from approvals import actions as approvals
from approvals.actions import Conclusion
from approvals.models import Permit, SpecialRequest, Step
from approvals.permits import actions
from approvals.permits.actions import Application, Result
from documents.actions import attach
from kernel.refusals import Refused
from notices.models import Message
from projects.gates import reached_codes
from tests.approvals.permits.story import Permits
from tests.documents.files import upload

pytestmark = pytest.mark.django_db


def test_nothing_is_granted_before_the_material_is_complete(fuling: Permits) -> None:
    permit = fuling.apply("safety_review", handed=["企业营业执照"])
    with pytest.raises(Refused) as refused:
        fuling.grant(permit, fuling.day)
    assert "缺少材料“安全评价（论证）报告”" in str(refused.value)
    assert {item.clause for item in refused.value.unmet} == {"四(二)"}
    assert fuling.grant(permit, fuling.day, "refused", reason="企业放弃").verdict == "refused"


def test_what_is_not_needed_at_all_wants_no_material(fuling: Permits) -> None:
    permit = fuling.apply("land_grant", handed=[])
    fuling.grant(permit, fuling.day, "not_needed", reason="租赁厂房")
    assert "land_granted" in reached_codes(fuling.project)


def test_mutual_prerequisites_end_at_one_stroke_or_not_at_all(optimised: Permits) -> None:
    """002 三(三)5: 互为前置条件的审批事项同时审批、同时办结."""
    optimised.story.reach(optimised.project, "project_filed", on=optimised.day)
    land, works = optimised.apply_all(Application(step="land_use"), Application(step="works_planning"))
    with pytest.raises(Refused, match="须先办结“建设工程规划许可”"):
        optimised.grant(land, optimised.day)
    steps = [Step.objects.select_related("case").get(pk=row.pk) for row in (land, works)]
    both = [
        Conclusion(step=step, verdict="granted", result=Result(number=f"规〔2026〕{step.pk}号"))
        for step in steps
    ]
    approvals.conclude_together(conclusions=both, by=optimised.authority(land), on=optimised.day)
    assert {"land_approved", "works_planned"} <= reached_codes(optimised.project)
    assert {row.number for row in Permit.objects.all()} == {f"规〔2026〕{step.pk}号" for step in steps}


def test_a_result_has_number_paper_and_validity_and_the_agent_is_told(fuling: Permits) -> None:
    permit = fuling.apply("energy_review")
    fuling.grant(
        permit, fuling.day, result=Result(number="涪发改能〔2026〕7号", valid_until=date(2028, 3, 1))
    )
    permit.refresh_from_db()
    assert (permit.number, permit.valid_until, permit.closed_on) == (
        "涪发改能〔2026〕7号",
        date(2028, 3, 1),
        fuling.day,
    )
    message = Message.objects.get(topic="permit.closed")
    assert fuling.park_clerk.pk in message.tells["users"] and "涪发改能〔2026〕7号" in message.text


def test_a_result_may_be_entered_later_and_put_right_with_a_reason(fuling: Permits) -> None:
    permit = fuling.apply("energy_review")
    by = fuling.authority(permit)
    with pytest.raises(Refused) as refused:
        actions.record_result(permit=permit, result=Result(number="1"), by=by, on=fuling.day)
    assert refused.value.codes == ["not_granted"]
    fuling.grant(permit, fuling.day)
    paper = attach(case=fuling.project.case, kind="permit_document", upload=upload(), by=by, on=fuling.day)
    actions.record_result(permit=permit, result=Result(number="7号", paper=paper), by=by, on=fuling.day)
    with pytest.raises(Refused, match="更改文号“7号”须说明理由"):
        actions.record_result(permit=permit, result=Result(number="8号"), by=by, on=fuling.day)
    actions.record_result(permit=permit, result=Result(number="8号"), by=by, on=fuling.day, reason="笔误")
    permit.refresh_from_db()
    assert (permit.number, permit.paper) == ("8号", paper)


def test_a_result_of_another_case_empty_or_run_out_is_refused(fuling: Permits) -> None:
    permit = fuling.apply("energy_review")
    fuling.grant(permit, fuling.day)
    by, other = fuling.authority(permit), fuling.story.district.project("另一项目")
    strange = attach(case=other.case, kind="other", upload=upload(), by=fuling.clerk, on=fuling.day)
    for result in (Result(), Result(paper=strange), Result(valid_until=fuling.day - timedelta(days=1))):
        with pytest.raises(Refused) as refused:
            actions.record_result(permit=permit, result=result, by=by, on=fuling.day)
        assert refused.value.status == "invalid"


def test_cancelled_the_permit_closes_and_its_clock_with_it(fuling: Permits) -> None:
    permit = fuling.apply("energy_review")
    step = Step.objects.select_related("case").get(pk=permit.pk)
    approvals.cancel(step=step, by=fuling.authority(permit), on=fuling.day, reason="重复申请")
    permit = Permit.objects.for_reading().get(pk=permit.pk)
    assert (permit.closed_on, permit.stage) == (fuling.day, "cancelled")


# ---- special cases


def ask(told: Permits, permit: Permit, **more: Any) -> SpecialRequest:
    said = {"reason": "情况复杂", "approver": told.head, "by": told.authority(permit), "on": told.day} | more
    return actions.ask_special(permit=permit, **said)


def test_a_special_case_is_granted_by_another_person_of_the_plans_roles(optimised: Permits) -> None:
    permit = optimised.apply("project_approval")
    for approver in (optimised.authority(permit), optimised.park_clerk):
        with pytest.raises(Refused) as refused:
            ask(optimised, permit, approver=approver)
        assert refused.value.status == "invalid"
    asked = ask(optimised, permit)
    for by in (optimised.park_clerk, optimised.authority(permit), optimised.clerk):
        with pytest.raises(Refused) as refused:
            actions.grant_special(special=asked, by=by, on=optimised.day)
        assert refused.value.status == "forbidden"


def test_a_special_case_is_asked_for_with_a_reason_and_once(optimised: Permits) -> None:
    permit = optimised.apply("project_approval")
    with pytest.raises(Refused, match="请填写原因"):
        ask(optimised, permit, reason=" ")
    ask(optimised, permit)
    with pytest.raises(Refused) as refused:
        ask(optimised, permit)
    assert refused.value.codes == ["special_asked"]


def test_declined_the_first_limit_holds_and_it_may_be_asked_for_again(optimised: Permits) -> None:
    permit = optimised.apply("project_approval")
    due = optimised.due(permit)
    actions.decline_special(
        special=ask(optimised, permit), reason="理由不足", by=optimised.head, on=optimised.day
    )
    assert optimised.due(permit) == due
    asked = ask(optimised, permit, reason="须征求两个部门意见")
    actions.grant_special(special=asked, by=optimised.head, on=optimised.day)
    with pytest.raises(Refused) as refused:
        actions.grant_special(special=asked, by=optimised.head, on=optimised.day)
    assert refused.value.codes == ["special_decided"]


def test_where_the_plan_knows_no_special_case_none_is_granted(fuling: Permits) -> None:
    permit = fuling.apply("energy_review")
    with pytest.raises(Refused) as refused:
        ask(fuling, permit)
    assert refused.value.codes == ["no_special"]


def test_a_special_case_outlives_material_that_went_back(optimised: Permits) -> None:
    permit = optimised.apply("project_approval")
    actions.grant_special(special=ask(optimised, permit), by=optimised.head, on=optimised.day)
    name = optimised.guide("project_approval")[0]
    optimised.withdraw(permit, name, on=optimised.day)
    optimised.supplement(permit, name, on=optimised.day + timedelta(days=1))
    permit.refresh_from_db()
    assert (permit.first_due_on, optimised.due(permit)) == (date(2026, 3, 6), date(2026, 3, 17))
