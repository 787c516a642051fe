"""What became of every row: as one object for programs, and the rejected rows back as Excel."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from rustpy_xlsxwriter import FastExcel

from projects.models import ImportBatch, ImportRow, Outcome

COUNTED = (Outcome.NEW, Outcome.CHANGED, Outcome.SAME, Outcome.SUSPECT, Outcome.REJECTED, Outcome.SKIPPED)


def report(batch: ImportBatch) -> dict[str, Any]:
    """``{"rows", "created", "updated", "unchanged", "suspect", "rejected", "skipped", "items": […]}``."""
    counts = {outcome.value: batch.counts.get(outcome.value, 0) for outcome in COUNTED}
    total = sum(count for name, count in counts.items() if name != Outcome.SKIPPED)
    rows = ImportRow.objects.filter(batch=batch).order_by("excel_row").select_related("project__case")
    return {"rows": total, **counts, "items": [item(row) for row in rows.iterator(2000)]}


def item(row: ImportRow) -> dict[str, Any]:
    return {
        "row": row.excel_row,
        "outcome": row.outcome,
        "field": next((m["field"] for m in row.messages if m["field"]), None),
        "message": "；".join(said(m) for m in row.messages),
        "project": row.project.case.code if row.project else None,
    }


def said(message: dict[str, str]) -> str:
    return f"{message['cell']}：{message['text']}" if message.get("cell") else message["text"]


def rejected_workbook(batch: ImportBatch, path: Path) -> int:
    """Write the rejected and suspect rows as they were, with the reason in an added column.

    Cells go back as text, so that nothing in them is run as a formula. Returns how many rows.
    """
    rows = ImportRow.objects.filter(batch=batch, outcome__in=(Outcome.REJECTED, Outcome.SUSPECT)).order_by(
        "excel_row"
    )
    headings = {column["index"]: column["heading"] for column in batch.mapping.get("columns", [])}
    table = [_line(row, headings) for row in rows]
    if not table:
        table = [{_("说明"): _("没有被拒绝或疑似重复的行")}]
    FastExcel(str(path)).sheet(_("退回的行"), table).save()
    return rows.count()


def _line(row: ImportRow, headings: dict[int, str]) -> dict[str, Any]:
    cells = dict(row.raw)
    line: dict[str, Any] = {_("行号"): row.excel_row}
    for index, heading in sorted(headings.items()):
        line[_unique(line, heading or str(index))] = cells.get(letter(index), "")
    line[_("退回原因")] = "；".join(said(m) for m in row.messages)
    return line


def _unique(line: dict[str, Any], heading: str) -> str:
    return heading if heading not in line else f"{heading}（{len(line)}）"


def letter(index: int) -> str:
    """A column by its letters: 0 is A, 26 is AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text
