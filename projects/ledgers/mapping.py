"""Which column feeds which field: proposed from the heading, corrected by people, saved as JSON."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext as _

from .errors import LedgerError
from .fields import FIELDS, REPEATABLE, Kind, heading_key, match_heading
from .header import Column, Header
from .money_text import find_tokens, normalise, parse_unit
from .phases import PHASES
from .reader import Sheet
from .texts import compact, is_blank

_SAMPLED: Final = 300  # rows looked at to learn a column's unit from the amounts that state one
_TAIL: Final = 40  # rows at the end in which footnotes stand
_AREA_UNITS: Final = ("亩", "公顷", "平方米", "平米", "平方公里", "㎡")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """One column's target. ``field`` is None when it is left out; ``confidence`` is 0–1, 1 after a person.

    ``unit_from`` says where the unit comes from: heading, sheet, cells (learnt from the column's
    other cells), custom (亩), person. ``note`` is for people: why a proposal differs from the heading.
    """

    index: int
    heading: str
    field: str | None
    unit: str | None = None
    unit_from: str | None = None
    confidence: float = 1.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one sheet is read: rows counted from 1, columns from 0; ``phase`` is the ledger's floor."""

    sheet: str
    header_rows: tuple[int, ...]
    columns: tuple[ColumnMap, ...]
    phase: str | None = None

    @property
    def by_field(self) -> dict[str, ColumnMap]:
        """The (first) column of each field that is mapped."""
        found: dict[str, ColumnMap] = {}
        for column in self.columns:
            if column.field:
                found.setdefault(column.field, column)
        return found

    def to_json(self) -> dict[str, Any]:
        """A JSON-serialisable form that ``from_json`` reads back unchanged."""
        return {
            "sheet": self.sheet,
            "header_rows": list(self.header_rows),
            "phase": self.phase,
            "columns": [asdict(column) for column in self.columns],
        }

    @classmethod
    def from_json(cls, data: str | Map[str, Any]) -> Mapping:
        """Read and check a saved mapping; LedgerError bad_mapping says what is wrong with it."""
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except ValueError as error:
                raise _bad(_("不是有效的 JSON")) from error
        if not isinstance(data, Map):
            raise _bad(_("应为对象"))
        rows, columns = data.get("header_rows"), data.get("columns")
        if not isinstance(rows, list) or not rows or not all(_is_count(row, 1) for row in rows):
            raise _bad(_("header_rows 应为行号（从1开始）的列表"))
        if not isinstance(columns, list):
            raise _bad(_("columns 应为列表"))
        sheet, phase = data.get("sheet"), data.get("phase")
        if not isinstance(sheet, str) or (phase is not None and phase not in PHASES):
            raise _bad(_("sheet 或 phase 无效"))
        mapping = cls(sheet, tuple(rows), tuple(_column_from_json(column) for column in columns), phase)
        mapping.check()
        return mapping

    def check(self) -> None:
        """LedgerError bad_mapping: no name, a field twice, a column twice."""
        fields = Counter(column.field for column in self.columns if column.field)
        if not fields["name"]:
            raise _bad(_("没有指定“项目名称”列"))
        twice = [code for code, count in fields.items() if code and count > 1 and code not in REPEATABLE]
        if twice:
            labels = "、".join(str(FIELDS[code].label) for code in twice)
            raise _bad(_("多列对应了同一个字段：%(fields)s") % {"fields": labels})
        if len({column.index for column in self.columns}) < len(self.columns):
            raise _bad(_("同一列出现了两次"))

    def check_against(self, header: Header) -> None:
        """LedgerError mapping_mismatch when the sheet's headings are not those the mapping was made for."""
        labels = {column.index: column.label for column in header.columns}
        for column in self.columns:
            found = labels.get(column.index, "")
            if column.field and column.heading and heading_key(found) != heading_key(column.heading):
                message = _("第%(letter)s列的列名是“%(found)s”，与对应关系里的“%(heading)s”不同")
                letter = Column(column.index, ()).letter
                details = {"letter": letter, "found": found, "heading": column.heading}
                raise LedgerError("mapping_mismatch", message % details, f"{letter}{header.rows[-1]}")

    def corrected(self, index: int, field: str | None, unit: str | None = None) -> Mapping:
        """The mapping with one column set by a person: its former holder of the field is left out."""
        return replace(
            self, columns=tuple(_reassigned(column, index, field, unit) for column in self.columns)
        )


def _reassigned(column: ColumnMap, index: int, field: str | None, unit: str | None) -> ColumnMap:
    if column.index == index:
        unit_from = "person" if unit else column.unit_from
        return ColumnMap(index, column.heading, field, unit or column.unit, unit_from)
    if column.field == field and field not in REPEATABLE:
        return replace(column, field=None)
    return column


def _bad(reason: str) -> LedgerError:
    return LedgerError("bad_mapping", _("列的对应关系无效：%(reason)s") % {"reason": reason})


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 10**6


def _column_from_json(data: object) -> ColumnMap:
    if not isinstance(data, Map) or not _is_count(data.get("index"), 0):
        raise _bad(_("每一列都要有 index（从0开始）"))
    index, field, unit = data["index"], data.get("field"), data.get("unit")
    if field is not None and field not in FIELDS:
        raise _bad(_("没有名为“%(field)s”的字段") % {"field": field})
    if unit is not None and not _is_unit(field, unit):
        raise _bad(_("看不懂的单位“%(unit)s”") % {"unit": unit})
    texts = {key: data.get(key) or "" for key in ("heading", "note")}
    confidence, unit_from = data.get("confidence", 1.0), data.get("unit_from")
    valid = all(isinstance(text, str) for text in texts.values()) and isinstance(confidence, int | float)
    if not valid or not isinstance(unit_from, str | None):
        raise _bad(_("第%(index)s列的内容类型不对") % {"index": index})
    return ColumnMap(index, texts["heading"], field, unit, unit_from, float(confidence), texts["note"])


def _is_unit(field: str | None, unit: object) -> bool:
    if not isinstance(unit, str):
        return False
    if field and FIELDS[field].kind is Kind.AREA:
        return unit in _AREA_UNITS
    return parse_unit(unit) is not None


def propose_mapping(header: Header, sheet: Sheet | None = None) -> Mapping:
    """The most likely mapping of a heading; with ``sheet``, units are also learnt from the cells below.

    Hidden columns are left out (people correct that where they are wanted). Of two columns for one field the
    surer, then the left one wins. A footnote that says a column holds 总投资额 is believed over its heading.
    """
    matches = {
        column.index: match
        for column in header.columns
        if not column.hidden and (match := match_heading(column.path))
    }
    winners: dict[str, int] = {}
    for index, (field, confidence) in matches.items():
        best = winners.get(field)
        if best is None or confidence > matches[best][1]:
            winners[field] = index
    body = list(islice(_body(header, sheet), _SAMPLED)) if sheet else []
    notes = _footnotes(sheet) if sheet and "fixed_asset" in winners and "amount_total" not in winners else []
    columns = []
    for column in header.columns:
        match = matches.get(column.index)
        if match and winners[match[0]] != column.index and match[0] not in REPEATABLE:
            match = None
        target, confidence = match or (None, 0.0)
        chosen = _with_footnote(
            ColumnMap(column.index, column.label, target, confidence=confidence), column, notes
        )
        columns.append(_with_unit(chosen, column, header, body))
    return Mapping(header.sheet, header.rows, tuple(columns), header.phase)


def _body(header: Header, sheet: Sheet) -> Iterable[list[object]]:
    return (row for number, row in sheet.rows() if number >= header.rows[-1])


def _footnotes(sheet: Sheet) -> list[str]:
    """The last rows that hold a single text, which lies in the first column."""
    tail: deque[str] = deque(maxlen=_TAIL)
    for _number, row in sheet.rows():
        if isinstance(row[0], str) and row[0] and all(is_blank(cell) for cell in row[1:]):
            tail.append(compact(row[0]))
    return list(tail)


def _with_footnote(chosen: ColumnMap, column: Column, notes: list[str]) -> ColumnMap:
    key = compact(column.path[-1])
    if chosen.field == "fixed_asset":
        for note in notes:
            if key in note and "总投资" in note.replace(key, "", 1):
                text = _("按脚注：%(note)s") % {"note": note}
                return replace(chosen, field="amount_total", confidence=0.6, note=text)
    return chosen


def _with_unit(chosen: ColumnMap, column: Column, header: Header, body: list[list[object]]) -> ColumnMap:
    kind = FIELDS[chosen.field].kind if chosen.field else None
    if kind is Kind.AREA:
        return replace(chosen, unit=column.unit or "亩", unit_from="heading" if column.unit else "custom")
    if kind is not Kind.AMOUNT:
        return chosen
    if column.unit or header.unit:
        return replace(
            chosen, unit=column.unit or header.unit, unit_from="heading" if column.unit else "sheet"
        )
    learnt = _learn_unit(row[column.index] for row in body if column.index < len(row))
    if learnt is None:
        return chosen
    note = chosen.note or _("单位由本列其他单元格的写法推得，请核对")
    return replace(chosen, unit=learnt, unit_from="cells", note=note)


def _learn_unit(cells: Iterable[object]) -> str | None:
    """亿元 or 万元, whichever most of the amounts of the column that state a unit are written in."""
    seen: Counter[str] = Counter()
    for cell in cells:
        text = normalise(cell) if isinstance(cell, str) else ""
        tokens = find_tokens(text)
        if tokens and tokens[0].currency == "CNY":
            seen["亿元" if "亿" in text else "万元" if "万" in text else "元"] += 1
    if not seen:
        return None
    (unit, count), *rest = seen.most_common()
    return unit if not rest or count > rest[0][1] else None
