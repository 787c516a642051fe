"""Which rows below the heading are projects, and what the others are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from .fields import heading_key
from .header import Header
from .mapping import Mapping
from .reader import Row, Sheet
from .texts import compact, is_blank

_TOTAL: Final = re.compile(r"[^,;。]{0,20}?(小计|合计|总计|共计|累计|汇总)(?:[(:\d].*)?")
_NOTE: Final = re.compile(r"注|备注[:：]|说明|填表说明|附[注:：]|[*※]|[(（]?\d{1,2}[.．、)）](?!\d)")
_REPORTER: Final = re.compile(
    r"填报(?:人|单位|时间|日期)[:：]|审核人?[:：]|制表人?[:：]|负责人(?:签字)?[:：]|联系电话[:：]"
)
_EXAMPLE: Final = re.compile(r"[(（]?(?:例|示例|样例|填写示例|举例)(?:[:：)）]|$)")
_NUMBERING: Final = re.compile(r"\d{1,2}|[甲乙丙丁戊]|\(\d{1,2}\)")


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """Rows (counted from 1, both ends included) that hold no project, and why.

    Reasons: title, unit, summary, reporter, header, section, subtotal, total, footnote, blank, example,
    continuation (a further line of a project whose name is merged over several rows).
    """

    first_row: int
    last_row: int
    reason: str
    text: str = ""

    @property
    def reason_text(self) -> str:
        """The reason in words, translated when asked."""
        return {
            "title": _("标题行"), "unit": _("单位行"), "summary": _("汇总行"), "reporter": _("填报人行"),
            "header": _("表头"), "section": _("分组行"), "subtotal": _("小计行"), "total": _("合计行"),
            "footnote": _("脚注"), "blank": _("空白行"), "example": _("示例行"),
            "continuation": _("同一项目的续行"),
        }[self.reason]  # fmt: skip


class Classifier:
    """Judges the rows of one sheet from top to bottom; ``section`` is the heading last passed."""

    def __init__(self, sheet: Sheet, header: Header, mapping: Mapping) -> None:
        columns = mapping.by_field
        self._merges = sheet.merges
        self._broken = {row for row, _column in (*sheet.facts.errors, *sheet.facts.uncached)}
        self._name = columns["name"].index
        self._seq = columns["seq"].index if "seq" in columns else -1
        self._headings = {heading_key(label) for column in header.columns if column.index == self._name
                          for label in column.path}  # fmt: skip
        self._in_notes = False
        self.section = ""

    def reason(self, number: int, row: Row) -> str | None:
        """Why this row (counted from 0) is no project; None for a project."""
        name = row[self._name] if self._name < len(row) else ""
        first = row[self._seq] if 0 <= self._seq < len(row) else row[0] if row else ""
        if is_blank(name):
            reason = self._nameless(number, row)
        elif isinstance(name, str) and isinstance(first, int | float) and len(name) > 2:
            reason = None  # a number, a name: nearly every row
        elif isinstance(name, str) and is_blank(first):
            reason = self._unnumbered(number, row, name)
        else:
            reason = self._numbered(first, name)
        if reason is None:
            self._in_notes = False
        return reason

    def _numbered(self, first: object, name: object) -> str | None:
        for cell in (first, name):
            if isinstance(cell, str) and (found := _kind_of_line(compact(cell))):
                return found
        text = compact(name)
        if heading_key(text) in self._headings:
            return "header"
        return "header" if _NUMBERING.fullmatch(text) and _NUMBERING.fullmatch(compact(first)) else None

    def _unnumbered(self, number: int, row: Row, name: str) -> str | None:
        text = compact(name)
        if heading_key(text) in self._headings:
            return "header"
        found = _kind_of_line(text)
        if found:
            return found
        wide = self._merges.width_at(number, self._name) > 2
        if not (wide or _NOTE.match(text) or _REPORTER.search(text)):
            return None
        alone = sum(1 for cell in row if not is_blank(cell)) == 1
        return self._line(text) if alone else None

    def _nameless(self, number: int, row: Row) -> str | None:
        filled = [(index, cell) for index, cell in enumerate(row) if not is_blank(cell)]
        if number in self._broken:
            return None
        if not filled or (len(filled) == 1 and filled[0][0] == self._seq and _is_number(filled[0][1])):
            return "blank"
        column, cell = filled[0]
        found = _kind_of_line(compact(cell))
        span = self._merges.vertical(number, self._name)
        if found or (span and span[0] < number):
            return found or "continuation"
        if len(filled) == 1 or self._merges.width_at(number, column) > self._name:
            return self._line(compact(cell))
        return "reporter" if _REPORTER.search("".join(compact(cell) for _index, cell in filled)) else None

    def _line(self, text: str) -> str:
        """A row that is one line of text: a note, the reporter's line, or the heading of a section."""
        if _REPORTER.search(text):
            return "reporter"
        if self._in_notes or _NOTE.match(text) or len(text) > 60:
            self._in_notes = True
            return "footnote"
        self.section = text
        return "section"


def _is_number(cell: object) -> bool:
    return not isinstance(cell, str) or compact(cell).isdigit()


def _kind_of_line(text: str) -> str | None:
    if "计" in text or "汇总" in text:
        match = _TOTAL.fullmatch(text)
        if match and len(text) <= 60:
            return "subtotal" if match[1] == "小计" else "total"
    return "example" if _EXAMPLE.match(text) else None
