"""What the case file leaves folded opens by a click, and by an address that names it."""

from typing import Any

import pytest

from tests.service.district import signed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_folded_panel_is_read_when_it_is_opened(page: Any, sign_in: Any) -> None:
    served = signed("fuling-lifecycle-2024")
    sign_in(page, served.clerk)
    page.goto(f"/projects/{served.project.pk}/")
    panel = page.locator("#panel-circulation")
    assert "高新区" not in panel.inner_text()
    panel.locator("summary").click()
    page.locator("section#panel-circulation").wait_for()
    assert "承接" in page.locator("#panel-circulation").inner_text()
    page.goto("about:blank")
    page.goto(f"/projects/{served.project.pk}/#panel-special_reports")
    page.locator("section#panel-special_reports").wait_for()
    page.locator(".jumps a", has_text="流转记录").click()
    page.locator("section#panel-circulation").wait_for()
