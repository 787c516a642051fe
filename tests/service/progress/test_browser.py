"""From the start to the month's grid in a real Chromium, on a desk and in a hand."""

import os
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from projects.models import Project
from service.models import MonthlyProgress, StatedDay
from tests import lives
from tests.service.progress import site

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=True):
        yield


def shoot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def told() -> Project:
    row = site.started(on=date(2025, 11, 12), contract="5亿元")
    stages = (
        ("2025-11", 1_200, "foundation", 4),
        ("2025-12", 3_400, "structure", 12),
        ("2026-01", 2_600, "structure", 18),
    )
    for month, wan, stage, percent in stages:
        site.report(row, month=date.fromisoformat(f"{month}-01"), wan=wan, stage=stage, percent=percent)
    StatedDay.objects.create(
        project=row, milestone="construction_started", reading="start_development_reform",
        name="实际开工时间（发改）", unit=site.make.unit("development-reform"), day=date(2025, 10, 8),
        stated_on=site.TODAY, by=lives.clerk(),
    )  # fmt: skip
    return row


def no_sideways_scroll(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_the_month_is_filled_in_on_the_grid(page: Any, sign_in: Any) -> None:
    row = told()
    sign_in(page, lives.clerk())
    page.goto(f"/projects/{row.pk}/")
    panel = page.locator("#panel-progress")
    assert panel.locator("dd", has_text="7,200万元").first.is_visible()
    assert panel.locator("svg rect").count() == 5
    shoot(page, "case-file")
    page.goto("/progress/?month=2026-02")
    page.fill(f"#id_{row.pk}-invested", "500")
    page.select_option(f"#id_{row.pk}-stage", "foundation")
    page.fill(f"#id_{row.pk}-percent", "20")
    page.get_by_role("button", name="保存本页").click()
    assert page.get_by_text("形象进度后退（2026-01 为“主体施工”），须说明原因").is_visible()
    shoot(page, "grid")
    page.fill(f"#id_{row.pk}-reason", "基础返工")
    page.get_by_role("button", name="保存本页").click()
    page.get_by_text("已保存 1 个项目").wait_for()
    assert MonthlyProgress.objects.get(month=date(2026, 2, 1)).reason == "基础返工"


def test_it_is_read_and_reported_on_a_phone(phone_page: Any, sign_in: Any) -> None:
    row = told()
    sign_in(phone_page, lives.clerk())
    for path in ("", "progress/", "days/", "acceptance/", "progress/2026-02/"):
        phone_page.goto(f"/projects/{row.pk}/{path}")
        assert no_sideways_scroll(phone_page), path
        shoot(phone_page, f"phone-{path.strip('/').replace('/', '-') or 'case'}")
    phone_page.goto("/progress/?month=2026-02")
    assert no_sideways_scroll(phone_page)
    shoot(phone_page, "phone-grid")
    phone_page.goto(f"/projects/{row.pk}/progress/2026-02/")
    phone_page.fill("#id_invested", "900")
    phone_page.select_option("#id_stage", "topped_out")
    phone_page.fill("#id_percent", "30")
    phone_page.get_by_role("button", name="保存").click()
    phone_page.get_by_text("已保存").first.wait_for()
    assert MonthlyProgress.objects.filter(month=date(2026, 2, 1)).exists()
