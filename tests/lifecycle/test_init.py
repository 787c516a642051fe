"""A real deployment starts empty, with three administrators who are three people; and only once."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AuditEntry, Unit, User
from accounts.roles import ADMINISTRATORS, Role
from policies.models import PolicyVersion
from tests import factories as make

pytestmark = pytest.mark.django_db
FILES = {"organisation": "fuling-units", "policy": ["fuling-lifecycle-2024", "fuling-promotion-2021"]}


def start(**more: Any) -> str:
    out = StringIO()
    call_command("init", **(FILES | more), stdout=out)
    return out.getvalue()


def test_it_makes_three_administrators_apart_each_with_a_password_to_be_changed() -> None:
    printed = dict(re.findall(r"^  (\w+admin) +(\S+)", start(), re.M))
    assert User.objects.count() == 3
    held = {user.username: Role(user.memberships.get().role) for user in User.objects.all()}
    assert set(held.values()) == ADMINISTRATORS and set(printed) == set(held)
    for username, password in printed.items():
        browser = Client()
        assert browser.post("/sign-in/", {"username": username, "password": password}).status_code == 302
        assert browser.get("/me/")["Location"] == "/me/password/"


def test_it_loads_units_packs_and_calendar_and_says_so_in_the_trail() -> None:
    start()
    assert Unit.objects.filter(code="investment-bureau").exists()
    assert PolicyVersion.objects.filter(status="published").count() == 2
    kinds = set(AuditEntry.objects.values_list("kind", flat=True))
    assert {"organisation.loaded", "account.created", "account.role_granted", "system.initialised"} <= kinds


def test_it_starts_only_where_nobody_is_yet() -> None:
    make.user()
    with pytest.raises(CommandError, match="只用于全新的空库"):
        start()
    assert User.objects.count() == 1


def test_the_administrators_may_belong_to_a_named_unit() -> None:
    start(unit="big-data")
    assert {u.memberships.get().unit.code for u in User.objects.all()} == {"big-data"}


@pytest.mark.parametrize(
    "wrong", [{"unit": "no-such"}, {"policy": ["/no/such.toml"]}, {"organisation": "/no/such.toml"}]
)
def test_what_is_wrong_stops_it_before_anything_is_kept(wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        start(**wrong)
    assert not User.objects.exists() and not Unit.objects.exists()


def test_a_lost_password_is_reset_on_the_console() -> None:
    start()
    out = StringIO()
    call_command("reset_password", "auditadmin", stdout=out)
    password = out.getvalue().split("：")[-1].strip()
    assert Client().post("/sign-in/", {"username": "auditadmin", "password": password}).status_code == 302
    with pytest.raises(CommandError, match="没有用户"):
        call_command("reset_password", "nobody")
