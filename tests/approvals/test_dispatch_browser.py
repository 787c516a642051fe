"""推荐承接 in a real Chromium: the clerk picks two parks by typing, a park declines on a phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from approvals.models import Proposal, Step
from kernel.clock import today
from tests.approvals.dispatching import parks
from tests.approvals.story import Story
from tests.law import open_district

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
SignIn = Callable[[Page, Any], None]


@pytest.fixture
def story(transactional_db: None) -> Story:
    return Story(open_district(on=today()))


def test_the_clerk_proposes_two_parks_and_one_declines_on_a_phone(
    story: Story, page: Page, phone_page: Page, sign_in: SignIn
) -> None:
    first, second, _third = parks(story)
    project = story.district.project(on=today(), industry_text="精细化工")
    story.reach(project, "first_talk_registered", "assessed", on=today())
    sign_in(page, story.clerk)
    page.goto(f"/projects/{project.pk}/propose/dispatch/")
    for unit in (first, second):
        page.locator(".ts-control").click()
        page.keyboard.type(str(unit))
        page.locator(".ts-dropdown .option", has_text=str(unit)).first.click()
    page.get_by_label("资源最优").check()
    page.locator("textarea[name=reason]").fill("标准厂房和港口条件匹配")
    page.get_by_role("button", name="提出", exact=True).click()
    expect(page.locator("main")).to_contain_text("承接建议")
    assert set(Proposal.objects.values_list("unit", flat=True)) == {first.pk, second.pk}
    step = Step.objects.get(case_id=project.pk, code="dispatch")
    story.answer(step.opinions.select_related("unit").get(), on=today(), answer="approve")
    sign_in(phone_page, story.person(first.code, "park_clerk"))
    phone_page.goto("/inbox/")
    phone_page.locator("a.main", has_text=project.name).first.click()
    phone_page.get_by_role("radio", name="不承接").check()
    phone_page.get_by_role("button", name="提交意见").click()
    expect(phone_page.locator("main")).to_contain_text("请填写理由")
    phone_page.locator("textarea[name=words]").fill("用地指标不足")
    phone_page.get_by_role("button", name="提交意见").click()
    expect(phone_page).to_have_url(re.compile(rf"/steps/{step.pk}/$"))
    expect(phone_page.locator("main")).to_contain_text("不承接")
    width = phone_page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
