"""Cleaning of what people type into cells."""

from __future__ import annotations

import re
import unicodedata

# Full-width letters and digits are a slip of the input method; full-width punctuation is how Chinese is
# written. NFKC would turn both, so only the former are mapped.
_HALF = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_SPACES = dict.fromkeys((0x00A0, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000), " ")
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))
_CONTROLS = {code: None for code in range(0x20) if chr(code) not in "\t\n\r"} | {0x7F: None}
_TABLE: dict[int, int | str | None] = {**_HALF, **_SPACES, **_INVISIBLE, **_CONTROLS}

_PLAIN = re.compile(r"[!-~一-鿿（）、，。；：“”·—]+")
_LINE_BREAK = re.compile(r"[ \t]*(?:\r\n|\r|\n)+[ \t]*")
_LATIN_BREAK = re.compile(r"(?<=[0-9A-Za-z,.;:)])\s*[\r\n]+\s*(?=[0-9A-Za-z(])")
_RUN = re.compile(r"[ \t]+")

# Whatever ``str.strip`` takes for white space (NEL among it), and what no eye sees.
_WHITE = [code for code in range(0x3001) if chr(code).isspace()]
_NOTHING = "".join(map(chr, (*_WHITE, *_SPACES, *_INVISIBLE, *_CONTROLS)))

BLANKS = frozenset({"", "-", "--", "—", "——", "－", "/", "\\", "／", "*", "…", "……"})
_UNSTATED = BLANKS | {
    "无",
    "暂无",
    "没有",
    "待定",
    "未定",
    "不详",
    "未知",
    "保密",
    "面议",
    "N/A",
    "n/a",
    "NA",
    "空",
}


def clean_text(value: object, *, lines: bool = False) -> str:
    """The text of a cell as it is meant: half-width letters and digits, no stray white space.

    A line break inside a name is layout, so the parts are joined (with a space only between Latin words);
    ``lines=True`` keeps the breaks of long texts. Chinese punctuation stays as written.
    """
    text = value if isinstance(value, str) else _plain_number(value)
    if _PLAIN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", text).translate(_TABLE)
    if lines:
        return "\n".join(part for line in text.splitlines() if (part := _RUN.sub(" ", line).strip()))
    text = _LATIN_BREAK.sub(" ", text)
    return _RUN.sub(" ", _LINE_BREAK.sub("", text)).strip()


def _plain_number(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def compact(value: object) -> str:
    """NFKC without any white space: for comparing and matching, never for storing."""
    text = value if isinstance(value, str) else _plain_number(value)
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing to read (white space counts as nothing)."""
    if isinstance(value, str):
        return not value or not value.strip(_NOTHING)
    return value is None


def is_unstated(text: str) -> bool:
    """Whether a compact text says that the figure or date is not given (无, 待定, /, —)."""
    return text in _UNSTATED
