"""REST: who am I, and which units there are."""

from datetime import date

import pytest

from accounts.roles import Can
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_me_names_roles_and_what_they_allow() -> None:
    park = make.unit("gaoxin", kind="park", name="高新区")
    person = make.user("park_clerk", unit=park, phone="13812345678")
    body = make.api(person).get("/api/v1/me/").json()
    assert body["username"] == person.username
    assert body["memberships"] == [
        {
            "role": "park_clerk",
            "role_name": "园区经办",
            "unit": "gaoxin",
            "unit_name": "高新区",
            "valid_from": "2020-01-01",
        }
    ]
    assert Can.REGISTER_PROJECT in body["capabilities"] and Can.READ_AUDIT not in body["capabilities"]


def test_me_masks_the_telephone_number() -> None:
    assert make.api(make.user(phone="13812345678")).get("/api/v1/me/").json()["phone"] == "138****5678"


@pytest.mark.parametrize("path", ["/api/v1/me/", "/api/v1/units/"])
def test_strangers_are_asked_who_they_are(path: str) -> None:
    from rest_framework.test import APIClient

    answer = APIClient().get(path)
    assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"


def test_units_are_filtered_by_kind_and_day_and_paged_by_cursor() -> None:
    heir = make.unit("b-new", kind="park", valid_from=date(2024, 11, 1))
    make.unit("a-old", kind="park", valid_to=date(2024, 10, 31), successor=heir)
    make.unit("c-office", kind="department")
    caller = make.api(make.user())
    codes = [u["code"] for u in caller.get("/api/v1/units/?kind=park").json()["results"]]
    assert codes == ["a-old", "b-new"]
    then = caller.get("/api/v1/units/?kind=park&in_force=2024-10-31").json()["results"]
    assert [(u["code"], u["successor"]) for u in then] == [("a-old", "b-new")]
    first = caller.get("/api/v1/units/?page_size=2").json()
    second = caller.get(first["next"]).json()
    assert [u["code"] for u in first["results"] + second["results"]] == ["a-old", "b-new", "c-office"]


@pytest.mark.parametrize("query", ["kind=castle", "in_force=yesterday"])
def test_a_filter_that_cannot_be_read_is_refused(query: str) -> None:
    answer = make.api(make.user()).get(f"/api/v1/units/?{query}")
    assert answer.status_code == 400
    assert answer.json()["type"] == "problem:invalid"


def test_a_unit_is_read_by_its_code() -> None:
    make.unit("finance", parent=make.unit("government"))
    assert make.api(make.user()).get("/api/v1/units/finance/").json()["parent"] == "government"


def test_the_list_of_units_costs_the_same_however_many(django_assert_num_queries) -> None:
    caller = make.api(make.user())
    for _ in range(12):
        make.unit(parent=make.unit())
    with django_assert_num_queries(2):  # the token with its user, and the page
        caller.get("/api/v1/units/")
