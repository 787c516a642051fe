"""The small grammar of money in Chinese text: numbers, scales, currencies, words around them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_CURRENCY_WORDS: Final = {
    "CNY": ("元人民币", "人民币元", "人民币", "RMB", "CNY", "¥", "元"),
    "USD": ("美元", "美金", "US$", "USD", "$"),
    "EUR": ("欧元", "EUR", "€"),
    "HKD": ("港元", "港币", "HK$", "HKD"),
    "JPY": ("日元", "日圆", "JPY"),
    "GBP": ("英镑", "GBP", "£"),
    "TWD": ("新台币", "台币", "TWD", "NT$"),
    "KRW": ("韩元", "KRW"),
    "SGD": ("新加坡元", "新币", "SGD", "S$"),
    "AUD": ("澳元", "AUD"),
    "CAD": ("加元", "CAD"),
}
_CODES: Final = {word: code for code, words in _CURRENCY_WORDS.items() for word in words}
_ANY_CURRENCY: Final = "|".join(re.escape(word) for word in sorted(_CODES, key=len, reverse=True))
_SCALES: Final = {
    "万亿": 10**12, "千亿": 10**11, "百亿": 10**10, "十亿": 10**9, "亿": 10**8,
    "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 10**3, "百": 10**2, "": 1,
}  # fmt: skip
_SCALE: Final = r"万亿|[十百千]?[亿万]|[百千](?=元|美|欧|港|日|英|韩)"
_NUMBER: Final = r"\d+(?:\.\d+)?"
_NOT_MONEY: Final = (
    r"(?![吨平㎡立亩公辆台套人件只片米户瓦个项头支条度方级升吉股份羽株次位年mkKGMt]|千瓦)"  # 10万吨, 300亿级
)
_TOKEN: Final = re.compile(
    rf"(?P<pre>{_ANY_CURRENCY})?(?P<sign>(?<![\d.])-)?(?P<num>{_NUMBER})(?P<more>余|多|几)?"
    rf"(?:(?P<scale>{_SCALE})(?:(?P<num2>{_NUMBER})(?P<scale2>[十百千]?万))?)?(?P<more2>余|多)?"
    rf"(?:(?P<cur>{_ANY_CURRENCY})|{_NOT_MONEY})"
)
_RANGE: Final = re.compile(
    rf"{_NUMBER}(?:{_SCALE})?(?:{_ANY_CURRENCY})?[-~—–至到]{{1,2}}{_NUMBER}(?:{_SCALE}|{_ANY_CURRENCY}|$)"
)
_SEVERAL: Final = re.compile(
    r"[\d一二两三四五六七八九十几多]+个[^,;。]{0,12}项目[^,;。]{0,8}(?:合计|共|总|累计)"
    r"|(?:合计|共)\d+个[^,;。]{0,12}项目|打捆|同上|见上"
)
_BARE: Final = re.compile(
    rf"(?:(?:总|拟|计划|预计|约|近|大约|暂估|估算|投资|额|为|超过?|逾|不[低少小]于|不超过|至少|[:≥≤><~≈]))*"
    rf"(?P<num>-?{_NUMBER})(?P<after>左右|及?以上|以下|以内|上下|余|多)?"
)
_CN_DIGITS: Final = {**{char: value for value, char in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_CN_NUMBER: Final = re.compile(
    r"(?<![第0-9])[一二两三四五六七八九十][零〇一二两三四五六七八九十百千]*"
    r"(?:点[零一二三四五六七八九]+)?(?=[亿万])"
)
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")

_QUALIFIERS: Final = (
    (
        "upper_bound",
        re.compile(r"不超过|不高于|不多于|至多|最多|上限|[≤<]"),
        re.compile(r"以内|以下|之内|封顶"),
    ),
    ("lower_bound", re.compile(r"不低于|不少于|不小于|至少|超过?|逾|高于|[≥>]"), re.compile(r"及?以上|起")),
    (
        "approx",
        re.compile(r"约|近(?![年期日])|暂估|预计|[估预]算|预估|估计|[~≈]"),
        re.compile(r"左右|上下|余|多|几"),
    ),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """What a bare number counts in: ``factor`` whole units of ``currency``."""

    factor: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Token:
    """One amount in a text, with the words before it (since the last amount) and after it."""

    value: Decimal
    currency: str
    before: str
    after: str
    in_brackets: bool


def parse_unit(text: str) -> Unit | None:
    """Read 亿元, 亿, 万元, 万美元, 元, USD …; None when it is no unit of money."""
    match = re.fullmatch(rf"(?:人民币|单位:?)?({_SCALE}|千|百)?({_ANY_CURRENCY})?", normalise(text))
    if not match or not (match[1] or match[2]):
        return None
    return Unit(Decimal(_SCALES[match[1] or ""]), _CODES[match[2] or "元"])


def normalise(raw: str) -> str:
    """Half-width, no white space, no thousands separators, Chinese numerals before 亿/万 as digits."""
    text = "".join(unicodedata.normalize("NFKC", raw).split()).replace("−", "-").replace("﹣", "-")
    text = _THOUSANDS.sub("", text)
    return _CN_NUMBER.sub(lambda match: str(_chinese_number(match[0])), text)


def _chinese_number(text: str) -> Decimal:
    whole, _dot, fraction = text.partition("点")
    total = digit = 0
    for char in whole:
        if char in _CN_DIGITS:
            digit = _CN_DIGITS[char]
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
    decimals = "".join(str(_CN_DIGITS[char]) for char in fraction)
    return Decimal(f"{total + digit}.{decimals or 0}").normalize() + 0


def find_tokens(text: str) -> list[Token]:
    """All amounts of a normalised text: a number counts only with a scale or a currency."""
    found = [m for m in _TOKEN.finditer(text) if (m["scale"] or m["cur"] or m["pre"]) and not _is_year(m)]
    tokens, last = [], 0
    for index, match in enumerate(found):
        after_end = found[index + 1].start() if index + 1 < len(found) else len(text)
        after = (match["more"] or match["more2"] or "") + text[match.end() : after_end]
        tokens.append(
            Token(
                _value(match),
                _currency(match),
                text[last : match.start()],
                after,
                _in_brackets(text, match.start()),
            )
        )
        last = match.end()
    return tokens


def _is_year(match: re.Match[str]) -> bool:
    return (
        match["scale"] is None
        and match["cur"] is None
        and match.string[match.end() : match.end() + 1] == "年"
    )


def _value(match: re.Match[str]) -> Decimal:
    value = Decimal(match["num"]) * _SCALES[match["scale"] or ""]
    if match["num2"]:
        value += Decimal(match["num2"]) * _SCALES[match["scale2"]]
    return -value if match["sign"] else value


def _currency(match: re.Match[str]) -> str:
    after, before = match["cur"], match["pre"]
    if after and _CODES[after] != "CNY":
        return _CODES[after]
    return _CODES[before or after or "元"]


def _in_brackets(text: str, position: int) -> bool:
    return text.count("(", 0, position) > text.count(")", 0, position)


def names_range(text: str) -> bool:
    """Whether a normalised text gives an interval (5-8亿元)."""
    return bool(_RANGE.search(text))


def names_several_projects(text: str) -> bool:
    """Whether the amount belongs to several projects together (3个项目合计120亿元)."""
    return bool(_SEVERAL.search(text))


def bare_number(text: str) -> tuple[Decimal, str | None] | None:
    """The number and its qualifier of a text that holds nothing else but words such as 约 or 以上."""
    match = _BARE.fullmatch(text)
    if not match:
        return None
    return Decimal(match["num"]), qualifier_of(text[: match.start("num")], match["after"] or "")


def qualifier_of(before: str, after: str) -> str | None:
    """approx, lower_bound, upper_bound or None, from the words around an amount."""
    for name, prefix, suffix in _QUALIFIERS:
        if prefix.search(before) or suffix.match(after):
            return name
    return None
