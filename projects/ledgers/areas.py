"""Land as ledgers write it: 480, 约2000亩, 规划用地10公顷, 19万平方米."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from .money_text import names_range, normalise, qualifier_of
from .reasons import reason_text
from .texts import is_unstated

# 1 亩 = 2000/3 ㎡, so 15 亩 = 1 公顷.
_MU_PER: Final = {
    "亩": Decimal(1),
    "公顷": Decimal(15),
    "平方公里": Decimal(1500),
    "平方千米": Decimal(1500),
    "平方米": Decimal(3) / Decimal(2000),
    "平米": Decimal(3) / Decimal(2000),
    "㎡": Decimal(3) / Decimal(2000),
    "m2": Decimal(3) / Decimal(2000),
}
_AREA = re.compile(rf"(?P<num>-?\d+(?:\.\d+)?)(?P<wan>万)?(?P<more>余|多)?(?P<unit>{'|'.join(_MU_PER)})?")
_ABSURD_MU: Final = Decimal(1_500_000)  # 1000 square kilometres


@dataclass(frozen=True, slots=True)
class Area:
    """Land as written and in 亩; ``mu`` is None when the text names no area (利用旧厂房)."""

    raw: str | int | Decimal
    mu: Decimal | None = None
    qualifier: str | None = None
    reason: str | None = None

    @property
    def error(self) -> str | None:
        """Why the text was refused, in words (translated when asked); None when it was not."""
        return reason_text(self.reason, self.raw)


def parse_area_mu(value: object, default_unit: str = "亩") -> Area | None:
    """Read an area into 亩 (two decimals at most); None when blank. Never raises: see ``Area.reason``."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return Area(str(value), reason="not_an_area")
    if isinstance(value, str):
        return _parse_text(value, default_unit)
    return _of_number(value, default_unit)


@lru_cache(maxsize=4096)
def _of_number(value: float | Decimal, default_unit: str) -> Area:
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        return Area(str(value), reason="not_a_number")
    raw: int | Decimal = int(number) if number == number.to_integral_value() else number
    return _checked(raw, number * _MU_PER.get(default_unit, Decimal(1)), None)


@lru_cache(maxsize=4096)
def _parse_text(raw: str, default_unit: str) -> Area | None:
    text = normalise(raw).replace("㎡", "平方米").replace("m²", "平方米")
    if is_unstated(text):
        return None
    if names_range(text) or re.search(r"\d亩?[-~至]\d+(?:\.\d+)?亩", text):
        return Area(raw, reason="area_range")
    found = [match for match in _AREA.finditer(text) if match["unit"]]
    if not found:
        bare = _AREA.fullmatch(text.removeprefix("约"))
        if bare is None:
            return Area(raw)
        found = [bare]
    match = found[0]
    number = Decimal(match["num"]) * (10_000 if match["wan"] else 1)
    before, after = text[: match.start()], (match["more"] or "") + text[match.end() :]
    qualifier = qualifier_of(before, after) or ("approx" if text.startswith("约") else None)
    return _checked(raw, number * _MU_PER[match["unit"] or default_unit], qualifier)


def _checked(raw: str | int | Decimal, mu: Decimal, qualifier: str | None) -> Area:
    if mu < 0:
        return Area(raw, reason="area_negative")
    if mu > _ABSURD_MU:
        return Area(raw, reason="area_absurd")
    return Area(raw, mu.quantize(Decimal("0.01")), qualifier)
