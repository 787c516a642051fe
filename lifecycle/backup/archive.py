"""The archive: a .tar.gz with `data/<app>.<model>.jsonl`, `files/…` and, last, `manifest.json`.

The manifest counts every row and holds the SHA-256 of every member.
"""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pydantic import BaseModel, ConfigDict

from lifecycle.backup import tables

FORMAT = 1
MANIFEST = "manifest.json"


class TableEntry(BaseModel):
    columns: list[str]
    rows: int
    sha256: str


class Manifest(BaseModel):
    """What the archive holds, and what it takes to read it."""

    model_config = ConfigDict(extra="forbid")

    format: int
    made_at: str
    database: str
    migrations: list[tuple[str, str]]
    tables: dict[str, TableEntry]
    files: dict[str, str]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def migrations() -> list[tuple[str, str]]:
    """What the database's shape comes from; a backup fits only the same."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(key for key in applied if key[0] not in tables.LEFT_OUT)


def stored_files() -> Iterator[tuple[str, Path]]:
    """Every uploaded file with its name below the folder of files."""
    return files_below(Path(settings.MEDIA_ROOT))


def files_below(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(root).as_posix(), path
