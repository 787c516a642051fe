"""Which sheet is the ledger, where its heading lies, and what each column is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.utils.translation import gettext as _

from .errors import LedgerError, column_letter
from .fields import match_heading, unit_of_heading
from .money_text import parse_unit
from .phases import ledger_phase
from .reader import Row, Sheet, Workbook
from .texts import clean_text, compact, is_blank

_SEARCHED: Final = 60  # rows from the top in which a heading must begin
_LONGEST: Final = 40  # letters of a heading
_UNIT_LINE: Final = re.compile(
    r"单位[:：]?[(（]?(?:人民币)?((?:[十百千]?[亿万])?(?:美元|欧元|港元|元)|亿|万)(?![\w一-鿿])"
)
_REPORTER: Final = re.compile(r"填报(?:人|单位|时间|日期)|联系电话|审核人|报送|负责人签字|制表|填表")
_SUMMARY: Final = re.compile(r"(?:共|合计|总计|上报).{0,8}\d+个|(?:合计|总计|共计)")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``index`` from 0, the heading from the top row down, hidden or not, the unit it names."""

    index: int
    path: tuple[str, ...]
    hidden: bool = False
    unit: str | None = None

    @property
    def letter(self) -> str:
        """The column as Excel shows it."""
        return column_letter(self.index)

    @property
    def label(self) -> str:
        """The heading as one text: 投资/固定资产."""
        return "/".join(self.path)


@dataclass(frozen=True, slots=True)
class Preamble:
    """A row above the heading (row counted from 1) and what it is: title, unit, summary, reporter."""

    row: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Header:
    """The heading of a sheet; rows are counted from 1, as Excel shows them.

    ``unit`` is the sheet's own unit of money; ``phase`` the floor that the sheet's name and title give.
    """

    sheet: str
    rows: tuple[int, ...]
    columns: tuple[Column, ...]
    preamble: tuple[Preamble, ...] = ()
    unit: str | None = None
    phase: str | None = None

    @property
    def title(self) -> str:
        """The first title above the heading."""
        return next((line.text for line in self.preamble if line.kind == "title"), "")

    @property
    def hidden(self) -> tuple[Column, ...]:
        """The columns a person does not see."""
        return tuple(column for column in self.columns if column.hidden)


def choose_sheet(book: Workbook) -> Sheet:
    """The visible sheet most like a ledger (the first of equals); LedgerError no_header if none is."""
    chosen, highest = None, 1
    for name in book.visible_names or book.names:
        sheet = book.sheet(name)
        score = max((_score(row) for _number, row in islice(sheet.rows(), _SEARCHED)), default=0)
        if score > highest:
            chosen, highest = sheet, score
    if chosen is None:
        raise no_header()
    return chosen


def no_header() -> LedgerError:
    """The refusal of a sheet in which no heading can be found."""
    return LedgerError("no_header", _("找不到台账表头：至少要有“项目名称”和另外一列能认得的列名"))


def read_header(sheet: Sheet) -> Header:
    """Find the heading rows and what stands above them; LedgerError (empty, no_header)."""
    head = dict(islice(sheet.rows(), _SEARCHED))
    if all(is_blank(cell) for row in head.values() for cell in row):
        raise LedgerError("empty", _("工作表“%(name)s”是空的") % {"name": sheet.name})
    best = max(head, key=lambda number: (_score(head[number]), -number))
    if _score(head[best]) < 2:
        raise no_header()
    numbers = _heading_rows(sheet, head, best)
    above = [_preamble(number, row) for number, row in head.items() if number < numbers[0] and _texts(row)]
    floor = ledger_phase(sheet.name, *(line.text for line in above))
    return Header(
        sheet.name,
        tuple(number + 1 for number in numbers),
        tuple(_columns(sheet, [(number, head[number]) for number in numbers])),
        tuple(above),
        next((unit for line in above if (unit := unit_line(line.text))), None),
        floor,
    )


def unit_line(text: str) -> str | None:
    """The unit that a line such as 单位：亿元 names; a reporting unit (填报单位：招商局) is none."""
    match = _UNIT_LINE.search(compact(text))
    return match[1] if match and parse_unit(match[1]) else None


def _texts(row: Row) -> list[str]:
    return [text for cell in row if not is_blank(cell) and (text := clean_text(cell))]


def _labels(row: Row) -> dict[int, str]:
    """The cells of a row that could be headings: short texts, no numbers."""
    found = {}
    for index, cell in enumerate(row):
        if isinstance(cell, str) and (text := clean_text(cell)) and len(text) <= _LONGEST:
            found[index] = text
    return found


def _fields(row: Row) -> dict[int, str]:
    found = {}
    for index, text in _labels(row).items():
        match = match_heading((text,))
        if match and match[1] >= 0.7:
            found[index] = match[0]
    return found


def _score(row: Row) -> int:
    """How many different fields a row names; nothing without the project's name among them."""
    fields = set(_fields(row).values())
    return len(fields) if "name" in fields else 0


def _heading_rows(sheet: Sheet, head: dict[int, Row], best: int) -> list[int]:
    """The row found, with the rows that merged ranges or complementary labels tie to it."""
    first = last = best
    for column in range(len(head[best])):
        span = sheet.merges.vertical(best, column)
        if span and span[1] - span[0] < 5:
            first, last = min(first, span[0]), max(last, span[1])
    if first == last:
        if best + 1 in head and _completes(head[best + 1], head[best]):
            last = best + 1
        elif best - 1 in head and _groups(head[best - 1], head[best]):
            first = best - 1
    return [number for number in range(first, last + 1) if number in head]


def _completes(lower: Row, upper: Row) -> bool:
    """Whether a row gives the second line of a heading: labels only, none where the first names a field."""
    labels, fields = _labels(lower), _fields(lower)
    filled = [index for index, cell in enumerate(lower) if not is_blank(cell)]
    taken = _fields(upper)
    return bool(fields) and len(filled) == len(labels) and not any(index in taken for index in filled)


def _groups(upper: Row, lower: Row) -> bool:
    """Whether a row above names groups (项目规模, 时间节点) over the columns of the heading found."""
    labels = _labels(upper)
    filled = [index for index, cell in enumerate(upper) if not is_blank(cell)]
    below = _labels(lower)
    return len(filled) >= 2 and len(filled) == len(labels) and all(index in below for index in filled)


def _columns(sheet: Sheet, rows: list[tuple[int, Row]]) -> Iterable[Column]:
    width = max(len(row) for _number, row in rows)
    lines = [_spread(sheet, number, row, width, last=number == rows[-1][0]) for number, row in rows]
    below = lines[-1]
    for index in range(width):
        path: list[str] = []
        for line in lines:
            label = line[index]
            if label and (not path or path[-1] != label):
                path.append(label)
        if len(path) > 1 and not below[index]:
            path = path[:1]
        if path:
            unit = next((unit for label in reversed(path) if (unit := unit_of_heading(label))), None)
            yield Column(index, tuple(path), index in sheet.facts.hidden_columns, unit)


def _spread(sheet: Sheet, number: int, row: Row, width: int, *, last: bool) -> list[str]:
    """The labels of one heading row, group labels repeated over the columns they cover."""
    line = [clean_text(cell) if isinstance(cell, str) else "" for cell in row]
    line += [""] * (width - len(line))
    covered = [
        (left, right)
        for (top, left), (bottom, right) in sheet.merges.ranges
        if top <= number <= bottom and right > left
    ]
    for left, right in covered:
        for index in range(left + 1, min(right + 1, width)):
            line[index] = line[left]
    if not last and not sheet.merges.ranges:
        for index in range(1, width):
            line[index] = line[index] or ("" if match_heading((line[index - 1],)) else line[index - 1])
    return line


def _preamble(number: int, row: Row) -> Preamble:
    text = " ".join(_texts(row))
    flat = compact(text)
    if unit_line(text) and len(flat) <= 20:
        kind = "unit"
    elif _REPORTER.search(flat):
        kind = "reporter"
    elif _SUMMARY.search(flat):
        kind = "summary"
    else:
        kind = "title"
    return Preamble(number + 1, kind, text)
