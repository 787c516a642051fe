"""The way in: a ledger file as a stream of parsed rows, with what was skipped and what needs a look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from .amounts import Amount
from .cells import CellReader
from .classify import Classifier, SkippedRow
from .container import DEFAULT_LIMITS, Limits
from .errors import CellProblem, address, column_letter
from .fields import FIELDS, MAIN_AMOUNTS, Kind
from .flags import flag_text
from .header import Header, choose_sheet, read_header
from .mapping import Mapping, propose_mapping
from .phases import derive_phase, ledger_phase
from .reader import Row, Sheet, Workbook
from .texts import clean_text, compact, is_blank

_NO_PARK: Final = re.compile(r"(.+?)[(（](?:具体)?(?:园区|落户地|片区)?(?:未注明|不明|未定|待定|未落实)[)）]")
_OUTPUT: Final = re.compile(
    r"(?:产值|营业额|营业收入|销售收入|销售额)[^\d,;。，；]{0,6}\d+(?:\.\d+)?(?:亿|万)"
)
_SHORT: Final = {"signed_on": "signed", "started_on": "started", "produced_on": "produced"}


@dataclass(slots=True)
class LedgerRow:
    """One project of a ledger. ``excel_row`` is counted from 1.

    ``values`` by field code: text (None when blank), Amount, ParsedDate or Area; a field whose column is
    missing from the ledger has no key. ``problems`` are cells that must not be taken over; ``flags`` are
    things to point out (see flags.py). ``phase`` is a phase code, None when a person must decide. ``section``
    is the heading inside the table under which the row stands.
    """

    excel_row: int
    values: dict[str, Any]
    cells: Row
    flags: list[str] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    phase: str | None = None
    section: str = ""

    @property
    def raw(self) -> dict[str, object]:
        """The cells that hold something, as the file gives them, by column letter (hidden ones too)."""
        return {column_letter(index): cell for index, cell in enumerate(self.cells) if not is_blank(cell)}

    @property
    def amount(self) -> Amount | None:
        """The project's investment: total, else fixed assets, else the contract's amount."""
        return next((self.values[code] for code in MAIN_AMOUNTS if self.values.get(code)), None)

    @property
    def warnings(self) -> list[str]:
        """The flags in words, translated when asked."""
        return [flag_text(flag) for flag in self.flags]


class LedgerReading:
    """An iterable of LedgerRow; ``skipped`` is complete when the iteration is. Each iteration reads anew."""

    def __init__(self, sheet: Sheet, header: Header, mapping: Mapping, today: date | None) -> None:
        self.sheet, self.header, self.mapping = sheet, header, mapping
        self.sheets: tuple[str, ...] = (sheet.name,)
        self.skipped: list[SkippedRow] = []
        self._today = today
        mapped = mapping.by_field
        name = mapped["name"].index
        self._readers = [CellReader(sheet, column, name, today) for column in mapping.columns if column.field]
        self._merged = [reader for reader in self._readers if reader.merged]
        self._dates = [code for code in mapped if FIELDS[code].kind in (Kind.DATE, Kind.PLANNED_DATE)]
        self._width = max(reader.index for reader in self._readers) + 1
        self._main = next((code for code in MAIN_AMOUNTS if code in mapped), "")

    def __iter__(self) -> Iterator[LedgerRow]:
        self.skipped = [SkippedRow(line.row, line.row, line.kind, line.text) for line in self.header.preamble]
        self.skipped += [SkippedRow(row, row, "header") for row in self.header.rows]
        first = self.header.rows[-1]
        classifier = Classifier(self.sheet, self.header, self.mapping)
        number = first - 1
        for number, found in self.sheet.rows():
            if number < first:
                continue
            cells = found if len(found) >= self._width else [*found, *[""] * (self._width - len(found))]
            for reader in self._merged:
                reader.note(number, cells)
            reason = classifier.reason(number, cells)
            if reason:
                self._skip(number, number, reason, cells)
            else:
                yield self._row(number, cells, classifier.section)
        if self.sheet.facts.height > number + 1:
            self._skip(number + 1, self.sheet.facts.height - 1, "blank", [])

    def _skip(self, first: int, last: int, reason: str, cells: Row) -> None:
        previous = self.skipped[-1] if self.skipped else None
        if reason == "blank" and previous and previous.reason == "blank" and previous.last_row == first:
            self.skipped[-1] = SkippedRow(previous.first_row, last + 1, reason)
            return
        text = " ".join(clean_text(cell) for cell in cells if not is_blank(cell))
        self.skipped.append(SkippedRow(first + 1, last + 1, reason, text[:500]))

    def _row(self, number: int, cells: Row, section: str) -> LedgerRow:
        row = LedgerRow(number + 1, {}, cells, section=section)
        values = row.values
        for reader in self._readers:
            if cells[reader.index] == "" and reader.plain:
                values.setdefault(reader.code)
                continue
            parsed = reader.read(number, cells, row.problems)
            earlier = values.get(reader.code)
            values[reader.code] = f"{earlier}；{parsed}" if earlier and parsed else parsed or earlier
        self._check_name(number, row)
        self._split_park(row)
        self._flag_amounts(row)
        for code in self._dates:
            value = values[code]
            if value is not None and value.flag:
                row.flags.append(f"{_SHORT.get(code, code)}:{value.flag}")
        floor = (ledger_phase(section) if section else None) or self.mapping.phase
        row.phase, flags = derive_phase(row.values, floor)
        row.flags += flags
        if number in self.sheet.facts.hidden_rows:
            row.flags.append("hidden_row")
        return row

    def _check_name(self, number: int, row: LedgerRow) -> None:
        if not row.values.get("name") and not any(problem.field == "name" for problem in row.problems):
            cell = address(number, self.mapping.by_field["name"].index)
            row.problems.append(CellProblem("name", cell, _("没有项目名称"), "no_name"))

    def _split_park(self, row: LedgerRow) -> None:
        """涪陵区（园区未注明） names a region and no park."""
        park = row.values.get("park")
        match = _NO_PARK.fullmatch(park) if park else None
        if match:
            row.values["park"], row.values["region"] = None, match[1]

    def _flag_amounts(self, row: LedgerRow) -> None:
        for code in MAIN_AMOUNTS:
            amount = row.values.get(code)
            if amount:
                label = "amount" if code == self._main else code
                row.flags += [
                    flag if flag == "output_not_investment" else f"{label}:{flag}" for flag in amount.flags
                ]
        if self._main and not row.values.get(self._main) and not row.values.get("output"):
            texts = (row.values.get("content"), row.values.get("progress"))
            if any(text and _OUTPUT.search(compact(text)) for text in texts):
                row.flags.append("output_not_investment")


def read_rows(
    path: Path | str,
    sheet: str | None = None,
    mapping: Mapping | None = None,
    today: date | None = None,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> LedgerReading:
    """Open a ledger and read its rows one by one.

    Without ``sheet`` (or the mapping's) the sheet that looks like a ledger is taken, without ``mapping`` the
    proposed one. ``today`` (Asia/Shanghai): events dated later are refused. Raises LedgerError for what is
    wrong with the file, the sheet or the mapping; what is wrong with single cells is on the rows.
    """
    with Workbook(Path(path), limits) as book:
        name = sheet or (mapping.sheet if mapping else None)
        found = book.sheet(name) if name else choose_sheet(book)
        names = tuple(book.visible_names or book.names)
    header = read_header(found)
    if mapping is None:
        mapping = propose_mapping(header, found)
        mapping.check()
    else:
        mapping.check_against(header)
    reading = LedgerReading(found, header, mapping, today)
    reading.sheets = names
    return reading
