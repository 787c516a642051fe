"""The story in a real Chromium, with a real worker: what a clerk and three departments see and do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.demo import make_demo_accounts
from approvals.models import Opinion
from deadlines import calendars
from deadlines.calendar import Limit
from kernel.clock import today
from projects.models import Project
from tests.documents.files import PDF
from tests.processes import Process
from tests.projects.imports import steps
from tests.stories.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.celery, pytest.mark.postgres]

NAME = "年产8万吨铝板带材项目"
PHONE = "13800001234"
DEPARTMENTS = ("r-economy-information", "r-science-technology", "r-finance")
WORDS = "符合产业方向，建议支持。"
PROJECTS_IN_BOTH = 70 + 29


def answer_what_is_asked(visitor: Visitor) -> int:
    """From the inbox, until nothing waits; returns how many opinions were given."""
    given = 0
    visitor.page.goto("/inbox/")
    while visitor.page.get_by_role("link", name="出具意见").count():
        visitor.sees(NAME)
        visitor.page.get_by_role("link", name="出具意见").first.click()
        visitor.fill(words=WORDS, score="85")
        visitor.click("提交意见")
        given += 1
        visitor.page.goto("/inbox/")
    visitor.sees("没有待出具的意见")
    return given


@pytest.fixture
def district(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    """As the demo starts, without its projects; files lie where the worker looks for them."""
    settings.MEDIA_ROOT = tmp_path / "data" / "files"
    call_command("load_organisation", "fuling-units", verbosity=0)
    call_command("seed_calendar", verbosity=0)
    call_command("load_policy", "fuling-lifecycle-2024", "fuling-promotion-2021", publish=True, verbosity=0)
    make_demo_accounts(today())


def test_from_two_ledgers_to_the_next_phase(
    district: None, start: Callable[..., Process], page: Page, tmp_path: Path
) -> None:
    start("worker")
    visitor = Visitor(page)
    visitor.sign_in("clerk")
    import_both_ledgers(visitor)
    register_a_lead(visitor)
    talk_and_register(visitor)
    the_clock_shows_its_arithmetic(visitor)
    departments_answer(visitor)
    clerk_concludes(visitor, tmp_path)
    goes_to_a_park(visitor)


def import_both_ledgers(visitor: Visitor) -> None:
    for file in (steps.SIGNED, steps.TALKING):
        visitor.import_ledger(file)
    visitor.page.goto("/projects/")
    visitor.sees(str(PROJECTS_IN_BOTH))
    assert Project.objects.filter(from_ledger=True).count() == PROJECTS_IN_BOTH


def register_a_lead(visitor: Visitor) -> None:
    visitor.page.goto("/projects/register/")
    visitor.fill(
        name=NAME,
        total="12亿元",
        enterprise="杭州澄禾源铝业有限公司",
        no_code_reason="尚未注册",
        division_code="330100",
        contact_name="李明（总经理）",
        contact_phone=PHONE,
    )
    visitor.click("登记")
    visitor.sees(NAME, "12亿元", "较大项目", "138****1234", "谋划生成")
    assert PHONE not in visitor.page.content()


def talk_and_register(visitor: Visitor) -> None:
    """Contact, next phase, first-talk registration with its two conditions and its first receiver."""
    page, home = visitor.page, visitor.page.url
    visitor.click("登记对接")
    page.locator("[name=channel]").select_option("visit")
    visitor.fill(with_whom="李明（总经理）", matter="介绍产业配套，企业有明确投资意向")
    visitor.submit()
    page.goto(home)
    visitor.confirm("进入下一阶段")
    visitor.sees("进入“签约落地”还差")
    open_step(visitor, "首谈信息登记")
    for condition in ("已与企业首次洽谈", "企业有明确投资意向"):
        page.get_by_label(condition).check()
    visitor.choose("person", "陈晓明")
    page.get_by_label("予以登记").check()
    visitor.confirm("作出结论")
    visitor.sees("予以登记")
    page.goto(home)


def open_step(visitor: Visitor, name: str) -> None:
    follow(visitor, name)
    visitor.submit()


def follow(visitor: Visitor, name: str) -> None:
    """To the form that opens a step of the plan."""
    line = visitor.page.locator("tr").filter(has_text=name).filter(has=visitor.page.get_by_text("启动"))
    line.get_by_role("link", name="启动").first.click()


def the_clock_shows_its_arithmetic(visitor: Visitor) -> None:
    """The assessment has opened by itself, and its seven working days can be counted on the page."""
    begun = today()
    due = calendars.current().due(begun, Limit(count=7, unit="working_day")).on
    clocks = visitor.page.locator("#panel-clocks")
    expect(clocks).to_contain_text("“5+2”研判评估")
    clocks.get_by_text("怎样算出来的").first.click()
    for words in (f"起算 {begun}，当日不计；期限 7个工作日", "计入 7 天", f"截止 {due}"):
        expect(clocks.locator(".arithmetic").first).to_contain_text(words)


def departments_answer(visitor: Visitor) -> None:
    given = {}
    for username in DEPARTMENTS:
        visitor.sign_in(username)
        given[username] = answer_what_is_asked(visitor)
    assert given == {"r-economy-information": 2, "r-science-technology": 1, "r-finance": 2}


def clerk_concludes(visitor: Visitor, tmp_path: Path) -> None:
    """The bureau's own opinions, one department's on paper, then the verdict."""
    page = visitor.page
    visitor.sign_in("clerk")
    assert answer_what_is_asked(visitor) == 2
    opinion = Opinion.objects.get(unit__code="planning-natural-resources", given_on=None)
    page.goto(f"/steps/{opinion.step_id}/")
    visitor.sees("还有 1 份意见未到")
    page.get_by_role("link", name="代录书面意见").click()
    scan = tmp_path / "回函.pdf"
    scan.write_bytes(PDF)
    visitor.fill(words="用地可以保障。", score="80")
    page.locator("[name=scan]").set_input_files(scan)
    visitor.click("提交意见")
    visitor.sees("代录")
    page.get_by_label("可行", exact=True).check()
    visitor.fill(reason="产业契合度高，要素可以保障。")
    visitor.confirm("作出结论")
    visitor.sees("产业契合度高，要素可以保障。")


def goes_to_a_park(visitor: Visitor) -> None:
    """Proposed and consented to, the project goes to a park that takes it, and into the next phase."""
    page = visitor.page
    home = f"/projects/{Project.objects.get(name=NAME).pk}/"
    page.goto(home)
    follow(visitor, "推荐至承接平台")
    visitor.choose("units", "涪陵高新区")
    page.get_by_label("资源最优").check()
    visitor.fill(industry="铝压延加工", reason="铝材上下游企业集中，标准厂房可直接利用。")
    visitor.submit()
    step = page.url
    for person, word in (("leader", "同意"), ("park", "承接")):
        visitor.sign_in(person)
        visitor.answer(word)
    visitor.sign_in("clerk")
    page.goto(step)
    page.get_by_label("已按招商线索行业分类提出承接建议").check()
    page.get_by_label("同意推荐").check()
    visitor.confirm("作出结论")
    page.goto(home)
    visitor.sees("进入“签约落地”的条件已齐")
    visitor.confirm("进入下一阶段")
    visitor.sees("进入“开工建设”还差")
