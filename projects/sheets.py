"""A query set as an Excel sheet: streamed row by row to a temporary file, so that size costs no memory.

Every text is written as a text cell, never as a formula, whatever character it begins with; amounts are
numbers of 万元; telephone numbers are masked as on the page, in fields and in prose.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rustpy_xlsxwriter import FastExcel, Format

from kernel.clock import CHINA
from kernel.money import WAN
from kernel.phones import mask, mask_in_prose
from kernel.refusals import Refused

BATCH = 2_000
MOST_ROWS = 1_000_000
MOST_LETTERS = 32_000
_DIGIT = re.compile(r"\d")
Value = Callable[[Any], Any]
Columns = dict[str, tuple[int, str, Value | None]]
"""Header → width, field of the row, and how its value is written (as it is, if not said)."""


def text(value: str | None) -> str | None:
    """An empty cell costs nothing; one of 32,767 letters is the most that a sheet holds."""
    return value[:MOST_LETTERS] if value else None


def prose(value: str | None) -> str | None:
    """A text in which a telephone number may stand."""
    return mask_in_prose(value[:MOST_LETTERS]) if value else None


def wan(fen: int | None) -> float | None:
    """分 as 万元: the double nearest to it, for a cell holds nothing else; our own figures stay whole 分."""
    return None if fen is None else fen / WAN


def day(value: Any) -> Any:
    """A date, in the form of a date."""
    return value


def moment(at: datetime) -> datetime:
    """As clocks in China show it; a sheet knows no time zones."""
    return at.astimezone(CHINA).replace(tzinfo=None)


def masked(value: str | None) -> str | None:
    return mask(value) if value and _DIGIT.search(value) else value or None


def count_for_sheet(rows: QuerySet[Any]) -> int:
    """How many rows there are. Raises Refused (unmet) for more than a sheet can hold."""
    count = rows[: MOST_ROWS + 1].count()
    if count > MOST_ROWS:
        raise Refused.because("too_many_rows", _("超过 100 万行，请先缩小筛选范围再导出"))
    return count


def sheet_file(title: str, columns: Columns, rows: QuerySet[Any]) -> Path:
    """Write the rows, in their order, to a temporary file and return its path; the caller removes it."""
    with NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
        path = Path(file.name)
    try:
        _write(path, title, columns, _lines(rows, columns))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _lines(rows: QuerySet[Any], columns: Columns) -> Iterator[dict[str, Any]]:
    """An empty sheet still gets its header, as one empty row."""
    fields = [field for _width, field, _value in columns.values()]
    written = [
        (header, value) for header, (_width, _field, value) in columns.items() if value and value is not day
    ]
    empty = True
    for row in rows.values_list(*fields).iterator(chunk_size=BATCH):
        empty = False
        line = dict(zip(columns, row, strict=True))
        for header, value in written:
            line[header] = value(line[header])
        yield line
    if empty:
        yield dict.fromkeys(columns)


def _write(path: Path, title: str, columns: Columns, rows: Iterator[dict[str, Any]]) -> None:
    forms = {wan: Format().set_num_format("#,##0.00####"), day: Format().set_num_format("yyyy-mm-dd")}
    formats = {name: forms[value] for name, (_width, _field, value) in columns.items() if value in forms}
    widths = {header: float(width) for header, (width, _field, _value) in columns.items()}
    book = (
        FastExcel(str(path))
        .format(bold_headers=True, datetime_format="yyyy-mm-dd hh:mm")
        .freeze(row=1, col=2)
    )
    book.sheet(title, rows, column_widths=widths, column_formats=formats, autofilter=True).save()
