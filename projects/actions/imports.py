"""Imports: upload, check, decide, commit, undo. Reading and writing in bulk lie in ``projects.importing``."""

import logging
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import acting_unit, require
from accounts.models import User
from accounts.roles import Can
from kernel.clock import now
from kernel.refusals import Refused
from projects.importing import committing, staging, undoing
from projects.ledgers.container import Limits
from projects.ledgers.errors import LedgerError
from projects.ledgers.mapping import Mapping
from projects.ledgers.rows import read_rows
from projects.models import ImportBatch, ImportMapping, ImportRow, Outcome
from projects.models.imports import Decision, ImportState

STALE = timedelta(seconds=120)
RUNNING = {ImportState.CHECKING: "check", ImportState.COMMITTING: "commit"}
log = logging.getLogger(__name__)


def upload(
    *, by: User, file: "File[bytes]", on: date, sheet: str = "", mapping: Mapping | None = None
) -> ImportBatch:
    """Keep the file and propose how to read it. Nothing is imported yet.

    Raises Refused (invalid) saying what is wrong with the file and where; then nothing is kept.
    """
    require(by, Can.IMPORT_LEDGER)
    unit = acting_unit(by)
    if unit is None:
        raise Refused.forbidden(_("您今天没有任职单位，不能导入台账"))
    if (file.size or 0) > settings.MAX_LEDGER_BYTES:
        raise Refused.invalid(
            "file", _("文件超过 %(n)s MB，请拆分后再导入") % {"n": settings.MAX_LEDGER_BYTES // 2**20}
        )
    name = Path(file.name or "ledger.xlsx").name[-200:]
    batch = ImportBatch(user=by, unit=unit, filename=name, on=on, sheet=sheet)
    batch.sha256 = _digest(file)
    batch.file.save(f"{batch.sha256[:16]}{Path(name).suffix.lower()[:8]}", file, save=False)
    try:
        _propose(batch, mapping)
    except LedgerError as error:
        batch.file.delete(save=False)
        raise Refused.invalid("file", _said(error)) from error
    batch.save()
    return batch


def _digest(file: "File[bytes]") -> str:
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _propose(batch: ImportBatch, mapping: Mapping | None) -> None:
    limits = Limits(file_bytes=settings.MAX_LEDGER_BYTES)
    reading = read_rows(batch.file.path, batch.sheet or None, mapping, today=batch.on, limits=limits)
    batch.sheet, batch.mapping = reading.header.sheet, reading.mapping.to_json()
    batch.header = {"rows": list(reading.header.rows), "unit": reading.header.unit or ""}


def _said(error: LedgerError) -> str:
    cell = getattr(error, "cell", "")
    return f"{error.message}（{cell}）" if cell else str(error.message)


def earlier_upload(batch: ImportBatch) -> ImportBatch | None:
    """The last import of the very same file that is in force: to be told before importing it again."""
    same = ImportBatch.objects.filter(sha256=batch.sha256, state=ImportState.DONE, unit=batch.unit)
    return same.exclude(pk=batch.pk).first()


@transaction.atomic
def remap(*, batch: ImportBatch, by: User, mapping: Mapping, save_as: str = "") -> ImportBatch:
    """Correct which column means what; the check begins anew. ``save_as`` keeps the mapping by name."""
    batch = _own(batch, by, {ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED})
    try:
        mapping.check()
    except LedgerError as error:
        raise Refused.invalid("mapping", _said(error)) from error
    batch.mapping, batch.sheet, batch.state, batch.error = (
        mapping.to_json(),
        mapping.sheet,
        ImportState.UPLOADED,
        "",
    )
    batch.save(update_fields=["mapping", "sheet", "state", "error"])
    if save_as.strip():
        ImportMapping.objects.update_or_create(
            user=by, name=save_as.strip()[:60], defaults={"columns": batch.mapping}
        )
    return batch


@transaction.atomic
def check(*, batch: ImportBatch, by: User, enqueue: bool = True) -> ImportBatch:
    """Have every row read and checked by a worker; without ``enqueue`` the caller calls ``run`` itself."""
    batch = _own(batch, by, {ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED})
    return _begin(batch, ImportState.CHECKING, enqueue)


@transaction.atomic
def decide(*, batch: ImportBatch, by: User, excel_row: int, decision: str = "", phase: str = "") -> ImportRow:
    """What a person says of one row: let a suspect in, leave a row out, tell an unclear phase."""
    batch = _own(batch, by, {ImportState.CHECKED})
    row = ImportRow.objects.select_for_update().filter(batch=batch, excel_row=excel_row).first()
    if row is None or row.outcome in (Outcome.REJECTED, Outcome.SKIPPED):
        raise Refused.invalid(
            "row", _("第 %(row)s 行不能由人决定：请在 Excel 中改正后重新导入") % {"row": excel_row}
        )
    if decision not in ("", *Decision.values):
        raise Refused.invalid("decision", _("未知的处理方式：%(what)s") % {"what": decision})
    row.decision, row.decided_phase = decision, phase or row.decided_phase
    row.full_clean(validate_unique=False, validate_constraints=False)
    row.save(update_fields=["decision", "decided_phase"])
    return row


@transaction.atomic
def commit(*, batch: ImportBatch, by: User, enqueue: bool = True) -> ImportBatch:
    """Have the checked rows brought in by a worker (see ``check``). Twice does nothing twice."""
    batch = _own(batch, by, {ImportState.CHECKED})
    return _begin(batch, ImportState.COMMITTING, enqueue)


@transaction.atomic
def undo(*, batch: ImportBatch, by: User, on: date) -> dict[str, Any]:
    """Take a whole import back; what was touched since is listed and stays. Returns the report."""
    batch = _own(batch, by, {ImportState.DONE})
    report = undoing.undo(batch, by, on)
    batch.state, batch.undone_at, batch.undone_by, batch.undo_report = ImportState.UNDONE, now(), by, report
    batch.save(update_fields=["state", "undone_at", "undone_by", "undo_report"])
    return report


def _own(batch: ImportBatch, by: User, states: set[str]) -> ImportBatch:
    """The batch, locked, in one of the states, and the caller's unit's own."""
    require(by, Can.IMPORT_LEDGER)
    row = ImportBatch.objects.select_for_update(of=("self",)).select_related("user", "unit").get(pk=batch.pk)
    unit = acting_unit(by)
    if unit is None or row.unit_id != unit.pk:
        raise Refused.forbidden(_("只能处理本单位的导入"))
    if row.state not in states:
        label = ImportState(row.state).label
        raise Refused.conflict(_("此导入当前状态为“%(state)s”，不能这样办理") % {"state": label})
    return row


def _begin(batch: ImportBatch, state: ImportState, enqueue: bool) -> ImportBatch:
    batch.state, batch.error, batch.rows_done, batch.heartbeat_at = state, "", 0, None
    batch.save(update_fields=["state", "error", "rows_done", "heartbeat_at"])
    if enqueue:
        transaction.on_commit(lambda: _enqueue(batch.pk))
    return batch


def _enqueue(batch_id: int) -> None:
    """Hand the batch to a worker; where the broker is away, beat finds it by its state."""
    try:
        current_app.send_task("projects.tasks.run_import", args=[batch_id], retry=False)
    except OSError as error:
        log.warning("import %s waits for beat: %s", batch_id, error)


def run(batch_id: int) -> None:
    """Do what the batch waits for; a second worker at the same batch finds it claimed and leaves."""
    if not _claim(batch_id):
        return
    batch = ImportBatch.objects.select_related("user", "unit").get(pk=batch_id)
    work: Callable[[ImportBatch], None] = _check if batch.state == ImportState.CHECKING else _commit
    try:
        work(batch)
    except LedgerError as error:
        _fail(batch, _said(error))
    except Refused as error:
        _fail(batch, str(error))


def _claim(batch_id: int) -> bool:
    free = Q(heartbeat_at__isnull=True) | Q(heartbeat_at__lt=now() - STALE)
    waiting = ImportBatch.objects.filter(free, pk=batch_id, state__in=RUNNING)
    return waiting.update(heartbeat_at=now()) == 1


def _check(batch: ImportBatch) -> None:
    counts = staging.stage(batch, Path(batch.file.path))
    total = sum(count for name, count in counts.items() if name != Outcome.SKIPPED)
    ImportBatch.objects.filter(pk=batch.pk, state=ImportState.CHECKING).update(
        state=ImportState.CHECKED, counts=counts, rows_total=total, heartbeat_at=None
    )


def _commit(batch: ImportBatch) -> None:
    committing.commit(batch)


def _fail(batch: ImportBatch, message: str) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.FAILED, error=message, heartbeat_at=None)


def stale() -> list[int]:
    """Batches whose worker died or whose task was lost: for beat to hand out again."""
    lost = Q(heartbeat_at__isnull=True) | Q(heartbeat_at__lt=now() - STALE)
    return list(ImportBatch.objects.filter(lost, state__in=RUNNING).values_list("pk", flat=True)[:100])
