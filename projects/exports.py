"""The filtered ledger as Excel: streamed row by row to a temporary file, so that size costs no memory.

Every text is written as a text cell, never as a formula, whatever character it begins with; amounts are
numbers of 万元; telephone numbers are masked as on the page, in fields and in prose.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rustpy_xlsxwriter import FastExcel, Format

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.roles import Can
from kernel.clock import CHINA
from kernel.money import WAN
from kernel.phones import mask, mask_in_prose
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from projects import coded
from projects.columns import class_names, enum_words, newest_rules
from projects.queries import NAMED, LedgerFilter, ledger

BATCH = 2_000
MOST_ROWS = 1_000_000
MOST_LETTERS = 32_000
_DIGIT = re.compile(r"\d")
MORE = {
    "credit_code": F("enterprise__credit_code"),
    "contact_name": F("enterprise__contact_name"),
    "contact_phone": F("enterprise__contact_phone"),
    "contents": F("content"),
    "progress_text": F("progress"),
}
Value = Callable[[Any], Any]
Columns = dict[str, tuple[int, str, Value | None]]
"""Header → width, field of the row, and how its value is written (as it is, if not said)."""


def _text(value: str | None) -> str | None:
    """An empty cell costs nothing; one of 32,767 letters is the most that a sheet holds."""
    return value[:MOST_LETTERS] if value else None


def _prose(value: str | None) -> str | None:
    """A text in which a telephone number may stand."""
    return mask_in_prose(value[:MOST_LETTERS]) if value else None


def _wan(fen: int | None) -> float | None:
    """分 as 万元: the double nearest to it, for a cell holds nothing else; our own figures stay whole 分."""
    return None if fen is None else fen / WAN


def _moment(at: datetime) -> datetime:
    """As clocks in China show it; a sheet knows no time zones."""
    return at.astimezone(CHINA).replace(tzinfo=None)


def _columns() -> Columns:
    """In the order of the sheet."""
    rules = newest_rules()
    classes = class_names(rules)
    wan = _("（万元）")
    return {
        _("项目编号"): (20, "code", None),
        _("项目名称"): (36, "name", None),
        _("投资企业"): (30, "enterprise_name", _text),
        _("统一社会信用代码"): (22, "credit_code", _text),
        _("阶段"): (10, "phase", _words("Phase")),
        _("批次"): (8, "batch", _words("Batch")),
        _("项目等级"): (10, "class", lambda code: classes.get(code, code) or None),
        _("来源"): (12, "origin", _words("Origin")),
        _("项目类型"): (12, "project_type", _words("ProjectType")),
        _("协议类型"): (10, "agreement_grade", _words("AgreementGrade")),
        _("承接园区"): (16, "park_name", _text),
        _("引进单位"): (16, "unit_name", _text),
        _("总投资") + wan: (14, "total_fen", _wan),
        _("固定资产投资") + wan: (14, "fixed_asset_fen", _wan),
        _("协议资金") + wan: (14, "contract_fen", _wan),
        _("到位资金") + wan: (14, "paid_in_fen", _wan),
        _("年产值") + wan: (14, "output_fen", _wan),
        _("年税收") + wan: (14, "tax_fen", _wan),
        _("产业类别"): (10, "sector", _words("Sector")),
        _("行业代码"): (10, "industry_code", _text),
        _("行业"): (20, "industry_text", _text),
        _("谋划年度"): (10, "planning_year", None),
        _("用工人数"): (10, "jobs", None),
        _("选址"): (24, "site", _prose),
        _("建设内容"): (40, "contents", _prose),
        _("进展"): (40, "progress_text", _prose),
        _("企业联系人"): (14, "contact_name", _masked),
        _("联系电话"): (18, "contact_phone", _masked),
        _("线索渠道"): (14, "lead_channel", _coded(rules, "lead_channel")),
        _("具体来源"): (20, "lead_source", _prose),
        _("重点对象类别"): (18, "target_classes", _coded(rules, "target_classes")),
        _("标签"): (24, "lead_tags", _coded(rules, "lead_tags")),
        _("最近进展"): (12, "moved_on", None),
        _("休眠日期"): (12, "dormant_on", None),
        _("搁置日期"): (12, "shelved_on", None),
        _("退出日期"): (12, "exited_on", None),
        _("建档日期"): (12, "opened_on", None),
        _("更新时间"): (18, "updated_at", _moment),
    }


def _coded(rules: Rulebook | None, column: str) -> Value:
    """Codes of the plan's lists as words."""
    known = coded.names(rules, column)
    return lambda text: coded.said(known, text) or None


def _words(kind: str) -> Value:
    """Codes of one kind as words; "" stays empty."""
    words = enum_words().items()
    return {code.removeprefix(f"{kind}."): word for code, word in words if code.startswith(f"{kind}.")}.get


def _masked(value: str | None) -> str | None:
    return mask(value) if value and _DIGIT.search(value) else value or None


def ledger_file(*, by: User, wanted: LedgerFilter, request: HttpRequest | None = None) -> Path:
    """Write the filtered ledger to a temporary file and return its path; the caller removes it.

    One entry goes into the audit trail. Raises Refused: forbidden without the capability; unmet when the
    filter leaves more rows than a sheet can hold.
    """
    require(by, Can.EXPORT_LEDGER)
    rows = ledger(by, wanted)
    count = rows[: MOST_ROWS + 1].count()
    if count > MOST_ROWS:
        raise Refused.because("too_many_rows", _("超过 100 万行，请先缩小筛选范围再导出"))
    audit.record(
        kind="ledger.exported",
        by=by,
        target="projects",
        detail={"rows": count, **wanted.as_query()},
        request=request,
    )
    columns = _columns()
    with NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
        path = Path(file.name)
    try:
        _write(path, columns, _rows(rows, columns))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _rows(rows: Any, columns: Columns) -> Iterator[dict[str, Any]]:
    """Newest first. An empty ledger still gets its header, as one empty row."""
    fields = [field for _width, field, _value in columns.values()]
    named = {name: path for name, path in (NAMED | MORE).items() if name in fields}
    found = rows.order_by("-case_id").annotate(**named).values_list(*fields)
    written = [(header, value) for header, (_width, _field, value) in columns.items() if value]
    empty = True
    for row in found.iterator(chunk_size=BATCH):
        empty = False
        line = dict(zip(columns, row, strict=True))
        for header, value in written:
            line[header] = value(line[header])
        yield line
    if empty:
        yield dict.fromkeys(columns)


def _write(path: Path, columns: Columns, rows: Iterator[dict[str, Any]]) -> None:
    money, day = Format().set_num_format("#,##0.00####"), Format().set_num_format("yyyy-mm-dd")
    dates = (_("搁置日期"), _("退出日期"), _("建档日期"), _("最近进展"), _("休眠日期"))
    formats = {name: money for name, (_width, _field, value) in columns.items() if value is _wan}
    book = (
        FastExcel(str(path))
        .format(bold_headers=True, datetime_format="yyyy-mm-dd hh:mm")
        .freeze(row=1, col=2)
    )
    widths = {header: float(width) for header, (width, _field, _value) in columns.items()}
    formats |= dict.fromkeys(dates, day)
    book.freeze(row=1, col=2).sheet(
        _("项目台账"), rows, column_widths=widths, column_formats=formats, autofilter=True
    ).save()
