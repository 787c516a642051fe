"""One column of a ledger: its cells, with merged ranges, number formats and broken formulas seen to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from .amounts import Amount, parse_amount, shared
from .areas import Area, parse_area_mu
from .dates import ParsedDate, parse_date
from .errors import CellProblem, address
from .fields import FIELDS, Kind
from .mapping import ColumnMap
from .money_text import parse_unit
from .reader import Row, Sheet
from .texts import BLANKS, clean_text, is_blank
from .workbook_xml import unit_of_format

Figure = Amount | ParsedDate | Area
Parsed = str | Figure | None
_DAYS_1904: Final = 1462  # the epoch of 1904 lies so many days after that of 1900
_SCALES: Final = ("亿", "千万", "百万", "万", "")


class CellReader:
    """Reads one column into its field, row by row from the top."""

    def __init__(self, sheet: Sheet, column: ColumnMap, name_index: int, today: date | None) -> None:
        self.code, self.index = column.field or "", column.index
        self.merged = sheet.merges.has_vertical(column.index)
        target = FIELDS[self.code]
        self._name_index, self._facts, self._merges = name_index, sheet.facts, sheet.merges
        self._measure, self._unit, self._today = target.measure, column.unit, today
        self._date1904, self._actual = sheet.date1904, target.kind is Kind.DATE
        self._lines = target.kind is Kind.LONG_TEXT
        self._is_text = target.kind in (Kind.TEXT, Kind.LONG_TEXT)
        self._is_amount, self._is_area = target.kind is Kind.AMOUNT, target.kind is Kind.AREA
        self._marked = bool(sheet.facts.errors or sheet.facts.uncached)
        # An empty cell of such a column can be nothing but blank.
        self.plain = not self.merged and not self._marked
        self._anchor: tuple[int, object] = (-1, "")

    def note(self, number: int, cells: Row) -> None:
        """Remember the value of a merged range when its first row passes."""
        span = self._merges.vertical(number, self.index)
        if span and span[0] == number:
            self._anchor = (number, cells[self.index])

    def read(self, number: int, cells: Row, problems: list[CellProblem]) -> Parsed:
        """The parsed cell of a project's row; None when blank or broken, which is then among ``problems``."""
        value = cells[self.index]
        span = self._merges.vertical(number, self.index) if self.merged else None
        if span and span[0] == self._anchor[0]:
            value = self._anchor[1]
        if self._marked:
            problem = self._broken(span[0] if span else number)
            if problem:
                problems.append(problem)
                return None
        if self._is_text:
            text = clean_text(value, lines=self._lines)
            return None if text in BLANKS else text
        if is_blank(value):
            return None
        parsed = self._parse(number, value, span)
        if parsed and parsed.error:
            problems.append(
                CellProblem(self.code, address(number, self.index), parsed.error, parsed.reason or "")
            )
        return parsed

    def _broken(self, number: int) -> CellProblem | None:
        error = self._facts.errors.get((number, self.index))
        cell = address(number, self.index)
        if error:
            return CellProblem(
                self.code, cell, _("单元格是错误值 %(error)s") % {"error": error}, "error_cell"
            )
        if (number, self.index) in self._facts.uncached:
            message = _("公式没有计算结果；请用 Excel 或 WPS 打开并保存一次")
            return CellProblem(self.code, cell, message, "formula_without_result")
        return None

    def _parse(self, number: int, value: object, span: tuple[int, int] | None) -> Figure | None:
        shown = self._facts.formats.get((number, self.index)) if self._facts.formats else None
        if self._is_amount:
            amount = parse_amount(value, self._unit_of(shown, value), measure=self._measure)
            return shared(amount) if amount and span and self._belongs_to_several(number, span) else amount
        if self._is_area:
            return parse_area_mu(value, self._unit or "亩")
        if self._date1904 and isinstance(value, float):
            value = Decimal(repr(value)) + _DAYS_1904
        return parse_date(value, shown, today=self._today, actual=self._actual)

    def _belongs_to_several(self, number: int, span: tuple[int, int]) -> bool:
        """Whether a merged range covers more than this project (whose own name may span the same rows)."""
        name = self._merges.vertical(number, self._name_index)
        return name is None or name[0] > span[0] or name[1] < span[1]

    def _unit_of(self, shown: str | None, value: object) -> str | None:
        """The unit a number counts in: that of its own format first, then the column's."""
        unit = unit_of_format(shown) if shown and not isinstance(value, str) else None
        if not unit or not self._unit:
            return unit or self._unit
        own, columns = parse_unit(unit), parse_unit(self._unit)
        if own and columns and own.currency != "CNY" and own.factor == 1:
            scale = next(scale for scale in _SCALES if self._unit.startswith(scale))
            return scale + unit
        return unit
