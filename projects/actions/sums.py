"""A sum as somebody wrote it, read: units of its currency, and 分. What cannot be is refused with words."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kernel import money
from kernel.refusals import Refused
from projects.models.choices import Currency

ABSURD_YUAN = 1_000_000_000_000  # 1 万亿元: more than any district's yearly output
_RATE = re.compile(r"^\d{1,4}(\.\d{1,12})?$", re.ASCII)  # no currency is worth ten thousand yuan


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum as it is kept: its currency, the original in whole units of it, 分, and the rate between.

    ``fen`` is None for a foreign sum without a rate: it is kept, but counts nowhere.
    """

    raw: str
    currency: str
    original: str
    fen: int | None
    rate: str = ""
    rate_on: date | None = None


def read(raw: str, currency: str = "CNY", rate: str = "", rate_on: date | None = None) -> Sum:
    """A figure as written, in its currency. Yuan have no rate: one that came along is left out.

    Raises Refused (invalid) for an unreadable, negative or absurd amount, an unknown currency, or a foreign
    one whose rate is malformed or has no day.
    """
    if currency not in Currency.values:
        known = "、".join(f"{one.label}（{one.value}）" for one in Currency)
        raise Refused.invalid(
            "currency", _("未知的币种：%(code)s，可用：%(known)s") % {"code": currency, "known": known}
        )
    original = _amount(raw)
    if currency == Currency.CNY or not rate.strip():
        fen = _fen(original)
        return Sum(raw.strip(), currency, f"{original:f}", fen if currency == Currency.CNY else None)
    if rate_on is None:
        raise Refused.invalid("rate_on", _("请填写汇率日期"))
    converted = (original * _factor(rate)).quantize(Decimal("0.01"))
    if converted > ABSURD_YUAN:
        raise Refused.invalid("raw", _("折合人民币超过 1 万亿元，请核对单位和汇率：%(raw)s") % {"raw": raw})
    return Sum(raw.strip(), currency, f"{original:f}", _fen(converted), rate.strip(), rate_on)


def _amount(raw: str) -> Decimal:
    try:
        amount = money.parse_yuan(raw)
    except ValueError as error:
        raise Refused.invalid("raw", str(error)) from error
    if amount < 0:
        raise Refused.invalid("raw", _("金额不能为负数：%(raw)s") % {"raw": raw})
    if amount > ABSURD_YUAN:
        raise Refused.invalid("raw", _("金额超过 1 万亿元，请核对单位：%(raw)s") % {"raw": raw})
    return amount


def _factor(rate: str) -> Decimal:
    if not _RATE.match(rate.strip()):
        raise Refused.invalid("rate", _("汇率应为数字，如 7.1234"))
    factor = Decimal(rate.strip())
    if not factor:
        raise Refused.invalid("rate", _("汇率应大于零"))
    return factor


def _fen(amount: Decimal) -> int:
    try:
        return money.fen(amount)
    except ValueError as error:
        raise Refused.invalid("raw", str(error)) from error
