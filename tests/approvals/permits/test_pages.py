"""Pages of permits: case-file panel, board, matrix, one permit, and the forms that lead to the actions."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from approvals.models import Permit, SpecialRequest, Step
from approvals.permits import actions
from approvals.permits.actions import Application
from projects.models import Project
from tests import factories
from tests.approvals.permits.story import FULING, Permits, signed
from tests.documents.files import PROGRAM, upload
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


def get(person: User, name: str, *args: Any, **query: Any) -> Any:
    return factories.pages(person).get(reverse(name, args=args), query)


def post(person: User, name: str, *args: Any, **data: Any) -> Any:
    return factories.pages(person).post(reverse(name, args=args), data)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def queries(person: User, name: str, *args: Any, **query: Any) -> int:
    browser, url = factories.pages(person), reverse(name, args=args)
    browser.get(url, query)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url, query).status_code == 200
    return len(captured)


def test_where_nothing_can_be_applied_for_there_is_no_button_to_do_it(fuling: Permits) -> None:
    unsigned, clerk = fuling.story.district.project("未签约的项目"), fuling.clerk
    page = get(clerk, "permit-apply", unsigned.pk).content.decode()
    assert "目前没有可以申请的事项" in page and "尚不能申请" in page
    assert "提交申请" not in page
    assert "提交申请" in get(fuling.park_clerk, "permit-apply", fuling.pk).content.decode()


def test_the_case_file_shows_each_permit_with_state_clock_and_its_arithmetic(fuling: Permits) -> None:
    fuling.apply("energy_review")
    fuling.apply("safety_review", handed=["企业营业执照"])
    page = text(get(fuling.park_clerk, "project-panel", fuling.pk, "permits"))
    for words in (
        "节能审查",
        "审批中",
        "2026-03-16",
        "起算 2026-03-02，当日不计",
        "待补齐材料",
        "材料 1/4",
        "绿色通道",
        "法定",
    ):
        assert words in page, words


def test_the_panel_costs_nothing_without_permits_and_the_same_for_one_and_for_many(fuling: Permits) -> None:
    clerk = fuling.clerk
    bare = queries(clerk, "project-panel", fuling.pk, "permits")
    fuling.apply("energy_review")
    fuling.apply("safety_review", handed=[])
    few = queries(clerk, "project-panel", fuling.pk, "permits")
    fuling.apply_all(
        *(Application(step=c) for c in ("land_grant", "environment_assessment", "planning_permit"))
    )
    fuling.apply("construction_permit", handed=[])
    assert queries(clerk, "project-panel", fuling.pk, "permits") == few
    assert few <= bare + 1, "the calendar"


def test_the_case_file_with_its_permits_costs_no_more_than_without(fuling: Permits) -> None:
    bare = queries(fuling.clerk, "project-detail", fuling.pk)
    fuling.apply_all(*(Application(step=c) for c in ("land_grant", "energy_review", "planning_permit")))
    fuling.apply("safety_review", handed=[])
    assert queries(fuling.clerk, "project-detail", fuling.pk) <= bare <= 26


def test_the_steps_panel_leaves_permits_to_their_own(fuling: Permits) -> None:
    page = text(get(fuling.clerk, "project-panel", fuling.pk, "steps"))
    assert "联合预审" in page and "施工许可" not in page


def test_the_board_filters_by_park_authority_matter_stage_and_lateness(fuling: Permits) -> None:
    fuling.apply("energy_review")
    fuling.apply("safety_review", handed=[])
    found = lambda **query: text(get(fuling.clerk, "permits", **query)).split("审批机关 申请日期")[-1]  # noqa: E731
    assert "节能审查" in found() and "安全评价" in found()
    assert "安全评价" not in found(unit="development-reform") and "节能审查" in found(
        unit="development-reform"
    )
    assert "节能审查" not in found(stage="waiting")
    assert "安全评价" not in found(matter="energy_review")
    assert "没有符合条件" in found(park="gaoxin-park")
    assert "没有符合条件" in found(late="1")
    with time_machine.travel("2026-03-20T02:00:00+00:00"):
        assert "节能审查" in found(late="1")


def test_the_board_shows_only_what_is_in_sight(fuling: Permits) -> None:
    fuling.apply("energy_review")
    assert "节能审查 " in text(get(fuling.story.person("development-reform"), "permits"))
    assert "没有符合条件" in text(get(fuling.story.person("meteorology"), "permits"))


@pytest.mark.parametrize("name", ["permits", "permits-matrix"])
def test_board_and_matrix_cost_the_same_for_one_and_for_many(fuling: Permits, name: str) -> None:
    fuling.apply("safety_review", handed=[])
    few = queries(fuling.clerk, name)
    for number in range(3):
        row = signed(fuling.story, FULING, TODAY, f"项目{number}")
        for code in ("energy_review", "land_grant"):
            fuling.story.open(Project.objects.get(pk=row.pk), code)
    assert queries(fuling.clerk, name) == few
    assert few <= 16


def test_the_matrix_has_a_row_for_each_project_and_a_column_for_each_matter(fuling: Permits) -> None:
    fuling.apply("energy_review")
    page = text(get(fuling.clerk, "permits-matrix"))
    assert fuling.project.name in page and "节能审查" in page and "审批中" in page


def test_the_permit_page_shows_the_overall_clock_beside_the_own_one(fuling: Permits) -> None:
    actions.help_early(
        project=fuling.project,
        step="planning_permit",
        by=fuling.park_clerk,
        on=TODAY,
        today=TODAY,
        note="预审总图",
    )
    permit = fuling.apply("planning_permit")
    page = text(get(fuling.authority(permit), "permit", permit.pk))
    for words in (
        "全流程期限",
        "34个工作日",
        "10个工作日",
        "提前帮",
        "不计入时限",
        "预审总图",
        "作出结论",
        "一次告知",
    ):
        assert words in page, words


def test_the_agent_is_offered_other_steps_than_the_authority(fuling: Permits) -> None:
    permit = fuling.apply("energy_review", handed=[])
    mine, theirs = (
        text(get(who, "permit", permit.pk)) for who in (fuling.park_clerk, fuling.authority(permit))
    )
    assert "补交材料" in mine and "材料已齐备" not in mine
    assert "材料已齐备" in theirs and "补交材料" not in theirs


def test_several_are_applied_for_on_one_form(fuling: Permits) -> None:
    page = text(get(fuling.park_clerk, "permit-apply", fuling.pk, step="land_grant"))
    assert "土地出让（供地）" in page and "档案中已有，不再收取" in page
    answer = post(
        fuling.park_clerk, "permit-apply", fuling.pk,
        **{"on": str(TODAY), "apply-land_grant": "on", "handed-land_grant": ["0", "1", "2"]},
        **{"apply-energy_review": "on"},
    )  # fmt: skip
    assert answer.status_code == 302
    stages = {row.code: row.stage for row in Permit.objects.for_reading()}
    assert stages == {"land_grant": "running", "energy_review": "waiting"}


def test_applying_for_nothing_says_so_and_keeps_the_form(fuling: Permits) -> None:
    answer = post(fuling.park_clerk, "permit-apply", fuling.pk, on=str(TODAY))
    assert answer.status_code == 400 and "请选择要申请的事项" in text(answer)


def test_what_may_not_be_applied_for_is_listed_with_the_reason(tianmen: Permits) -> None:
    page = text(get(tianmen.park_clerk, "permit-apply", tianmen.pk))
    assert "尚不能申请" in page and "尚未完成“建设用地规划许可”" in page


def test_the_whole_way_of_one_permit_through_its_pages(optimised: Permits) -> None:
    told = optimised
    permit = told.apply("project_approval", handed=["企业营业执照"])
    authority = told.authority(permit)
    assert post(authority, "permit-notice", permit.pk, on=str(TODAY)).status_code == 302
    assert "一次告知" in text(get(told.park_clerk, "permit", permit.pk))
    answer = post(told.park_clerk, "permit-supplement", permit.pk, materials=["0"], on=str(TODAY))
    assert answer.status_code == 302 and told.due(permit) == TODAY + timedelta(days=3)
    answer = post(authority, "permit-special", permit.pk, reason="跨区协调", approver=told.head.pk)
    assert answer.status_code == 302
    asked = SpecialRequest.objects.get()
    assert post(told.head, "permit-special-grant", permit.pk, asked.pk).status_code == 302
    assert "原截止 2026-03-05" in text(get(told.park_clerk, "project-panel", told.pk, "permits"))
    answer = post(
        authority,
        "permit-stop",
        permit.pk,
        cause="higher",
        body="省发展改革委",
        approved_by=told.head.pk,
        on=str(TODAY),
    )
    assert answer.status_code == 302 and "省发展改革委" in text(get(authority, "permit", permit.pk))
    answer = post(
        authority,
        "step-conclude",
        permit.pk,
        verdict="granted",
        number="区发改〔2026〕9号",
        valid_until="2028-03-02",
    )
    assert answer.status_code == 302
    upload_ = upload(name="备案证.pdf")
    assert (
        post(authority, "permit-result", permit.pk, number="区发改〔2026〕9号", upload=upload_).status_code
        == 302
    )
    permit.refresh_from_db()
    assert permit.paper is not None and permit.paper.kind == "permit_document"
    assert "区发改〔2026〕9号" in text(get(told.park_clerk, "permit", permit.pk))


def test_partners_are_concluded_with_their_numbers_on_one_form(optimised: Permits) -> None:
    optimised.story.reach(optimised.project, "project_filed")
    land, works = optimised.apply_all(Application(step="land_use"), Application(step="works_planning"))
    answer = post(
        optimised.authority(land), "step-conclude", land.pk,
        verdict="granted", number="地1",
        **{f"verdict_{works.pk}": "granted", f"number_{works.pk}": "规2"},
    )  # fmt: skip
    assert answer.status_code == 302
    assert dict(Permit.objects.values_list("code", "number")) == {"land_use": "地1", "works_planning": "规2"}


def test_a_program_named_as_a_licence_is_refused_and_nothing_is_kept(fuling: Permits) -> None:
    permit = fuling.apply("energy_review")
    fuling.grant(permit, TODAY)
    answer = post(
        fuling.authority(permit),
        "permit-result",
        permit.pk,
        number="7号",
        upload=upload(PROGRAM, name="证.jpg"),
    )
    assert answer.status_code == 400
    permit.refresh_from_db()
    assert permit.number == ""


@pytest.mark.parametrize(
    "name", ["permit", "permit-notice", "permit-supplement", "permit-stop", "permit-result"]
)
def test_who_does_not_see_the_case_gets_404(fuling: Permits, name: str) -> None:
    permit = fuling.apply("energy_review")
    assert get(fuling.story.person("meteorology"), name, permit.pk).status_code == 404


def test_who_may_not_act_is_shown_no_form(fuling: Permits) -> None:
    permit = fuling.apply("energy_review")
    assert get(fuling.park_clerk, "permit-notice", permit.pk).status_code == 403
    assert get(fuling.authority(permit), "permit-withdraw", permit.pk).status_code == 403


def test_the_step_of_a_permit_leads_to_its_application(fuling: Permits) -> None:
    permit = fuling.apply("energy_review")
    assert reverse("permit", args=[permit.pk]) in get(fuling.clerk, "step", permit.pk).content.decode()
    assert Step.objects.get(pk=permit.pk).kind == "permit"


def test_who_decides_on_a_special_case_sees_the_reason_and_both_last_days(optimised: Permits) -> None:
    permit = optimised.apply("company_registration")
    authority, head = optimised.authority(permit), optimised.head
    page = text(get(authority, "permit-special", permit.pk))
    assert "截止 2026-03-05" in page and "10个工作日内，截止 2026-03-16" in page
    said: dict[str, Any] = {"reason": "三层境外架构", "approver": head, "by": authority, "on": TODAY}
    asked = actions.ask_special(permit=permit, **said)
    page = text(get(head, "permit-special-grant", permit.pk, asked.pk))
    assert "三层境外架构" in page and "2026-03-05" in page and "2026-03-16" in page


def test_the_approver_of_a_stop_is_led_to_it_and_nobody_else(optimised: Permits) -> None:
    permit = optimised.apply("company_registration")
    authority = optimised.authority(permit)
    said: dict[str, Any] = {
        "cause": "higher",
        "body": "市市场监管局",
        "note": "",
        "approved_by": optimised.head,
    }
    actions.stop(permit=permit, by=authority, on=TODAY, today=TODAY, **said)
    assert "去批准" in text(get(optimised.head, "permit", permit.pk))
    assert "去批准" not in text(get(authority, "permit", permit.pk))


def test_taking_papers_back_is_never_the_button_that_stands_out(optimised: Permits) -> None:
    permit = optimised.apply("company_registration")
    page = get(optimised.park_clerk, "permit", permit.pk).content.decode()
    assert "撤回材料" in page and 'btn-primary" href' not in page
    page = get(optimised.authority(permit), "permit", permit.pk).content.decode()
    assert re.search(r'btn btn-primary" href="/steps/\d+/#conclude"', page)
