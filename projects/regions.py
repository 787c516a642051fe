"""Division codes (GB/T 2260) to pick from: prefectures of the whole country, counties of the own province."""

import re
from functools import lru_cache

from django.conf import settings
from stdnum import numdb

_NOW = re.compile(r"\[\d{4}-\](.+)")
_OVER = re.compile(r"\[\d{0,4}-\d{4}\]")
_NO_PLACE = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "直辖县级"}


@lru_cache(maxsize=1)
def regions() -> list[tuple[str, str]]:
    """Code and name ("330100", "浙江省杭州市") of every division still in being (from python-stdnum)."""
    found = []
    for _width, province, _high, about, below in numdb.get("cn/loc").prefixes:
        for _width, rest, _high, names, _below in below:
            if rest.endswith("00") or settings.DIVISION.startswith(province):
                name = _name(names["county"])
                if name:
                    whole = name if name == about["province"] else about["province"] + name
                    found.append((province + rest, whole))
    return found


def _name(text: str) -> str:
    """The name borne today; "" for a division that is gone or is none of its own."""
    for part in text.split(","):
        now = _NOW.match(part)
        if now or not _OVER.match(part):
            name = now[1] if now else part
            return "" if name in _NO_PLACE else name
    return ""
