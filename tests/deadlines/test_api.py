"""Clocks over REST."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from deadlines.actions import cancel, meet
from deadlines.loading import seed
from deadlines.models import CalendarVersion, Deadline, PauseRequest
from tests import factories as make
from tests.deadlines.making import START, clock, pair, pause
from tests.deadlines.test_loading import GOOD

pytestmark = pytest.mark.django_db

URL = "/api/v1/deadlines/"


@pytest.fixture(autouse=True)
def the_tenth(time_machine: Any) -> None:
    time_machine.move_to("2026-03-10T04:00:00Z", tick=False)


def ids(answer: Any) -> set[int]:
    assert answer.status_code == 200, answer.data
    return {row["id"] for row in answer.data["results"]}


def test_a_park_lists_the_clocks_of_its_own_cases() -> None:
    park = make.unit("park", kind="park")
    own = clock(make.case(parts={"landing": park}))
    clock()
    assert ids(make.api(make.user("park_clerk", unit=park)).get(URL)) == {own.pk}


def test_administrators_and_strangers_see_none() -> None:
    row = clock()
    admin = make.api(make.user("system_admin"))
    assert ids(admin.get(URL)) == set()
    assert admin.get(f"{URL}{row.pk}/").status_code == 404


def test_clocks_are_found_by_state_light_case_and_day() -> None:
    clerk, head = pair()
    rows = {
        "late": clock(),
        "running": clock(started_on=date(2026, 3, 9)),
        "met": meet(deadline=clock(), on=date(2026, 3, 9), by=None),
        "met_late": meet(deadline=clock(), on=date(2026, 3, 10), by=None),
        "cancelled": cancel(deadline=clock(), reason="x", by=None, on=START),
        "paused": pause(deadline=clock(), reason="x", approved_by=head, by=clerk, on=START),
    }
    caller = make.api(clerk)
    for state, row in rows.items():
        assert ids(caller.get(URL, {"state": state})) == {row.pk}
        assert caller.get(f"{URL}{row.pk}/").data["state"] == state
    assert ids(caller.get(URL, {"light": "red"})) == {rows["late"].pk}
    assert ids(caller.get(URL, {"light": "green"})) == {rows["running"].pk}
    assert ids(caller.get(URL, {"case": rows["met"].case_id})) == {rows["met"].pk}
    assert ids(caller.get(URL, {"due_from": "2026-03-10"})) == {rows["running"].pk}


@pytest.mark.parametrize("query", [{"state": "asleep"}, {"light": "blue"}, {"case": "x"}, {"due_to": "soon"}])
def test_a_filter_that_makes_no_sense_is_refused(query: dict[str, str]) -> None:
    assert make.api(make.user("bureau_clerk")).get(URL, query).status_code == 400


def test_one_clock_comes_with_its_arithmetic_and_stops() -> None:
    clerk, head = pair()
    row = pause(deadline=clock(), reason="x", approved_by=head, by=clerk, on=date(2026, 3, 4))
    data = make.api(clerk).get(f"{URL}{row.pk}/").data
    assert (data["due_on"], data["light"], data["pauses"][0]["approved_by"]) == (
        "2026-03-09",
        "grey",
        head.username,
    )
    told = data["arithmetic"]
    assert [str(day) for day in told["counted"]][-1] == "2026-03-09"
    assert told["lines"][-1] == "截止 2026-03-09"


@pytest.fixture
def the_fourth(time_machine: Any) -> None:
    time_machine.move_to("2026-03-04T04:00:00Z", tick=False)


REQUESTS = "/api/v1/pause-requests/"


@pytest.mark.usefixtures("the_fourth")
def test_a_stop_is_asked_for_granted_and_ended_over_rest(time_machine: Any) -> None:
    clerk, head = pair()
    row, caller, approver = clock(), make.api(clerk), make.api(head)
    body = {"reason": "等待批复", "approved_by": head.username, "on": "2026-03-04"}
    answer = caller.post(f"{URL}{row.pk}/pause/", body, format="json")
    assert (answer.status_code, answer.data["state"]) == (202, "running")
    again = caller.post(f"{URL}{row.pk}/pause/", body, format="json")
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "pause_asked")
    (asked,) = approver.get(REQUESTS, {"state": "pending", "approver": head.username}).data["results"]
    assert caller.post(f"{REQUESTS}{asked['id']}/approve/").status_code == 403
    granted = approver.post(f"{REQUESTS}{asked['id']}/approve/")
    assert (granted.status_code, granted.data["state"]) == (200, "approved")
    assert caller.get(f"{URL}{row.pk}/").data["state"] == "paused"
    time_machine.move_to("2026-03-06T04:00:00Z", tick=False)
    answer = caller.post(f"{URL}{row.pk}/resume/", {"on": "2026-03-06"}, format="json")
    assert (answer.status_code, answer.data["due_on"]) == (200, "2026-03-11")
    assert caller.post(f"{URL}{row.pk}/resume/").status_code == 409


@pytest.mark.usefixtures("the_fourth")
def test_a_stop_is_declined_over_rest_with_a_reason() -> None:
    clerk, head = pair()
    row = clock()
    make.api(clerk).post(f"{URL}{row.pk}/pause/", {"reason": "x", "approved_by": head.username})
    approver, pk = make.api(head), row.pause_requests.get().pk
    assert approver.post(f"{REQUESTS}{pk}/decline/").status_code == 400
    answer = approver.post(f"{REQUESTS}{pk}/decline/", {"reason": "材料已齐"})
    assert (answer.data["state"], answer.data["decided_by"]) == ("declined", head.username)
    assert make.api(make.user("park_clerk")).get(REQUESTS).data["results"] == []


def test_a_clock_overdue_today_is_not_stopped_over_rest_by_an_earlier_day() -> None:
    clerk, head = pair()
    body = {"reason": "等待批复", "approved_by": head.username, "on": "2026-03-04"}
    answer = make.api(clerk).post(f"{URL}{clock().pk}/pause/", body, format="json")
    assert (answer.status_code, answer.data["unmet"][0]["code"]) == (409, "deadline_overdue")


@pytest.mark.usefixtures("the_fourth")
def test_a_repeated_request_with_the_same_key_asks_once() -> None:
    clerk, head = pair()
    row, caller = clock(), make.api(clerk)
    body = {"reason": "等待批复", "approved_by": head.username, "on": "2026-03-04"}
    for _time in range(2):
        answer = caller.post(f"{URL}{row.pk}/pause/", body, format="json", headers={"Idempotency-Key": "k1"})
        assert answer.status_code == 202
    assert PauseRequest.objects.count() == 1


@pytest.mark.parametrize(
    "broken", [{"reason": ""}, {"approved_by": "nobody-at-all"}, {"on": "2026-03-11"}, {"on": "soon"}]
)
def test_a_broken_request_is_refused(broken: dict[str, str]) -> None:
    clerk, head = pair()
    body = {"reason": "x", "approved_by": head.username, "on": "2026-03-04"} | broken
    answer = make.api(clerk).post(f"{URL}{clock().pk}/pause/", body, format="json")
    assert answer.status_code == 400
    assert not PauseRequest.objects.exists()


def test_a_role_without_the_right_gets_403() -> None:
    _clerk, head = pair()
    caller = make.api(make.user("inspector"))
    body = {"reason": "x", "approved_by": head.username}
    assert caller.post(f"{URL}{clock().pk}/pause/", body, format="json").status_code == 403


def test_the_list_costs_the_same_for_any_length(django_assert_max_num_queries: Any) -> None:
    case, caller = make.case(), make.api(make.user("bureau_clerk"))
    for _n in range(12):
        clock(case, responsible_unit=make.unit(), responsible_user=make.user())
    with django_assert_max_num_queries(5):
        assert len(caller.get(URL).data["results"]) == 12
    assert Deadline.objects.count() == 12


def test_the_calendar_is_read_by_all_and_loaded_by_those_who_may() -> None:
    seed()
    url, file = "/api/v1/calendar/", SimpleUploadedFile("2027.toml", GOOD.encode())
    assert len(make.api(make.user("reviewer")).get(url).data["results"]) == 23
    assert make.api(make.user("reviewer")).post(url, {"file": file}).status_code == 403
    file.seek(0)
    answer = make.api(make.user("bureau_head")).post(url, {"file": file})
    assert (answer.status_code, answer.data["year"]) == (201, 2027)
    broken = SimpleUploadedFile("2028.toml", b"year = 2028")
    answer = make.api(make.user("bureau_head")).post(url, {"file": broken})
    assert (answer.status_code, answer.data["unmet"][0]["code"]) == (400, "calendar_file")
    assert CalendarVersion.objects.count() == 24
