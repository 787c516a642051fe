"""The administrators' pages: each for those who may, each act through its button."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, Unit, User
from accounts.roles import Role
from tests import factories as make

pytestmark = pytest.mark.django_db
OPEN_TO = {
    "/system/users/": {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN},
    "/system/users/new/": {Role.SYSTEM_ADMIN},
    "/system/units/": {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN},
    "/system/units/new/": {Role.SYSTEM_ADMIN},
    "/system/audit/": {Role.AUDIT_ADMIN},
}


@pytest.mark.parametrize("role", sorted(Role))
def test_each_page_opens_for_its_administrators_alone(role: Role) -> None:
    browser = make.pages(make.user(role))
    for path, roles in OPEN_TO.items():
        assert browser.get(path).status_code == (200 if role in roles else 403), path


def test_strangers_are_sent_to_sign_in() -> None:
    for path in OPEN_TO:
        assert Client().get(path)["Location"] == f"/sign-in/?next={path}"


@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("system_admin", "/system/users/"),
        ("security_admin", "/system/users/"),
        ("audit_admin", "/system/audit/"),
    ],
)
def test_the_first_page_is_one_that_opens(role: str, where: str) -> None:
    assert make.pages(make.user(role)).get("/system/")["Location"] == where


@pytest.fixture
def admin() -> Client:
    return make.pages(make.user("system_admin"))


@pytest.fixture
def security() -> Client:
    return make.pages(make.user("security_admin"))


def test_a_new_account_is_made_and_its_password_shown_once(admin: Client) -> None:
    answer = admin.post("/system/users/new/", {"username": "sun", "name": "孙", "phone": ""})
    person = User.objects.get(username="sun")
    assert person.check_password(answer.context["secret"])
    assert answer["Cache-Control"].count("no-store")
    assert answer.context["secret"] not in admin.get(f"/system/users/{person.pk}/").content.decode()


def test_a_taken_username_is_said_at_the_form(admin: Client) -> None:
    make.user(username="sun")
    answer = admin.post("/system/users/new/", {"username": "sun", "name": "孙"})
    assert answer.status_code == 400 and "已被使用" in answer.content.decode()


def test_an_account_is_disabled_enabled_corrected_and_reset(admin: Client) -> None:
    person = make.user(name="旧名", phone="13812345678")
    page = f"/system/users/{person.pk}/"
    assert admin.post(f"{page}active/", {"active": "0", "reason": ""}).status_code == 400
    admin.post(f"{page}active/", {"active": "0", "reason": "离职"})
    person.refresh_from_db()
    assert not person.is_active
    admin.post(f"{page}active/", {"active": "1", "reason": "返岗"})
    admin.post(f"{page}correct/", {"name": "新名", "phone": ""})
    person.refresh_from_db()
    assert (person.is_active, person.name, person.phone) == (True, "新名", "13812345678")
    secret = admin.post(f"{page}reset/").context["secret"]
    person.refresh_from_db()
    assert person.check_password(secret)


def test_a_refusal_shows_its_reason(admin: Client) -> None:
    other = make.user("audit_admin")
    answer = admin.post(f"/system/users/{other.pk}/reset/")
    assert answer.status_code == 403 and "三员分立" in answer.content.decode()


def test_a_role_is_granted_and_ended(security: Client) -> None:
    person, unit = make.user(), make.unit()
    security.post(f"/system/users/{person.pk}/grant/", {"role": "reviewer", "unit": unit.pk})
    row = Membership.objects.get(user=person)
    again = security.post(f"/system/users/{person.pk}/grant/", {"role": "reviewer", "unit": unit.pk})
    assert again.status_code == 400 and "已有这一角色" in again.content.decode()
    security.post(f"/system/roles/{row.pk}/end/", {"reason": "调离"})
    row.refresh_from_db()
    assert row.valid_to is not None


def test_the_system_administrator_has_no_button_for_roles(admin: Client, security: Client) -> None:
    person = make.user("reviewer")
    page = f"/system/users/{person.pk}/"
    assert "/grant/" not in admin.get(page).content.decode()
    assert "/reset/" not in security.get(page).content.decode()
    unit = person.memberships.get().unit
    assert admin.post(f"{page}grant/", {"role": "leader", "unit": unit.pk}).status_code == 403


def test_telephone_numbers_are_masked_on_every_page(admin: Client) -> None:
    person = make.user("reviewer", username="aa", phone="13812345678")
    for path in ("/system/users/", f"/system/users/{person.pk}/"):
        page = admin.get(path).content.decode()
        assert "138****5678" in page and "13812345678" not in page


def test_accounts_are_found_by_the_beginning_of_username_or_name(admin: Client) -> None:
    for username, name in (("zhang1", "张三"), ("li", "张四"), ("wang", "王五")):
        make.user(username=username, name=name)
    found = {u.username for u in admin.get("/system/users/?q=张").context["page"].rows}
    assert found == {"zhang1", "li"}
    assert [u.username for u in admin.get("/system/users/?q=wan").context["page"].rows] == ["wang"]
    assert "没有找到账号" in admin.get("/system/users/?q=nobody-here").content.decode()


def test_a_unit_is_made_corrected_renamed_and_ended(admin: Client) -> None:
    made: dict[str, Any] = {"code": "bd", "name": "大数据局", "kind": "department", "level": "county"}
    assert admin.post("/system/units/new/", made)["Location"] == "/system/units/bd/"
    Unit.objects.filter(code="bd").update(valid_from="2020-01-01")
    admin.post("/system/units/bd/correct/", made | {"name": "大数据发展局", "reason": "录错"})
    assert Unit.objects.get(code="bd").name == "大数据发展局"
    admin.post("/system/units/bd/rename/", {"code": "data", "name": "数据局", "reason": "渝委编〔2024〕1号"})
    assert Unit.objects.get(code="bd").successor == Unit.objects.get(code="data")
    Unit.objects.filter(code="data").update(valid_from="2020-01-01")
    other = make.unit("other")
    admin.post("/system/units/data/end/", {"successor": other.pk, "reason": "合并"})
    assert Unit.objects.get(code="data").successor == other
    assert "大数据发展局" in admin.get("/system/units/data/").content.decode()


def test_the_tree_of_units_shows_a_day_of_the_past(admin: Client) -> None:
    make.unit("gone", name="旧城管局", valid_to="2024-10-31")
    assert "旧城管局" in admin.get("/system/units/?on=2024-10-31").content.decode()
    assert "旧城管局" not in admin.get("/system/units/").content.decode()
    assert admin.get("/system/units/?on=31.10.2024").status_code == 200


@pytest.mark.parametrize("path", ["/system/users/", "/system/units/"])
def test_lists_cost_the_same_however_long(path: str, admin: Client, django_assert_max_num_queries) -> None:
    parent = make.unit(name="上级")
    for _ in range(30):
        make.user("reviewer", unit=make.unit(parent=parent))
    admin.get(path)
    with django_assert_max_num_queries(7):
        admin.get(path)


def test_an_account_with_a_long_past_costs_the_same(admin: Client, django_assert_max_num_queries) -> None:
    person = make.user()
    for _ in range(30):
        make.member(person, "reviewer", make.unit())
    admin.get(f"/system/users/{person.pk}/")
    with django_assert_max_num_queries(8):
        admin.get(f"/system/users/{person.pk}/")
