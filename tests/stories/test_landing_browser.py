"""From two claims to a signature in a real Chromium: a ruling, a veto lifted by a new version, a sitting."""

from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.demo import make_demo_accounts
from accounts.models import User
from approvals import actions as approvals
from approvals.models import Opinion, Step
from documents.actions import attach
from kernel.clock import today
from projects import actions as projects
from projects.actions import EnterpriseData
from projects.models import Project
from tests.approvals.story import wording
from tests.documents.files import PDF, upload
from tests.stories.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
FIRM = "杭州澄禾源铝业有限公司"
VETO = "氮氧化物排放总量超出园区剩余容量"


@pytest.fixture
def visitor(transactional_db: None, page: Page) -> Visitor:
    call_command("load_organisation", "fuling-units", verbosity=0)
    call_command("seed_calendar", verbosity=0)
    call_command("load_policy", "fuling-lifecycle-2024", "fuling-promotion-2021", publish=True, verbosity=0)
    make_demo_accounts(today())
    return Visitor(page)


def person(username: str) -> User:
    return User.objects.get(username=username)


def lead(by: str, name: str) -> Project:
    firm = EnterpriseData(FIRM, no_code_reason="尚未注册", division_code="330100")
    return projects.register(by=person(by), on=today(), name=name, enterprise=firm)


def test_a_lead_claimed_by_two_units_is_ruled_on_by_the_bureau(visitor: Visitor) -> None:
    first = lead("clerk", "年产8万吨铝板带材项目")
    visitor.sign_in("park")
    visitor.page.goto("/projects/register/")
    visitor.fill(
        name="铝板带材生产基地",
        enterprise=FIRM,
        no_code_reason="尚未注册",
        division_code="330100",
        total="3亿元",
    )
    visitor.click("登记")
    visitor.sees("铝板带材生产基地")
    visitor.sign_in("head")
    visitor.page.goto("/claims/")
    visitor.sees("陈晓明", "刘永强")
    visitor.page.get_by_role("link", name="裁定", exact=True).first.click()
    visitor.page.get_by_label("区招商投资局 陈晓明").or_(
        visitor.page.locator("label", has_text="陈晓明").locator("input")
    ).first.check()
    visitor.fill(reason="首次对接时间在先")
    visitor.submit()
    visitor.page.goto(f"/projects/{first.pk}/")
    visitor.sees("首次对接时间在先")


def agreed(total: str = "12亿元") -> Project:
    """Landed in a park, its agreement settled between both sides."""
    project, clerk = lead("clerk", "年产8万吨铝板带材项目"), person("clerk")
    unit = person("park").memberships.first().unit  # type: ignore[union-attr]
    projects.set_money(project=project, measure="total", raw=total, by=clerk, on=today())
    common: dict[str, Any] = {"project": project, "by": clerk, "on": today()}
    projects.set_parts(part="landing", unit=unit, produced=True, **common)
    for code in ("first_talk_registered", "assessed", "dispatched"):
        projects.reach(milestone=code, produced=True, **common)
    approvals.draft_agreement(title="投资协议", draft=wording(emission="氮氧化物 120吨/年"), **common)
    attach(case=project.case, kind="draft_agreement", upload=upload(), by=clerk, on=today())
    projects.reach(milestone="agreement_settled", produced=True, **common)
    return Project.objects.get(pk=project.pk)


def test_vetoed_then_mended_then_decided_in_a_sitting_and_signed(visitor: Visitor, tmp_path: Any) -> None:
    project = agreed("6亿元")
    visitor.sign_in("clerk")
    open_(visitor, project, "joint_review")
    visitor.sign_in("r-ecology-environment")
    visitor.answer("否决", VETO)
    for department in ("r-development-reform", "r-emergency-management"):
        visitor.sign_in(department)
        visitor.answer("通过")
    the_veto_stands(visitor, project)
    mend(visitor, project)
    visitor.sign_in("r-ecology-environment")
    visitor.answer("通过")
    visitor.sign_in("clerk")
    conclude(visitor, project, "joint_review", "预审通过")
    open_(visitor, project, "decision")
    sit(visitor, project)
    conclude(visitor, project, "decision", "审议通过")
    sign(visitor, project, tmp_path)


def open_(visitor: Visitor, project: Project, code: str) -> None:
    visitor.page.goto(f"/projects/{project.pk}/steps/{code}/open/")
    visitor.submit()


def the(project: Project, code: str) -> Step:
    return Step.objects.filter(case_id=project.pk, code=code).latest("round")


def conclude(visitor: Visitor, project: Project, code: str, verdict: str, reason: str = "") -> None:
    visitor.page.goto(f"/steps/{the(project, code).pk}/")
    visitor.check(verdict)
    visitor.fill(reason=reason or "意见收齐")
    visitor.confirm("作出结论")


def the_veto_stands(visitor: Visitor, project: Project) -> None:
    """All opinions are there, and one of them forbids a favourable verdict and the signing."""
    visitor.sign_in("clerk")
    conclude(visitor, project, "joint_review", "预审通过")
    visitor.sees(VETO, "三(三)7")
    conclude(visitor, project, "joint_review", "一票否决", "环保事项被否决")
    visitor.page.goto(f"/projects/{project.pk}/signings/new/")
    visitor.sees("联合预审通过")


def mend(visitor: Visitor, project: Project) -> None:
    """A cleaner version: the page says what is asked again before it is saved."""
    visitor.page.goto(f"/agreements/{project.case.agreements.get().pk}/revise/")
    visitor.fill(term_emission="氮氧化物 40吨/年", note="增加脱硝装置")
    visitor.click("预览影响")
    visitor.sees("保存后会变动", "环保（")
    visitor.click("保存新版本")
    visitor.sees("第2版")
    waiting = Opinion.objects.filter(step=the(project, "joint_review"), in_force=True, given_on=None)
    assert [row.aspect for row in waiting] == ["environment"]


def sit(visitor: Visitor, project: Project) -> None:
    """The body that its amount demands takes it in a sitting, whose minutes are numbered."""
    visitor.page.goto("/sittings/new/")
    visitor.page.locator("[name=body]").select_option(label="涪陵高新区")
    visitor.fill(planned_on=f"{today()}", chair="党工委书记", place="第一会议室")
    visitor.submit()
    visitor.click("列入议程")
    visitor.sees("投资协议审议", "6亿元")
    visitor.click("记录会议纪要")
    visitor.check("通过")
    visitor.page.locator("textarea[name^=words-]").fill("会议原则同意，请抓紧签约。")
    visitor.submit()
    visitor.sees("已召开", "党工纪〔", "会议原则同意")


def sign(visitor: Visitor, project: Project, tmp_path: Any) -> None:
    paper = tmp_path / "投资协议.pdf"
    paper.write_bytes(PDF)
    visitor.page.goto(f"/projects/{project.pk}/signings/new/")
    visitor.sees("签订的文本", "第2版")
    visitor.fill(raw="6亿元", place="涪陵区会展中心", event="集中签约活动")
    visitor.page.locator("[name=grade]").select_option(label="合同")
    visitor.page.locator("input[type=file]").first.set_input_files(paper)
    visitor.click("登记签约")
    visitor.sees("6亿元", "首次", "集中签约活动")
    visitor.page.goto(f"/projects/{project.pk}/")
    expect(visitor.page.locator("main")).to_contain_text("签约")
    assert Project.objects.get(pk=project.pk).batch == "signed"
