"""The filtered ledger as Excel: streamed row by row to a temporary file, so that size costs no memory.

Every text is written as a text cell, never as a formula, whatever character it begins with; amounts are
numbers of 万元; telephone numbers are masked as on the page.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from rustpy_xlsxwriter import FastExcel, Format

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.roles import Can
from kernel.clock import CHINA
from kernel.money import WAN
from kernel.phones import mask
from kernel.refusals import Refused
from projects.columns import Shown, class_names, newest_rules
from projects.queries import NAMED, PLAIN, LedgerFilter, ledger

BATCH = 2_000
MOST_ROWS = 1_000_000
MOST_LETTERS = 32_000
MORE = {
    "credit_code": F("enterprise__credit_code"),
    "contact_name": F("enterprise__contact_name"),
    "contact_phone": F("enterprise__contact_phone"),
    "contents": F("content"),
    "progress_text": F("progress"),
}
Value = Callable[[Mapping[str, Any]], Any]


def _text(key: str) -> Value:
    return lambda row: (row[key] or "")[:MOST_LETTERS]


def _same(key: str) -> Value:
    return lambda row: row[key]


def _money(key: str) -> Value:
    return lambda row: None if row[key] is None else Decimal(row[key]) / WAN


def _word(words: Mapping[str, str], kind: str, key: str) -> Value:
    known = {
        code.removeprefix(f"{kind}."): word for code, word in words.items() if code.startswith(f"{kind}.")
    }
    return lambda row: known.get(row[key], row[key])


def _state(row: Mapping[str, Any]) -> str:
    return _("已退出") if row["exited_on"] else _("搁置") if row["shelved_on"] else _("推进中")


def _columns() -> dict[str, tuple[int, Value]]:
    """Header → width and value, in the order of the sheet."""
    classes = class_names(newest_rules())
    words = Shown.of({}, classes).words
    wan = _("（万元）")
    return {
        _("项目编号"): (20, _same("code")),
        _("项目名称"): (36, _text("name")),
        _("投资企业"): (30, _text("enterprise_name")),
        _("统一社会信用代码"): (22, _text("credit_code")),
        _("阶段"): (10, _word(words, "Phase", "phase")),
        _("批次"): (8, _word(words, "Batch", "batch")),
        _("项目等级"): (10, lambda row: classes.get(row["class"], row["class"])),
        _("来源"): (12, _word(words, "Origin", "origin")),
        _("项目类型"): (12, _word(words, "ProjectType", "project_type")),
        _("协议类型"): (10, _word(words, "AgreementGrade", "agreement_grade")),
        _("承接园区"): (16, _text("park_name")),
        _("引进单位"): (16, _text("unit_name")),
        _("总投资") + wan: (14, _money("total_fen")),
        _("固定资产投资") + wan: (14, _money("fixed_asset_fen")),
        _("协议资金") + wan: (14, _money("contract_fen")),
        _("到位资金") + wan: (14, _money("paid_in_fen")),
        _("年产值") + wan: (14, _money("output_fen")),
        _("年税收") + wan: (14, _money("tax_fen")),
        _("产业类别"): (10, _word(words, "Sector", "sector")),
        _("行业代码"): (10, _text("industry_code")),
        _("行业"): (20, _text("industry_text")),
        _("谋划年度"): (10, _same("planning_year")),
        _("用工人数"): (10, _same("jobs")),
        _("选址"): (24, _text("site")),
        _("建设内容"): (40, _text("contents")),
        _("进展"): (40, _text("progress_text")),
        _("企业联系人"): (14, lambda row: mask(row["contact_name"])),
        _("联系电话"): (18, lambda row: mask(row["contact_phone"])),
        _("状态"): (8, _state),
        _("建档日期"): (12, _same("opened_on")),
        _("更新时间"): (18, lambda row: timezone.localtime(row["updated_at"], CHINA).replace(tzinfo=None)),
    }


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


def _rows(rows: Any, columns: Mapping[str, tuple[int, Value]]) -> Iterator[dict[str, Any]]:
    """Newest first. An empty ledger still gets its header, as one empty row."""
    values = [(header, value) for header, (_width, value) in columns.items()]
    found = rows.order_by("-case_id").values(*PLAIN, **NAMED, **MORE)
    empty = True
    for row in found.iterator(chunk_size=BATCH):
        empty = False
        yield {header: value(row) for header, value in values}
    if empty:
        yield dict.fromkeys(columns)


def _write(path: Path, columns: Mapping[str, tuple[int, Value]], rows: Iterator[dict[str, Any]]) -> None:
    money, day = Format().set_num_format("#,##0.00####"), Format().set_num_format("yyyy-mm-dd")
    formats = {header: money for header in columns if header.endswith(_("（万元）"))} | {_("建档日期"): day}
    book = (
        FastExcel(str(path))
        .format(bold_headers=True, datetime_format="yyyy-mm-dd hh:mm")
        .freeze(row=1, col=2)
    )
    widths = {header: float(width) for header, (width, _value) in columns.items()}
    book.sheet(_("项目台账"), rows, column_widths=widths, column_formats=formats, autofilter=True).save()
