"""The mapping step as a table: every column of the sheet with sample cells, its field and its unit."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from projects.importing.entries import TAKEN_OVER
from projects.ledgers.fields import FIELDS, Kind
from projects.ledgers.mapping import ColumnMap, Mapping
from projects.models import ImportBatch, Phase

MONEY_UNITS = ("亿元", "万元", "千元", "元", "亿美元", "万美元", "美元", "万欧元", "万港元")
LAND_UNITS = ("亩", "公顷", "平方米", "平方公里")
_KINDS = {Kind.AMOUNT: "amount", Kind.AREA: "area"}


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column of the sheet on the mapping page."""

    index: int
    letter: str
    heading: str
    hidden: bool
    samples: list[str]
    field: str
    unit: str
    sureness: str
    tone: str
    note: str


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields to choose from: (code, label, kind)."""

    label: str
    fields: list[tuple[str, str, str]]


def columns_of(batch: ImportBatch, mapping: Mapping) -> list[ColumnLine]:
    about = {column["index"]: column for column in batch.header.get("columns", [])}
    return [_line(column, about.get(column.index, {})) for column in mapping.columns]


def _line(column: ColumnMap, about: dict[str, Any]) -> ColumnLine:
    sureness, tone = _sureness(column)
    return ColumnLine(
        column.index, about.get("letter", ""), column.heading, about.get("hidden", False),
        about.get("samples", []), column.field or "", column.unit or "", sureness, tone, column.note,
    )  # fmt: skip


def _sureness(column: ColumnMap) -> tuple[str, str]:
    """How sure the proposal is, in a word."""
    if not column.field:
        return "", ""
    if column.confidence >= 0.95:
        return pgettext("sureness", "确定"), "good"
    return (_("较可能"), "info") if column.confidence >= 0.7 else (_("请核对"), "warn")


def field_groups() -> list[FieldGroup]:
    return _groups(get_language() or "")


@lru_cache(maxsize=8)
def _groups(language: str) -> list[FieldGroup]:
    """In the language in force, which is told only to be remembered with the labels."""
    fields = [(code, str(field.label), _KINDS.get(field.kind, "")) for code, field in FIELDS.items()]
    taken = [field for field in fields if field[0] in TAKEN_OVER]
    others = [field for field in fields if field[0] not in TAKEN_OVER]
    return [FieldGroup(_("写入项目"), taken), FieldGroup(_("只核对，不写入项目"), others)]


def posted(mapping: Mapping, data: Map[str, Any]) -> Mapping:
    """The mapping with every column as the form gives it; what a person touched is sure."""
    columns = tuple(_posted(column, data) for column in mapping.columns)
    phase = data.get("phase") or None
    return replace(mapping, columns=columns, phase=phase if phase in Phase.values else None)


def _posted(column: ColumnMap, data: Map[str, Any]) -> ColumnMap:
    field = data.get(f"field-{column.index}") or None
    field = field if field in FIELDS else None
    kind = _KINDS.get(FIELDS[field].kind, "") if field else ""
    units = {"amount": MONEY_UNITS, "area": LAND_UNITS}.get(kind, ())
    unit = data.get(f"unit-{column.index}") or None
    unit = unit if unit in (*units, column.unit) and kind else None
    if field == column.field and unit == column.unit:
        return column
    return replace(
        column, field=field, unit=unit, unit_from="person" if unit else None, confidence=1.0, note=""
    )
