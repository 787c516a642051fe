"""Demo accounts: one per role, only in demo mode, made once."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.demo import DEMO_PASSWORD, make_demo_accounts
from accounts.models import Unit, User
from accounts.roles import Role
from kernel.clock import today
from kernel.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> None:
    from accounts.organisation import SHIPPED, load_units

    load_units(text=(SHIPPED / "fuling-units.toml").read_text(), by=None)


@pytest.mark.usefixtures("organisation")
def test_there_is_one_for_every_role_and_a_reviewer_for_every_department() -> None:
    made = make_demo_accounts(today())
    held = {m.role for user in made for m in user.memberships.all()}
    assert held == set(Role)
    for unit in Unit.objects.in_force(today()).filter(kind__in=["department", "agency", "utility"]):
        assert User.objects.get(username=f"r-{unit.code}").memberships.get().unit == unit
    assert len({user.name for user in made}) == len(made)


@pytest.mark.usefixtures("organisation")
def test_making_them_again_changes_nothing() -> None:
    before = {user.pk for user in make_demo_accounts(today())}
    assert {user.pk for user in make_demo_accounts(today())} == before
    assert User.objects.count() == len(before)


@pytest.mark.usefixtures("organisation")
def test_they_sign_in_with_the_password_that_is_shown() -> None:
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    assert DEMO_PASSWORD in out.getvalue() and "r-economy-information" in out.getvalue()
    answer = Client().post("/sign-in/", {"username": "clerk", "password": DEMO_PASSWORD})
    assert answer.status_code == 302


@pytest.mark.usefixtures("organisation")
def test_there_are_none_outside_demo_mode(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(Refused):
        make_demo_accounts(today())
    with pytest.raises(CommandError):
        call_command("demo_accounts")
    assert not User.objects.exists()


def test_without_the_organisation_they_say_what_is_missing() -> None:
    with pytest.raises(Refused, match="investment-bureau"):
        make_demo_accounts(today())
