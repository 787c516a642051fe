"""The organisation from a file: every unit with its kind, level, dates, parent and successor."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from accounts import audit
from accounts.access import require
from accounts.models import Unit, UnitKind, UnitLevel, User
from accounts.roles import Can
from kernel.refusals import Refused, Unmet

SHIPPED = Path(__file__).parent / "organisations"
_COLUMNS = ("name", "short_name", "kind", "level", "division_code", "valid_from", "valid_to", "note")


class UnitRow(BaseModel):
    """One ``[[units]]`` of the file; dates are calendar days in Asia/Shanghai, the last one included."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    code: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)
    name: str = Field(min_length=1, max_length=100)
    short_name: str = Field("", max_length=40)
    kind: str
    level: str = UnitLevel.COUNTY.value
    division_code: str = Field(pattern=r"^\d{6}$")
    valid_from: date
    valid_to: date | None = None
    parent: str = ""
    successor: str = ""
    note: str = Field("", max_length=300)

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, value: str) -> str:
        return _known(value, UnitKind.values)

    @field_validator("level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        return _known(value, UnitLevel.values)


def _known(value: str, words: list[str]) -> str:
    if value not in words:
        raise ValueError(_("应为其中之一：%(words)s") % {"words": "、".join(words)})
    return value


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, in numbers of units."""

    created: int
    changed: int
    unchanged: int


def read_units(text: str) -> list[UnitRow]:
    """The rows of an organisation file. Raises Refused (invalid) with every fault, ``field`` says where."""
    shared, raws = _tables(text)
    rows, faults = [], []
    for number, raw in enumerate(raws, 1):
        try:
            rows.append(UnitRow.model_validate(shared | raw if isinstance(raw, dict) else raw))
        except ValidationError as error:
            faults += _faults(number, raw, error)
    faults += _crosswise(rows) if not faults else []
    if not faults and not rows:
        faults = [Unmet("no_units", _("文件中没有单位（[[units]]）"), field="units")]
    if faults:
        raise Refused(faults, "invalid")
    return rows


def _tables(text: str) -> tuple[dict[str, Any], list[Any]]:
    """What all units share, and the units, as TOML has them."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = _("TOML语法错误：%(error)s") % {"error": error}
        raise Refused.invalid("file", message, code="toml_syntax") from error
    common, units = data.get("organisation", {}), data.get("units", [])
    if not isinstance(common, dict) or not isinstance(units, list):
        raise Refused.invalid("file", _("应有一个 [organisation] 表和若干 [[units]] 表"), code="toml_shape")
    return {key: common[key] for key in ("division_code", "valid_from") if key in common}, units


def _faults(number: int, raw: Any, error: ValidationError) -> list[Unmet]:
    name = str(raw.get("code", f"#{number}")) if isinstance(raw, dict) else f"#{number}"
    return [
        _fault(name, ".".join(str(part) for part in item["loc"]), _why(item["type"], item["msg"]))
        for item in error.errors()
    ]


def _fault(unit: str, key: str, why: str) -> Unmet:
    message = _("单位“%(unit)s”的 %(key)s 不对：%(why)s") % {"unit": unit, "key": key, "why": why}
    return Unmet("bad_unit", message, field=f"units.{unit}.{key}")


def _why(kind: str, message: str) -> str:
    reasons = {
        "missing": _("缺少必填的键"),
        "extra_forbidden": _("不认识的键"),
        "string_type": _("应为加引号的文字"),
        "date_type": _("应为不加引号的日期（如 2024-11-01）"),
        "string_pattern_mismatch": _("写法不对"),
        "string_too_long": _("太长"),
        "string_too_short": _("不能为空"),
    }
    return reasons.get(kind, message.removeprefix("Value error, "))


def _crosswise(rows: list[UnitRow]) -> list[Unmet]:
    codes = [row.code for row in rows]
    faults = [(code, "code", _("重复")) for code in sorted({c for c in codes if codes.count(c) > 1})]
    for row in rows:
        if row.valid_to and row.valid_to < row.valid_from:
            faults.append((row.code, "valid_to", _("停用日期早于启用日期")))
        if row.successor and row.valid_to is None:
            faults.append((row.code, "valid_to", _("有承继单位而没有停用日期")))
    faults += [(code, key, _("没有单位“%(code)s”") % {"code": other}) for code, key, other in _dangling(rows)]
    faults += [(code, "parent", _("上级单位成环")) for code in _circular(rows)]
    return [_fault(*fault) for fault in faults]


def _dangling(rows: list[UnitRow]) -> Iterator[tuple[str, str, str]]:
    """Parents and successors that stand neither in the file nor in the database."""
    named = {getattr(row, key) for row in rows for key in ("parent", "successor")} - {""}
    known = {row.code for row in rows}
    known |= set(Unit.objects.filter(code__in=named - known).values_list("code", flat=True))
    for row in rows:
        for key in ("parent", "successor"):
            other = getattr(row, key)
            if other and other not in known:
                yield row.code, key, other


def _circular(rows: list[UnitRow]) -> Iterator[str]:
    above = {row.code: row.parent for row in rows}
    for row in rows:
        seen, code = {row.code}, row.parent
        while code and code not in seen:
            seen.add(code)
            code = above.get(code, "")
        if code == row.code:
            yield row.code


@transaction.atomic
def load_units(*, text: str, by: User | None) -> Loaded:
    """Bring the organisation in line with a file: new units are made, known ones (by code) changed.

    Units that the file does not name stay as they are; loading the same file again changes nothing.
    ``by`` is None only for the command line. Raises Refused: forbidden, or invalid with every fault.
    """
    if by is not None:
        require(by, Can.MANAGE_UNITS)
    rows = read_units(text)
    units = {u.code: u for u in Unit.objects.select_for_update().filter(code__in=[row.code for row in rows])}
    made = {row.code for row in rows if row.code not in units}
    changed = {row.code for row in rows if _bring_in_line(row, units, by)}
    for row in rows:
        if _relate(row, units, by):
            changed.add(row.code)
    done = Loaded(len(made), len(changed - made), len(rows) - len(made | changed))
    detail = {"created": done.created, "changed": done.changed, "unchanged": done.unchanged}
    audit.record(kind="organisation.loaded", by=by, target="organisation", detail=detail)
    return done


def _bring_in_line(row: UnitRow, units: dict[str, Unit], by: User | None) -> bool:
    values = {column: getattr(row, column) for column in _COLUMNS}
    unit = units.setdefault(row.code, Unit(code=row.code))
    if unit.pk and all(getattr(unit, column) == value for column, value in values.items()):
        return False
    for column, value in values.items():
        setattr(unit, column, value)
    _save(unit, by)
    return True


def _relate(row: UnitRow, units: dict[str, Unit], by: User | None) -> bool:
    """Parent and successor, when every unit of the file exists."""
    unit = units[row.code]
    wanted = (_find(row.parent, units), _find(row.successor, units))
    if (unit.parent_id, unit.successor_id) == tuple(other.pk if other else None for other in wanted):
        return False
    unit.parent, unit.successor = wanted
    _save(unit, by)
    return True


def _find(code: str, units: dict[str, Unit]) -> Unit | None:
    if not code:
        return None
    return units.get(code) or Unit.objects.get(code=code)


def _save(unit: Unit, by: User | None) -> None:
    unit.__dict__["_history_user"] = by
    unit.save()
