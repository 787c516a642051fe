"""Imports: upload, map, check, decide, commit, undo. Bulk reading and writing: ``projects.importing``."""

import logging
from collections.abc import Callable, Collection
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from accounts.access import acting_unit, require
from accounts.models import Unit, User
from accounts.roles import Can
from kernel.refusals import Refused
from projects.importing import claims, committing, mappings, staging, undoing
from projects.ledgers.errors import LedgerError
from projects.ledgers.mapping import Mapping
from projects.ledgers.rows import LedgerReading
from projects.models import ImportBatch, ImportMapping, ImportRow, Outcome, Phase
from projects.models.imports import Decision, ImportState

MOST_TRIES = 3
OPEN = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)
"""States in which a batch can still be mapped and checked."""
_MAY = {
    Decision.CREATE: {Outcome.SUSPECT},
    Decision.SKIP: {Outcome.NEW, Outcome.CHANGED, Outcome.SUSPECT},
}
log = logging.getLogger(__name__)


def require_unit(by: User) -> Unit:
    """The unit for which a user imports. Raises Refused (forbidden) without the right or without a unit."""
    require(by, Can.IMPORT_LEDGER)
    unit = acting_unit(by)
    if unit is None:
        raise Refused.forbidden(_("您今天没有任职单位，不能导入台账"))
    return unit


def upload(
    *, by: User, file: "File[bytes]", on: date, sheet: str = "", mapping: Mapping | None = None
) -> ImportBatch:
    """Keep the file and propose how to read it. Nothing is imported yet.

    A saved ``mapping`` is laid over the file's headings, wherever they stand. ``on`` is the business date
    (Asia/Shanghai). Raises Refused (invalid) saying what is wrong with the file and where; then nothing is
    kept.
    """
    unit = require_unit(by)
    if (file.size or 0) > settings.MAX_LEDGER_BYTES:
        limit = settings.MAX_LEDGER_BYTES // 2**20
        raise Refused.invalid("file", _("文件超过 %(n)s MB，请拆分后再导入") % {"n": limit})
    name = Path(file.name or "ledger.xlsx").name[-200:]
    batch = ImportBatch(user=by, unit=unit, filename=name, on=on)
    batch.sha256 = _digest(file)
    # A text file's only sheet is called after the file, so the kept file bears its name.
    kept = f"{Path(name).stem[:60]}{Path(name).suffix.lower()[:8]}"
    batch.file.save(f"{batch.sha256[:16]}/{kept}", file, save=False)
    try:
        _propose(batch, sheet, mapping)
        batch.save()
    except BaseException as error:
        batch.file.delete(save=False)
        if isinstance(error, LedgerError):
            raise Refused.invalid("file", said(error), code=error.code) from error
        raise
    return batch


def _digest(file: "File[bytes]") -> str:
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _propose(batch: ImportBatch, sheet: str = "", mapping: Mapping | None = None) -> None:
    reading: LedgerReading = staging.open_reading(Path(batch.file.path), batch.on, sheet)
    found = mappings.fitted(mapping, reading.mapping) if mapping else reading.mapping
    batch.sheet, batch.mapping, batch.header = found.sheet, found.to_json(), mappings.describe(reading)


def said(error: LedgerError) -> str:
    """What is wrong with a file, and where in it."""
    return f"{error.message}（{error.cell}）" if error.cell else str(error.message)


def earlier_upload(batch: ImportBatch) -> ImportBatch | None:
    """The last import of the very same file that is in force: to be told before importing it again."""
    same = ImportBatch.objects.filter(sha256=batch.sha256, state=ImportState.DONE, unit=batch.unit_id)
    return same.exclude(pk=batch.pk).first()


@transaction.atomic
def remap(*, batch: ImportBatch, by: User, mapping: Mapping, save_as: str = "") -> ImportBatch:
    """Correct which column means what; the check begins anew. ``save_as`` keeps the mapping by name.

    Raises Refused: invalid for a mapping that is none, or of another sheet; conflict once it is too late.
    """
    batch = _own(batch, by, OPEN)
    mappings.require_fit(mapping, batch)
    _set_back(batch, mapping=mapping.to_json())
    if save_as.strip():
        ImportMapping.objects.update_or_create(
            user=by, name=save_as.strip()[:60], defaults={"columns": batch.mapping}
        )
    return batch


@transaction.atomic
def load_mapping(*, batch: ImportBatch, by: User, saved: ImportMapping) -> ImportBatch:
    """Lay one of the user's saved mappings over this file. Raises Refused (invalid) where it does not fit."""
    batch = _own(batch, by, OPEN)
    if saved.user_id != by.pk:
        raise Refused.forbidden(_("这不是您保存的列对应方案"))
    try:
        found = mappings.fitted(Mapping.from_json(saved.columns), Mapping.from_json(batch.mapping))
    except LedgerError as error:
        raise Refused.invalid("mapping", said(error)) from error
    return _set_back(batch, mapping=found.to_json())


@transaction.atomic
def choose_sheet(*, batch: ImportBatch, by: User, sheet: str) -> ImportBatch:
    """Read another sheet of the same file instead. Raises Refused (invalid) where it holds no ledger."""
    batch = _own(batch, by, OPEN)
    try:
        _propose(batch, sheet)
    except LedgerError as error:
        raise Refused.invalid("sheet", said(error)) from error
    return _set_back(batch, mapping=batch.mapping)


def _set_back(batch: ImportBatch, mapping: dict[str, Any]) -> ImportBatch:
    batch.mapping, batch.state, batch.error, batch.counts = mapping, ImportState.UPLOADED, "", {}
    batch.save(update_fields=["mapping", "sheet", "header", "state", "error", "counts"])
    return batch


@transaction.atomic
def check(*, batch: ImportBatch, by: User, enqueue: bool = True) -> ImportBatch:
    """Have every row read and checked by a worker; without ``enqueue`` the caller calls ``run`` itself."""
    return _begin(_own(batch, by, OPEN), ImportState.CHECKING, enqueue)


@transaction.atomic
def decide(
    *,
    batch: ImportBatch,
    by: User,
    rows: Collection[int],
    decision: str | None = None,
    phase: str | None = None,
) -> int:
    """What a person says of staged rows (by Excel row): let suspects in, leave rows out, tell the phase.

    ``""`` takes a decision back, None leaves it. Returns how many rows it concerns. Raises Refused
    (invalid) naming the first row that cannot be decided so.
    """
    batch = _own(batch, by, {ImportState.CHECKED})
    if decision not in (None, "", *Decision.values) or phase not in (None, "", *Phase.values):
        raise Refused.invalid("decision", _("未知的处理方式"))
    found = list(ImportRow.objects.select_for_update().filter(batch=batch, excel_row__in=rows))
    unknown = set(rows) - {row.excel_row for row in found}
    for number in unknown:
        raise Refused.invalid("rows", _("没有第 %(row)s 行") % {"row": number})
    for row in found:
        _decide(row, decision, phase)
    ImportRow.objects.bulk_update(found, ["decision", "decided_phase"], batch_size=500)
    return len(found)


def _decide(row: ImportRow, decision: str | None, phase: str | None) -> None:
    outcome = Outcome(row.outcome)
    allowed = _MAY[Decision(decision)] if decision else set(Outcome) - {Outcome.REJECTED, Outcome.SKIPPED}
    if outcome not in allowed or (phase and outcome not in (Outcome.NEW, Outcome.SUSPECT)):
        text = _("第 %(row)s 行（%(outcome)s）不能这样处理：请在 Excel 中改正后重新导入")
        raise Refused.invalid("rows", text % {"row": row.excel_row, "outcome": outcome.label})
    row.decision = row.decision if decision is None else decision
    row.decided_phase = row.decided_phase if phase is None else phase


@transaction.atomic
def commit(*, batch: ImportBatch, by: User, on: date, enqueue: bool = True) -> ImportBatch:
    """Have the checked rows brought in by a worker, dated ``on``. Twice does nothing twice."""
    batch = _own(batch, by, {ImportState.CHECKED})
    batch.on = on
    return _begin(batch, ImportState.COMMITTING, enqueue)


@transaction.atomic
def undo(*, batch: ImportBatch, by: User, on: date, enqueue: bool = True) -> ImportBatch:
    """Have a whole import taken back by a worker; what was touched since is listed and stays."""
    batch = _own(batch, by, {ImportState.DONE})
    batch.undone_by, batch.undone_on = by, on
    return _begin(batch, ImportState.UNDOING, enqueue)


def _own(batch: ImportBatch, by: User, states: Collection[str]) -> ImportBatch:
    """The batch, locked, in one of the states, and the caller's unit's own."""
    unit = require_unit(by)
    row = ImportBatch.objects.select_for_update(of=("self",)).select_related("user", "unit").get(pk=batch.pk)
    if row.unit_id != unit.pk:
        raise Refused.forbidden(_("只能处理本单位的导入"))
    if row.state not in states:
        label = ImportState(row.state).label
        raise Refused.conflict(_("此导入当前状态为“%(state)s”，不能这样办理") % {"state": label})
    return row


def _begin(batch: ImportBatch, state: ImportState, enqueue: bool) -> ImportBatch:
    batch.state, batch.error, batch.rows_done, batch.tries, batch.heartbeat_at = state, "", 0, 0, None
    batch.save()
    if enqueue:
        transaction.on_commit(lambda: _enqueue(batch.pk))
    return batch


def _enqueue(batch_id: int) -> None:
    """Hand the batch to a worker; where the broker is away, beat finds it by its state."""
    try:
        current_app.send_task("projects.tasks.run_import", args=[batch_id], retry=False)
    except (OSError, OperationalError) as error:
        log.warning("import %s waits for beat: %s", batch_id, error)


def run(batch_id: int) -> None:
    """Do what the batch waits for; a second worker at the same batch finds it taken and leaves.

    What is wrong with the file or the rules ends in the state FAILED, with the reason. Anything else is
    raised and tried again by beat, ``MOST_TRIES`` times in all.
    """
    taken = claims.take(batch_id)
    if taken is None:
        return
    claim, batch = taken
    if batch.tries > MOST_TRIES:
        _fail(claim, _("处理进程多次中断，已停止；请重试或联系系统管理员"))
        return
    try:
        _WORK[ImportState(batch.state)](batch, claim)
    except claims.Lost:
        log.warning("import %s was taken over by another worker", batch_id)
    except LedgerError as error:
        _fail(claim, said(error))
    except Refused as error:
        _fail(claim, str(error))
    except Exception:
        claim.release()
        raise


def _check(batch: ImportBatch, claim: claims.Claim) -> None:
    counts = staging.stage(batch, claim)
    total = sum(count for name, count in counts.items() if name != Outcome.SKIPPED)
    claim.release(state=ImportState.CHECKED, counts=counts, rows_total=total)


def _commit(batch: ImportBatch, claim: claims.Claim) -> None:
    committing.commit(batch, claim)


def _undo(batch: ImportBatch, claim: claims.Claim) -> None:
    undoing.undo(claim)


_WORK: dict[str, Callable[[ImportBatch, claims.Claim], None]] = {
    ImportState.CHECKING: _check,
    ImportState.COMMITTING: _commit,
    ImportState.UNDOING: _undo,
}


def _fail(claim: claims.Claim, message: str) -> None:
    """An undo that cannot be done leaves the import in force; all else can be checked anew."""
    state = ImportState.DONE if claim.state == ImportState.UNDOING else ImportState.FAILED
    claim.release(state=state, error=message)


def stale() -> list[int]:
    """Batches whose worker died or whose task was lost: for beat to hand out again."""
    return list(ImportBatch.objects.filter(claims.free()).values_list("pk", flat=True)[:100])
