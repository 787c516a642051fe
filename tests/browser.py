"""Fixtures for tests in a real Chromium: `page` on a desk, `phone_page` in a hand, `sign_in` for both.

A test fails when its page writes an error to the console, throws, or asks for anything beyond this machine.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--force-color-profile=srgb",
]  # fmt: skip
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
}
# A refusal is an answer, not a fault; Chromium writes every 4xx to the console.
REFUSAL = re.compile(r"status of (400|403|409|412|422|429)\b")
PATIENCE_MS = 10_000

# Playwright's sync API runs an event loop in the test's thread, which Django takes for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


class LivePage:
    """Watches one page: what it said and whom it asked."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        context.set_default_timeout(PATIENCE_MS)
        context.route("**/*", self.only_loopback)
        self.page = context.new_page()
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"threw: {error}"))

    def only_loopback(self, route: Route) -> None:
        if urlsplit(route.request.url).hostname in {"127.0.0.1", "localhost", None}:
            route.continue_()
            return
        self.faults.append(f"asked for {route.request.url}")
        route.abort()

    def heard(self, message: Any) -> None:
        if message.type == "error" and not REFUSAL.search(message.text):
            self.faults.append(f"{message.text} ({message.location.get('url', '')})")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert path, "no Chromium on this machine; `make test` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def live_app(live_server: Any, transactional_db: None) -> str:
    """The product on a loopback port, on this test's database; its address without a slash at the end."""
    return str(live_server.url)


def _watched(chromium: Browser, live_app: str, shape: dict[str, Any]) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=live_app, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **shape
    )
    live = LivePage(context)
    yield live.page
    context.close()
    assert not live.faults, "\n".join(live.faults)


@pytest.fixture
def page(chromium: Browser, live_app: str) -> Iterator[Page]:
    """A page of 1440 × 900."""
    yield from _watched(chromium, live_app, DESK)


@pytest.fixture
def phone_page(chromium: Browser, live_app: str) -> Iterator[Page]:
    """A page of 390 × 844 with touch."""
    yield from _watched(chromium, live_app, PHONE)


@pytest.fixture
def sign_in(live_app: str) -> Callable[[Page, Any], None]:
    """`sign_in(page, user)`: give the page this user's session, without typing a password."""

    def give(page: Page, user: Any) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": live_app, "httpOnly": True}]
        )

    return give
