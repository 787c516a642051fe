"""The measures of an official document by GB/T 9704-2012, and the parts one is made of.

Fonts are named, never shipped: ``ALTERNATIVES`` says what a machine without them takes instead.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

TITLE_FONT, BODY_FONT, HEADING_FONT, SUBHEADING_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
PAGE_NUMBER_FONT, LATIN_FONT = "宋体", "Times New Roman"
ALTERNATIVES = {
    TITLE_FONT: ("FZXiaoBiaoSong-B05S", "华文中宋", "STZhongsong", "宋体"),
    BODY_FONT: ("仿宋", "FangSong", "华文仿宋", "STFangsong"),
    HEADING_FONT: ("SimHei", "华文黑体", "STHeiti"),
    SUBHEADING_FONT: ("楷体", "KaiTi", "华文楷体", "STKaiti"),
    PAGE_NUMBER_FONT: ("SimSun", "华文宋体", "STSong"),
}
TITLE_SIZE, BODY_SIZE, TABLE_SIZE, PAGE_NUMBER_SIZE = 22.0, 16.0, 12.0, 14.0  # 2号, 3号, 小4号, 4号; points
PAGE_MM = (210, 297)
TOP_MM, LEFT_MM, BOTTOM_MM, RIGHT_MM = 37, 28, 35, 26  # 版心 156 × 225 mm
FOOTER_MM = 23  # the page number stands 7 mm below the type area
LINE_PT = 28.95  # 22 lines on 225 mm
CHARACTERS = 28  # to the line
_DIGITS = "零一二三四五六七八九"
_SUBHEADING = re.compile(r"^（[一二三四五六七八九十]{1,3}）")


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 1 is set in 黑体 and counted 一、 by the renderer; level 2 in 楷体, its own （一） before it."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells as text; ``widths`` in mm, together at most 156."""

    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Official:
    """A whole document. ``on`` is the day of signing, written with Arabic figures; ``number`` may be ""."""

    title: str
    number: str
    addressee: str
    unit: str
    on: date
    blocks: tuple[Block, ...] = field(default=())


def blocks_of(text: str) -> Iterator[Block]:
    """Text as people type it: one paragraph a line; a line that begins with （一） is a heading."""
    for line in text.splitlines():
        words = line.strip()
        if words:
            yield Heading(words, 2) if _SUBHEADING.match(words) else Paragraph(words)


def numeral(number: int) -> str:
    """1 to 99 as headings are counted: 一, 十, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return lead + (_DIGITS[ones] if ones else "")


def day_in_words(day: date) -> str:
    """As an official document dates itself: 2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"
