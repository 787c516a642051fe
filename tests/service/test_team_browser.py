"""In a real Chromium: the office fills a post; a unit acknowledges and raises a problem on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assignments import problems
from assignments.models import Assignment
from kernel.clock import today
from service.models import Receipt
from tests.service.district import Served, signed

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
SignIn = Callable[[Page, Any], None]
WIDEST = 390


@pytest.fixture
def found(transactional_db: None) -> Served:
    return signed(on=today())


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") <= WIDEST)


def test_from_a_vacant_post_to_the_decision_of_a_level(
    found: Served, page: Page, phone_page: Page, sign_in: SignIn
) -> None:
    unit = found.unit("economy-information")
    sign_in(page, found.clerk)
    page.goto(f"/projects/{found.project.pk}/team/")
    row = page.locator("tr", has_text="一个牵头部门")
    expect(row).to_contain_text("尚未配备")
    row.get_by_role("link", name="配备").click()
    page.locator(".ts-control").first.click()
    page.keyboard.type(str(unit))
    page.locator(".ts-dropdown .option", has_text=str(unit)).first.click()
    page.get_by_role("button", name="配备", exact=True).click()
    expect(page.locator("tr", has_text="一个牵头部门")).to_contain_text(str(unit))
    found.reach("supplement_signed", "land_prepaid", on=today())
    reader = found.person("reviewer", unit.code)
    sign_in(phone_page, reader)
    phone_page.goto("/handovers/")
    phone_page.locator("a.main", has_text=found.project.name).click()
    phone_page.wait_for_load_state()  # until its styles are there it is wider
    assert fits(phone_page)
    phone_page.get_by_role("button", name="签收", exact=True).click()
    expect(phone_page.locator("main")).to_contain_text("已签收")
    assert Receipt.objects.get(part="guarantee").acknowledged_by == reader
    problem = problems.raise_problem(
        case=found.project.case, title="双回路供电未落实", by=found.clerk, on=today()
    )
    phone_page.goto(f"/assignments/{problem.pk}/")
    phone_page.get_by_text("解决不了，提请上级协调").click()
    phone_page.locator("#raise").fill("须统筹资金")
    phone_page.get_by_role("button", name="提请协调").click()
    expect(phone_page.locator("main")).to_contain_text("协调经过")
    assert fits(phone_page)
    assert Assignment.objects.get(parent=problem).level == "analysed"
    phone_page.goto(f"/projects/{found.project.pk}/team/")
    assert fits(phone_page)
