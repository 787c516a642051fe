"""What was saved comes back, row by row and file by file; what is broken or does not fit is refused whole."""

import gzip
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts import audit
from accounts.models import AuditEntry, IdempotencyKey, User
from cases.actions import assign_part, record
from cases.models import Case
from kernel.refusals import Refused
from lifecycle.backup import tables
from lifecycle.backup.archive import Manifest
from lifecycle.backup.restoring import check, restore
from lifecycle.backup.saving import backup
from policies.models import PolicySet
from tests import factories as make

pytestmark = pytest.mark.django_db


def life() -> None:
    """A little of everything: histories, many-to-many rows, JSON, dates, append-only rows, a file."""
    park = make.unit("park", kind="park", valid_to=date(2030, 1, 1))
    clerk = make.user("park_clerk", unit=park, name="刘永强 “引号”\\\n换行", phone="13812345678")
    clerk.name = "刘永强"
    clerk.save()
    row = make.case()
    assign_part(case=row, unit=park, part="landing", by=clerk, on=make.TODAY, exclusive=True)
    record(case=row, kind="x", by=clerk, on=make.TODAY, data={"b": 1, "aa": [None, "二", 1.5], "z": {}})
    audit.record(kind="account.signed_in", by=clerk, detail={"空": ""})
    IdempotencyKey.objects.create(user=clerk, key="k", fingerprint="f", status=201, body=None)
    make.api(clerk)


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    folder = Path(settings.MEDIA_ROOT)
    (folder / "cases/1/ab").mkdir(parents=True)
    (folder / "cases/1/ab/abcd").write_bytes(b"scan" * 1000)
    return folder


@pytest.fixture
def elsewhere(settings: Any, tmp_path: Path) -> Path:
    """Another deployment's folder of files, empty."""
    settings.MEDIA_ROOT = tmp_path / "other" / "files"
    (tmp_path / "other").mkdir()
    return Path(settings.MEDIA_ROOT)


def contents() -> dict[str, list[bytes]]:
    return {m._meta.label_lower: sorted(tables.lines(m)) for m in tables.kept_models()}


@pytest.fixture
def saved(media: Path, tmp_path: Path) -> tuple[Path, dict[str, list[bytes]]]:
    """An archive of a little life that has since been rolled back, and what it must bring back."""
    archive = tmp_path / "saved.tar.gz"
    with transaction.atomic():
        life()
        before = contents()
        backup(archive)
        transaction.set_rollback(True)
    assert not User.objects.exists()
    return archive, before


def test_everything_comes_back_as_it_was(saved: Any, elsewhere: Path) -> None:
    archive, before = saved
    manifest = restore(archive)
    after = contents()
    new = after["accounts.auditentry"].pop()
    assert b"system.restored" in new
    assert after == before
    assert manifest.tables["accounts.historicaluser"].rows == 2
    assert manifest.tables["policies.policyset_versions"].rows == 1
    assert (elsewhere / "cases/1/ab/abcd").read_bytes() == b"scan" * 1000
    assert PolicySet.objects.get().versions.count() == 1


def test_life_goes_on_after_a_restore(saved: Any, elsewhere: Path) -> None:
    restore(saved[0])
    assert make.unit("next").pk and make.user("reviewer").pk
    clerk = User.objects.get(name="刘永强")
    assert clerk.check_password(make.PASSWORD)
    assert list(Case.objects.visible_to(clerk)) == list(Case.objects.all())


def test_the_archive_is_its_owners_alone_and_backing_up_is_noted(saved: Any, tmp_path: Path) -> None:
    assert saved[0].stat().st_mode & 0o077 == 0
    backup(tmp_path / "again.tar.gz")
    assert AuditEntry.objects.get().kind == "system.backed_up"


def members(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]


def write(archive: Path, content: dict[str, bytes]) -> None:
    with tarfile.open(archive, "w:gz") as tar:
        for name, body in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))


def _alter(name: str, change: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], None]:
    def altered(content: dict[str, bytes]) -> None:
        content[name] = change(content[name])

    return altered


UNITS = "data/accounts.unit.jsonl"
BROKEN: dict[str, Callable[[dict[str, bytes]], Any]] = {
    "an altered row": _alter(UNITS, lambda body: body.replace(b"park", b"perk")),
    "a row lost": _alter("data/cases.event.jsonl", lambda body: b"".join(body.splitlines(keepends=True)[1:])),
    "a table lost": lambda content: content.pop(UNITS),
    "a file altered": _alter("files/cases/1/ab/abcd", lambda body: body[:-1] + b"x"),
    "a file lost": lambda content: content.pop("files/cases/1/ab/abcd"),
    "a stranger": lambda content: content.update({"files/evil": b"x"}),
    "a way out": lambda content: content.update({"files/../../evil": b"x"}),
    "no manifest": lambda content: content.pop("manifest.json"),
    "a manifest that is none": lambda content: content.update({"manifest.json": b"{}"}),
}


@pytest.mark.parametrize("how", BROKEN)
def test_an_altered_archive_is_refused_and_nothing_is_written(saved: Any, elsewhere: Path, how: str) -> None:
    archive, _ = saved
    content = members(archive)
    BROKEN[how](content)
    write(archive, content)
    with pytest.raises(Refused) as refused:
        restore(archive)
    assert refused.value.unmet[0].code == "archive_broken"
    assert not User.objects.exists() and not elsewhere.exists()


@pytest.mark.parametrize("damage", ["cut", "flipped", "no archive", "missing"])
def test_a_damaged_archive_is_refused(saved: Any, elsewhere: Path, damage: str) -> None:
    archive, _ = saved
    body = bytearray(archive.read_bytes())
    if damage == "cut":
        body = body[: len(body) // 2]
    elif damage == "flipped":
        body[len(body) // 2] ^= 0xFF
    elif damage == "no archive":
        body = bytearray(gzip.compress(b"not a tar"))
    archive.write_bytes(body)
    if damage == "missing":
        archive.unlink()
    with pytest.raises(CommandError, match="已损坏"):
        call_command("restore", str(archive))
    assert not User.objects.exists() and not elsewhere.exists()


def _rewritten(archive: Path, **changes: Any) -> None:
    content = members(archive)
    manifest = orjson.loads(content["manifest.json"]) | changes
    content["manifest.json"] = orjson.dumps(manifest)
    write(archive, content)


@pytest.mark.parametrize("change", [{"format": 2}, {"migrations": [["accounts", "0001_initial"]]}])
def test_an_archive_of_another_version_is_refused(
    saved: Any, elsewhere: Path, change: dict[str, Any]
) -> None:
    _rewritten(saved[0], **change)
    with pytest.raises(Refused) as refused:
        restore(saved[0])
    assert refused.value.unmet[0].code == "archive_of_another_version"


def test_a_database_with_rows_is_left_alone(saved: Any, elsewhere: Path) -> None:
    make.unit("mine")
    with pytest.raises(Refused, match=r"accounts\.unit"):
        restore(saved[0])


def test_a_folder_with_files_is_left_alone(saved: Any, media: Path) -> None:
    with pytest.raises(Refused) as refused:
        restore(saved[0])
    assert refused.value.unmet[0].code == "files_not_empty"


def test_a_restore_that_reads_back_otherwise_is_undone(saved: Any, elsewhere: Path, monkeypatch: Any) -> None:
    lines = tables.lines
    monkeypatch.setattr(tables, "lines", lambda m: iter([]) if m is User else lines(m))
    with pytest.raises(Refused) as refused:
        restore(saved[0])
    assert refused.value.unmet[0].code == "recount_differs"
    assert not User.objects.exists() and not elsewhere.exists()


@pytest.mark.parametrize("how", ["cut", "lost"])
def test_a_file_that_the_disk_did_not_keep_undoes_the_restore(
    saved: Any, elsewhere: Path, monkeypatch: Any, how: str
) -> None:
    """A full disk or a bad one, after the archive was found sound."""

    def copy(content: Any, output: Any) -> None:
        output.write(content.read()[:-1])
        if how == "lost":
            Path(output.name).unlink()

    monkeypatch.setattr("lifecycle.backup.restoring.shutil.copyfileobj", copy)
    with pytest.raises(Refused, match="cases/1/ab/abcd") as refused:
        restore(saved[0])
    assert refused.value.unmet[0].code == "recount_differs"
    assert not User.objects.exists() and not elsewhere.exists()


def test_a_backup_that_fails_leaves_no_half_archive(media: Path, tmp_path: Path, monkeypatch: Any) -> None:
    def fail(model: Any) -> Iterator[bytes]:
        raise OSError("disk full")

    monkeypatch.setattr(tables, "lines", fail)
    with pytest.raises(CommandError, match="disk full"):
        call_command("backup", str(tmp_path / "x.tar.gz"))
    assert not list(tmp_path.glob("x.tar.gz*"))


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_text("precious")
    with pytest.raises(CommandError, match="文件已存在"):
        call_command("backup", str(tmp_path / "x.tar.gz"))


def manage(data: Path, *words: str) -> str:
    """One command in a process of its own, on an embedded database below ``data``."""
    own = {"DATA_DIR": str(data), "DATABASE_URL": f"sqlite:///{data}/db.sqlite3", "DEMO": "0"}
    done = subprocess.run(
        [sys.executable, "manage.py", *words], env=os.environ | own, cwd=Path(tables.__file__).parents[2],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A real deployment on SQLite, as `init` starts it."""
    data = tmp_path / "real"
    manage(data, "migrate", "-v", "0")
    out = manage(data, "init", "--organisation", "fuling-units", "--policy", "fuling-lifecycle-2024")
    assert out.count("admin") == 3
    return data


def test_a_real_start_is_saved_and_restored_by_command(real: Path, tmp_path: Path) -> None:
    archive, other = tmp_path / "a.tar.gz", tmp_path / "other"
    manage(real, "backup", str(archive))
    manage(other, "migrate", "-v", "0")
    out = manage(other, "restore", str(archive))
    assert "accounts.membership" in out and "已恢复并逐行核对" in out
    manage(other, "backup", str(tmp_path / "b.tar.gz"))
    first, second = (check(tmp_path / name).tables for name in ("a.tar.gz", "b.tar.gz"))
    # What the two commands themselves noted is all that is new.
    assert second.pop("accounts.auditentry").rows == first.pop("accounts.auditentry").rows + 1
    assert second == first


@pytest.mark.postgres
def test_what_sqlite_saved_postgresql_restores(real: Path, tmp_path: Path, elsewhere: Path) -> None:
    archive = tmp_path / "a.tar.gz"
    manage(real, "backup", str(archive))
    assert connection.vendor == "postgresql"
    manifest: Manifest = restore(archive)
    assert manifest.database == "sqlite"
    assert User.objects.count() == 3 and make.user("reviewer").pk > 3
