"""Chinese names made comparable and findable: normal forms, pinyin initials, bigrams."""

import re
import unicodedata
from itertools import product

from pypinyin import Style, pinyin

_NOISE = re.compile(r"[\s·•,，.。、;；:：\"'“”‘’()（）《》〈〉【】\[\]—\-_/\\]+")
_MOST_READINGS = 8


def normal(text: str) -> str:
    """Full-width folded (NFKC), lower case, no punctuation or blanks: for comparing names."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


def initials(text: str) -> str:
    """Pinyin initials, every reading, blank-separated: 长寿 → "cs zs" (a reading guessed wrong hides a name)."""
    letters = pinyin(normal(text), style=Style.FIRST_LETTER, heteronym=True, errors=lambda x: [[c] for c in x])
    found: dict[str, None] = {}
    for combination in product(*(sorted(set(options))[:2] for options in letters)):
        found.setdefault("".join(combination))
        if len(found) >= _MOST_READINGS:
            break
    return " ".join(found)


def bigrams(text: str) -> list[str]:
    """Overlapping pairs of characters of the normal form; a single character stands for itself."""
    plain = normal(text)
    return [plain] if len(plain) == 1 else [plain[i : i + 2] for i in range(len(plain) - 1)]
