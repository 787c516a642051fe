"""The pages that describe the REST interface, under the product's own content security policy."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests import factories

SLOW = 30_000
"""Milliseconds that a busy machine may take to put the description together and draw it."""
SOON, SCREEN, TURNS = 100, 400, 200


@pytest.mark.django_db
def test_who_is_not_signed_in_is_led_to_the_sign_in() -> None:
    answer = Client().get("/api/docs/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/api/docs/")


@pytest.mark.django_db
def test_the_page_holds_nothing_that_the_policy_would_stop() -> None:
    browser = factories.pages(factories.user("bureau_clerk"))
    page = browser.get("/api/docs/").content.decode()
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=") == 2
    script = browser.get("/api/docs/?script=")
    assert (script.status_code, script["Content-Type"]) == (200, "application/javascript")


@pytest.mark.browser
def test_the_operations_are_listed(page: Any, sign_in: Any) -> None:
    sign_in(page, factories.user("bureau_clerk"))
    page.goto("/api/docs/")
    page.locator(".opblock").first.wait_for(timeout=SLOW)
    seen: set[str] = set()
    wanted = page.locator("[data-path$='/advance/']")
    for _turn in range(TURNS):  # of so many operations only those in view are drawn
        if wanted.count():
            break
        seen |= set(page.locator(".opblock-summary-control").all_inner_texts())
        page.mouse.wheel(0, SCREEN)
        page.wait_for_timeout(SOON)
    expect(wanted.first).to_be_visible()
    assert len(seen) > 50
