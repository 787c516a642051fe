"""`make run`: web server, worker and beat on one machine, until Ctrl-C or until one of them dies."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from scripts.console import ROOT, VENV, VENV_PYTHON, data_dir, die, refuse_taken_port, say
from scripts.console import port as asked_port

START_SECONDS = 60
STOP_SECONDS = 15
TAIL_LINES = 25


class Child:
    """One process of the running product, with its log."""

    def __init__(self, name: str, command: list[str], logs: Path) -> None:
        self.name, self.log = name, logs / f"{name}.log"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

    def alive(self) -> bool:
        return self.process.poll() is None

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:])


class Stopped(Exception):
    """Somebody asked us to stop."""


def main() -> int:
    os.environ.setdefault("DEMO", "1")
    port = asked_port()
    refuse_taken_port(port)
    logs = data_dir() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    children: list[Child] = []
    try:
        for name, command in commands(port).items():
            children.append(Child(name, command, logs))
        _wait_until_it_answers(children, port)
        _announce(port, logs)
        return _watch(children)
    except Stopped:
        say("\nstopping …")
        return 0
    finally:
        _stop_all(children)
        say("stopped.")


def commands(port: int) -> dict[str, list[str]]:
    """What runs: one web process with eight threads, one worker with four and beat inside it."""
    bin_dir = VENV / "bin"
    address = os.environ.get("BIND", "127.0.0.1")
    return {
        "web": [str(bin_dir / "gunicorn"), "lifecycle.wsgi", "--bind", f"{address}:{port}", "--workers", "1",
                "--threads", "8", "--graceful-timeout", "5", "--log-level", "warning"],
        "worker": [str(bin_dir / "celery"), "-A", "lifecycle", "worker", "-P", "threads", "-c", "4", "-B",
                   "--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
    }  # fmt: skip


def _stop(number: int, frame: FrameType | None) -> None:
    # A second signal must not interrupt the stopping itself.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Stopped


def _wait_until_it_answers(children: list[Child], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if _dead(children):
            return
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    die(f"the web server did not answer within {START_SECONDS} s:\n{children[0].tail()}")


def _announce(port: int, logs: Path) -> None:
    say(f"\n  http://127.0.0.1:{port}\n")
    if os.environ["DEMO"] == "1":
        subprocess.run([VENV_PYTHON, "manage.py", "demo_accounts", "--main"], cwd=ROOT, check=False)
    say(f"\n  logs: {os.path.relpath(logs)}    stop: Ctrl-C\n")


def _watch(children: list[Child]) -> int:
    while not (dead := _dead(children)):
        time.sleep(0.3)
    for child in dead:
        print(f"\n{child.name} ended with {child.process.returncode}:\n{child.tail()}", file=sys.stderr)
    return 1


def _dead(children: list[Child]) -> list[Child]:
    return [child for child in children if not child.alive()]


def _stop_all(children: list[Child]) -> None:
    for child in children:
        if child.alive():
            child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _kill_group(child)


def _kill_group(child: Child) -> None:
    try:
        os.killpg(child.process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    child.process.wait()


if __name__ == "__main__":
    raise SystemExit(main())
