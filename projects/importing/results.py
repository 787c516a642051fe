"""What became of every row: as one object for programs, and the rows sent back as Excel."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.http import FileResponse
from django.utils.translation import gettext as _
from rustpy_xlsxwriter import FastExcel

from projects.ledgers.errors import column_letter
from projects.models import ImportBatch, ImportRow, Outcome
from projects.models.imports import Decision

COUNTED = (Outcome.NEW, Outcome.CHANGED, Outcome.SAME, Outcome.SUSPECT, Outcome.REJECTED, Outcome.SKIPPED)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SENT_BACK = (Outcome.REJECTED, Outcome.SUSPECT)
READ_AT_ONCE = 2000


def report(batch: ImportBatch) -> dict[str, Any]:
    """``{"rows", "created", "updated", "unchanged", "suspect", "rejected", "skipped", "items": […]}``.

    ``rows`` are those that look like projects; ``skipped`` counts titles, headings, totals, notes and
    blanks, one item for a run of lines. Amounts and days of an item are in words, in its ``message``.
    """
    counts = {outcome.value: batch.counts.get(outcome.value, 0) for outcome in COUNTED}
    rows = ImportRow.objects.filter(batch=batch).order_by("excel_row").defer("values", "raw", "before")
    rows = rows.select_related("project__case")
    return {"rows": batch.rows_total, **counts, "items": [item(row) for row in rows.iterator(READ_AT_ONCE)]}


def item(row: ImportRow) -> dict[str, Any]:
    texts = [said(message) for message in row.messages]
    if row.decision == Decision.SKIP:
        texts.insert(0, _("按决定不导入"))
    return {
        "row": row.excel_row,
        "outcome": row.outcome,
        "field": next((m["field"] for m in row.messages if m["field"]), None),
        "message": "；".join(texts),
        "project": row.project.case.code if row.project else None,
    }


def said(message: dict[str, str]) -> str:
    return f"{message['cell']}：{message['text']}" if message.get("cell") else message["text"]


def sent_back_workbook(batch: ImportBatch, path: Path) -> int:
    """Write the rejected and suspect rows as they were, with the reason in an added column.

    Texts go back as text cells, so that nothing in them is run as a formula. Returns how many rows.
    """
    rows = ImportRow.objects.filter(batch=batch, outcome__in=SENT_BACK).order_by("excel_row")
    count = rows.count()
    lines = _lines(batch, rows) if count else iter([{_("说明"): _("没有被拒绝或疑似重复的行")}])
    FastExcel(str(path)).format(bold_headers=True).freeze(row=1).sheet(_("退回的行"), lines).save()
    return count


def _lines(batch: ImportBatch, rows: Any) -> Iterator[dict[str, Any]]:
    columns = [(column["index"], column["heading"]) for column in batch.header.get("columns", [])]
    number, reason = _("台账行号"), _("退回原因")
    names = [number]
    for index, heading in columns:
        letter = column_letter(index)
        names.append(heading if heading and heading not in (*names, reason) else f"{heading}（{letter}）")
    for row in rows.iterator(READ_AT_ONCE):
        cells = dict(row.raw)
        values = [cells.get(column_letter(index), "") for index, _heading in columns]
        yield dict(zip(names, [row.excel_row, *values], strict=True)) | {reason: item(row)["message"]}


def workbook_of(batch: ImportBatch) -> FileResponse:
    """The rows sent back as a download; the temporary file goes when the answer is sent."""
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 (the answer closes it)
    sent_back_workbook(batch, Path(file.name))
    name = _("退回的行") + f"-{Path(batch.filename).stem}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
