"""What remains of a Chinese name when form, place and trimmings are taken away, and how that sounds.

Two spellings of one name share their sound: 重庆市华锐化工有限公司, 华锐化工（集团）股份公司 and the
slip 华瑞化工 all have that of 华锐化工. The key is stored in an indexed column, so it rests on nothing
that changes from plan to plan; places are those of GB/T 2260: provinces, prefectures, counties of the own
province.
"""

import re
import unicodedata
from functools import lru_cache
from hashlib import md5
from typing import Any

from django.conf import settings
from pypinyin import Style, pinyin
from stdnum import numdb

from kernel.text import bigrams, normal

_BRACKETED = re.compile(r"[(\[<{【《〈「『〔][^()\[\]<>{}【】《》〈〉「」『』〔〕]*[)\]>}】》〉」』〕]")
_FORM = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|股份公司|集团公司|总公司|分公司|子公司|公司|集团|控股|股份"
    r"|有限合伙|合伙企业|建设项目|建设工程|工程项目|项目|工程|生产基地|产业基地|基地)$"
)
_RANK = re.compile(
    r"(?:维吾尔自治区|壮族自治区|回族自治区|特别行政区|自治区|自治州|自治县|地区|省|市|区|县|盟)$"
)
_PHASE = re.compile(r"第?([一二三四五六七八九十]|\d{1,2}|iii|ii|iv|i|v)期")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_AGAIN = ("扩建", "增资", "扩产", "技改", "改造", "二次")
_DIGITS = {sign: str(at) for at, sign in enumerate("一二三四五六七八九十", 1)}
_DIGITS |= {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_LEAST = 2  # characters that must remain, or the trimming is taken for the name
_KEY = 16


@lru_cache(maxsize=50_000)
def core(text: str) -> str:
    """The name without brackets, legal form, 项目 and place: 重庆市华锐化工（集团）有限公司 → 华锐化工.

    Nothing is taken away that would leave less than two characters; "" for a name of punctuation only.
    """
    plain = normal(text)
    shorter = normal(_BRACKETED.sub("", unicodedata.normalize("NFKC", text)))
    return _without_place(_without_form(shorter if len(shorter) >= _LEAST else plain))


def _without_form(name: str) -> str:
    while True:
        shorter = _FORM.sub("", name)
        if shorter == name or len(shorter) < _LEAST:
            return name
        name = shorter


def _without_place(name: str) -> str:
    """Without 重庆市涪陵区 or 苏州; after a place without its rank none follows: 苏州金华化工 is 金华化工."""
    known, ranked = _places(), True
    while ranked:
        found = next((n for n in range(min(11, len(name) - _LEAST), 1, -1) if name[:n] in known), 0)
        if not found:
            return name
        ranked, name = bool(_RANK.search(name[:found])), name[found:]
    return name


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    """Places as they stand before a name, with and without 省, 市, 区, 县."""
    found = {"中国"}
    for _low, province, _high, about, below in numdb.get("cn/loc").prefixes:
        found |= _spellings(about["province"])
        for _low, rest, _high, names, _below in below:
            if rest.endswith("00") or settings.DIVISION.startswith(province):
                for name in names["county"].split(","):
                    found |= _spellings(re.sub(r"^\[[\d-]*\]", "", name))
    return frozenset(found - _NO_PLACES)


_NO_PLACES = frozenset({"市辖区", "县", "城区", "郊区", "市区", "新区", "直辖县级", "市辖"})


def _spellings(place: str) -> set[str]:
    short = _RANK.sub("", place)
    return {name for name in (place, short) if len(name) >= _LEAST}


@lru_cache(maxsize=50_000)
def sound(text: str) -> str:
    """The key of how the core of a name sounds, without tones: 16 hexadecimal digits, "" for no name."""
    return key_of(spoken(core(text)))


def spoken(text: str) -> str:
    """Syllables, blank-separated, each character by its first reading: parts can be put together."""
    return " ".join(_syllable(character) for character in text)


def key_of(syllables: str) -> str:
    """The key of spoken syllables, as SQL makes it with ``left(md5(…), 16)``."""
    return md5(syllables.encode(), usedforsecurity=False).hexdigest()[:_KEY] if syllables else ""


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    ((first, *_rest),) = pinyin(character, style=Style.NORMAL, errors=_itself)
    return str(first)


def _itself(text: str) -> Any:
    """What has no pinyin stands for itself, character by character."""
    return list(text)


def phase_of(text: str) -> frozenset[str]:
    """What tells one round of a project from another: numbers, 二期, 扩建. A first phase says nothing."""
    plain = normal(text)
    marks = {f"{_DIGITS.get(mark, mark)}期" for mark in _PHASE.findall(plain)} - {"1期"}
    marks |= set(_NUMBER.findall(_PHASE.sub("", "".join(unicodedata.normalize("NFKC", text).split()))))
    return frozenset(marks | {word for word in _AGAIN if word in plain})


def without_phase(text: str) -> str:
    """The core without 一期, 二期: the works as a whole."""
    return _without_form(_PHASE.sub("", core(text))) or core(text)


def _drawn_from(shorter: str, longer: str) -> bool:
    """Whether all characters of one stand in the other, in their order."""
    rest = iter(longer)
    return all(character in rest for character in shorter)


def nearness(one: str, other: str) -> float:
    """How much two cores share, 0 to 1: their pairs of characters in common.

    One within the other is 1, also with something put in: 华锐铝材, 华锐高端铝材.
    """
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= _LEAST and 2 * len(shorter) >= len(longer):
        if shorter in longer:
            return 1.0
        if len(shorter) >= 2 * _LEAST and _drawn_from(shorter, longer):
            return 0.8
    a, b = set(bigrams(one)), set(bigrams(other))
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
