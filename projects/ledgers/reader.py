"""Opening a ledger file: .xlsx and .xls through calamine, .csv in the encodings that occur.

Everything above this module sees sheets of absolute rows and columns counted from 0, whatever the file was.
"""

from __future__ import annotations

import codecs
import csv
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import python_calamine
from django.utils.translation import gettext as _

from .biff import read_biff
from .container import DEFAULT_LIMITS, Limits, Package, corrupt, encrypted, kind_of
from .errors import LedgerError
from .sheet_xml import SheetFacts, read_facts
from .workbook_xml import WorkbookFacts, read_workbook, too_many_cells

Row = list[object]
T = TypeVar("T")
_CSV_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_VISIBLE: Final = python_calamine.SheetVisibleEnum.Visible


class Merges:
    """The merged ranges of a sheet, asked by cell; only the top left cell of a range holds its value."""

    def __init__(self, ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> None:
        self.ranges = sorted(ranges)
        self._columns: dict[int, tuple[list[int], list[int]]] = {}
        self._widths: dict[tuple[int, int], int] = {}
        for (top, left), (bottom, right) in self.ranges:
            self._widths[top, left] = right - left + 1
            if bottom > top:
                tops, bottoms = self._columns.setdefault(left, ([], []))
                tops.append(top)
                bottoms.append(bottom)

    def vertical(self, row: int, column: int) -> tuple[int, int] | None:
        """First and last row of the range over several rows that starts in this column and covers the row."""
        found = self._columns.get(column)
        if found is None:
            return None
        at = bisect_right(found[0], row) - 1
        if at < 0 or found[1][at] < row:
            return None
        return found[0][at], found[1][at]

    def has_vertical(self, column: int) -> bool:
        """Whether any range over several rows starts in this column."""
        return column in self._columns

    def width_at(self, row: int, column: int) -> int:
        """How many columns the range spans that has this cell at its top left (1 when there is none)."""
        return self._widths.get((row, column), 1)


@dataclass(slots=True)
class Sheet:
    """One sheet, read again from the start by every call of ``rows``."""

    name: str
    source: Callable[[], Iterator[tuple[int, Row]]]
    merges: Merges = field(default_factory=lambda: Merges(()))
    facts: SheetFacts = field(default_factory=SheetFacts)
    date1904: bool = False

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Row number and cells, from the first used row on."""
        return self.source()


class Workbook:
    """An opened ledger file; close it (or use ``with``) to let go of the file."""

    def __init__(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        self.path, self.limits = path, limits
        self.kind = kind_of(path, limits)
        self._package: Package | None = None
        self._facts: WorkbookFacts | None = None
        self._book: python_calamine.CalamineWorkbook | None = None
        self._biff: dict[str, SheetFacts] = {}
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        if self.kind == "xlsx":
            self._package = Package(self.path, self.limits)
            self._package.verify()
            self._facts = read_workbook(self._package)
        elif self.kind == "xls":
            self._biff = read_biff(self.path, self.limits)
        if self.kind != "csv":
            self._book = _guarded(lambda: python_calamine.CalamineWorkbook.from_path(self.path))
        if not self.names:
            raise LedgerError("empty", _("文件里没有工作表"))

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the file; sheets already taken can no longer be read."""
        if self._package:
            self._package.close()
        if self._book:
            self._book.close()

    @property
    def names(self) -> list[str]:
        """All sheets, in order."""
        return [self.path.stem] if self._book is None else list(self._book.sheet_names)

    @property
    def visible_names(self) -> list[str]:
        """The sheets a person sees."""
        if self._book is None:
            return self.names
        return [sheet.name for sheet in self._book.sheets_metadata if sheet.visible == _VISIBLE]

    def sheet(self, name: str) -> Sheet:
        """One sheet by name; LedgerError (no_sheet, corrupt, too_many_cells)."""
        if name not in self.names:
            message = _("没有名为“%(name)s”的工作表；文件里有：%(names)s")
            raise LedgerError("no_sheet", message % {"name": name, "names": "、".join(self.names)})
        if self._book is None:
            return Sheet(name, _csv_source(self.path, self.limits))
        facts = self._sheet_facts(name)
        book = self._book
        cells = _guarded(lambda: book.get_sheet_by_name(name))
        if cells.total_height > self.limits.rows:
            raise too_many_cells(self.limits)
        date1904 = bool(self._facts and self._facts.date1904)
        return Sheet(name, lambda: _rows(cells), Merges(cells.merged_cell_ranges or ()), facts, date1904)

    def _sheet_facts(self, name: str) -> SheetFacts:
        if not self._package or not self._facts:
            return self._biff.get(name, SheetFacts())
        part = self._facts.parts.get(name)
        if part is None or part not in self._package.names:
            raise corrupt()
        return read_facts(self._package, part, self._facts.styles, self.limits)


def _guarded(call: Callable[[], T]) -> T:
    """Call into calamine; whatever it makes of a broken file becomes a LedgerError."""
    try:
        return call()
    except python_calamine.PasswordError as error:
        raise encrypted() from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise corrupt() from error
    except BaseException as error:
        # A panic in the Rust code arrives as pyo3's PanicException, which is no Exception.
        if type(error).__name__ == "PanicException":
            raise corrupt() from error
        raise


def _rows(cells: python_calamine.CalamineSheet) -> Iterator[tuple[int, Row]]:
    # calamine's iterator begins in the sheet's first row but in the first used column.
    margin: Row = [""] * (cells.start or (0, 0))[1]
    for number, row in enumerate(cells.iter_rows()):
        yield number, [*margin, *row]


def _csv_source(path: Path, limits: Limits) -> Callable[[], Iterator[tuple[int, Row]]]:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(8192)
    separator = max(",\t;|", key=sample.count)

    def rows() -> Iterator[tuple[int, Row]]:
        with path.open(encoding=encoding, newline="") as file:
            for number, cells in enumerate(csv.reader(file, delimiter=separator)):
                if number >= limits.rows:
                    raise too_many_cells(limits)
                yield number, list(cells)

    return rows


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in _CSV_ENCODINGS:
        if _decodes(path, encoding):
            return encoding
    raise LedgerError("not_excel", _("读不出文件的文字编码；请另存为 .xlsx，或 UTF-8、GB18030 编码的 .csv"))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                if "\0" in decoder.decode(chunk):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
