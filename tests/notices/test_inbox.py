"""The inbox page."""

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from notices.actions import Draft, deliver, post_many
from notices.models import Notice
from notices.queries import unread
from tests import factories as make

pytestmark = pytest.mark.django_db


def inbox(count: int, url: str = "/calendar/") -> User:
    reader = make.user("bureau_clerk")
    drafts = [
        Draft(key=f"k{n}", topic="t", text=f"消息{n:03}", url=url, users=[reader.pk]) for n in range(count)
    ]
    post_many(drafts=drafts)
    deliver(on=date(2026, 3, 2))
    return reader


def test_strangers_are_sent_to_sign_in(client: Any) -> None:
    assert client.get("/notices/").status_code == 302


def test_one_reads_the_own_notices_only() -> None:
    inbox(1)
    page = make.pages(make.user("bureau_clerk")).get("/notices/").content.decode()
    assert "消息000" not in page
    assert "没有消息" in page


def test_the_inbox_comes_in_pages_newest_first() -> None:
    browser = make.pages(inbox(60))
    first, second = (browser.get(f"/notices/?page={n}").content.decode() for n in (1, 2))
    assert ("消息059" in first, "消息000" in first) == (True, False)
    assert ("消息059" in second, "消息000" in second) == (False, True)


def test_any_length_costs_the_same(django_assert_max_num_queries: Any) -> None:
    browser = make.pages(inbox(40))
    with django_assert_max_num_queries(10):
        browser.get("/notices/")


def test_reading_one_marks_it_and_leads_on() -> None:
    reader = inbox(2)
    notice = Notice.objects.order_by("id")[0]
    answer = make.pages(reader).post(f"/notices/{notice.pk}/read/")
    assert (answer.status_code, answer["Location"], unread(reader)) == (302, "/calendar/", 1)
    page = make.pages(reader).get("/notices/?show=unread").content.decode()
    assert ("消息000" in page, "消息001" in page) == (False, True)


def test_a_notice_never_leads_off_the_site() -> None:
    reader = inbox(1, url="https://elsewhere.example/")
    answer = make.pages(reader).post(f"/notices/{Notice.objects.get().pk}/read/")
    assert answer["Location"] == "/notices/"


def test_the_notice_of_another_does_not_exist_for_one() -> None:
    reader = inbox(1)
    answer = make.pages(make.user("bureau_clerk")).post(f"/notices/{Notice.objects.get().pk}/read/")
    assert (answer.status_code, unread(reader)) == (404, 1)


def test_reading_takes_a_post() -> None:
    reader = inbox(1)
    assert make.pages(reader).get(f"/notices/{Notice.objects.get().pk}/read/").status_code == 405
    assert make.pages(reader).get("/notices/read-all/").status_code == 405


def test_all_shown_are_marked_at_once() -> None:
    reader = inbox(3)
    browser = make.pages(reader)
    newest = browser.get("/notices/").context["newest"]
    assert browser.post("/notices/read-all/", {"until": newest}).status_code == 302
    assert unread(reader) == 0


@pytest.mark.parametrize("until", ["", "x", "-1", "٣", "9" * 40])
def test_nonsense_marks_nothing_or_all_but_never_breaks(until: str) -> None:
    reader = inbox(1)
    assert make.pages(reader).post("/notices/read-all/", {"until": until}).status_code == 302
