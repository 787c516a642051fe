"""Service after signing as pack data: cadences by the calendar, open or on request; elements."""

import pytest

from policies.errors import PackRefused
from policies.loader import parse_pack
from policies.packs import PACKS
from policies.schema import Pack
from policies.wording import Names, rule_lines

FULING = (PACKS / "fuling-lifecycle-2024.toml").read_text("utf-8")
TIANMEN = (PACKS / "elsewhere" / "tianmen-construction-2024.toml").read_text("utf-8")
WEEK = 'every = { count = 1, unit = "week" }\ncounted = "calendar"'

GAS = 'asks_units = ["gas-company"]'


def said(pack: Pack, code: str) -> str:
    rule = next(row for row in (*pack.cadences, *pack.elements) if row.key == code)
    return " ".join(rule_lines(rule, Names.of([pack], {"power-company": "供电公司"})))


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (TIANMEN, "weekly_call", "每1周（按日历）至少联系企业一次"),
        (TIANMEN, "monthly_visit", "每1个月（按日历）"),
        (TIANMEN, "leader_visit", "未定间隔"),
        (FULING, "undisturbed", "不主动打扰企业"),
        (FULING, "first_contact_call", "每1个月至少联系企业一次"),
        (FULING, "power", "由供电公司保障"),
        (FULING, "power", "千伏安"),
        (FULING, "financing", "信易贷·渝惠融、长江渝融通"),
    ],
)
def test_the_policy_page_says_what_is_asked(text: str, code: str, words: str) -> None:
    assert words in said(parse_pack(text), code)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (WEEK, 'counted = "calendar"', "every"),
        (WEEK, 'every = { count = 2, unit = "week" }\ncounted = "calendar"', "1周或1个月"),
        (WEEK, 'every = { count = 1, unit = "week", weekday = 5 }\ncounted = "calendar"', "1周或1个月"),
        (WEEK, 'every = { count = 5, unit = "natural_day" }\ncounted = "calendar"', "1周或1个月"),
        ('asks = "open"', 'asks = "open"\nevery = { count = 1, unit = "week" }', "every"),
        (WEEK, WEEK + '\nby = "anybody"', "by"),
        (WEEK, WEEK + '\nwhen = { field = "moon", present = true }', "moon"),
        ('part = "guarantee"', 'part = "nobody"', "nobody"),
        (GAS, "", "asks_units"),
        (GAS, 'asks_parts = ["nobody"]', "nobody"),
        (GAS, GAS + '\nplatforms = [{ name = "x", url = "ftp://x" }]', "url"),
    ],
)
def test_what_does_not_hang_together_is_refused_where_it_stands(old: str, new: str, words: str) -> None:
    assert old in TIANMEN
    with pytest.raises(PackRefused) as refused:
        parse_pack(TIANMEN.replace(old, new, 1))
    assert words in str(refused.value)
