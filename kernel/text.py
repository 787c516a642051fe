"""Chinese names made comparable and findable: normal forms, pinyin initials, bigrams."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice, product
from typing import Any

from pypinyin import Style, pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.seg.mmseg import seg

_NOISE = re.compile(r"[\s·•,，.。、;；:：\"'“”‘’()（）《》〈〉【】\[\]—\-_/\\]+")
_MOST_READINGS = 8
_CERTAIN = 3  # characters: a word this long has one reading


@lru_cache(maxsize=10_000)
def normal(text: str) -> str:
    """Full-width folded (NFKC), lower case, no punctuation or blanks: for comparing names."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()
    return unicodedata.normalize("NFKC", plain)  # what stood apart by a blank may now combine


def initials(text: str) -> str:
    """Pinyin initials, blank-separated, likeliest first: 长寿 → "cs zs". At most eight words."""
    return " ".join(dict.fromkeys(spelt(readings(text))))


def readings(text: str) -> list[tuple[str, ...]]:
    """The pinyin initials of each character of the normal form, likeliest first: 长寿 → (c, z), (s,).

    Every reading is kept: one guessed wrong would hide the name. Only within longer words that the
    dictionary knows (有限公司) a character has the one that it has there.
    """
    return [letters for word in seg.cut(normal(text)) for letters in _readings(word)]


def spelt(options: Sequence[tuple[str, ...]]) -> list[str]:
    """The words of a stretch of readings, likeliest first, at most eight."""
    return ["".join(letters) for letters in islice(product(*options), _MOST_READINGS)]


@lru_cache(maxsize=20_000)
def _readings(word: str) -> list[tuple[str, ...]]:
    """For each character of a word its first letters: that of the word's own reading, then all others."""
    likely = [reading[0] for reading in pinyin(word, style=Style.FIRST_LETTER, errors=_each)]
    if len(word) >= _CERTAIN and word in PHRASES_DICT:
        return [(first,) for first in likely]
    return [(first, *(x for x in _letters(c) if x != first)) for first, c in zip(likely, word, strict=True)]


@lru_cache(maxsize=10_000)
def _letters(character: str) -> tuple[str, ...]:
    """The first letters of every reading of one character; what is no Chinese character stands for itself."""
    (readings,) = pinyin(character, style=Style.FIRST_LETTER, heteronym=True, errors=_each)
    return tuple(dict.fromkeys(readings))


def _each(text: str) -> Any:
    """What has no pinyin stands for itself, character by character."""
    return list(text)


def bigrams(text: str) -> list[str]:
    """Overlapping pairs of characters of the normal form; a single character stands for itself."""
    plain = normal(text)
    return [plain] if len(plain) == 1 else [plain[i : i + 2] for i in range(len(plain) - 1)]
