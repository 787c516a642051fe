"""Somebody at the screen of a real Chromium, who does what a person does, by what a person reads."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from accounts.demo import DEMO_PASSWORD
from accounts.models import User

SOON = 60_000
"""Milliseconds that a worker may take."""


@dataclass
class Visitor:
    page: Page

    def sign_in(self, username: str | User, password: str = DEMO_PASSWORD) -> None:
        """As somebody else than before, with the password."""
        self.page.context.clear_cookies()
        self.page.goto("/sign-in/")
        self.page.locator("input[name=username]").fill(str(getattr(username, "username", username)))
        self.page.locator("input[name=password]").fill(password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        expect(self.page).not_to_have_url(re.compile("sign-in"))

    def click(self, words: str) -> None:
        """The button or link with these words."""
        shown = self.page.locator("main").locator("button:visible, a.btn:visible")
        shown.filter(has_text=re.compile(rf"^\s*{words}\s*$")).first.click()

    def confirm(self, words: str) -> None:
        """A button that asks whether one is sure; waits for the page that answers."""
        self.click(words)
        with self.page.expect_navigation():
            self.page.locator("#confirm").get_by_role("button", name="确定").click()

    def submit(self) -> None:
        """The form of the page; waits for the page that answers."""
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").click()

    def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.locator(f"[name={name}]").fill(text)

    def sees(self, *words: str) -> None:
        for text in words:
            expect(self.page.locator("main")).to_contain_text(text)

    def choose(self, select: str, words: str) -> None:
        """From a long list that is searched by typing."""
        self.page.locator(f"#id_{select}-ts-control").fill(words)
        found = self.page.locator(".ts-dropdown:visible .option")
        expect(found).to_have_count(1)
        found.click()
        expect(self.page.locator(".ts-dropdown:visible")).to_have_count(0)

    def check(self, *labels: str) -> None:
        for label in labels:
            self.page.get_by_label(label, exact=True).check()

    def answer(self, word: str, reason: str = "") -> None:
        """What waits first in the inbox, with this answer."""
        self.page.goto("/inbox/")
        self.page.get_by_role("link", name="出具意见").first.click()
        self.check(word)
        if reason:
            self.fill(words=reason)
        self.click("提交意见")

    def import_ledger(self, file: Path) -> None:
        self.page.goto("/imports/")
        self.page.locator("input[name=file]").set_input_files(file)
        self.click("上传并识别")
        self.sees("表头在第")
        self.click("保存并检查")
        self.page.get_by_text("确认后将").wait_for(timeout=SOON)
        self.click("确认导入")
        self.page.get_by_role("button", name="撤销导入").wait_for(timeout=SOON)
