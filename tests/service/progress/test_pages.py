"""Pages from start to production: forms that say what is wrong, lists of a constant number of queries."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from projects.models import Project, ReachedMilestone
from service.models import DayDifference, MonthlyProgress, StatedDay
from tests import factories as make
from tests import lives
from tests.documents.files import upload
from tests.service.progress import site
from tests.service.progress.site import FEBRUARY, WAN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def clerk() -> User:
    return lives.clerk()


@pytest.fixture
def browser(clerk: User) -> Client:
    return make.pages(clerk)


def text(response: Any) -> str:
    return response.content.decode()


def test_the_start_is_recognised_on_its_page_and_the_milestone_leads_there(browser: Client) -> None:
    row = site.ready()
    url = f"/projects/{row.pk}/recognise/construction_started/"
    assert url in text(browser.get(f"/projects/{row.pk}/milestones/construction_started/"))
    page = text(browser.get(url))
    assert "桩基施工或开挖基础" in page and "只登记，不据以认定" in page
    answer = browser.post(url, {"day_piling": "2026-02-12", "file_piling": upload()})
    assert answer.status_code == 302
    assert ReachedMilestone.objects.get(code="construction_started").on == date(2026, 2, 12)


def test_facts_that_do_not_count_are_refused_with_the_input_kept(browser: Client) -> None:
    row = site.ready()
    url = f"/projects/{row.pk}/recognise/construction_started/"
    answer = browser.post(url, {"day_levelling": "2026-02-12", "note": "已平整"})
    assert answer.status_code == 409
    assert "三(四)9" in text(answer) and "已平整" in text(answer)


def test_a_paper_without_its_day_is_said_at_the_field(browser: Client) -> None:
    row = site.ready()
    answer = browser.post(f"/projects/{row.pk}/recognise/construction_started/", {"file_piling": upload()})
    assert (answer.status_code, "请填写日期" in text(answer)) == (400, True)


def test_who_may_not_recognise_sees_no_form() -> None:
    row = site.ready()
    leader = make.pages(make.user("leader", unit=lives.bureau()))
    assert leader.get(f"/projects/{row.pk}/recognise/construction_started/").status_code == 403
    stranger = make.pages(make.user("park_clerk", unit=make.unit("qingxi-park", kind="park")))
    assert stranger.get(f"/projects/{row.pk}/recognise/construction_started/").status_code == 404


def test_what_the_plan_does_not_recognise_has_no_such_page(browser: Client) -> None:
    row = site.ready()
    for code in ("signed", "nonsense"):
        assert browser.get(f"/projects/{row.pk}/recognise/{code}/").status_code == 404


def test_the_panel_shows_days_side_by_side_the_sum_and_the_months_missing(browser: Client) -> None:
    row = site.started(on=date(2026, 1, 12))
    site.report(row, wan=1_200)
    StatedDay.objects.create(
        project=row, milestone="construction_started", reading="start_development_reform", name="发改",
        unit=make.unit("development-reform"), day=date(2026, 2, 20), stated_on=site.TODAY, by=lives.clerk(),
    )  # fmt: skip
    page = text(browser.get(f"/projects/{row.pk}/panels/progress/"))
    assert "1,200万元" in page and "2026-01" in page and "缺报月份" in page
    assert "口径相差 39 天" in page


def test_before_construction_the_case_file_has_no_such_panel(browser: Client) -> None:
    row = lives.registered()
    assert browser.get(f"/projects/{row.pk}/panels/progress/").status_code == 404


def test_the_panel_asks_two_queries_however_many_months(browser: Client) -> None:
    row = site.started()
    path = f"/projects/{row.pk}/panels/progress/"
    browser.get(path)
    with CaptureQueriesContext(connection) as none:
        browser.get(path)
    for number in range(1, 12):
        MonthlyProgress.objects.create(
            project=row, month=date(2025, number, 1), invested_fen=WAN, stage="foundation", percent=1,
            reported_on=site.TODAY, by=lives.clerk(),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        browser.get(path)
    assert len(many) == len(none)


def test_a_day_is_stated_and_corrected_on_its_page() -> None:
    row = site.started()
    page = make.pages(site.department(row, "development-reform"))
    url = f"/projects/{row.pk}/days/start_development_reform/"
    assert "更正原因" not in text(page.get(url))
    assert page.post(url, {"day": "2026-02-12", "source": "入库单"}).status_code == 302
    answer = page.post(url, {"day": "2026-02-13"})
    assert (answer.status_code, StatedDay.objects.count()) == (400, 1)
    assert page.post(url, {"day": "2026-01-05", "reason": "误填"}).status_code == 302
    shown = text(page.get(f"/projects/{row.pk}/days/"))
    assert "误填" in shown and "相差 38 天" in shown


def test_another_department_is_not_offered_the_form() -> None:
    row = site.started()
    page = make.pages(site.department(row, "economy-information"))
    assert page.get(f"/projects/{row.pk}/days/start_development_reform/").status_code == 403
    shown = text(page.get(f"/projects/{row.pk}/days/"))
    assert "start_economy_information/" in shown and "start_development_reform/" not in shown


def test_a_month_is_reported_on_its_page_and_a_doubt_is_shown_at_the_reason(browser: Client) -> None:
    row = site.started()
    url = f"/projects/{row.pk}/progress/2026-02/"
    body = {"invested": "1,234.56", "stage": "foundation", "percent": "5"}
    assert browser.post(url, body).status_code == 302
    assert MonthlyProgress.objects.get().invested_fen == 1_234_560_000
    answer = browser.post(url, body | {"invested": "1000"})
    assert answer.status_code == 400
    assert "2026-02 已有填报，更正须说明原因" in text(answer) and 'value="1000"' in text(answer)


@pytest.mark.parametrize("address", ["2026-13", "202602", "february", "2026-2"])
def test_no_month_is_no_page(browser: Client, address: str) -> None:
    row = site.started()
    assert browser.get(f"/projects/{row.pk}/progress/{address}/").status_code == 404


def test_the_months_page_shows_corrections_crossed_out(browser: Client) -> None:
    row = site.started()
    site.report(row, wan=500)
    site.report(row, wan=450, reason="重复计入")
    page = text(browser.get(f"/projects/{row.pk}/progress/"))
    assert 'class="gone"' in page and "重复计入" in page and "450万元" in page


def test_the_grid_saves_the_lines_filled_in_and_leaves_the_others(browser: Client) -> None:
    one, two = site.started(), site.started(name="二号", enterprise=lives.outsider("二号公司"))
    url = "/progress/?month=2026-02"
    page = text(browser.get(url))
    assert one.name in page and f'name="{two.pk}-invested"' in page
    body = {f"{one.pk}-invested": "300", f"{one.pk}-stage": "foundation", f"{one.pk}-percent": "3"}
    body |= {f"{two.pk}-invested": "", f"{two.pk}-stage": "", f"{two.pk}-percent": ""}
    assert browser.post(url, body).status_code == 302
    assert MonthlyProgress.objects.get().project == one


def test_one_wrong_line_of_the_grid_saves_none_and_says_where(browser: Client) -> None:
    one, two = site.started(), site.started(name="二号", enterprise=lives.outsider("二号公司"))
    body = {f"{one.pk}-invested": "300", f"{one.pk}-stage": "foundation", f"{one.pk}-percent": "3"}
    body |= {f"{two.pk}-invested": "30000", f"{two.pk}-stage": "foundation", f"{two.pk}-percent": "3"}
    answer = browser.post("/progress/?month=2026-02", body)
    assert (answer.status_code, MonthlyProgress.objects.count()) == (400, 0)
    assert f'id="id_{two.pk}-reason-error"' in text(answer)
    answer = browser.post("/progress/?month=2026-02", body | {f"{one.pk}-invested": "三百"})
    assert (answer.status_code, MonthlyProgress.objects.count()) == (400, 0)


def test_the_grid_keeps_what_only_the_projects_own_page_asks(browser: Client) -> None:
    row = site.started()
    site.report(row, problems="供电未到位")
    body = {f"{row.pk}-invested": "500", f"{row.pk}-stage": "foundation", f"{row.pk}-percent": "6"}
    browser.post("/progress/?month=2026-02", body | {f"{row.pk}-reason": "补充"})
    assert MonthlyProgress.objects.get(in_force=True).problems == "供电未到位"


def test_a_reader_sees_the_grid_without_fields() -> None:
    row = site.started()
    site.report(row, words="基础完成")
    page = text(make.pages(make.user("leader", unit=lives.bureau())).get("/progress/?month=2026-02"))
    assert "基础完成" in page and "保存本页" not in page


def test_grid_and_differences_ask_a_constant_number_of_queries(browser: Client) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(path).status_code == 200
        return len(seen)

    row = site.started()
    DayDifference.objects.create(project=row, milestone="construction_started", days=30, since=site.TODAY)
    paths = ("/progress/?month=2026-02", "/day-differences/")
    before = [queries(path) for path in paths]
    before = [queries(path) for path in paths]
    for number in range(4):
        more = site.started(name=f"第{number}号", enterprise=lives.outsider(f"第{number}号公司"))
        site.report(more, month=FEBRUARY)
        DayDifference.objects.create(
            project=more, milestone="construction_started", days=40 + number, since=site.TODAY
        )
    assert [queries(path) for path in paths] == before
    page = text(browser.get("/day-differences/"))
    assert page.index("第3号") < page.index("第2号")


def test_another_districts_differences_are_not_in_the_list(browser: Client) -> None:
    row = site.started()
    DayDifference.objects.create(project=row, milestone="construction_started", days=30, since=site.TODAY)
    row.case.division = "500103"
    row.case.save()
    Project.objects.filter(pk=row.pk).update(division="500103")
    assert row.name not in text(browser.get("/day-differences/"))


def test_the_case_file_of_a_building_project_asks_as_much_however_much_was_reported(browser: Client) -> None:
    row = site.started()
    path = f"/projects/{row.pk}/"
    browser.get(path)
    with CaptureQueriesContext(connection) as few:
        browser.get(path)
    for number in range(1, 12):
        MonthlyProgress.objects.create(
            project=row, month=date(2025, number, 1), invested_fen=WAN, stage="foundation", percent=1,
            reported_on=site.TODAY, by=lives.clerk(),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        browser.get(path)
    assert len(many) == len(few)
