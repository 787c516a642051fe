"""Dates as ledgers write them: 2022年2月25日, 2022.2.25, 2022-02, 一季度, 44617, 预计2023年底."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from .reasons import reason_text
from .texts import is_unstated

FIRST_YEAR: Final = 1949
_SERIALS: Final = range(18_264, 73_051)  # 1950-01-01 … 2099-12-31
_EPOCH: Final = date(1899, 12, 30)
_QUARTERS: Final = {**{char: n for n, char in enumerate("一二三四", 1)}, **{str(n): n for n in range(1, 5)}}

_Y: Final = r"(?<!\d)(?P<{0}>(?:19|20)\d\d)"
_MASTER: Final = re.compile(
    "|".join(
        (
            _Y.format("y1") + r"[年./-](?P<m1>\d{1,2})[月./-](?P<d1>\d{1,2})(?!\d)[日号]?",
            _Y.format("y2") + r"(?P<m2>\d\d)(?P<d2>\d\d)(?!\d)",
            _Y.format("y3") + r"年?(?:第?(?P<q3>[一二三四1-4])季度?|[Qq](?P<q3b>[1-4]))",
            _Y.format("y4") + r"(?:[年./-](?P<m4>\d{1,2})(?![\d-])月?|(?P<m4b>0[1-9]|1[0-2])(?!\d))",
            _Y.format("y5") + r"年?(?P<at>上半年|下半年|年?底|年?末|年?初|年?中)",
            _Y.format("y6") + r"(?!\d)年?",
            r"(?<!\d)(?P<y7>\d\d)年(?P<m7>\d{1,2})月(?:(?P<d7>\d{1,2})[日号])?",
            r"(?<!\d)(?P<m8>\d{1,2})月(?P<d8>\d{1,2})[日号]",
        )
    )
)
_FOREIGN: Final = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d\d)(?!\d)")
_PLANNED: Final = re.compile(r"预计|计划|拟|力争|争取|预期|预估|将于|目标|有望|最迟|[年月日底末]之?前|待")
_COMPLETED: Final = re.compile(r"竣工|完工|完成验收")
_MONTHS: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)年\d{1,2}月?[-~—–至到]+\d{1,2}月")
_CLOCK: Final = re.compile(r"(?<=\d)[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*$")
_NO_YEAR: Final = re.compile(r"今年|去年|本年|当年|明年|\d{1,2}月|[一二三四]季度|年[底末初]")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A date as written and as understood.

    ``iso`` is YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD by ``precision`` (year, quarter, month, day); None with a
    ``flag`` when the text cannot stand for the date of an event that has happened. Flags: planned_not_actual
    (then ``planned`` holds the iso text), year_missing, completed_event, approx_year_end, approx_year_start,
    half_year, century_assumed, month_ambiguous,
    date_range, several_dates, future. ``reason`` (see reasons.py) says why it is refused.
    """

    raw: str | int | Decimal
    iso: str | None = None
    precision: str | None = None
    flag: str | None = None
    planned: str | None = None
    reason: str | None = None

    @property
    def error(self) -> str | None:
        """Why the text was refused, in words (translated when asked); None when it was not."""
        return reason_text(self.reason, self.raw)

    @property
    def first_day(self) -> date | None:
        """The first day of the period named (Asia/Shanghai), None without one."""
        return first_day(self.iso) if self.iso else None


def first_day(iso: str) -> date:
    """The first day of YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD."""
    year, _dash, rest = iso.partition("-")
    if rest.startswith("Q"):
        return date(int(year), int(rest[1]) * 3 - 2, 1)
    month, _dash, day = rest.partition("-")
    return date(int(year), int(month or 1), int(day or 1))


def parse_date(
    value: object, number_format: str | None = None, *, today: date | None = None, actual: bool = True
) -> ParsedDate | None:
    """Read one cell; None when it states nothing.

    ``number_format`` is the cell's Excel format: a date shown as 2022年2月 was only meant to the month.
    ``today`` (Asia/Shanghai): a later date is refused for an ``actual`` event; columns of planned dates pass
    ``actual=False`` and take 预计 and future dates as they are. Never raises: see ``ParsedDate.reason``.
    """
    if value is None:
        return None
    if isinstance(value, date):
        parsed: ParsedDate | None = _of_date(value, number_format)
    elif isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return ParsedDate(str(value), reason="not_a_date")
    else:
        parsed = (
            _parse_text(value, actual=actual) if isinstance(value, str) else _of_number(value, number_format)
        )
    if not (parsed and actual and today and parsed.iso) or int(parsed.iso[:4]) < today.year:
        return parsed
    if first_day(parsed.iso) > today:
        return replace(parsed, iso=None, precision=None, flag="future", reason="date_future")
    return parsed


@lru_cache(maxsize=8192)
def _of_date(value: date, number_format: str | None) -> ParsedDate:
    day = value.date() if isinstance(value, datetime) else value
    if not FIRST_YEAR <= day.year <= 2099:
        return ParsedDate(day.isoformat(), reason="year_absurd")
    precision = shown_precision(number_format)
    length = {"year": 4, "month": 7}.get(precision, 10)
    return ParsedDate(day.isoformat(), day.isoformat()[:length], precision)


def shown_precision(number_format: str | None) -> str:
    """What an Excel date format shows: year, month or day (also when there is no format)."""
    if not number_format:
        return "day"
    letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", number_format.split(";")[0]).lower()
    if "d" in letters or "y" not in letters:
        return "day"
    return "month" if "m" in letters else "year"


def _of_number(value: float | Decimal, number_format: str | None) -> ParsedDate:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return ParsedDate(str(value), reason="date_unreadable")
    raw: int | Decimal = int(number) if number == number.to_integral_value() else number
    whole = int(number)
    if whole in _SERIALS:
        return replace(_of_date(_EPOCH + timedelta(days=whole), number_format), raw=raw)
    if raw == whole:
        return replace(_parse_text(str(whole), actual=True) or ParsedDate(raw), raw=raw)
    if 1949 <= whole <= 2099:
        return _year_dot_month(number)
    return ParsedDate(raw, reason="date_unreadable")


def _year_dot_month(number: Decimal) -> ParsedDate:
    """2022.2 typed into a number cell. 2022.1 may have been 2022.10: Excel drops the zero."""
    year, month = str(number).split(".")
    if month == "1":
        return ParsedDate(number, year, "year", "month_ambiguous")
    if not 1 <= int(month) <= 12:
        return ParsedDate(number, reason="date_unreadable")
    return ParsedDate(number, f"{year}-{int(month):02d}", "month")


@lru_cache(maxsize=16384)
def _parse_text(raw: str, *, actual: bool) -> ParsedDate | None:
    text = "".join(_CLOCK.sub("", unicodedata.normalize("NFKC", raw)).split())
    if is_unstated(text):
        return None
    found = list(_MASTER.finditer(text))
    parsed = _day_and_month_first(raw, text) or (_of_matches(raw, text, found) if found else None)
    if actual and _PLANNED.search(text):
        return ParsedDate(raw, flag="planned_not_actual", planned=parsed.iso if parsed else None)
    if parsed:
        return parsed
    if _NO_YEAR.search(text):
        return ParsedDate(raw, flag="year_missing")
    return ParsedDate(raw, reason="date_unreadable")


def _of_matches(raw: str, text: str, found: list[re.Match[str]]) -> ParsedDate:
    months = _MONTHS.search(text)
    if months:
        return ParsedDate(raw, months[1], "year", "date_range")
    parsed = _of_match(raw, found[0])
    if len(found) > 1 and parsed.flag is None and not parsed.reason:
        return replace(parsed, flag="several_dates")
    if parsed.iso and _COMPLETED.search(text):
        return replace(parsed, flag="completed_event")
    return parsed


def _day_and_month_first(raw: str, text: str) -> ParsedDate | None:
    match = _FOREIGN.search(text)
    if not match:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if first <= 12 and second <= 12 and first != second:
        return ParsedDate(raw, reason="date_ambiguous")
    month, day = (second, first) if first > 12 else (first, second)
    return _build(raw, year, month, day)


def _of_match(raw: str, match: re.Match[str]) -> ParsedDate:
    part = {name: text for name, text in match.groupdict().items() if text}
    year = next((text for name, text in part.items() if name[0] == "y"), "")
    month = next((int(text) for name, text in part.items() if name[0] == "m"), None)
    day = next((int(text) for name, text in part.items() if name[0] == "d"), None)
    quarter = part.get("q3") or part.get("q3b")
    if not year:
        return ParsedDate(raw, flag="year_missing")
    if quarter:
        return ParsedDate(raw, f"{year}-Q{_QUARTERS[quarter]}", "quarter")
    if month is not None:
        century = "century_assumed" if len(year) == 2 else None
        return _build(raw, int(year) + (2000 if century else 0), month, day, century)
    return _part_of_year(raw, year, part["at"]) if "at" in part else ParsedDate(raw, year, "year")


def _part_of_year(raw: str, year: str, at: str) -> ParsedDate:
    if at[-1] in "底末":
        return ParsedDate(raw, f"{year}-12", "month", "approx_year_end")
    if at[-1] == "初":
        return ParsedDate(raw, f"{year}-01", "month", "approx_year_start")
    return ParsedDate(raw, year, "year", "half_year")


def _build(raw: str, year: int, month: int, day: int | None = None, flag: str | None = None) -> ParsedDate:
    try:
        built = date(year, month, day or 1)
    except ValueError:
        return ParsedDate(raw, reason="date_invalid")
    if year < FIRST_YEAR:
        return ParsedDate(raw, reason="year_absurd")
    if day is None:
        return ParsedDate(raw, built.isoformat()[:7], "month", flag)
    return ParsedDate(raw, built.isoformat(), "day", flag)
