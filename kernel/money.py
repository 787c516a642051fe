"""Money: whole 分 in the database, ``Decimal`` yuan in Python, 万元/亿元 for people. No floats."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

UNITS = {"": 1, "元": 1, "千元": 1_000, "万": 10_000, "万元": 10_000, "亿": 100_000_000, "亿元": 100_000_000}
WAN, YI = 1_000_000, 10_000_000_000  # in fen
_YUAN = re.compile(r"^(-?[\d,]+(?:\.\d+)?)\s*(千元|万元|亿元|元|万|亿)?$")


def parse_yuan(text: str) -> Decimal:
    """Read "20亿元", "6,000万元" or "350" as yuan. Raises ValueError with a text for people."""
    match = _YUAN.match(unicodedata.normalize("NFKC", text).strip())
    if not match:
        raise ValueError(
            _("无法识别的金额：%(text)s（应写作“20亿元”“6000万元”或以元为单位的数字）") % {"text": text}
        )
    try:
        number = Decimal(match[1].replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(_("无法识别的金额：%(text)s") % {"text": text}) from error
    return number * UNITS[match[2] or ""]


def fen(yuan_amount: Decimal) -> int:
    """Yuan to 分. Raises ValueError where that would lose a fraction of a 分."""
    amount = yuan_amount * 100
    if amount != amount.to_integral_value():
        raise ValueError(_("金额最多精确到分：%(amount)s") % {"amount": yuan_amount})
    return int(amount)


def yuan(fen_amount: int) -> Decimal:
    """分 to yuan, exactly."""
    return Decimal(fen_amount) / 100


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def show_fen(amount: int | None) -> str:
    """分 as people write it: "1.2亿元", "6,000万元", "350元". Exact: never rounded; None is "—"."""
    if amount is None:
        return "—"
    if abs(amount) >= YI:
        return _("%(n)s亿元") % {"n": _plain(Decimal(amount) / YI)}
    if abs(amount) >= WAN:
        return _("%(n)s万元") % {"n": _plain(Decimal(amount) / WAN)}
    return _("%(n)s元") % {"n": _plain(yuan(amount))}


def about_yi(amount: int) -> str:
    """分 at a glance, rounded to 0.1 亿元: "约 530.6 亿元"; nothing is "—". Exact: ``show_fen``."""
    rounded = (Decimal(amount) / YI).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return _("约 %(n)s 亿元") % {"n": f"{rounded:,}"} if amount else "—"


def split(total: int, weights: list[Decimal]) -> list[int]:
    """Split 分 by weights so that the shares sum exactly to ``total`` (largest remainder).

    Raises ValueError when there is nothing to split by.
    """
    whole = sum(weights, Decimal(0))
    if whole <= 0:
        raise ValueError(_("分配权重之和必须大于零"))
    exact = [Decimal(total) * weight / whole for weight in weights]
    shares = [int(share // 1) for share in exact]
    rest = total - sum(shares)
    by_remainder = sorted(range(len(exact)), key=lambda i: exact[i] - shares[i], reverse=True)
    for index in by_remainder[:rest]:
        shares[index] += 1
    return shares
