"""The enterprise on a phone, in a real Chromium: from its first password to the outcome of its problem."""

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from assignments.models import Assignment
from kernel.clock import today
from projects.models import Project
from service import actions as service
from service.portal import asking
from service.portal.models import EnterpriseAccount
from tests import factories as make
from tests import lives
from tests.documents.files import PDF, PROGRAM
from tests.stories.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
OWN = "Chang-Jiang-26"


@pytest.fixture
def project(transactional_db: None) -> Project:
    park = make.unit("baitao-park", kind="park", name="白涛工业园区")
    row = lives.signed(park=park, name="年产5万吨铝板带材项目")
    clerk = make.user("park_clerk", unit=park, username="park")
    commissioner = make.user("commissioner", unit=park, username="zhou", name="周敏", phone="13812345678")
    service.name_commissioner(project=row, user=commissioner, unit=park, by=clerk, on=date(2026, 2, 12))
    Project.objects.filter(pk=row.pk).update(phase="construction")
    return Project.objects.select_related("case").get(pk=row.pk)


def opened(visitor: Visitor, project: Project) -> str:
    """The park clerk opens the account from the case file; returns the password that is shown."""
    visitor.sign_in("park", make.PASSWORD)
    visitor.page.goto(f"/projects/{project.pk}/")
    visitor.click("开通企业账号")
    visitor.fill(username="longjianye", name="龙建业", phone="13900001111")
    visitor.click("开通")
    return visitor.page.locator(".secret code").inner_text()


def first_sign_in(visitor: Visitor, password: str) -> None:
    visitor.sign_in("longjianye", password)
    expect(visitor.page).to_have_url(re.compile("/me/password/"))
    visitor.fill(old=password, new=OWN, again=OWN)
    visitor.submit()


def test_an_enterprise_on_a_phone(project: Project, phone_page: Page, tmp_path: Path) -> None:
    visitor = Visitor(phone_page)
    first_sign_in(visitor, opened(visitor, project))
    clerk = User.objects.get(username="park")
    asking.ask(project=project, title="补交总平面图", by=clerk, on=today(), due_on=today())
    phone_page.goto("/portal/")
    expect(phone_page).to_have_url(re.compile(rf"/portal/{project.pk}/$"))
    visitor.sees("年产5万吨铝板带材项目", "周敏", "138****5678", "签订投资协议", "补交总平面图")
    assert phone_page.locator(".top-search").count() == 0
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
    hands_in(visitor, tmp_path)
    visitor.page.goto(f"/portal/{project.pk}/")
    phone_page.get_by_label("完成说明").fill("已上传")
    visitor.click("已完成")
    visitor.sees("已记为完成", "目前没有需要您办理的事项")
    asks(visitor, project)
    answers(visitor, project)
    judges(visitor, project)


def hands_in(visitor: Visitor, folder: Path) -> None:
    """A program dressed as a photo is refused in plain words, a drawing is taken."""
    bad, good = folder / "photo.jpg", folder / "总平面图.pdf"
    bad.write_bytes(PROGRAM)
    good.write_bytes(PDF)
    visitor.click("上传材料")
    visitor.page.locator("input[type=file]").set_input_files(bad)
    visitor.submit()
    visitor.sees("不能上传可执行文件或脚本")
    visitor.page.locator("input[type=file]").set_input_files(good)
    visitor.submit()
    visitor.sees("材料已上传", "总平面图.pdf")


def asks(visitor: Visitor, project: Project) -> None:
    visitor.page.goto(f"/portal/{project.pk}/")
    visitor.click("提出诉求")
    visitor.check("堵点难点")
    visitor.fill(title="临时用电不够", text="塔吊进场后变压器跳闸")
    visitor.submit()
    visitor.sees("已提交，办理情况会在此告知您", "临时用电不够", "已提交，待受理")


def answers(visitor: Visitor, project: Project) -> None:
    """The park clerk finds the duty and answers the enterprise from it."""
    visitor.sign_in("park", make.PASSWORD)
    duty = Assignment.objects.get(case=project.case, title="临时用电不够")
    visitor.page.goto(f"/assignments/{duty.pk}/")
    visitor.click("企业诉求：去答复企业")
    visitor.fill(words="供电公司周五增容")
    visitor.click("答复企业")
    visitor.sees("已答复，待企业评价")


def judges(visitor: Visitor, project: Project) -> None:
    visitor.sign_in("longjianye", OWN)
    visitor.page.goto(f"/portal/{project.pk}/")
    visitor.sees("已答复，请您评价：临时用电不够")
    visitor.page.get_by_role("link", name="已答复，请您评价：临时用电不够").click()
    visitor.sees("供电公司周五增容")
    visitor.check("满意")
    visitor.submit()
    visitor.sees("感谢您的评价", "已办结")
    assert Assignment.objects.get(title="临时用电不够").state == "closed"


def test_a_revoked_account_finds_its_page_gone_in_the_middle_of_its_visit(
    project: Project, phone_page: Page
) -> None:
    from service.portal import opening

    clerk = User.objects.get(username="park")
    made = opening.open_account(project=project, username="long", name="龙", by=clerk, on=today())
    visitor = Visitor(phone_page)
    made.account.user.set_password(OWN)
    made.account.user.must_change_password = False
    made.account.user.save()
    visitor.sign_in("long", OWN)
    visitor.sees(project.name)
    opening.end_account(account=EnterpriseAccount.objects.get(), reason="人员离职", by=clerk, on=today())
    phone_page.goto("/portal/")
    visitor.sees("目前没有可查看的项目")
