"""The migrated database, kept between runs: laying sixty migrations takes longer than many a test module.

On SQLite a copy lies in ``var/`` under a name made of everything that migrating reads; another migration is
another name. On PostgreSQL ``make test`` migrates one database, and each worker's is copied from it.
"""

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management.commands.migrate import Command
from django.db import connections

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "var" / "migrated"
READ = ("*/migrations/*.py", "kernel/*.py", "lifecycle/settings.py", "documents/models.py", "constraints.txt")
"""Migrations, what they import, and what else decides the outcome."""


@contextmanager
def kept_on_sqlite() -> Iterator[None]:
    """While databases are made: the tables come from the copy, or from migrating, which then leaves one."""
    if "sqlite" not in str(settings.DATABASES["default"]["ENGINE"]):
        yield
        return
    migrate = Command.handle

    def handle(self: Command, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        connection.ensure_connection()
        copy = _path()
        with _alone():
            if not copy.exists():
                migrate(self, *args, **options)
                _keep(connection.connection, copy)
                return
        with closing(sqlite3.connect(copy)) as source:
            source.backup(connection.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Command, "handle", handle)
        yield


def _path() -> Path:
    digest = hashlib.sha256(sqlite3.sqlite_version.encode())
    for pattern in READ:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return KEPT / f"{digest.hexdigest()[:24]}.sqlite3"


@contextmanager
def _alone() -> Iterator[None]:
    """One worker migrates, the others wait for its copy: side by side each would take twice as long."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _keep(made: sqlite3.Connection, copy: Path) -> None:
    """Written beside and renamed: who is stopped halfway leaves no half of a copy."""
    beside = copy.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(beside)) as target:
        made.backup(target)
    beside.replace(copy)
    for old in sorted(KEPT.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-5]:
        old.unlink(missing_ok=True)
