"""The enterprise asks for guidance before acceptance and reads the answer, on its own pages (三(五)11)."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from notices.models import Message
from projects.models import Project
from service.acceptance.guiding import ask_guidance, give_guidance
from service.models import Guidance
from tests import factories as make
from tests import lives
from tests.service.firms import firm_of, session
from tests.service.progress import site

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def housing() -> Unit:
    return make.unit("housing-construction", name="区住房城乡建委")


def text(answer: Any) -> str:
    return answer.content.decode()


def answered(asked: Guidance, words: str = "须附消防检测报告") -> Guidance:
    given: Guidance = give_guidance(
        guidance=asked, words=words, by=make.user("reviewer", unit=asked.unit), on=site.TODAY
    )
    return given


def test_it_asks_and_reads_the_answer_where_the_notice_leads(row, browser, housing) -> None:
    url = f"/portal/{row.pk}/guidance/"
    assert f"{url}before_acceptance/ask/" in text(browser.get(url))
    answer = browser.post(f"{url}before_acceptance/ask/", {"unit": housing.pk, "matter": "消防材料"})
    assert answer.status_code == 302
    asked = Guidance.objects.get()
    assert asked.by_enterprise and "待指导" in text(browser.get(url))
    answered(asked)
    assert "须附消防检测报告" in text(browser.get(url))
    assert Message.objects.get(topic="guidance.given").url == url


def test_the_enterprise_s_page_leads_to_it(row, browser) -> None:
    assert f"/portal/{row.pk}/guidance/" in text(browser.get(f"/portal/{row.pk}/"))


def test_asking_twice_or_without_a_matter_is_refused_on_the_form(row, browser, housing) -> None:
    url, body = f"/portal/{row.pk}/guidance/before_acceptance/ask/", {"unit": housing.pk, "matter": "材料"}
    assert browser.post(url, body | {"matter": " "}).status_code == 400
    browser.post(url, body)
    again = browser.post(url, body)
    assert again.status_code == 409 and "尚待指导" in text(again)


def test_it_takes_back_its_own_request_alone(row, browser, housing) -> None:
    url = f"/portal/{row.pk}/guidance/"
    browser.post(f"{url}before_acceptance/ask/", {"unit": housing.pk, "matter": "材料"})
    own = Guidance.objects.get()
    assert browser.post(f"{url}{own.pk}/withdraw/", {"reason": "已解决"}).status_code == 302
    own.refresh_from_db()
    theirs = ask_guidance(
        project=row, rule="before_acceptance", unit=housing, matter="园区所问", by=site.colleague(),
        on=site.TODAY,
    )  # fmt: skip
    assert own.withdrawn_on == site.TODAY
    assert browser.post(f"{url}{theirs.pk}/withdraw/", {"reason": "x"}).status_code == 404


def test_what_the_offices_asked_among_themselves_is_not_shown(row, firm, browser, housing) -> None:
    asked = ask_guidance(
        project=row, rule="before_acceptance", unit=housing, matter="园区所问", by=site.colleague(),
        on=site.TODAY,
    )  # fmt: skip
    answered(asked, "内部意见")
    for url in (f"/portal/{row.pk}/guidance/", f"/portal/{row.pk}/"):
        page = text(browser.get(url))
        assert "园区所问" not in page and "内部意见" not in page
    assert session(firm).get(f"/api/v1/portal/{row.pk}/guidance/").json()["results"] == []


def test_unknown_guidance_and_another_s_project_are_no_page(row, browser) -> None:
    other = site.started(name="别人的项目", enterprise=lives.outsider("别人公司"))
    for url in (
        f"{row.pk}/guidance/coffee/ask/",
        f"{other.pk}/guidance/",
        f"{row.pk}/guidance/999/withdraw/",
    ):
        assert browser.get(f"/portal/{url}").status_code == 404


def test_the_same_over_rest(row, firm, housing) -> None:
    caller, url = session(firm), f"/api/v1/portal/{row.pk}/guidance/"
    body = {"rule": "before_acceptance", "unit": housing.code, "matter": "消防材料"}
    made = caller.post(url, body, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "asked")
    again = caller.post(url, body, format="json")
    assert (again.status_code, again.json()["unmet"][0]["code"]) == (409, "already_asked")
    answered(Guidance.objects.get())
    (one,) = caller.get(url).json()["results"]
    assert (one["words"], one["state"]) == ("须附消防检测报告", "given")
    late = caller.post(f"{url}{one['id']}/withdraw/", {"reason": "x"}, format="json")
    assert late.status_code == 409
    other = site.started(name="别人的项目", enterprise=lives.outsider("别人公司"))
    assert caller.post(f"/api/v1/portal/{other.pk}/guidance/", body, format="json").status_code == 404
    assert caller.post(f"{url}99/withdraw/", {"reason": "x"}, format="json").status_code == 404


def test_the_list_asks_a_constant_number_of_queries(row, browser) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(f"/portal/{row.pk}/guidance/").status_code == 200
        return len(seen)

    def ask(code: str) -> None:
        url = f"/portal/{row.pk}/guidance/before_acceptance/ask/"
        assert browser.post(url, {"unit": make.unit(code).pk, "matter": "材料"}).status_code == 302

    ask("housing-construction")
    queries()
    before = queries()
    for code in ("planning-natural-resources", "meteorology"):
        ask(code)
    assert queries() == before
