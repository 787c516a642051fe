"""Fixtures for tests with real processes (web, worker, beat) on this test's PostgreSQL database and Redis."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from django.conf import settings
from django.db import connection

from scripts.services import free_port

BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 60


class Process:
    """A process of the product under test, with its log."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], log: Path, port: int) -> None:
        self.name, self.log, self.port = name, log, port
        with log.open("w") as output:
            self.handle = subprocess.Popen(
                command, env=env, cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, words: str) -> None:
        """Wait until the log says these words; fail with the log when it does not."""
        wait_until(lambda: words in self.text() or self.handle.poll() is not None, f"{self.name}: {words}")
        assert words in self.text(), (
            f"{self.name} ended with {self.handle.returncode}:\n{self.text()[-3000:]}"
        )

    def kill(self) -> None:
        """-9 for the process and everything it started: no goodbye, no clean-up."""
        os.killpg(self.handle.pid, signal.SIGKILL)
        self.handle.wait()

    def stop(self) -> None:
        if self.handle.poll() is None:
            self.handle.terminate()
            try:
                self.handle.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


def wait_until(true: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Poll until ``true()``; fail after so many seconds, saying what was awaited."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


@pytest.fixture
def process_env(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    """The environment in which a process works on this test's database, broker and folder."""
    database = connection.settings_dict
    assert connection.vendor == "postgresql", "mark the test `celery`: it needs PostgreSQL and Redis"
    redis.Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
    url = f"postgres://{quote(database['USER'])}@{database['HOST']}:{database['PORT']}/{quote(database['NAME'])}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "lifecycle.settings",
        "DATABASE_URL": url,
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "DATA_DIR": str(tmp_path / "data"),
        "LOG_LEVEL": "INFO",
    }


@pytest.fixture
def start(process_env: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """`start("worker")`, `start("beat")`, `start("web")`: one process, ready; all are stopped after the test.

    Further arguments go to the command, keyword arguments to its environment; `.port` is where a web process
    listens.
    """
    running: list[Process] = []

    def begin(kind: str, *arguments: str, **variables: str) -> Process:
        port = free_port()
        command, ready = _command(kind, port)
        log = tmp_path / f"{kind}-{len(running)}.log"
        process = Process(kind, [*command, *arguments], process_env | variables, log, port)
        running.append(process)
        process.wait_for(ready)
        return process

    yield begin
    for process in reversed(running):
        process.stop()


def _command(kind: str, port: int) -> tuple[list[str], str]:
    celery = [str(BIN / "celery"), "-A", "lifecycle"]
    match kind:
        case "worker":
            return [
                *celery,
                "worker",
                "-P",
                "prefork",
                "-c",
                "2",
                "-l",
                "INFO",
                "--without-gossip",
            ], " ready."
        case "beat":
            return [*celery, "beat", "-l", "INFO"], "beat: Starting"
        case "web":
            gunicorn = [str(BIN / "gunicorn"), "lifecycle.wsgi", "--bind", f"127.0.0.1:{port}"]
            return gunicorn, "Booting worker"
    raise ValueError(kind)
