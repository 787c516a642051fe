"""The office's monthly table: written for a month, filled in, handed in, checked line by line, committed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.roles import Can
from kernel.language import house_language
from kernel.money import WAN
from kernel.refusals import Refused
from policies.schema import MonthlyReport
from projects.facts import rules_of
from projects.models import Project
from projects.sheets import Columns, count_for_sheet, prose, sheet_file, text, wan
from projects.sheets_in import read_lines
from service.models import ProgressSheet
from service.progress.queries import with_month
from service.progress.reporting import Objection, Report, report_many

MOST_LINES = 500
NEEDED = ("code", "invested", "stage", "percent")
FULL = 100
"""Percent of the works."""


def headers() -> dict[str, str]:
    """Our names of the columns → their headers, in the house's language, in the order of the table."""
    with house_language():
        return {
            "code": _("项目编号"), "name": _("项目名称"), "park": _("承接园区"),
            "invested": _("本月完成投资（万元）"), "completed": _("累计完成投资（万元）"),
            "stage": _("形象进度"), "percent": _("工程进度（%）"), "words": _("进展情况"),
            "problems": _("存在问题"), "reason": _("说明"),
        }  # fmt: skip


def month_file(rows: QuerySet[Project], month: date, rule: MonthlyReport | None) -> Path:
    """The table of a month as a temporary file; the caller removes it. Raises Refused for too many rows."""
    names = {one.code: one.name for one in (rule.stages if rule else ())}
    said: dict[str, tuple[int, str, Callable[[Any], Any] | None]] = {
        "code": (20, "code_", text), "name": (36, "name", text), "park": (16, "park_", text),
        "invested": (18, "month_invested_fen", wan), "completed": (18, "completed_fen", wan),
        "stage": (14, "month_stage", lambda code: names.get(code, code) or None),
        "percent": (12, "month_percent", None), "words": (40, "month_words", prose),
        "problems": (40, "month_problems", prose), "reason": (24, "month_reason", prose),
    }  # fmt: skip
    columns: Columns = {header: said[name] for name, header in headers().items()}
    count_for_sheet(rows)
    annotated = with_month(rows, month).annotate(code_=F("case__code"), park_=F("landing_unit__name"))
    return sheet_file(f"{month:%Y-%m}", columns, annotated)


@dataclass(slots=True)
class Line:
    """One line of a table handed in: what it says, and why it cannot be taken."""

    number: int
    said: Mapping[str, str]
    project: Project | None = None
    report: Report | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return self.report is not None and not self.faults


@transaction.atomic
def hand_in(*, upload: "File[bytes]", month: date, by: User) -> ProgressSheet:
    """Keep what the table says; nothing is reported before it is committed.

    Raises Refused: forbidden; invalid for a file that is no table, has no row of headers or too many lines.
    """
    require(by, Can.RECORD_MILESTONE)
    rows = read_lines(upload, headers(), NEEDED, _filled, MOST_LINES)
    return ProgressSheet.objects.create(by=by, month=month, name=str(upload.name or "")[-200:], rows=rows)


def check(sheet: ProgressSheet, by: User, on: date) -> list[Line]:
    """Each line as it would be committed now; writes nothing. A fixed number of queries beside the trial."""
    lines = _lines(sheet, by)
    trial = [(place, line) for place, line in enumerate(lines) if line.sound]
    for objection in _tried(trial, by, on):
        line = trial[objection.place][1]
        line.faults += [item.message for item in objection.refused.unmet]
    return lines


def _tried(trial: Sequence[tuple[int, Line]], by: User, on: date) -> list[Objection]:
    """What the action would object to, asked of the action itself and taken back."""
    with transaction.atomic():
        _written, found = report_many(reports=_reports(trial), by=by, on=on)
        transaction.set_rollback(True)
    return found


def _reports(trial: Sequence[tuple[int, Line]]) -> list[tuple[Project, Report]]:
    return [(line.project, line.report) for _place, line in trial if line.project and line.report]


@transaction.atomic
def commit(*, sheet: ProgressSheet, by: User, on: date) -> ProgressSheet:
    """Report every line, all or none. Raises Refused: forbidden for another than who handed it in; conflict
    when it was committed before; unmet with what is wrong, line by line."""
    row = ProgressSheet.objects.select_for_update().get(pk=sheet.pk)
    if row.by_id != by.pk:
        raise Refused.forbidden(_("只有交表人可以确认入库"))
    if row.committed_on is not None:
        raise Refused.conflict(_("该表已于 %(day)s 入库") % {"day": row.committed_on}, code="committed")
    lines = _lines(row, by)
    faulty = [line for line in lines if not line.sound]
    trial = [(place, line) for place, line in enumerate(lines) if line.sound]
    written, found = ([], []) if faulty else report_many(reports=_reports(trial), by=by, on=on)
    if faulty or found:
        message = _("还有 %(n)s 行有误，请改正后重新传表") % {"n": len(faulty) + len(found)}
        raise Refused.because("lines_wrong", message, status="invalid")
    row.committed_on, row.written = on, len(written)
    row.save(update_fields=["committed_on", "written"])
    return row


def _lines(sheet: ProgressSheet, by: User) -> list[Line]:
    codes = {str(said.get("code", "")) for said in sheet.rows}
    rows = Project.objects.visible_to(by).filter(case__code__in=codes).select_related("case")
    known = {row.case.code: row for row in rows}
    seen: set[str] = set()
    found = []
    for said in sheet.rows:
        line = Line(int(said["line"]), said, known.get(said.get("code", "")))
        _judge(line, sheet.month, seen)
        found.append(line)
    return found


def _judge(line: Line, month: date, seen: set[str]) -> None:
    code = line.said.get("code", "")
    line.faults += [fault for fault in line.said.get("faults", "").split("\n") if fault]
    if not code:
        line.faults.append(_("没有项目编号"))
    elif line.project is None:
        line.faults.append(_("没有编号为“%(code)s”的项目，或您看不到它") % {"code": code})
    elif code in seen:
        line.faults.append(_("同一项目写了两行"))
    seen.add(code)
    if line.project is not None and not line.faults:
        line.report = _report(line, month, line.project)


def _report(line: Line, month: date, project: Project) -> Report | None:
    rule = rules_of(project).monthly
    invested, percent = _fen(line), _percent(line)
    stage = _stage(line, rule)
    if line.faults or invested is None or percent is None:
        return None
    said = {name: line.said.get(name, "") for name in ("words", "problems", "reason")}
    return Report(month=month, invested_fen=invested, stage=stage, percent=percent, **said)


def _fen(line: Line) -> int | None:
    text = line.said.get("invested", "").replace(",", "").replace("，", "")
    try:
        amount = Decimal(text) * WAN
        if not amount.is_finite() or amount != amount.to_integral_value():
            raise InvalidOperation
    except InvalidOperation:
        message = (
            _("本月完成投资“%(text)s”不是以万元为单位的数") if text else _("请填写本月完成投资，没有的填 0")
        )
        line.faults.append(message % {"text": text[:40]})
        return None
    return int(amount)


def _percent(line: Line) -> int | None:
    text = line.said.get("percent", "").rstrip("%％ ")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
    if number is None or number > FULL:
        message = (
            _("工程进度“%(text)s”不是 0 到 100 的整数") if text else _("请填写工程进度（0 到 100 的整数）")
        )
        line.faults.append(message % {"text": text[:40]})
        return None
    return number


def _stage(line: Line, rule: MonthlyReport | None) -> str:
    """A stage is written by its name."""
    name = line.said.get("stage", "")
    found = next((one.code for one in (rule.stages if rule else ()) if name in (one.name, one.code)), "")
    if not found:
        names = "、".join(one.name for one in (rule.stages if rule else ()))
        message = _("形象进度“%(text)s”应为：%(names)s") if name else _("请填写形象进度：%(names)s")
        line.faults.append(message % {"text": name[:40], "names": names})
    return found


def _filled(said: Mapping[str, str]) -> bool:
    """Whether anybody wrote into the line."""
    return any(said.get(name) for name in ("invested", "stage", "percent", "words", "problems"))
