"""What the reader points out without refusing it, in words."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .fields import FIELDS

_SHORT = {"signed": "signed_on", "started": "started_on", "produced": "produced_on"}


def _texts() -> dict[str, str]:
    return {
        "approx": _("是约数"),
        "lower_bound": _("是下限（不低于）"),
        "upper_bound": _("是上限（不超过）"),
        "range": _("是区间"),
        "two_amounts_use_total": _("写了多个金额，取总额"),
        "shared_amount_not_divisible": _("是几个项目的合计，不能拆分，未导入"),
        "zero": _("为零，请核对"),
        "very_large": _("超过1000亿元，请核对单位"),
        "rounded": _("小数过多，已四舍五入到分"),
        "planned_not_actual": _("是计划时间，不作为已发生"),
        "year_missing": _("没有写年份，未导入"),
        "completed_event": _("记的是竣工"),
        "approx_year_end": _("只写到年底，按12月"),
        "approx_year_start": _("只写到年初，按1月"),
        "half_year": _("只写到半年，按年"),
        "century_assumed": _("年份只写两位，按20××年"),
        "month_ambiguous": _("分不清1月和10月，按年"),
        "date_range": _("是一段时间，按年"),
        "several_dates": _("写了多个时间，取第一个"),
        "future": _("在今天之后，未导入"),
        "phase_unclear": _("看不出项目处于哪个阶段，须由人确认"),
        "agreement_is_framework_or_intent_not_signed": _("只有框架或意向协议，不算签约"),
        "output_not_investment": _("写的是产值，不是投资额"),
        "hidden_row": _("此行在表中被隐藏"),
    }


def flag_text(flag: str) -> str:
    """A flag (``amount:approx``, ``phase_unclear``, ``amount:USD:30000000``) as a sentence for people."""
    return _flag_text(flag, get_language() or "")


@lru_cache(maxsize=4096)
def _flag_text(flag: str, language: str) -> str:
    """In the language in force, which is told only to be remembered with the text."""
    subject, _colon, rest = flag.partition(":")
    texts = _texts()
    if not rest:
        return texts.get(flag, flag)
    code = _SHORT.get(subject, subject)
    label = _("投资额") if code == "amount" else str(FIELDS[code].label) if code in FIELDS else subject
    currency, _colon, figure = rest.partition(":")
    if figure:
        return _("%(label)s是外币（%(currency)s %(figure)s），未折算成人民币") % {
            "label": label, "currency": currency, "figure": figure,
        }  # fmt: skip
    return f"{label}{texts.get(rest, rest)}"
