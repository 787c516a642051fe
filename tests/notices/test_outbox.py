"""The outbox: once only, whoever posts and however often it is delivered."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Membership, User
from kernel.refusals import Refused
from notices.actions import Draft, deliver, mark_all_read, mark_read, post, post_many
from notices.models import Message, Notice
from notices.queries import SHOWN_AT_MOST, unread
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)


def told() -> set[str]:
    return set(Notice.objects.values_list("user__username", flat=True))


def test_a_key_posted_twice_is_one_message() -> None:
    reader = make.user("bureau_clerk")
    for text in ("先", "后"):
        post(key="k", topic="t", text=text, users=[reader])
    assert Message.objects.get().text == "先"


def test_posting_nothing_is_nothing() -> None:
    post_many(drafts=[])
    assert not Message.objects.exists()


def test_many_go_in_with_one_statement(django_assert_max_num_queries: object) -> None:
    drafts = [Draft(key=f"k{n}", topic="t", text="x") for n in range(100)]
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        post_many(drafts=drafts)
    assert Message.objects.count() == 100


def test_a_message_reaches_the_named_and_the_members_of_the_unit_once() -> None:
    office = make.unit("office")
    named, member = make.user("reviewer", unit=office), make.user("reviewer", unit=office)
    make.user("reviewer")
    post(key="k", topic="t", text="x", users=[named], units=[office], case=make.case())
    assert deliver(on=TODAY) == 1
    assert told() == {named.username, member.username}
    assert Notice.objects.count() == 2


def test_delivering_again_brings_nothing_twice() -> None:
    reader = make.user("bureau_clerk")
    post(key="k", topic="t", text="x", users=[reader])
    assert (deliver(on=TODAY), deliver(on=TODAY)) == (1, 0)
    Message.objects.update(delivered_at=None)  # as if the mark had been lost
    assert deliver(on=TODAY) == 1
    assert Notice.objects.count() == 1


def test_a_delivery_that_dies_halfway_leaves_the_message_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    post(key="k", topic="t", text="x", users=[make.user("bureau_clerk")])

    def die() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("notices.actions.now", die)
        with pytest.raises(KeyboardInterrupt):
            deliver(on=TODAY)
    assert (Notice.objects.count(), deliver(on=TODAY), Notice.objects.count()) == (0, 1, 1)


def test_a_limit_leaves_the_rest_for_the_next_run() -> None:
    post_many(drafts=[Draft(key=f"k{n}", topic="t", text="x") for n in range(5)])
    assert [deliver(on=TODAY, limit=2) for _run in range(4)] == [2, 2, 1, 0]


def test_members_of_yesterday_and_locked_accounts_get_nothing() -> None:
    office = make.unit("office")
    gone, locked = make.user("reviewer", unit=office), make.user("reviewer", unit=office, is_active=False)
    Membership.objects.filter(user=gone).update(valid_to=date(2026, 3, 1))
    post(key="k", topic="t", text="x", units=[office], users=[locked])
    deliver(on=TODAY)
    assert told() == set()


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin", "commissioner"])
def test_what_concerns_a_case_reaches_no_administrator_and_no_commissioner_by_unit(role: str) -> None:
    office = make.unit("office")
    make.user(role, unit=office)
    post(key="k", topic="t", text="x", units=[office], case=make.case())
    deliver(on=TODAY)
    assert told() == set()


def test_a_message_without_a_case_reaches_administrators() -> None:
    office = make.unit("office")
    admin = make.user("system_admin", unit=office)
    post(key="k", topic="t", text="x", units=[office])
    deliver(on=TODAY)
    assert told() == {admin.username}


def test_heads_are_told_alone_and_a_headless_unit_as_a_whole() -> None:
    bureau, park = make.unit("bureau", kind="bureau"), make.unit("park", kind="park")
    head, clerk = make.user("bureau_head", unit=bureau), make.user("park_clerk", unit=park)
    make.user("bureau_clerk", unit=bureau)
    post(key="k", topic="t", text="x", heads=[bureau, park], case=make.case())
    deliver(on=TODAY)
    assert told() == {head.username, clerk.username}


def test_a_role_is_told_in_the_district_of_the_case_only() -> None:
    here = make.user("leader", unit=make.unit("here"))
    city = make.user("leader", unit=make.unit("city", division_code="500100"))
    make.user("leader", unit=make.unit("there", division_code="500103"))
    post(key="k", topic="t", text="x", roles=["leader"], case=make.case())
    deliver(on=TODAY)
    assert told() == {here.username, city.username}


def test_recipients_are_looked_up_with_as_many_queries_for_fifty_as_for_one(
    django_assert_max_num_queries: object,
) -> None:
    office, case = make.unit("office"), make.case()
    make.user("reviewer", unit=office)
    post_many(
        drafts=[
            Draft(key=f"k{n}", topic="t", text="x", units=[office.pk], case_id=case.pk) for n in range(50)
        ]
    )
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert deliver(on=TODAY) == 50


def inbox(reader: User, count: int) -> None:
    post_many(
        drafts=[Draft(key=f"k{n}", topic="t", text=f"消息{n}", users=[reader.pk]) for n in range(count)]
    )
    deliver(on=TODAY)


def test_reading_one_leaves_the_others_unread() -> None:
    reader = make.user("bureau_clerk")
    inbox(reader, 3)
    mark_read(notice=Notice.objects.of(reader)[0], by=reader)
    assert unread(reader) == 2


def test_nobody_marks_the_notice_of_another() -> None:
    reader = make.user("bureau_clerk")
    inbox(reader, 1)
    with pytest.raises(Refused) as told_off:
        mark_read(notice=Notice.objects.get(), by=make.user("bureau_clerk"))
    assert told_off.value.status == "forbidden"
    assert unread(reader) == 1


def test_marking_all_spares_what_came_after_the_page_was_shown() -> None:
    reader = make.user("bureau_clerk")
    inbox(reader, 3)
    shown = Notice.objects.of(reader)[1]
    assert mark_all_read(by=reader, until=shown.pk) == 2
    assert unread(reader) == 1


def test_the_unread_count_stops_at_its_ceiling() -> None:
    reader = make.user("bureau_clerk")
    inbox(reader, SHOWN_AT_MOST + 5)
    assert unread(reader) == SHOWN_AT_MOST


def test_the_database_keeps_one_notice_a_person() -> None:
    reader = make.user("bureau_clerk")
    inbox(reader, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(message=Message.objects.get(), user=reader)
