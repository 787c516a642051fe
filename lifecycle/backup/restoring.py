"""Restoring: the archive is read twice, once to check all of it, once to load it in one transaction.

Then database and files are read back and compared, row by row and file by file, with what was saved.
"""

import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from accounts import audit
from kernel.refusals import Refused
from lifecycle.backup import tables
from lifecycle.backup.archive import FORMAT, MANIFEST, Manifest, files_below, migrations, stored_files

_BROKEN = (tarfile.TarError, EOFError, zlib.error, OSError, UnicodeDecodeError)


def restore(source: Path) -> Manifest:
    """Load an archive into an empty, migrated deployment: all of it or nothing.

    Raises Refused (invalid) for an archive that is broken, altered or of another version; (unmet) where the
    database or the folder of files is not empty.
    """
    manifest = check(source)
    _refuse_unfit(manifest)
    media = Path(settings.MEDIA_ROOT)
    staging = media.with_name(media.name + ".restoring")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        with transaction.atomic():
            sums = _load(source, staging)
            _compare(manifest, sums)
            _compare_files(manifest, staging)
            tables.go_on_counting(tables.kept_models())
            connection.check_constraints()
            audit.record(kind="system.restored", by=None, target=source.name, detail={"rows": manifest.rows})
            _put_in_place(staging, media)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, "r|gz") as tar:
            yield tar
    except _BROKEN as error:
        raise _broken(str(error)) from error


def _broken(why: str) -> Refused:
    return Refused.invalid("file", _("备份文件已损坏或被改动：%(why)s") % {"why": why}, code="archive_broken")


def check(source: Path) -> Manifest:
    """Read the whole archive and hold it against its own manifest. Raises Refused (invalid)."""
    found: dict[str, tuple[str, int]] = {}
    body = b""
    with _opened(source) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is None or member.name in found or not _safe(member.name):
                raise _broken(member.name)
            if member.name == MANIFEST:
                body = content.read()
                continue
            found[member.name] = _sum(content)
    manifest = _manifest(body)
    expected = {f"data/{label}.jsonl": (t.sha256, t.rows) for label, t in manifest.tables.items()}
    expected |= {f"files/{name}": (digest, -1) for name, digest in manifest.files.items()}
    for name in sorted(expected.keys() | found.keys()):
        digest, rows = expected.get(name, ("", -1))
        actual, lines = found.get(name, ("-", -1))
        if digest != actual or rows not in {-1, lines}:
            raise _broken(name)
    return manifest


def _safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _sum(content: IO[bytes]) -> tuple[str, int]:
    """SHA-256 and number of lines."""
    digest, count = sha256(), 0
    while piece := content.read(1 << 20):
        digest.update(piece)
        count += piece.count(b"\n")
    return digest.hexdigest(), count


def _manifest(body: bytes) -> Manifest:
    try:
        return Manifest.model_validate_json(body)
    except ValidationError as error:
        raise _broken(MANIFEST) from error


def _refuse_unfit(manifest: Manifest) -> None:
    here = {model._meta.label_lower: tables.columns_of(model) for model in tables.kept_models()}
    there = {label: table.columns for label, table in manifest.tables.items()}
    if manifest.format != FORMAT or manifest.migrations != migrations() or here != there:
        raise Refused.invalid(
            "file", _("备份来自其他版本的系统；请用相同版本恢复，再升级"), code="archive_of_another_version"
        )
    full = [m._meta.label_lower for m in tables.kept_models() if m._base_manager.exists()]
    if full:
        text = _("只能恢复到刚建好的空数据库；已有数据：%(tables)s")
        raise Refused.because("database_not_empty", text % {"tables": "、".join(full)})
    if next(stored_files(), None):
        text = _("文件目录 %(folder)s 不是空的")
        raise Refused.because("files_not_empty", text % {"folder": settings.MEDIA_ROOT})


def _load(source: Path, staging: Path) -> dict[str, int]:
    """Second reading: rows into the database, files into a folder beside the real one. Sums of the rows."""
    models = {model._meta.label_lower: model for model in tables.kept_models()}
    sums = {}
    with _opened(source) as tar:
        for member in tar:
            content: Any = tar.extractfile(member)
            kind, _slash, name = member.name.partition("/")
            if kind == "data":
                label = name.removesuffix(".jsonl")
                rows = tables.Summed(content)
                tables.load(models[label], rows)
                sums[label] = rows.total
            elif kind == "files":
                path = staging / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as output:
                    shutil.copyfileobj(content, output)
    return sums


def _compare(manifest: Manifest, sums: dict[str, int]) -> None:
    """Read every table back: as many rows as were saved, and the same ones."""
    for model in tables.kept_models():
        label = model._meta.label_lower
        found = tables.Summed(tables.lines(model)).read()
        if (found.count, found.total) != (manifest.tables[label].rows, sums[label]):
            raise Refused.conflict(_("恢复后核对不符：%(table)s") % {"table": label}, code="recount_differs")


def _compare_files(manifest: Manifest, staging: Path) -> None:
    """Read every file back from the disk, before it takes its place."""
    found = {}
    for name, path in files_below(staging):
        with path.open("rb") as content:
            found[name], _lines = _sum(content)
    for name in sorted(found.keys() | manifest.files.keys()):
        if found.get(name) != manifest.files.get(name):
            raise Refused.conflict(
                _("恢复后核对不符：文件 %(file)s") % {"file": name}, code="recount_differs"
            )


def _put_in_place(staging: Path, media: Path) -> None:
    if not staging.exists():
        return
    if media.exists():
        shutil.rmtree(media)  # empty, as was checked
    staging.rename(media)
