"""Signing in and out: the right people, a lock after failures, a fresh session, a trail of it all."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from kernel.clock import now
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return make.user("bureau_clerk", username="wang", name="王经办")


def sign_in(browser: Client, password: str = make.PASSWORD, username: str = "wang", **more: str) -> Any:
    return browser.post(reverse("sign-in"), {"username": username, "password": password} | more)


def trail() -> list[tuple[str, str, bool]]:
    return list(AuditEntry.objects.order_by("id").values_list("kind", "username", "success"))


def test_the_right_password_opens_and_is_noted_with_its_address(client: Client, clerk: User) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert trail() == [("account.signed_in", "wang", True)]
    assert AuditEntry.objects.get().address == "127.0.0.1"


PROXY = {"REMOTE_ADDR": "172.18.0.2", "HTTP_X_FORWARDED_PROTO": "https"}


@pytest.mark.parametrize(
    ("hops", "address"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("6.6.6.6, 10.1.2.3", "10.1.2.3"),  # what the client claims stands first
        ("2001:db8::7", "2001:db8::7"),
        ("nonsense", "172.18.0.2"),
        ("", "172.18.0.2"),
    ],
)
def test_behind_the_tls_proxy_the_trail_and_the_lock_name_the_last_hop(
    clerk: User, settings: Any, hops: str, address: str
) -> None:
    settings.BEHIND_TLS = True
    browser = Client(HTTP_X_FORWARDED_FOR=hops, **PROXY)
    sign_in(browser, "nope")
    assert AuditEntry.objects.get().address == AccessAttempt.objects.get().ip_address == address


def test_without_a_proxy_nobody_may_name_an_address_of_his_own(clerk: User) -> None:
    sign_in(Client(HTTP_X_FORWARDED_FOR="6.6.6.6"))
    assert AuditEntry.objects.get().address == "127.0.0.1"


def test_signing_in_gives_a_new_session(client: Client, clerk: User) -> None:
    client.get(reverse("sign-in"))
    session = client.session
    session["before"] = "x"
    session.save()
    old = session.session_key
    client.cookies["sessionid"] = str(old)
    sign_in(client)
    assert client.session.session_key != old


def test_a_wrong_password_is_refused_and_noted_without_saying_which_was_wrong(
    client: Client, clerk: User
) -> None:
    wrong, unknown = sign_in(client, "nope"), sign_in(client, username="nobody")
    for answer in (wrong, unknown):
        assert "用户名或密码不正确" in answer.content.decode()
    assert trail() == [("account.sign_in_failed", "wang", False), ("account.sign_in_failed", "nobody", False)]


def test_an_empty_form_is_no_attempt(client: Client, clerk: User) -> None:
    sign_in(client, password="")
    assert trail() == []


def test_a_disabled_account_cannot_sign_in(client: Client, clerk: User) -> None:
    clerk.is_active = False
    clerk.save()
    assert "用户名或密码不正确" in sign_in(client).content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_next_never_leads_off_this_site(client: Client, clerk: User, target: str) -> None:
    assert sign_in(client, next=target)["Location"] == "/"


def test_next_leads_on_within_this_site(client: Client, clerk: User) -> None:
    assert sign_in(client, next="/projects/7/")["Location"] == "/projects/7/"


def lock(browser: Client) -> Any:
    for _ in range(4):
        sign_in(browser, "nope")
    return sign_in(browser, "nope")


def test_the_fifth_failure_locks_and_says_for_how_long(client: Client, clerk: User) -> None:
    answer = lock(client)
    assert answer.status_code == 429
    assert "请约 5 分钟后再试" in answer.content.decode()
    assert 290 <= int(answer["Retry-After"]) <= 300
    assert [kind for kind, *_ in trail()] == ["account.sign_in_failed"] * 4 + ["account.locked"]


def test_while_locked_the_right_password_does_not_help_either(client: Client, clerk: User) -> None:
    lock(client)
    assert sign_in(client).status_code == 429
    assert "_auth_user_id" not in client.session
    assert AuditEntry.objects.latest("id").detail == {"while_locked": True}


def test_a_locked_account_is_locked_from_every_address_but_no_other_account_is(
    client: Client, clerk: User
) -> None:
    make.user("bureau_clerk", username="li")
    lock(client)
    assert sign_in(Client(REMOTE_ADDR="10.0.0.9")).status_code == 429
    assert sign_in(client, username="li").status_code == 302


def test_the_lock_ends_by_itself_and_trying_does_not_make_it_longer(client: Client, clerk: User) -> None:
    lock(client)
    with time_machine.travel(now() + timedelta(seconds=200), tick=False):
        assert sign_in(client).status_code == 429
    with time_machine.travel(now() + timedelta(seconds=301), tick=False):
        assert sign_in(client).status_code == 302


def test_success_forgets_earlier_failures(client: Client, clerk: User) -> None:
    for _ in range(2):
        for _ in range(4):
            sign_in(client, "nope")
        assert sign_in(client).status_code == 302
        client.post(reverse("sign-out"))


def test_signing_out_is_a_post_and_is_noted(clerk: User) -> None:
    browser = make.pages(clerk)
    assert browser.get(reverse("sign-out")).status_code == 405
    assert browser.post(reverse("sign-out"))["Location"] == reverse("sign-in")
    assert "_auth_user_id" not in browser.session
    assert trail() == [("account.signed_out", "wang", True)]


def test_a_form_without_the_csrf_token_is_refused(clerk: User) -> None:
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_an_idle_session_ends_and_leads_back_to_the_page(clerk: User) -> None:
    browser = make.pages(clerk)
    browser.get("/me/?tab=1")
    with time_machine.travel(now() + timedelta(minutes=31)):
        answer = browser.get("/me/?tab=1")
        assert answer["Location"] == "/sign-in/?next=%2Fme%2F%3Ftab%3D1&idle=1"
        assert "超过 30 分钟未操作" in browser.get(answer["Location"]).content.decode()
    assert trail() == [("account.timed_out", "wang", True)]


def test_an_idle_fragment_reloads_its_page_and_not_itself(clerk: User) -> None:
    browser = make.pages(clerk)
    browser.get("/me/")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/projects/7/?a=1"}
    with time_machine.travel(now() + timedelta(minutes=31)):
        answer = browser.get("/fragment/", headers=headers)
    assert answer["HX-Redirect"] == "/sign-in/?next=%2Fprojects%2F7%2F%3Fa%3D1&idle=1"


def test_a_click_in_time_keeps_the_session(clerk: User) -> None:
    browser = make.pages(clerk)
    start = now()
    for minutes in (0, 20, 40, 60):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert browser.get("/me/").status_code == 200


def test_demo_accounts_stand_on_the_page_only_in_demo_mode(client: Client, settings: Any) -> None:
    make.user("bureau_clerk", username="clerk", is_demo=True)
    page = client.get("/sign-in/?as=clerk").content.decode()
    assert "Demo-2026!" in page and 'value="clerk"' in page
    settings.DEMO = False
    page = client.get("/sign-in/?as=clerk").content.decode()
    assert "Demo-2026!" not in page and 'value="clerk"' not in page


def test_the_language_is_kept_with_the_account(clerk: User) -> None:
    browser = make.pages(clerk)
    assert browser.post("/i18n/setlang/", {"language": "en", "next": "/me/"})["Location"] == "/me/"
    clerk.refresh_from_db()
    assert clerk.language == "en"
    fresh = Client()
    sign_in(fresh)
    assert fresh.cookies["django_language"].value == "en"


@pytest.mark.parametrize("language", ["klingon", ""])
def test_an_unknown_language_changes_nothing(clerk: User, language: str) -> None:
    make.pages(clerk).post("/i18n/setlang/", {"language": language, "next": "/me/"})
    clerk.refresh_from_db()
    assert clerk.language == ""
