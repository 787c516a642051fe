"""The enterprise reports the months of its own project, by page and over REST (三(四)10)."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from projects.models import Project
from service.models import MonthlyProgress
from service.portal import slots
from service.portal.access import Speaker
from tests import factories as make
from tests import lives
from tests.service.firms import firm_of, session
from tests.service.progress import site
from tests.service.progress.site import FEBRUARY, JANUARY, WAN

pytestmark = pytest.mark.django_db
FORM = {"invested": "500", "stage": "foundation", "percent": "5", "words": "桩基完成"}
BODY = {"month": "2026-02", "invested_fen": 500 * WAN, "stage": "foundation", "percent": 5}


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def row() -> Project:
    return site.started()


@pytest.fixture
def firm(row: Project) -> User:
    return firm_of(row)


@pytest.fixture
def browser(firm: User) -> Client:
    return make.pages(firm)


def text(answer: Any) -> str:
    return answer.content.decode()


def asked(row: Project, firm: User) -> list[slots.Asked]:
    return [one for one in slots.asked_of(Speaker(firm, row, site.TODAY)) if one.source == "progress"]


def test_a_missing_month_is_asked_of_it_with_its_due_day_until_it_is_reported(row, firm, browser) -> None:
    (one,) = asked(row, firm)
    url = f"/portal/{row.pk}/progress/2026-02/"
    assert (one.item.url, one.item.clause, str(one.item.due_on)) == (url, "三(四)10", "2026-03-05")
    page = text(browser.get(f"/portal/{row.pk}/"))
    assert "填报 2026-02 的建设进度" in page and url in page
    assert browser.post(url, FORM).status_code == 302
    done = MonthlyProgress.objects.get()
    assert (done.month, done.by_enterprise, done.by, done.unit) == (FEBRUARY, True, firm, None)
    assert asked(row, firm) == []


def test_its_months_stand_on_a_page_of_their_own(row, firm, browser) -> None:
    browser.post(f"/portal/{row.pk}/progress/2026-02/", FORM)
    page = text(browser.get(f"/portal/{row.pk}/progress/"))
    assert "桩基完成" in page and "基础施工 5%" in page and f"/portal/{row.pk}/progress/2026-03/" in page
    assert "累计完成投资" in text(browser.get(f"/portal/{row.pk}/"))


def test_a_correction_is_refused_without_a_reason_and_the_input_kept(row, browser) -> None:
    url = f"/portal/{row.pk}/progress/2026-02/"
    browser.post(url, FORM)
    answer = browser.post(url, FORM | {"invested": "400"})
    assert answer.status_code == 400 and "更正须说明原因" in text(answer) and "400" in text(answer)
    assert browser.post(url, FORM | {"invested": "400", "reason": "多报"}).status_code == 302
    assert MonthlyProgress.objects.get(in_force=True).invested_fen == 400 * WAN


def test_what_the_office_wrote_beside_its_figures_is_not_the_enterprise_s_to_read(row, firm, browser) -> None:
    site.report(row, words="园区现场核实", problems="企业资金不足")
    for url in ("progress/", "progress/2026-02/"):
        page = text(browser.get(f"/portal/{row.pk}/{url}"))
        assert "资金不足" not in page and "现场核实" not in page
    listed = session(firm).get(f"/api/v1/portal/{row.pk}/progress/").json()["results"]
    assert (listed[0]["invested_fen"], listed[0]["problems"], listed[0]["words"]) == (500 * WAN, "", "")


def test_before_the_start_nothing_is_asked_and_a_report_is_refused_without_a_shut_link() -> None:
    row = site.ready()
    firm = firm_of(row)
    browser = make.pages(firm)
    assert asked(row, firm) == []
    assert "尚未开工" in text(browser.get(f"/portal/{row.pk}/progress/"))
    answer = browser.post(f"/portal/{row.pk}/progress/2026-02/", FORM)
    assert answer.status_code == 409 and f"/projects/{row.pk}/" not in text(answer)


@pytest.mark.parametrize("month", ["2026-13", "x"])
def test_what_is_no_month_is_no_page(row, browser, month) -> None:
    assert browser.get(f"/portal/{row.pk}/progress/{month}/").status_code == 404


def test_a_month_to_come_or_before_the_start_is_refused(row, browser) -> None:
    for month in ("2026-04", "2026-01"):
        assert browser.post(f"/portal/{row.pk}/progress/{month}/", FORM).status_code == 400
    assert not MonthlyProgress.objects.exists() and JANUARY.month == 1


def test_of_a_project_that_was_put_aside_it_reads_and_is_asked_nothing(row, firm, browser) -> None:
    Project.objects.filter(pk=row.pk).update(
        shelved_on=site.TODAY, shelved_by=lives.clerk(), shelved_reason="缓建"
    )
    fresh = Project.objects.select_related("case").get(pk=row.pk)
    assert asked(fresh, firm) == []
    page = text(browser.get(f"/portal/{row.pk}/progress/"))
    assert "填报或更正" not in page
    assert browser.post(f"/portal/{row.pk}/progress/2026-02/", FORM).status_code == 409


def test_another_enterprise_s_months_are_404_and_on_record(row, browser) -> None:
    other = site.started(name="别人的项目", enterprise=lives.outsider("别人公司"))
    caller = session(firm_of(row))
    for url in (f"/portal/{other.pk}/progress/", f"/portal/{other.pk}/progress/2026-02/"):
        assert browser.get(url).status_code == 404
        assert browser.post(url, FORM).status_code in (404, 405)
    assert caller.post(f"/api/v1/portal/{other.pk}/progress/", BODY, format="json").status_code == 404
    assert AuditEntry.objects.filter(kind="portal.out_of_bounds").count() >= 4
    assert not MonthlyProgress.objects.exists()


def test_it_reports_over_rest_and_reads_its_months(row, firm) -> None:
    caller, url = session(firm), f"/api/v1/portal/{row.pk}/progress/"
    made = caller.post(url, BODY, format="json")
    assert (made.status_code, made.json()["by_enterprise"]) == (201, True)
    again = caller.post(url, BODY | {"percent": 3}, format="json")
    assert again.status_code == 400
    assert {one["code"] for one in again.json()["unmet"]} == {"correction"}
    assert [one["month"] for one in caller.get(url).json()["results"]] == ["2026-02"]


def test_a_colleague_has_no_such_room(row) -> None:
    caller = make.api(site.colleague())
    assert caller.get(f"/api/v1/portal/{row.pk}/progress/").status_code == 404


def test_the_page_asks_a_constant_number_of_queries(row, browser) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(f"/portal/{row.pk}/progress/").status_code == 200
        return len(seen)

    site.report(row)
    queries()
    before = queries()
    with time_machine.travel("2026-05-06T09:00:00+08:00", tick=False):
        for month in (3, 4):
            site.report(row, on=site.TODAY.replace(month=5), month=FEBRUARY.replace(month=month), percent=50)
    assert queries() == before
