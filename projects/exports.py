"""The filtered ledger as Excel."""

from pathlib import Path

from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.roles import Can
from policies.rulebook import Rulebook
from projects import coded
from projects.columns import class_names, enum_words, newest_rules
from projects.queries import NAMED, LedgerFilter, ledger
from projects.sheets import Columns, Value, count_for_sheet, day, masked, moment, prose, sheet_file, text, wan

MORE = {
    "credit_code": F("enterprise__credit_code"),
    "contact_name": F("enterprise__contact_name"),
    "contact_phone": F("enterprise__contact_phone"),
    "contents": F("content"),
    "progress_text": F("progress"),
}


def _columns() -> Columns:
    """In the order of the sheet."""
    rules = newest_rules()
    classes = class_names(rules)
    unit = _("（万元）")
    return {
        _("项目编号"): (20, "code", None),
        _("项目名称"): (36, "name", None),
        _("投资企业"): (30, "enterprise_name", text),
        _("统一社会信用代码"): (22, "credit_code", text),
        _("阶段"): (10, "phase", _words("Phase")),
        _("批次"): (8, "batch", _words("Batch")),
        _("项目等级"): (10, "class", lambda code: classes.get(code, code) or None),
        _("来源"): (12, "origin", _words("Origin")),
        _("项目类型"): (12, "project_type", _words("ProjectType")),
        _("协议类型"): (10, "agreement_grade", _words("AgreementGrade")),
        _("承接园区"): (16, "park_name", text),
        _("引进单位"): (16, "unit_name", text),
        _("总投资") + unit: (14, "total_fen", wan),
        _("固定资产投资") + unit: (14, "fixed_asset_fen", wan),
        _("协议资金") + unit: (14, "contract_fen", wan),
        _("到位资金") + unit: (14, "paid_in_fen", wan),
        _("年产值") + unit: (14, "output_fen", wan),
        _("年税收") + unit: (14, "tax_fen", wan),
        _("产业类别"): (10, "sector", _words("Sector")),
        _("行业代码"): (10, "industry_code", text),
        _("行业"): (20, "industry_text", text),
        _("谋划年度"): (10, "planning_year", None),
        _("用工人数"): (10, "jobs", None),
        _("选址"): (24, "site", prose),
        _("建设内容"): (40, "contents", prose),
        _("进展"): (40, "progress_text", prose),
        _("企业联系人"): (14, "contact_name", masked),
        _("联系电话"): (18, "contact_phone", masked),
        _("线索渠道"): (14, "lead_channel", _coded(rules, "lead_channel")),
        _("具体来源"): (20, "lead_source", prose),
        _("重点对象类别"): (18, "target_classes", _coded(rules, "target_classes")),
        _("标签"): (24, "lead_tags", _coded(rules, "lead_tags")),
        _("最近进展"): (12, "moved_on", day),
        _("休眠日期"): (12, "dormant_on", day),
        _("搁置日期"): (12, "shelved_on", day),
        _("退出日期"): (12, "exited_on", day),
        _("建档日期"): (12, "opened_on", day),
        _("更新时间"): (18, "updated_at", moment),
    }


def _coded(rules: Rulebook | None, column: str) -> Value:
    """Codes of the plan's lists as words."""
    known = coded.names(rules, column)
    return lambda text: coded.said(known, text) or None


def _words(kind: str) -> Value:
    """Codes of one kind as words; "" stays empty."""
    words = enum_words().items()
    return {code.removeprefix(f"{kind}."): word for code, word in words if code.startswith(f"{kind}.")}.get


def ledger_file(*, by: User, wanted: LedgerFilter, request: HttpRequest | None = None) -> Path:
    """Write the filtered ledger, newest first, to a temporary file; the caller removes it.

    One entry goes into the audit trail. Raises Refused: forbidden without the capability; unmet when the
    filter leaves more rows than a sheet can hold.
    """
    require(by, Can.EXPORT_LEDGER)
    rows = ledger(by, wanted)
    detail = {"rows": count_for_sheet(rows), **wanted.as_query()}
    audit.record(kind="ledger.exported", by=by, target="projects", detail=detail, request=request)
    columns = _columns()
    fields = {field for _width, field, _value in columns.values()}
    named = {name: path for name, path in (NAMED | MORE).items() if name in fields}
    return sheet_file(_("项目台账"), columns, rows.order_by("-case_id").annotate(**named))
