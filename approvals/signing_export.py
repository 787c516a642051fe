"""签约台账 as Excel: one line a signing, as the filters leave them."""

from collections.abc import Mapping
from pathlib import Path

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.roles import Can
from approvals import signing_queries
from projects.columns import newest_rules
from projects.sheets import Columns, count_for_sheet, day, prose, sheet_file, text, wan


def signings_file(*, by: User, asked: Mapping[str, str], request: HttpRequest | None = None) -> Path:
    """Write the signings that the filters leave to a temporary file; the caller removes it.

    One entry goes into the audit trail. Raises Refused: forbidden without the capability; unmet for more
    rows than a sheet can hold.
    """
    require(by, Can.EXPORT_LEDGER)
    rows = signing_queries.filtered(by, asked)
    kept = {key: value for key, value in asked.items() if value and key != "page"}
    detail = {"rows": count_for_sheet(rows), **kept}
    audit.record(kind="signings.exported", by=by, target="signings", detail=detail, request=request)
    return sheet_file(_("签约台账"), _columns(), rows)


def _columns() -> Columns:
    rules = newest_rules()
    grades = {grade.code: grade.name for grade in rules.grades} if rules else {}
    return {
        _("项目编号"): (20, "case__code", None),
        _("项目名称"): (36, "case__title", None),
        _("签约日期"): (12, "signed_on", day),
        _("首次或增量"): (10, "first_id", lambda first: _("增量") if first else _("首次")),
        _("协议资金（万元）"): (14, "money__fen", wan),
        _("金额原文"): (16, "money__raw", text),
        _("协议等级"): (10, "grade", lambda code: grades.get(code, code) or None),
        _("签约活动"): (28, "event", text),
        _("签约地点"): (24, "place", text),
        _("我方签约单位"): (24, "unit__name", text),
        _("对方签署人"): (16, "counterparty", prose),
        _("说明"): (30, "note", prose),
        _("登记人"): (10, "recorded_by__name", text),
    }
