"""How like two leads are: names by their core and sound, amounts by a factor, rounds told apart."""

import pytest

from kernel.names import core, nearness, phase_of, sound
from projects.likeness import DEFAULTS, Grade, Lead, compare, points_of
from tests.law import District

FIRM = "浙江华锐新材料有限公司"
OURS = Lead("涪陵华锐铝材生产基地项目", FIRM, total_fen=10**12)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("重庆市涪陵区华锐化工（集团）有限公司", "华锐化工"),
        ("华锐化工股份有限公司", "华锐化工"),
        ("Ａ　Ｂ化工有限责任公司", "ab化工"),
        ("涪陵高端铝材生产基地项目", "高端铝材"),
        ("苏州金华新材料有限公司", "金华新材料"),
        ("项目", "项目"),
        ("北京公司", "北京"),
        ("（）", ""),
    ],
)
def test_the_core_of_a_name_leaves_form_place_and_brackets_out(written: str, left: str) -> None:
    assert core(written) == left


def test_names_that_sound_alike_share_their_key_and_a_name_of_punctuation_has_none() -> None:
    assert sound("华锐化工有限公司") == sound("重庆华瑞化工公司") != sound("华锐化纤有限公司")
    assert sound("——") == ""


def test_a_first_phase_says_nothing_and_a_second_does() -> None:
    assert phase_of("榨菜一期项目") == phase_of("榨菜项目") == frozenset()
    assert phase_of("榨菜二期项目") == phase_of("榨菜第2期项目") == {"2期"}


def test_one_name_within_another_is_near_and_a_mere_common_word_is_not() -> None:
    assert nearness("高端铝材", "华锐高端铝材") == 1.0
    assert nearness("华锐铝材", "金诚酒店") == 0.0


@pytest.mark.parametrize(
    ("theirs", "grade"),
    [
        (OURS, Grade.SURE),
        (Lead("华锐铝材项目", "华锐新材料公司"), Grade.SURE),
        (Lead("华瑞铝材项目", FIRM, total_fen=10**12), Grade.SURE),
        (Lead("华瑞铝材项目", FIRM), Grade.LIKELY),
        (Lead("华锐高端铝材项目", FIRM), Grade.LIKELY),
        (Lead("华锐铝材项目", "金诚置业有限公司"), Grade.POSSIBLE),
        (Lead("华锐铝材二期项目", FIRM), Grade.POSSIBLE),
        (Lead("冷链物流园", FIRM), Grade.POSSIBLE),
        (Lead("冷链物流园", "金诚置业有限公司", total_fen=10**12), None),
        (Lead(), None),
    ],
)
def test_what_two_leads_share_decides_how_sure_it_is(theirs: Lead, grade: Grade | None) -> None:
    assert compare(OURS, theirs).grade == grade


def test_every_verdict_says_what_agrees_and_what_differs() -> None:
    found = compare(OURS, Lead("华瑞铝材项目", "金诚置业有限公司", total_fen=10**11))
    assert [(reason.sign, reason.agrees) for reason in found.reasons] == [
        ("sound_name", True),
        ("other_investor", False),
        ("far_amount", False),
    ]
    assert "同音" in found.text


def test_an_amount_decides_only_within_the_plans_factor() -> None:
    signs = [
        {reason.sign for reason in compare(OURS, Lead("华锐铝材", FIRM, total_fen=fen)).reasons}
        for fen in (9 * 10**11, 8 * 10**11, 3 * 10**11, None)
    ]
    assert ["same_amount" in found for found in signs] == [True, False, False, False]
    assert ["far_amount" in found for found in signs] == [False, False, True, False]


def test_the_points_come_from_the_plan(district: District) -> None:
    assert points_of(district.rules) == DEFAULTS
    assert district.rules.likeness["sure"].clause == "三(二)4"
