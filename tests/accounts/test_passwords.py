"""Passwords: rules, one-time passwords, changing one's own, and being made to."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import actions
from accounts.models import AuditEntry, User
from accounts.passwords import one_time_password
from kernel.clock import now
from kernel.refusals import Refused
from tests import factories as make

pytestmark = pytest.mark.django_db
GOOD = "Yang-Zi-88"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Ab1-xyz", "password_too_short"),
        ("abcdefgh1", "password_too_simple"),
        ("密码密码密码密码密码", "password_too_simple"),
        ("Xx-WangLi-9", "password_has_username"),
        ("P@ssw0rd", "password_too_common"),
    ],
)
def test_a_weak_password_is_refused_in_chinese(password: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, User(username="wangli"))
    assert code in {error.code for error in refused.value.error_list}
    assert all(not text.isascii() for text in refused.value.messages)


def test_a_good_password_passes() -> None:
    validate_password(GOOD, User(username="wangli"))


def test_one_time_passwords_meet_the_rules_and_differ() -> None:
    made = {one_time_password("ab") for _ in range(50)}
    assert len(made) == 50
    for password in made:
        validate_password(password, User(username="wangli"))


def change(person: User, old: str = make.PASSWORD, new: str = GOOD, again: str = "") -> Any:
    browser = make.pages(person)
    answer = browser.post(reverse("change-password"), {"old": old, "new": new, "again": again or new})
    return browser, answer


def test_changing_the_password_keeps_this_session_and_ends_the_others() -> None:
    person = make.user(must_change_password=True)
    elsewhere = make.pages(person)
    browser, answer = change(person)
    assert answer["Location"] == "/me/"
    assert browser.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
    person.refresh_from_db()
    assert person.check_password(GOOD) and not person.must_change_password
    assert AuditEntry.objects.get(kind="account.password_changed").user == person


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"old": "wrong"}, "原密码不正确"),
        ({"new": make.PASSWORD}, "不能与原密码相同"),
        ({"new": "short"}, "密码至少 8 位"),
        ({"again": "other"}, "两次输入的新密码不一致"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_said_at_the_form(asked: dict[str, str], says: str) -> None:
    person = make.user()
    _, answer = change(person, **asked)
    assert answer.status_code == 400 and says in answer.content.decode()
    person.refresh_from_db()
    assert person.check_password(make.PASSWORD)


def test_a_handed_out_password_must_be_changed_before_anything_else() -> None:
    person = make.user("bureau_clerk", must_change_password=True)
    browser = make.pages(person)
    assert browser.get("/me/")["Location"] == reverse("change-password")
    assert "一次性密码" in browser.get(reverse("change-password")).content.decode()
    assert browser.post(reverse("sign-out"))["Location"] == reverse("sign-in")


def test_an_old_password_must_be_changed(settings: Any) -> None:
    settings.DEMO, settings.PASSWORD_DAYS = False, 90
    fresh = make.user(password_changed_at=now() - timedelta(days=89))
    stale = make.user(password_changed_at=now() - timedelta(days=91))
    assert make.pages(fresh).get("/me/").status_code == 200
    assert make.pages(stale).get("/me/")["Location"] == reverse("change-password")
    settings.PASSWORD_DAYS = 0
    assert make.pages(stale).get("/me/").status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/units/", "/api/v1/projects/", "/api/schema/"])
def test_rest_under_such_a_session_answers_403_and_says_where_to_mend_it(path: str) -> None:
    browser = make.pages(make.user("bureau_clerk", must_change_password=True))
    answer = browser.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    told = answer.json()["unmet"][0]
    assert (told["code"], told["url"]) == ("password_due", reverse("change-password"))


def test_rest_still_says_who_one_is_and_that_the_password_is_due() -> None:
    browser = make.pages(make.user("bureau_clerk", must_change_password=True))
    assert browser.get("/api/v1/me/").json()["must_change_password"] is True


def test_a_rest_token_is_shown_once_kept_as_a_digest_and_replaced_by_the_next() -> None:
    from rest_framework.authtoken.models import Token
    from rest_framework.test import APIClient

    person = make.user()
    browser = make.pages(person)
    first = browser.post(reverse("new-token")).context["secret"]
    assert first not in browser.get("/me/").content.decode()
    assert Token.objects.get(user=person).key != first
    second = browser.post(reverse("new-token")).context["secret"]
    for secret, status in ((first, 401), (second, 200)):
        assert (
            APIClient().get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"}).status_code
            == status
        )
    browser.post(reverse("end-token"))
    assert APIClient().get("/api/v1/me/", headers={"Authorization": f"Bearer {second}"}).status_code == 401
    kinds = list(AuditEntry.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["account.token_issued", "account.token_issued", "account.token_revoked"]


def test_what_stands_in_the_token_table_opens_nothing() -> None:
    from rest_framework.authtoken.models import Token
    from rest_framework.test import APIClient

    person = make.user()
    actions.issue_token(by=person)
    stolen = Token.objects.get(user=person).key
    assert APIClient().get("/api/v1/me/", headers={"Authorization": f"Bearer {stolen}"}).status_code == 401


def test_showing_a_number_needs_a_purpose_and_the_right_and_is_noted() -> None:
    clerk = make.user("bureau_clerk")
    asked = {"phone": "13812345678", "target": "enterprise:7"}
    with pytest.raises(Refused) as refused:
        actions.show_phone(by=clerk, purpose=" ", **asked)
    assert refused.value.status == "invalid"
    with pytest.raises(Refused) as refused:
        actions.show_phone(by=make.user("inspector"), purpose="回访", **asked)
    assert refused.value.status == "forbidden"
    assert actions.show_phone(by=clerk, purpose="约见投资方", **asked) == "13812345678"
    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.target, entry.detail) == (
        "phone.shown",
        "enterprise:7",
        {"purpose": "约见投资方"},
    )
