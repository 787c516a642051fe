"""Small workbooks made for one test each."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from projects.ledgers import rows

# Tests ask a value for what it should be; that it is there at all is what they find out.
read_rows: Any = rows.read_rows
HEADINGS = ("序号", "项目名称", "投资方", "总投资", "片区", "签约时间", "进展情况")


def book(
    path: Path,
    lines: Sequence[Sequence[object]],
    *,
    title: str = "在谈项目",
    change: Callable[[Worksheet], None] | None = None,
) -> Path:
    """Save one sheet named ``title`` with these rows; ``change`` may merge, hide or format before."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for line in lines:
        sheet.append(list(line))
    if change:
        change(sheet)
    workbook.save(path)
    return path


def ledger(
    path: Path,
    lines: Sequence[Sequence[object]],
    *,
    title: str = "在谈项目",
    change: Callable[[Worksheet], None] | None = None,
) -> Path:
    """A ledger with a title, a unit line and HEADINGS; its first project stands in row 4."""
    return book(path, [["项目台账"], ["单位：亿元"], HEADINGS, *lines], title=title, change=change)


def repacked(source: Path, target: Path, parts: dict[str, bytes]) -> Path:
    """A copy of an .xlsx in which some parts are replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return target
