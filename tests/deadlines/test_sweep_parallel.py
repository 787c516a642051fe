"""Sweeps beside each other, beside people's actions, and killed with -9: on PostgreSQL."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection, transaction

from cases.models import Case, Event
from deadlines.actions import Opening, meet, open_many
from deadlines.models import Alarm, Deadline
from deadlines.sweep import sweep
from notices.actions import deliver
from notices.models import Message, Notice
from tests import factories as make
from tests.deadlines.making import START, YELLOW, terms
from tests.dying import run_until_killed

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

LONG_AFTER = date(2026, 3, 31)


def clocks(count: int, **fields: object) -> list[Deadline]:
    case = make.case()
    return open_many(openings=[Opening(**terms(case, **fields)) for _n in range(count)], by=None, on=START)


def together(*jobs: Callable[[], int]) -> list[int]:
    """Run jobs at the same moment, each on a connection of its own."""
    gate = Barrier(len(jobs))

    def run(job: Callable[[], int]) -> int:
        try:
            gate.wait()
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def assert_each_rang_once(count: int) -> None:
    events = Counter(
        (event.data["deadline"], event.data["code"]) for event in Event.objects.filter(kind="deadline.alarm")
    )
    assert (len(events), set(events.values())) == (count, {1})
    assert Message.objects.count() == count
    assert not Alarm.objects.filter(raised_at__isnull=True).exists()


def test_four_sweeps_at_once_raise_each_alarm_once() -> None:
    clocks(100)
    found = together(*[lambda: sweep(LONG_AFTER, chunk=20).total] * 4)
    assert sum(found) + sweep(LONG_AFTER).total == 300
    assert_each_rang_once(300)


def test_a_sweep_passes_by_rows_another_one_holds() -> None:
    first, second = clocks(2, ladder=(YELLOW,))
    with transaction.atomic():
        Alarm.objects.select_for_update().get(deadline=first)
        assert together(lambda: sweep(LONG_AFTER).total) == [1]
    assert Message.objects.get().key == f"deadline:{second.pk}:yellow"
    assert sweep(LONG_AFTER).total == 1


def test_a_sweep_does_not_wait_for_an_action_on_the_same_case() -> None:
    clocks(1)
    with transaction.atomic():
        Case.objects.select_for_update(no_key=True).get()
        assert together(lambda: sweep(LONG_AFTER).total) == [3]


def test_meeting_beside_a_sweep_rings_once_or_not_at_all() -> None:
    rows = clocks(30, ladder=(YELLOW,))

    def meet_all() -> int:
        for row in rows:
            meet(deadline=row, on=START, by=None)
        return 0

    raised = sum(together(meet_all, lambda: sweep(LONG_AFTER, chunk=3).total))
    assert Message.objects.count() == Alarm.objects.filter(raised_at__isnull=False).count() == raised
    assert sweep(LONG_AFTER).total == 0


def test_a_sweep_killed_between_writing_and_committing_loses_nothing_and_repeats_nothing() -> None:
    clocks(20)
    run_until_killed(
        "from datetime import date\n"
        "from deadlines import escalation, sweep\n"
        "real, calls = escalation.hand_over, []\n"
        "def third_time(*args, **kwargs):\n"
        "    calls.append(1)\n"
        "    return die() if len(calls) == 3 else real(*args, **kwargs)\n"
        "escalation.hand_over = third_time\n"
        "sweep.sweep(date(2026, 3, 31), chunk=10)\n"
    )
    assert Message.objects.count() == Event.objects.filter(kind="deadline.alarm").count() == 20
    assert sweep(LONG_AFTER).total == 40
    assert_each_rang_once(60)


def test_two_deliveries_at_once_bring_each_notice_once() -> None:
    reader = make.user("bureau_clerk")
    clocks(50, ladder=(YELLOW,), responsible_user=reader)
    sweep(LONG_AFTER)
    found = together(*[lambda: deliver(on=LONG_AFTER, limit=100)] * 3)
    assert sum(found) + deliver(on=LONG_AFTER) == 50
    assert Notice.objects.filter(user=reader).count() == 50


def test_a_delivery_killed_before_it_commits_loses_nothing_and_repeats_nothing() -> None:
    reader = make.user("bureau_clerk")
    clocks(5, ladder=(YELLOW,), responsible_user=reader)
    sweep(LONG_AFTER)
    run_until_killed(
        "from datetime import date\n"
        "from notices import actions\n"
        "actions.now = die\n"
        "actions.deliver(on=date(2026, 3, 31))\n"
    )
    assert Notice.objects.count() == 0
    assert deliver(on=LONG_AFTER) == 5
    assert Notice.objects.count() == 5
