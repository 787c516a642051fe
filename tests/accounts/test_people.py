"""Accounts are made, corrected, disabled, given new passwords; never deleted, never by the wrong person."""

from typing import Any

import pytest

from accounts import actions
from accounts.models import AuditEntry, User
from accounts.roles import ADMINISTRATORS, Role
from kernel.refusals import Refused
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make.user("system_admin")


def test_a_new_account_has_a_one_time_password_and_no_role(admin: User) -> None:
    person, password = actions.create_user(username="zhao", name="赵工", phone="13812345678", by=admin)
    assert person.check_password(password) and person.must_change_password
    assert not person.memberships.exists()
    entry = AuditEntry.objects.get(kind="account.created")
    assert (entry.user, entry.target) == (admin, f"user:{person.pk} zhao")
    assert password not in str(entry.detail)


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"username": "ZHAO"}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": ""}, "username"),
        ({"name": " "}, "name"),
        ({"phone": "1" * 21}, "phone"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said_at_its_field(
    admin: User, fields: dict[str, str], at: str
) -> None:
    make.user(username="zhao")
    asked: Any = {"username": "qian", "name": "钱", "phone": ""} | fields
    with pytest.raises(Refused) as refused:
        actions.create_user(by=admin, **asked)
    assert refused.value.status == "invalid"
    assert {item.field for item in refused.value.unmet} == {at}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN}))
def test_only_the_system_administrator_manages_accounts(role: Role) -> None:
    other, person = make.user(role), make.user()
    calls: list[Any] = [
        lambda: actions.create_user(username="x", name="x", by=other),
        lambda: actions.correct_user(user=person, name="x", phone="", by=other),
        lambda: actions.set_active(user=person, active=False, reason="x", by=other),
        lambda: actions.reset_password(user=person, by=other),
    ]
    for call in calls:
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.status == "forbidden"


def test_a_disabled_account_is_out_at_once_everywhere_and_can_come_back(admin: User) -> None:
    person = make.user("bureau_clerk")
    browser, caller = make.pages(person), make.api(person)
    actions.set_active(user=person, active=False, reason="离职", by=admin)
    assert browser.get("/me/").status_code == 302
    assert caller.get("/api/v1/me/").status_code == 401
    actions.set_active(user=person, active=True, reason="返岗", by=admin)
    assert make.pages(person).get("/me/").status_code == 200
    kinds = list(AuditEntry.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["account.disabled", "account.enabled"]


def test_a_reset_password_ends_sessions_and_token_and_must_be_changed(admin: User) -> None:
    person = make.user("bureau_clerk")
    browser, caller = make.pages(person), make.api(person)
    password = actions.reset_password(user=person, by=admin)
    person.refresh_from_db()
    assert person.check_password(password) and person.must_change_password
    assert browser.get("/me/").status_code == 302
    assert caller.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_the_system_administrator_cannot_take_the_place_of_another(admin: User, role: Role) -> None:
    other = make.user(role)
    for call in (
        lambda: actions.reset_password(user=other, by=admin),
        lambda: actions.set_active(user=other, active=False, reason="x", by=admin),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.unmet[0].code == "administrator_account"


def test_nobody_disables_the_own_account(admin: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.set_active(user=admin, active=False, reason="x", by=admin)
    assert refused.value.unmet[0].code == "own_account"


def test_the_console_can_reset_an_administrator_and_says_so() -> None:
    other = make.user("audit_admin")
    assert actions.reset_password(user=other, by=None)
    assert AuditEntry.objects.get().username == ""


def test_a_correction_keeps_what_stood_before(admin: User) -> None:
    person = make.user(name="王五", phone="13800000000")
    actions.correct_user(user=person, name="王武", phone="13900000000", by=admin)
    person.refresh_from_db()
    assert (person.name, person.phone) == ("王武", "13900000000")
    assert AuditEntry.objects.get(kind="account.corrected").detail == {"before": {"name": "王五"}}
    assert person.history.count() == 2


def test_an_account_that_has_acted_cannot_be_deleted(admin: User) -> None:
    from django.db.models import ProtectedError

    actions.create_user(username="x", name="x", by=admin)
    with pytest.raises(ProtectedError):
        admin.delete()
