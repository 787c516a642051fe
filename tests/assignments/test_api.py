"""The same over REST."""

import pytest

from assignments.models import Assignment
from tests import factories as make
from tests import lives

pytestmark = pytest.mark.django_db
HOME = "/api/v1/assignments/"


@pytest.fixture
def duty() -> dict:
    clerk = lives.clerk()
    case = lives.registered(by=clerk).case
    reviewer = make.user("reviewer", unit=make.unit("finance"))
    body = {"project": case.pk, "kind": "problem", "unit": "finance", "title": "协调用气"}
    answer = make.api(clerk).post(HOME, body, format="json")
    assert answer.status_code == 201, answer.data
    return {"url": f"{HOME}{answer.data['id']}/", "clerk": clerk, "reviewer": reviewer}


def test_issue_accept_report_close(duty) -> None:
    theirs, ours = make.api(duty["reviewer"]), make.api(duty["clerk"])
    assert theirs.post(f"{duty['url']}accept/").data["state"] == "accepted"
    assert theirs.post(f"{duty['url']}report/", {"report": "已落实"}).data["state"] == "reported"
    assert ours.post(f"{duty['url']}close/", {"note": "属实"}).data["state"] == "closed"


def test_a_move_at_the_wrong_time_is_409_with_what_is_unmet(duty) -> None:
    answer = make.api(duty["clerk"]).post(f"{duty['url']}close/")
    assert answer.status_code == 409
    assert answer.data["unmet"][0]["code"] == "wrong_state"


def test_a_move_by_the_wrong_unit_is_403_and_out_of_sight_404(duty) -> None:
    assert make.api(duty["clerk"]).post(f"{duty['url']}accept/").status_code == 403
    assert make.api(make.user("reviewer")).post(f"{duty['url']}accept/").status_code == 404


def test_giving_back_and_issuing_again(duty) -> None:
    make.unit("gas-company", kind="utility")
    back = make.api(duty["reviewer"]).post(f"{duty['url']}return/", {"reason": "不属职责"})
    assert back.data["state"] == "returned"
    again = make.api(duty["clerk"]).post(f"{duty['url']}reissue/", {"unit": "gas-company"})
    assert (again.data["state"], again.data["unit"]) == ("issued", "gas-company")


def test_the_list_filters_and_costs_the_same_for_more_rows(duty, django_assert_max_num_queries) -> None:
    caller = make.api(duty["clerk"])
    caller.get(HOME)
    with django_assert_max_num_queries(6):
        found = caller.get(HOME, {"unit": "finance", "show": "open"}).data["results"]
    assert [row["title"] for row in found] == ["协调用气"]
    assert caller.get(HOME, {"kind": "task"}).data["results"] == []


def test_nobody_without_a_token_sees_anything(client) -> None:
    assert client.get(HOME).status_code in (401, 403)


def test_an_unknown_unit_is_400_and_writes_nothing(duty) -> None:
    body = {"project": 1, "kind": "problem", "unit": "nowhere", "title": "x"}
    assert make.api(duty["clerk"]).post(HOME, body, format="json").status_code == 400
    assert Assignment.objects.count() == 1
