"""Web, worker and beat as real processes, as in earnest: PostgreSQL, Redis, settings from the environment."""

import sys
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from lifecycle.celery import app
from tests.processes import Process

pytestmark = [pytest.mark.celery, pytest.mark.postgres]


def test_the_web_server_answers_for_its_database(start: Callable[..., Process]) -> None:
    web = start("web")
    with urllib.request.urlopen(f"http://127.0.0.1:{web.port}/health/", timeout=10) as answer:
        assert answer.status == 200


def test_what_waits_while_a_worker_is_dead_is_done_by_the_next(start: Callable[..., Process]) -> None:
    first = start("worker")
    app.send_task("notices.tasks.deliver_outbox")
    first.wait_for("Task notices.tasks.deliver_outbox")
    first.kill()
    app.send_task("notices.tasks.deliver_outbox")
    start("worker").wait_for("Task notices.tasks.deliver_outbox")


def test_beat_starts_on_the_schedule_of_settings(start: Callable[..., Process]) -> None:
    start("beat")


def test_a_missing_key_stops_the_start_with_one_line(process_env: dict[str, str], tmp_path: Any) -> None:
    environment = {name: text for name, text in process_env.items() if name not in {"SECRET_KEY", "DEMO"}}
    log = tmp_path / "web.log"
    web = Process("web", [sys.executable, "manage.py", "check"], environment, log, 0)
    assert web.handle.wait(30) == 2
    assert [line.split(":")[1].strip() for line in web.text().splitlines()] == [
        "environment variable SECRET_KEY"
    ]
