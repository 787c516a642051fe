"""Addresses that nobody meant: an answer that says so, never a fault of ours."""

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import path

from lifecycle.urls import handler400, handler403, handler404, handler500, urlpatterns
from tests import factories
from tests.law import District, open_district

HUGE = "9" * 30
PROBLEM = "application/problem+json"


def broken(request: Any) -> None:
    raise RuntimeError("a fault of ours")


class WithAFault:
    """The product's addresses and two behind which something breaks."""

    handler400, handler403, handler404, handler500 = handler400, handler403, handler404, handler500
    urlpatterns = [path("api/v1/broken/", broken), path("broken/", broken), *urlpatterns]


@pytest.fixture
def district(db: None) -> District:
    return open_district()


@pytest.fixture
def browser(district: District) -> Client:
    made = factories.pages(district.clerk)
    made.raise_request_exception = False
    return made


@pytest.fixture
def caller(district: District) -> Any:
    made = factories.api(district.clerk)
    made.raise_request_exception = False
    return made


PAGES = {
    "/projects/?year=²": 400,
    "/projects/?updated_since=0001-01-01T00:00:00%2B14:00": 400,
    "/projects/?q=%00": 200,
    f"/projects/{HUGE}/": 404,
    "/assignments/?project=²": 200,
    f"/assignments/?project={HUGE}": 200,
    "/scoring/?project=²": 200,
    f"/scoring/?project={HUGE}": 200,
    f"/notices/?page={HUGE}": 200,
}
REST = {
    "projects/?year=²": 400,
    "projects/?page_size=²": 200,
    "projects/?cursor=WyItaWQiLCIiLDFlMzBd": 400,
    "assignments/?project=²": 200,
    f"assignments/?project={HUGE}": 200,
    f"steps/?project={HUGE}": 200,
    "steps/?code=%00": 200,
    f"scoring/credits/?project={HUGE}": 200,
    f"deadlines/?case={HUGE}": 400,
    "deadlines/?cursor=cD1hYmM=": 404,
    f"projects/{HUGE}/": 404,
    f"projects/{HUGE}/commissioner/": 404,
    f"assignments/{HUGE}/": 404,
    "nonsense/": 404,
}


@pytest.mark.parametrize("url", PAGES)
def test_a_page_answers(browser: Client, url: str) -> None:
    assert browser.get(url).status_code == PAGES[url]


def test_rest_answers_with_problems(caller: Any) -> None:
    for url, status in REST.items():
        answer = caller.get(f"/api/v1/{url}")
        assert answer.status_code == status, url
        assert status == 200 or answer["Content-Type"] == PROBLEM, url


def test_a_project_that_cannot_be_has_no_assignments(caller: Any, district: District) -> None:
    from assignments import actions

    actions.issue(
        case=district.project().case, by=district.head, on=factories.TODAY, kind="task",
        unit=district.park, title="核实用地",
    )  # fmt: skip
    assert len(caller.get("/api/v1/assignments/?show=all").json()["results"]) == 1
    for nowhere in ("²", HUGE):
        assert caller.get(f"/api/v1/assignments/?show=all&project={nowhere}").json()["results"] == []


@override_settings(ROOT_URLCONF=WithAFault)
def test_a_fault_of_ours_is_a_problem_to_programs_and_a_page_to_people(browser: Client) -> None:
    told = browser.get("/api/v1/broken/")
    assert (told.status_code, told["Content-Type"]) == (500, PROBLEM)
    assert told.json()["type"] == "problem:server_error"
    assert "a fault of ours" not in told.content.decode()
    shown = browser.get("/broken/")
    assert (shown.status_code, shown["Content-Type"]) == (500, "text/html; charset=utf-8")
