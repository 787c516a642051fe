"""Stopping and resuming by page; the calendar page and loading a year on it."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from deadlines.loading import seed
from deadlines.models import CalendarVersion, Deadline, Pause, PauseRequest
from tests import factories as make
from tests.deadlines.making import clock, pair, pause
from tests.deadlines.test_loading import GOOD

pytestmark = pytest.mark.django_db

WEDNESDAY = date(2026, 3, 4)


@pytest.fixture(autouse=True)
def wednesday(time_machine: Any) -> None:
    time_machine.move_to("2026-03-04T04:00:00Z", tick=False)


def stop(clerk: User, head: User, row: Deadline, **fields: Any) -> Any:
    data = {"reason": "等待上级批复", "approved_by": head.pk, "on": "2026-03-04"} | fields
    return make.pages(clerk).post(f"/deadlines/{row.pk}/pause/", data)


def test_the_form_offers_approvers_and_never_oneself() -> None:
    clerk, head = pair()
    answer = make.pages(clerk).get(f"/deadlines/{clock().pk}/pause/")
    assert answer.status_code == 200
    assert [user.pk for user in answer.context["form"].fields["approved_by"].queryset] == [head.pk]
    own = make.pages(head).get(f"/deadlines/{clock().pk}/pause/")
    assert not own.context["form"].fields["approved_by"].queryset.exists()


def test_asking_for_a_stop_by_page_leads_back_to_the_case() -> None:
    clerk, head = pair()
    row = clock()
    answer = stop(clerk, head, row)
    assert (answer.status_code, answer["Location"]) == (302, f"/projects/{row.case_id}/")
    assert PauseRequest.objects.get(deadline=row).from_on == WEDNESDAY
    assert not Pause.objects.exists()


def test_the_approver_grants_it_on_the_page_of_requests() -> None:
    clerk, head = pair()
    row = clock()
    stop(clerk, head, row)
    browser = make.pages(head)
    assert "等待上级批复" in browser.get("/deadlines/pauses/").content.decode()
    request = PauseRequest.objects.get()
    assert browser.post(f"/deadlines/pauses/{request.pk}/approve/").status_code == 302
    assert Pause.objects.get(deadline=row).approved_by == head
    assert "没有待批准的停表申请" in browser.get("/deadlines/pauses/").content.decode()


def test_declining_on_the_page_wants_a_reason() -> None:
    clerk, head = pair()
    stop(clerk, head, clock())
    browser, url = make.pages(head), f"/deadlines/pauses/{PauseRequest.objects.get().pk}/decline/"
    refused = browser.post(url)
    assert (refused.status_code, "请填写原因" in refused.content.decode()) == (409, True)
    assert browser.post(url, {"reason": "材料已齐"}).status_code == 302
    assert PauseRequest.objects.get().state == "declined"


def test_the_page_of_requests_costs_the_same_for_one_and_for_many(django_assert_max_num_queries: Any) -> None:
    clerk, head = pair()
    for _n in range(6):
        stop(clerk, head, clock())
    browser = make.pages(head)
    with django_assert_max_num_queries(10):
        assert browser.get("/deadlines/pauses/").content.decode().count("/approve/") == 6
    assert make.pages(clerk).get("/deadlines/pauses/").status_code == 403


def test_a_unit_that_does_not_answer_for_the_clock_gets_no_form() -> None:
    unit = make.unit("finance")
    row = clock(make.case(parts={"lead": unit}), responsible_unit=make.unit("planning"))
    assert make.pages(make.user("reviewer", unit=unit)).get(f"/deadlines/{row.pk}/pause/").status_code == 403


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"approved_by": ""}, "approved_by"),
        ({"on": "2026-03-05"}, "on"),
        ({"on": "x"}, "on"),
    ],
)
def test_a_wrong_field_says_so_and_stops_nothing(fields: dict[str, Any], field: str) -> None:
    clerk, head = pair()
    answer = stop(clerk, head, clock(), **fields)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert not PauseRequest.objects.exists()


def test_what_the_action_refuses_shows_on_the_form() -> None:
    clerk, head = pair()
    row = clock()
    stop(clerk, head, row)
    answer = stop(clerk, head, row)
    assert answer.status_code == 400
    assert "已申请停表" in answer.content.decode()


def test_resuming_by_page_moves_the_due_day() -> None:
    clerk, head = pair()
    row = pause(deadline=clock(), reason="x", approved_by=head, by=clerk, on=date(2026, 3, 3))
    browser = make.pages(clerk)
    assert browser.get(f"/deadlines/{row.pk}/resume/").status_code == 200
    assert browser.post(f"/deadlines/{row.pk}/resume/", {"on": "2026-03-04"}).status_code == 302
    row.refresh_from_db()
    assert (row.paused_from, row.due_on) == (None, date(2026, 3, 10))


@pytest.mark.parametrize("page", ["pause", "resume"])
def test_who_may_not_or_sees_not_gets_no_form(page: str) -> None:
    url = f"/deadlines/{clock().pk}/{page}/"
    assert make.pages(make.user("inspector")).get(url).status_code == 403
    assert make.pages(make.user("park_clerk")).get(url).status_code == 404
    assert make.pages(make.user()).get(url).status_code == 403


def upload(user: User, text: str = GOOD) -> Any:
    return make.pages(user).post("/calendar/load/", {"file": SimpleUploadedFile("2027.toml", text.encode())})


def test_the_calendar_shows_years_holidays_and_sources() -> None:
    seed()
    page = make.pages(make.user("reviewer")).get("/calendar/").content.decode()
    assert "02-15—02-23" in page
    assert "国务院办公厅关于2026年部分节假日安排的通知" in page
    assert "/calendar/load/" not in page


def test_the_calendar_page_costs_the_same_for_any_number_of_years(django_assert_max_num_queries: Any) -> None:
    browser = make.pages(make.user("bureau_head"))
    seed()
    browser.get("/calendar/")
    with django_assert_max_num_queries(10):
        browser.get("/calendar/")


def test_an_empty_calendar_says_what_to_do() -> None:
    assert "seed_calendar" in make.pages(make.user("system_admin")).get("/calendar/").content.decode()


@pytest.mark.parametrize("role", ["bureau_head", "system_admin"])
def test_those_who_may_load_a_year_by_page(role: str) -> None:
    answer = upload(make.user(role))
    assert (answer.status_code, answer["Location"]) == (302, "/calendar/")
    assert CalendarVersion.objects.get().year == 2027


def test_others_may_not_load_a_year() -> None:
    assert upload(make.user("bureau_clerk")).status_code == 403
    assert not CalendarVersion.objects.exists()


def test_a_broken_file_shows_every_fault_on_the_page() -> None:
    answer = upload(make.user("bureau_head"), "year = 2027")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "缺少 version" in page
    assert "缺少 source" in page


def test_a_year_replaced_by_a_newer_version_stays_readable() -> None:
    head = make.user("bureau_head")
    upload(head)
    upload(head, GOOD.replace('version = "1"', 'version = "2"'))
    assert "已被新版取代" in make.pages(head).get("/calendar/").content.decode()


def test_no_file_at_all_is_asked_for() -> None:
    assert make.pages(make.user("bureau_head")).post("/calendar/load/").status_code == 400
