"""Where an investor is at home, from the few words a ledger has for it: 浙江杭州, 重庆市渝北区, 北京."""

import re
from functools import lru_cache

from django.conf import settings

from projects.regions import regions

_PEOPLES = "朝鲜|土家|苗|藏|羌|彝|侗|布依|哈尼|壮|傣|景颇|白|傈僳|回|蒙古|哈萨克|柯尔克孜"
_SUFFIX = re.compile(rf"(?:(?:(?:{_PEOPLES})族?)+自治[州县]|林区|地区|盟|市|区|县)$")
_OF_PROVINCE = re.compile(r"^(?:维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|省|市)")
_BLANKS = re.compile(r"[\s、,，·/-]+")
_PROVINCES = {
    "北京": "11", "天津": "12", "河北": "13", "山西": "14", "内蒙古": "15", "辽宁": "21", "吉林": "22",
    "黑龙江": "23", "上海": "31", "江苏": "32", "浙江": "33", "安徽": "34", "福建": "35", "江西": "36",
    "山东": "37", "河南": "41", "湖北": "42", "湖南": "43", "广东": "44", "广西": "45", "海南": "46",
    "重庆": "50", "四川": "51", "贵州": "52", "云南": "53", "西藏": "54", "陕西": "61", "甘肃": "62",
    "青海": "63", "宁夏": "64", "新疆": "65", "台湾": "71", "香港": "81", "澳门": "82",
}  # fmt: skip


@lru_cache(maxsize=4096)
def division_of(text: str) -> str:
    """The division code (GB/T 2260) of a place in words; "" when it is not told surely.

    The own province alone is not sure: 重庆 may be the own district or another.
    """
    plain = _BLANKS.sub("", text)
    province = next((name for name in _PROVINCES if plain.startswith(name)), "")
    if not province:
        return _places("").get(_stem(plain), "")
    code = _PROVINCES[province]
    rest = _OF_PROVINCE.sub("", plain.removeprefix(province))
    found = _places(code).get(_stem(rest), "") if rest else ""
    return found or ("" if settings.DIVISION.startswith(code) else f"{code}0000")


def _stem(name: str) -> str:
    """A place without the word for what it is: 杭州市 → 杭州; two letters at least remain."""
    stem = _SUFFIX.sub("", name)
    return stem if len(stem) >= 2 else name


@lru_cache(maxsize=64)
def _places(province: str) -> dict[str, str]:
    """Names without their suffix → code, of one province or of all; a name of several places is left out."""
    found: dict[str, set[str]] = {}
    for code, whole in regions():
        lead = next((name for name, digits in _PROVINCES.items() if code.startswith(digits)), "")
        name = _OF_PROVINCE.sub("", whole.removeprefix(lead))
        if name and code.startswith(province):
            found.setdefault(_stem(name), set()).add(code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}
