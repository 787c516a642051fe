"""Reading a year's calendar from a simple file, TOML or CSV.

TOML::

    year = 2027
    version = "1"
    source = "国务院办公厅关于2027年部分节假日安排的通知"
    published_on = 2026-11-05                        # optional
    rest = ["2027-01-01..2027-01-03", "2027-04-05"]  # days off: single days and spans
    work = ["2027-01-09"]                            # weekend days worked in exchange

CSV has the same keys, one row each: ``year,2027`` / ``rest,2027-01-01,2027-01-03`` / ``work,2027-01-09``.
"""

import csv
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _

from deadlines.calendar import FIRST_DAY, LAST_DAY, SATURDAY, days_from
from kernel.refusals import Refused, Unmet

MOST_BYTES = 1024 * 1024
KEYS = ("year", "version", "source", "published_on", "rest", "work")


@dataclass(frozen=True, slots=True)
class YearPlan:
    """One year as published: the days off (weekends in between may be named) and the weekend days worked."""

    year: int
    version: str
    source: str
    published_on: date | None = None
    rest: frozenset[date] = field(default_factory=frozenset)
    work: frozenset[date] = field(default_factory=frozenset)


def read(name: str, content: bytes) -> YearPlan:
    """The plan in a file called ``name``. Raises Refused (invalid) naming every fault with its key."""
    if len(content) > MOST_BYTES:
        raise _wrong([_("文件超过 1 MB，不是年度日历")])
    text = _decoded(content)
    raw = _from_csv(text) if name.lower().endswith(".csv") else _from_toml(text)
    faults: list[str] = [_("不认识的键 %(key)s") % {"key": key} for key in raw if key not in KEYS]
    plan = _plan(raw, faults)
    faults += check(plan) if not faults else []
    if faults:
        raise _wrong(faults)
    return plan


def check(plan: YearPlan) -> list[str]:
    """What is wrong with a plan in itself, as sentences; empty when it can be loaded."""
    faults = []
    if not FIRST_DAY.year <= plan.year <= LAST_DAY.year:
        years = {"first": FIRST_DAY.year, "last": LAST_DAY.year}
        return [_("year 须在 %(first)s–%(last)s 之间") % years]
    strangers = sorted(day for day in plan.rest | plan.work if day.year != plan.year)
    if strangers:
        faults.append(_("%(days)s 不在 %(year)s 年") % {"days": _listed(strangers), "year": plan.year})
    both = sorted(plan.rest & plan.work)
    if both:
        faults.append(_("%(days)s 既列为休息又列为上班") % {"days": _listed(both)})
    plain = sorted(day for day in plan.work if day.weekday() < SATURDAY)
    if plain:
        faults.append(_("work 只能列周末调休上班日，%(days)s 本是工作日") % {"days": _listed(plain)})
    if not any(day.weekday() < SATURDAY for day in plan.rest):
        faults.append(_("rest 没有列出任何法定休息日"))
    return faults


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _wrong([_("文件不是文本（UTF-8 或 GB18030）")])


def _from_toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong([_("TOML 格式有误：%(error)s") % {"error": error}]) from error


def _from_csv(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    try:
        rows = list(csv.reader(StringIO(text), strict=True))
    except csv.Error as error:
        raise _wrong([_("CSV 格式有误：%(error)s") % {"error": error}]) from error
    for cells in rows:
        key, *values = [cell.strip() for cell in cells] or [""]
        values = [value for value in values if value]
        if key in ("rest", "work"):
            found.setdefault(key, []).append("..".join(values))
        elif key:
            found[key] = ",".join(values)
    return found


def _plan(raw: dict[str, Any], faults: list[str]) -> YearPlan:
    published = raw.get("published_on")
    return YearPlan(
        year=_take(raw, "year", int, faults) or 0,
        version=_take(raw, "version", _version, faults) or "",
        source=_take(raw, "source", _short, faults) or "",
        published_on=_take(raw, "published_on", _day, faults) if published else None,
        rest=frozenset(_days(raw, "rest", faults)),
        work=frozenset(_days(raw, "work", faults)),
    )


def _take(raw: dict[str, Any], key: str, kind: Callable[[Any], Any], faults: list[str]) -> Any:
    if raw.get(key) in (None, ""):
        faults.append(_("缺少 %(key)s") % {"key": key})
        return None
    try:
        return kind(raw[key])
    except (ValueError, TypeError):
        faults.append(_("%(key)s 的值“%(value)s”不对") % {"key": key, "value": raw[key]})
        return None


def _short(value: Any) -> str:
    text = str(value).strip()
    if not 0 < len(text) <= 300:
        raise ValueError(text)
    return text


def _version(value: Any) -> str:
    text = _short(value)
    if len(text) > 32:
        raise ValueError(text)
    return text


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value).strip())


def _days(raw: dict[str, Any], key: str, faults: list[str]) -> Iterable[date]:
    listed = raw.get(key, [])
    if not isinstance(listed, list):
        faults.append(_("%(key)s 须是日期列表") % {"key": key})
        return
    for item in listed:
        try:
            yield from _span(item)
        except (ValueError, TypeError):
            faults.append(_("%(key)s 的值“%(value)s”不对") % {"key": key, "value": item})


def _span(item: Any) -> Iterable[date]:
    if not isinstance(item, str):
        return [_day(item)]
    first, _dots, last = item.partition("..")
    days = list(days_from(_day(first), _day(last or first)))
    if not 0 < len(days) <= 366:
        raise ValueError(item)
    return days


def _listed(days: Iterable[date]) -> str:
    return _("、").join(str(day) for day in days)


def _wrong(faults: Iterable[str]) -> Refused:
    return Refused([Unmet("calendar_file", fault, field="file") for fault in faults], "invalid")
