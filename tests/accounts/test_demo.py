"""Demo accounts: one per role, only in demo mode, made once, and shut when demo mode ends."""

from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import actions
from accounts.demo import DEMO_PASSWORD, leftover_line, make_demo_accounts
from accounts.models import AuditEntry, Unit, User
from accounts.roles import Role
from kernel.clock import today
from kernel.refusals import Refused
from tests import factories as make

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


SHUT = "演示账号只能在演示模式（DEMO=1）下使用"


@pytest.fixture
def left_over(organisation: None, settings: Any) -> User:
    """A database that `make run` filled, now started in earnest: its system administrator."""
    make_demo_accounts(today())
    settings.DEMO = False
    return User.objects.get(username="sysadmin")


def test_after_demo_mode_they_cannot_sign_in_and_are_told_why(left_over: User) -> None:
    browser = Client()
    answer = browser.post("/sign-in/", {"username": "sysadmin", "password": DEMO_PASSWORD})
    assert answer.status_code == 200 and SHUT in answer.content.decode()
    assert "再失败" not in answer.content.decode()
    assert "_auth_user_id" not in browser.session
    assert not AuditEntry.objects.filter(kind="account.signed_in").exists()


def test_a_changed_password_does_not_open_them_either(left_over: User) -> None:
    left_over.set_password(make.PASSWORD)
    left_over.save()
    browser = Client()
    browser.post("/sign-in/", {"username": "sysadmin", "password": make.PASSWORD})
    assert "_auth_user_id" not in browser.session


def test_their_open_sessions_and_tokens_end_with_demo_mode(left_over: User, settings: Any) -> None:
    settings.DEMO = True
    browser, caller = make.pages(left_over), make.api(left_over)
    assert browser.get("/me/").status_code == caller.get("/api/v1/me/").status_code == 200
    settings.DEMO = False
    assert browser.get("/me/")["Location"].startswith("/sign-in/")
    answer = caller.get("/api/v1/me/")
    assert answer.status_code == 401 and SHUT in answer.json()["detail"]


def test_an_account_that_a_demo_account_made_is_one_too(left_over: User, settings: Any) -> None:
    settings.DEMO = True
    made, password = actions.create_user(username="backdoor", name="后门", by=left_over)
    settings.DEMO = False
    browser = Client()
    browser.post("/sign-in/", {"username": "backdoor", "password": password})
    assert made.is_demo and "_auth_user_id" not in browser.session


def test_real_accounts_are_not_touched_by_any_of_this(left_over: User) -> None:
    make.user("bureau_clerk", username="wang")
    answer = Client().post("/sign-in/", {"username": "wang", "password": make.PASSWORD})
    assert answer.status_code == 302


def test_the_check_of_the_database_and_the_start_name_them(left_over: User, settings: Any) -> None:
    found = [w for w in run_checks(databases=["default"]) if w.id == "accounts.W001"]
    assert len(found) == 1 and "sysadmin" in found[0].msg and "disable_demo_accounts" in str(found[0].hint)
    assert "sysadmin" in leftover_line() and "\n" not in leftover_line()
    settings.DEMO = True
    assert not [w for w in run_checks(databases=["default"]) if w.id == "accounts.W001"]
    assert leftover_line() == ""


def test_a_command_disables_them_for_good_and_notes_each(left_over: User, settings: Any) -> None:
    make.api(left_over)
    out = StringIO()
    call_command("disable_demo_accounts", stdout=out)
    assert not User.objects.filter(is_demo=True, is_active=True).exists()
    assert "sysadmin" in out.getvalue() and leftover_line() == ""
    noted = AuditEntry.objects.filter(kind="account.disabled")
    assert noted.count() == User.objects.filter(is_demo=True).count()
    settings.DEMO = True
    answer = Client().post("/sign-in/", {"username": "sysadmin", "password": DEMO_PASSWORD})
    assert answer.status_code == 200


def test_in_a_running_demo_the_command_refuses(left_over: User, settings: Any) -> None:
    settings.DEMO = True
    with pytest.raises(CommandError):
        call_command("disable_demo_accounts")
    assert User.objects.filter(is_demo=True, is_active=True).exists()


def test_accounts_of_an_older_demo_are_recognised_when_the_database_is_upgraded(left_over: User) -> None:
    """They were made beside the door of real accounts, and so have no entry in the trail."""
    from importlib import import_module

    from django.apps import apps

    User.objects.update(is_demo=False)
    real, _password = actions.create_user(username="r-real", name="真实", by=None)
    import_module("accounts.migrations.0004_demo_accounts").recognise(apps, None)
    assert set(User.objects.filter(is_demo=False, is_enterprise=False)) == {real}
