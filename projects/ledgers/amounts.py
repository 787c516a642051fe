"""Amounts of money as ledgers write them: 26亿元, 约10亿, 3000万美元, 21亿元（一期11.7亿元）."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from .money_text import (
    Token,
    Unit,
    bare_number,
    find_tokens,
    names_range,
    names_several_projects,
    normalise,
    parse_unit,
    qualifier_of,
)
from .reasons import reason_text
from .texts import is_unstated

ABSURD_YUAN: Final = Decimal(10) ** 12  # 1万亿元: no single project; a wrong unit or a slipped digit
LARGE_YUAN: Final = Decimal(10) ** 11  # 1000亿元: possible, but look again
_NOISE: Final = Decimal("0.001")  # fen; below it lies only the noise of Excel's own binary numbers
_SMALL_UNITS: Final = {"JPY": 100, "KRW": 1000}

_OUTPUT = re.compile(r"产值|产能|产量|营业额|营业收入|营收|销售额|销售收入|税收|税金|纳税|利税|利润")
_PART = re.compile(
    r"其中|[一二三四五六首1-6]期|首批|前期|设备|流动资金|注册资本|土建|到位|已完成|年度|固定资产|固投"
)
_TOTAL = re.compile(r"总投资|投资总额|总额|合计|共计|总计|总共|共投资")
_FIXED = re.compile(r"固定资产|固投")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as written and as understood.

    ``original`` is in whole units of ``currency``; ``fen`` is the amount in 分, only for CNY: a foreign
    amount is never converted here because a ledger states no rate. ``qualifier`` is one of approx,
    lower_bound, upper_bound, range, two_amounts_use_total, shared_amount_not_divisible. ``reason`` (see
    reasons.py) says why a text could not be taken over.
    """

    raw: str | int | Decimal
    currency: str | None = None
    original: Decimal | None = None
    fen: int | None = None
    qualifier: str | None = None
    flags: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def error(self) -> str | None:
        """Why the text was refused, in words (translated when asked); None when it was not."""
        return reason_text(self.reason, self.raw)

    @property
    def yuan(self) -> Decimal | None:
        """The amount in yuan, exact to the 分; None for foreign currencies."""
        return None if self.fen is None else Decimal(self.fen) / 100


def parse_amount(
    value: object, default_unit: str | None = None, *, measure: str = "investment"
) -> Amount | None:
    """Read one cell; None when it states nothing (blank, 无, 待定, —).

    ``default_unit`` (亿元, 万元, 万美元 …) is what a bare number of this column or sheet counts in.
    ``measure`` is ``investment``, ``fixed_asset``, ``output`` or ``tax``: an output figure in an investment
    column is refused, and 固定资产 picks its own figure. Never raises: what cannot
    be read carries a ``reason``.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return Amount(str(value), reason="not_an_amount")
    if isinstance(value, str):
        return _parse_text(value, default_unit, measure)
    return _of_number(value, default_unit)


@lru_cache(maxsize=8192)
def _of_number(value: float | Decimal, default_unit: str | None) -> Amount:
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        return Amount(str(value), reason="not_a_number")
    raw: int | Decimal = int(number) if number == number.to_integral_value() else number
    return _of_bare(raw, number, default_unit)


def shared(amount: Amount) -> Amount:
    """The same text, of which no share can be given to a single project (one cell merged over several)."""
    qualifier = "shared_amount_not_divisible"
    return Amount(amount.raw, qualifier=qualifier, flags=(qualifier,))


@lru_cache(maxsize=8192)
def _parse_text(raw: str, default_unit: str | None, measure: str) -> Amount | None:
    text = normalise(raw)
    if is_unstated(text):
        return None
    if names_several_projects(text):
        return shared(Amount(raw))
    if names_range(text):
        return Amount(raw, qualifier="range", reason="amount_range")
    tokens = find_tokens(text)
    if tokens:
        return _of_tokens(raw, tokens, measure)
    bare = bare_number(text)
    if bare is None:
        return Amount(raw, reason="amount_unreadable")
    return _of_bare(raw, bare[0], default_unit, bare[1])


def _of_bare(
    raw: str | int | Decimal, number: Decimal, default_unit: str | None, qualifier: str | None = None
) -> Amount:
    unit = parse_unit(default_unit) if default_unit else None
    if number and unit is None:
        return Amount(raw, reason="amount_without_unit")
    unit = unit or Unit(Decimal(1), "CNY")
    return _finish(raw, number * unit.factor, unit.currency, qualifier)


def _of_tokens(raw: str, tokens: list[Token], measure: str) -> Amount:
    if measure in ("investment", "fixed_asset"):
        tokens = [token for token in tokens if not _is_output(token)]
        if not tokens:
            return Amount(raw, flags=("output_not_investment",))
    token = tokens[0] if len(tokens) == 1 else _choose(tokens, measure)
    if token is None:
        return Amount(raw, reason="amounts_without_total")
    qualifier = qualifier_of(token.before, token.after)
    if any(other.currency == token.currency for other in tokens if other is not token):
        qualifier = "two_amounts_use_total"
    return _finish(raw, token.value, token.currency, qualifier)


def _is_output(token: Token) -> bool:
    return bool(_OUTPUT.search(token.before)) and "投资" not in token.before


def _choose(tokens: list[Token], measure: str) -> Token | None:
    """The amount that stands for the whole project, or None when the text does not tell."""
    if measure == "fixed_asset":
        fixed = [token for token in tokens if _FIXED.search(token.before)]
        if len(fixed) == 1:
            return fixed[0]
    outside = [token for token in tokens if not token.in_brackets] or tokens
    whole = [token for token in outside if not _PART.search(token.before)]
    if len(whole) == 1:
        return whole[0]
    totals = [token for token in tokens if _TOTAL.search(token.before)]
    if len(totals) == 1:
        return totals[0]
    return outside[0] if len({(token.value, token.currency) for token in outside}) == 1 else None


def _finish(raw: str | int | Decimal, original: Decimal, currency: str, qualifier: str | None) -> Amount:
    if original < 0:
        return Amount(raw, reason="amount_negative")
    limit = ABSURD_YUAN * _SMALL_UNITS.get(currency, 1)
    if original > limit:
        return Amount(raw, reason="amount_absurd")
    flags: tuple[str, ...] = (qualifier,) if qualifier else ()
    if original == 0:
        flags += ("zero",)
    elif original > LARGE_YUAN * _SMALL_UNITS.get(currency, 1):
        flags += ("very_large",)
    if currency != "CNY":
        return Amount(
            raw, currency, original, None, qualifier, (*flags, f"{currency}:{original.normalize():f}")
        )
    fen = int((original * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if abs(original * 100 - fen) > _NOISE:
        flags += ("rounded",)
    return Amount(raw, currency, Decimal(fen) / 100, fen, qualifier, flags)
