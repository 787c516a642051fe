"""Why a cell's text could not be taken over: a stable code, and the sentence for people.

Parsed values keep the code, because they are cached and stored; the sentence follows the reader's language.
"""

from __future__ import annotations

from django.utils.translation import gettext as _


def _texts() -> dict[str, str]:
    return {
        "not_an_amount": _("这里应填金额，实际是“%(raw)s”"),
        "not_an_area": _("这里应填面积，实际是“%(raw)s”"),
        "not_a_date": _("这里应填日期，实际是“%(raw)s”"),
        "not_a_number": _("“%(raw)s”不是有效的数字"),
        "amount_range": _("金额是区间“%(raw)s”，请填写一个数"),
        "amount_unreadable": _("看不懂的金额“%(raw)s”"),
        "amount_without_unit": _("金额“%(raw)s”没有单位（亿元还是万元？）"),
        "amounts_without_total": _("“%(raw)s”写了多个金额，看不出哪个是总额"),
        "amount_negative": _("金额不能是负数（%(raw)s）"),
        "amount_absurd": _("金额超过1万亿元（%(raw)s），请核对数字和单位"),
        "area_range": _("面积是区间“%(raw)s”，请填写一个数"),
        "area_negative": _("面积不能是负数（%(raw)s）"),
        "area_absurd": _("面积过大（%(raw)s），请核对单位"),
        "date_unreadable": _("看不懂的日期“%(raw)s”"),
        "date_invalid": _("“%(raw)s”不是有效的日期"),
        "date_ambiguous": _("“%(raw)s”分不清月和日，请写成“年-月-日”"),
        "date_future": _("“%(raw)s”在今天之后，不能作为已发生的时间"),
        "year_absurd": _("年份不合理（%(raw)s）"),
    }


def reason_text(code: str | None, raw: object) -> str | None:
    """The sentence for a code, with what was written; None for None."""
    return None if code is None else _texts()[code] % {"raw": raw}
