"""Beat, worker and web as real processes: a late assessment rings once, though the worker dies in between."""

import json
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.tokens import issue
from assignments.models import Assignment
from cases.models import Event
from deadlines import actions as deadlines
from deadlines import calendars
from deadlines.models import Alarm, Deadline
from kernel.clock import today
from notices.models import Message, Notice
from tests.law import open_district
from tests.processes import Process, wait_until
from tests.stories.life import Life

pytestmark = [pytest.mark.celery, pytest.mark.postgres]

RUNGS = {"yellow", "red", "supervise", "bulletin"}
STUCK = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
           AND wait_event_type = 'Lock' AND query ILIKE '%deadlines_alarm%'"""


@pytest.fixture
def late(process_env: dict[str, str]) -> Life:
    """A project whose assessment was due four working weeks ago, and about which nobody was told."""
    life = Life(open_district(), day=calendars.current().add_working(today(), -30))
    life.first_talk()
    for clock in Deadline.objects.filter(case_id=life.pk, rule__startswith="cadence:"):
        deadlines.cancel(deadline=clock, reason="只看研判评估的时限", by=life.clerk, on=life.day)
    return life


def a_sweep_is_stuck() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the same picture for ever
        cursor.execute(STUCK)
        return bool(cursor.fetchone()[0])


def kill_in_the_middle(start: Callable[..., Process]) -> None:
    """The worker is killed -9 while its sweep stands before the events that it is about to write."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE cases_event IN ACCESS EXCLUSIVE MODE")
        worker = start("worker")
        wait_until(a_sweep_is_stuck, "a sweep in the middle of its work")
        worker.kill()


def swept(worker: Process) -> int:
    return worker.text().count("Task deadlines.tasks.sweep_deadlines")


def ask(web: Process, life: Life, path: str) -> Any:
    url = f"http://127.0.0.1:{web.port}/api/v1/projects/{life.pk}/{path}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {issue(life.clerk)}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["results"]


def test_a_late_assessment_rings_once_though_the_worker_is_killed(
    late: Life, start: Callable[..., Process]
) -> None:
    web = start("web")
    start("beat", SWEEP_SECONDS="1")
    kill_in_the_middle(start)
    assert not Alarm.objects.filter(raised_at__isnull=False).exists()
    assert not Event.objects.filter(kind="deadline.alarm").exists()
    worker = start("worker")
    wait_until(lambda: Notice.objects.filter(message__topic="deadline.alarm").exists(), "the alarms")
    enough = swept(worker) + 4
    wait_until(lambda: swept(worker) >= enough, "more sweeps that find nothing new")
    assert_everything_once(late)
    lights = {row["rule"]: row["light"] for row in ask(web, late, "deadlines/")}
    assert lights["step:assessment"] == "red"
    told = [row["data"]["code"] for row in ask(web, late, "events/") if row["kind"] == "deadline.alarm"]
    assert sorted(told) == sorted(RUNGS)


def assert_everything_once(life: Life) -> None:
    events = Event.objects.filter(case_id=life.pk, kind="deadline.alarm")
    assert Counter(event.data["code"] for event in events) == dict.fromkeys(RUNGS, 1)
    keys = Message.objects.filter(topic="deadline.alarm").values_list("key", flat=True)
    assert {key.rpartition(":")[2] for key in keys} == RUNGS and len(keys) == len(RUNGS)
    inbox = Notice.objects.filter(user=life.clerk, message__topic="deadline.alarm")
    assert inbox.count() == inbox.values("message").distinct().count() > 0
    opened = Assignment.objects.filter(case_id=life.pk, alarm__isnull=False)
    assert Counter(opened.values_list("kind", flat=True)) == {"urge": 1, "supervise": 1}
