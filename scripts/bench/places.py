"""Databases of two sizes and web servers on them."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.console import ROOT, say
from scripts.services import free_port

BIN = Path(sys.executable).parent
START_SECONDS = 60
WORKERS = 2
# As a server of this size would be set up; durability is off for bare views and product alike.
POSTGRES = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class Place:
    """A database with so many projects, and the environment in which the product works on it."""

    projects: int
    env: Mapping[str, str]

    def manage(self, *arguments: str) -> str:
        return self.python("manage.py", *arguments)

    def python(self, *arguments: str) -> str:
        """Run Python here and return what it printed. Raises CalledProcessError with what it complained of."""  # noqa: E501
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.stderr.write(done.stdout + done.stderr)
            done.check_returncode()
        return done.stdout

    def ask(self, what: str, *arguments: str) -> Any:
        """A function of ``scripts.bench.inside``, run in a process of its own; its answer comes as JSON."""
        return json.loads(self.python("-m", "scripts.bench.inside", what, *arguments).splitlines()[-1])


def make(server: Mapping[str, str], name: str, projects: int, data: Path) -> tuple[Place, float]:
    """A migrated, seeded database; and how many projects a second the seeding made."""
    address = server["DATABASE_URL"].rpartition("/")[0]
    own = {
        "DATABASE_URL": f"{address}/{name}",
        "DATA_DIR": str(data),
        "DEMO": "1",
        "DEBUG": "0",
        "LOG_LEVEL": "WARNING",
    }
    place = Place(
        projects, {**os.environ, **server, **own, "DJANGO_SETTINGS_MODULE": "scripts.bench.settings"}
    )
    Place(0, {**place.env, "DATABASE_URL": server["DATABASE_URL"]}).ask("create", name)
    place.manage("migrate", "--noinput", "-v", "0")
    begun = time.monotonic()
    place.manage("seed_scale", "--projects", str(projects))
    rate = projects / (time.monotonic() - begun)
    say(f"· {name}: {projects:,} projects, {rate:,.0f} a second")
    return place, rate


@contextmanager
def web(place: Place) -> Iterator[int]:
    """The product and the bare views on this database, by gunicorn with two workers; yields the port."""
    port = free_port()
    command = [
        str(BIN / "gunicorn"), "scripts.bench.app", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS),
        "--log-level", "warning", "--timeout", "120",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=dict(place.env), stdin=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=10).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the bench's web server did not start")
