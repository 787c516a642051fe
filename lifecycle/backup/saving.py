"""Saving: tables from one consistent view, then the files, then the manifest that sums them up."""

import io
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import IO

import orjson
from django.db import connection
from django.db.models import Model

from accounts import audit
from kernel.clock import now
from lifecycle.backup import tables
from lifecycle.backup.archive import FORMAT, MANIFEST, Manifest, TableEntry, migrations, stored_files


class _Hashing:
    """A file whose bytes are summed up as they are read."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.digest = source, sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.source.read(size)
        self.digest.update(piece)
        return piece


def backup(target: Path) -> Manifest:
    """Write everything to ``target``, readable by its owner alone; nothing is left behind when it fails.

    Tables come first, from one consistent view; files are only ever added, so those that rows name are there.
    """
    part = target.with_name(target.name + ".part")
    try:
        part.touch(mode=0o600)
        with tarfile.open(part, "w:gz", compresslevel=6) as tar, tables.snapshot():
            manifest = Manifest(
                format=FORMAT,
                made_at=now().isoformat(),
                database=connection.vendor,
                migrations=migrations(),
                tables={model._meta.label_lower: _write_table(tar, model) for model in tables.kept_models()},
                files={name: _write_file(tar, name, path) for name, path in stored_files()},
            )
            body = orjson.dumps(manifest.model_dump(), option=orjson.OPT_INDENT_2)
            _add(tar, MANIFEST, io.BytesIO(body), len(body))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    audit.record(kind="system.backed_up", by=None, target=target.name, detail={"rows": manifest.rows})
    return manifest


def _write_table(tar: tarfile.TarFile, model: type[Model]) -> TableEntry:
    summed = tables.Summed(tables.lines(model))
    with tempfile.TemporaryFile() as spool:
        spool.writelines(summed)
        size = spool.tell()
        spool.seek(0)
        digest = _add(tar, f"data/{model._meta.label_lower}.jsonl", spool, size)
    return TableEntry(columns=tables.columns_of(model), rows=summed.count, sha256=digest)


def _write_file(tar: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as source:
        return _add(tar, f"files/{name}", source, path.stat().st_size)


def _add(tar: tarfile.TarFile, name: str, source: IO[bytes], size: int) -> str:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, int(now().timestamp()), 0o600
    hashing = _Hashing(source)
    tar.addfile(info, hashing)
    return hashing.digest.hexdigest()
