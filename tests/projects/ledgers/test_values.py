"""Single values: amounts, dates, areas, texts."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from projects.ledgers import values
from projects.ledgers.values import clean_text, first_day, is_blank

# Tests ask a value for what it should be; that it is there at all is what they find out.
parse_amount: Any = values.parse_amount
parse_area_mu: Any = values.parse_area_mu
parse_date: Any = values.parse_date

TODAY = date(2026, 7, 1)
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")

AMOUNTS = [
    ("26亿元", 2_600_000_000, None), ("2.6亿", 260_000_000, None), ("6000万元", 60_000_000, None),
    ("２６亿元", 2_600_000_000, None), ("1,234.5万元", 12_345_000, None),
    ("12，000万元", 120_000_000, None),
    ("1 200万元", 12_000_000, None), ("5亿元人民币", 500_000_000, None), ("人民币5亿元", 500_000_000, None),
    ("1亿2000万元", 120_000_000, None), ("3.5千万", 35_000_000, None), ("三千万元", 30_000_000, None),
    ("十五亿", 1_500_000_000, None), ("两亿元", 200_000_000, None), ("100", 10_000_000_000, None),
    ("5000元", 5_000, None), ("¥300万", 3_000_000, None), ("拟投资8亿元", 800_000_000, None),
    ("拟合作总投资70亿元", 7_000_000_000, None), ("约10亿", 1_000_000_000, "approx"),
    ("近10亿元", 1_000_000_000, "approx"), ("10亿元左右", 1_000_000_000, "approx"),
    ("10余亿元", 1_000_000_000, "approx"), ("预计6亿元", 600_000_000, "approx"),
    ("总投资暂估220亿元", 22_000_000_000, "approx"), ("不低于20亿元", 2_000_000_000, "lower_bound"),
    ("20亿元以上", 2_000_000_000, "lower_bound"), ("超过3亿元", 300_000_000, "lower_bound"),
    ("不超过3亿元", 300_000_000, "upper_bound"), ("3亿元以内", 300_000_000, "upper_bound"),
    ("21亿元（一期11.7亿元）", 2_100_000_000, "two_amounts_use_total"),
    ("总投资21亿元，其中固定资产投资15亿元", 2_100_000_000, "two_amounts_use_total"),
    ("一期5亿元，二期8亿元，总投资13亿元", 1_300_000_000, "two_amounts_use_total"),
    ("年产10万吨，投资5亿元", 500_000_000, None), ("占地100亩，总投资3亿元", 300_000_000, None),
    ("5.6亿元（8000万美元）", 560_000_000, None), ("5亿元人才基金", 500_000_000, None),
]  # fmt: skip

REFUSED = [
    ("-5亿元", "amount_negative"), ("-100", "amount_negative"), (-3, "amount_negative"),
    (-3.5, "amount_negative"),
    ("2万亿元", "amount_absurd"), (20_000, "amount_absurd"), ("5-8亿元", "amount_range"),
    ("5亿元至8亿元", "amount_range"), ("一期5亿元，二期8亿元", "amounts_without_total"),
    ("300亿级", "amount_unreadable"), ("30万吨", "amount_unreadable"), ("上千万元", "amount_unreadable"),
    ("很多", "amount_unreadable"), (True, "not_an_amount"), (datetime(2022, 5, 1), "not_an_amount"),
    (float("nan"), "not_a_number"), (float("inf"), "not_a_number"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "yuan", "qualifier"), AMOUNTS)
def test_an_amount_is_read_to_the_yuan(written, yuan, qualifier):
    amount = parse_amount(written, "亿元")
    assert (amount.yuan, amount.currency, amount.qualifier, amount.reason) == (yuan, "CNY", qualifier, None)
    assert amount.raw == written


@pytest.mark.parametrize(("written", "reason"), REFUSED)
def test_an_amount_that_cannot_be_trusted_is_refused_with_its_reason(written, reason):
    amount = parse_amount(written, "亿元")
    assert (amount.reason, amount.fen, amount.original) == (reason, None, None)
    assert str(amount.raw) in amount.error


@pytest.mark.parametrize(
    ("written", "currency", "original"),
    [
        ("3000万美元", "USD", 30_000_000), ("US$3000万", "USD", 30_000_000), ("USD 30,000,000",
        "USD", 30_000_000),
        ("8000万美元（约5.6亿元人民币）", "USD", 80_000_000), ("5百万港币", "HKD", 5_000_000),
        ("1亿欧元", "EUR", 100_000_000), ("120亿日元", "JPY", 12_000_000_000),
    ],
)  # fmt: skip
def test_a_foreign_amount_is_never_taken_for_yuan(written, currency, original):
    amount = parse_amount(written, "亿元")
    assert (amount.currency, amount.original, amount.fen, amount.yuan) == (currency, original, None, None)
    assert f"{currency}:{original}" in amount.flags


@pytest.mark.parametrize("written", ["3个项目合计120亿元", "5个化纤纺织项目合计22亿元", "同上", "打捆5亿元"])
def test_an_amount_of_several_projects_gives_no_share(written):
    amount = parse_amount(written, "亿元")
    assert (amount.qualifier, amount.fen, amount.reason) == ("shared_amount_not_divisible", None, None)


@pytest.mark.parametrize("written", [None, "", " ", "　", "-", "—", "/", "无", "待定", "暂无", "面议"])
def test_a_cell_that_states_nothing_is_no_amount_date_or_area(written):
    assert parse_amount(written, "亿元") is None
    assert parse_date(written) is None
    assert parse_area_mu(written) is None


@pytest.mark.parametrize("written", ["产值近10亿元", "年营业收入3亿元", "年税收2000万元"])
def test_output_in_an_investment_column_is_not_investment(written):
    amount = parse_amount(written, "亿元")
    assert (amount.fen, amount.flags) == (None, ("output_not_investment",))
    assert parse_amount(written, "亿元", measure="output").fen > 0


def test_a_bare_number_without_any_unit_is_refused():
    assert parse_amount(6).reason == "amount_without_unit"
    assert parse_amount("6").reason == "amount_without_unit"
    assert parse_amount(0).fen == 0


def test_the_column_for_fixed_assets_takes_its_own_figure():
    text = "总投资21亿元，其中固定资产投资15亿元"
    assert parse_amount(text, measure="fixed_asset").yuan == 1_500_000_000


def test_binary_noise_of_excel_does_not_reach_the_fen():
    assert parse_amount(0.1 + 0.2, "亿元").fen == 3_000_000_000
    assert parse_amount(0.1 + 0.2, "亿元").flags == ()
    assert parse_amount("0.123456789123亿元").flags == ("rounded",)


def test_the_reason_follows_the_readers_language_though_values_are_cached():
    amount = parse_amount("很多很多", "亿元")
    with translation.override("en"):
        assert amount.reason == "amount_unreadable"
    assert "很多很多" in amount.error


@given(
    st.integers(1, 999_999),
    st.sampled_from(["亿元", "万元", "亿", "万"]),
    st.sampled_from(["", "约", "总投资"]),
)
def test_every_written_amount_in_range_comes_back_exactly(number, unit, prefix):
    yuan = number * (10**8 if "亿" in unit else 10**4)
    amount = parse_amount(f"{prefix}{number}{unit}")
    if yuan > 10**12:
        assert amount.reason == "amount_absurd"
    else:
        assert amount.fen == yuan * 100


@given(st.decimals(0, 9999, places=4, allow_nan=False))
def test_full_width_digits_separators_and_numbers_read_alike(value):
    plain = parse_amount(f"{value}亿元")
    assert parse_amount(f"{value}亿元".translate(FULL_WIDTH)).fen == plain.fen
    assert parse_amount(f"{value:,}亿元").fen == plain.fen
    assert parse_amount(value, "亿元").fen == plain.fen == int(value * 10**10)


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.dates(), st.times(), st.booleans()))
def test_no_value_whatever_breaks_a_parser(value):
    amount, parsed, area = parse_amount(value, "亿元"), parse_date(value, today=TODAY), parse_area_mu(value)
    assert amount is None or amount.fen is None or 0 <= amount.fen <= 10**14
    assert parsed is None or parsed.iso is None or first_day(parsed.iso) <= TODAY
    assert area is None or area.mu is None or area.mu >= 0
    clean_text(value)


@given(st.text(alphabet="0123456789.,-~约近亿万千百元美产值个项目合计年月日期（）总投资 ", max_size=24))
def test_no_mix_of_the_words_of_amounts_breaks_the_parser(text):
    amount = parse_amount(text, "亿元")
    assert amount is None or amount.fen is None or 0 <= amount.fen <= 10**14


DATES = [
    ("2022年2月25日", "2022-02-25", "day"), ("2022.2.25", "2022-02-25", "day"), ("2022/2/5", "2022-02-05",
    "day"),
    ("2022-02", "2022-02", "month"), ("2022年2月", "2022-02", "month"), ("2022.12", "2022-12", "month"),
    ("２０２２年２月２５日", "2022-02-25", "day"), ("20220225", "2022-02-25", "day"), ("202202", "2022-02",
    "month"),
    ("2023年一季度", "2023-Q1", "quarter"), ("2023年第3季度", "2023-Q3", "quarter"), ("2023Q2", "2023-Q2",
    "quarter"),
    ("2022年", "2022", "year"), ("2022", "2022", "year"), ("2022-02-25 10:30:00", "2022-02-25", "day"),
    ("已于2022年5月18日签约", "2022-05-18", "day"), ("25/2/2022", "2022-02-25", "day"),
    (44617, "2022-02-25", "day"), (44617.0, "2022-02-25", "day"), (44617.5, "2022-02-25", "day"),
    (2022, "2022", "year"), (2022.2, "2022-02", "month"), (2022.11, "2022-11", "month"),
    (20220225, "2022-02-25", "day"), (202203, "2022-03", "month"), (date(2022, 5, 19), "2022-05-19", "day"),
    (datetime(2022, 5, 19, 8), "2022-05-19", "day"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "iso", "precision"), DATES)
def test_a_date_is_read_to_the_precision_written(written, iso, precision):
    parsed = parse_date(written, today=TODAY)
    assert (parsed.iso, parsed.precision, parsed.flag, parsed.reason) == (iso, precision, None, None)


@pytest.mark.parametrize(
    ("written", "iso", "flag"),
    [
        ("预计2023年底", None, "planned_not_actual"), ("拟2023年7月", None, "planned_not_actual"),
        ("2023年6月底前", None, "planned_not_actual"), ("力争年内", None, "planned_not_actual"),
        ("9月20日", None, "year_missing"), ("今年6月", None, "year_missing"),
        ("一季度", None, "year_missing"),
        ("2024年8月27日（竣工）", "2024-08-27", "completed_event"), ("2023年底", "2023-12",
        "approx_year_end"),
        ("2023年初", "2023-01", "approx_year_start"), ("2025年上半年", "2025", "half_year"),
        ("22年5月", "2022-05", "century_assumed"), ("2018年1-8月", "2018", "date_range"),
        ("2022年5月18日、2023年6月1日", "2022-05-18", "several_dates"), (2022.1, "2022", "month_ambiguous"),
    ],
)  # fmt: skip
def test_a_date_that_needs_a_second_look_says_so(written, iso, flag):
    parsed = parse_date(written, today=TODAY)
    assert (parsed.iso, parsed.flag, parsed.reason) == (iso, flag, None)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2022年13月", "date_invalid"), ("2022.2.30", "date_invalid"), ("已开工", "date_unreadable"),
        ("2/3/2022", "date_ambiguous"), (3.5, "date_unreadable"), (True, "not_a_date"),
        (date(1899, 12, 31), "year_absurd"), ("2026年7月2日", "date_future"), ("2030年1月", "date_future"),
        (date(2031, 1, 1), "date_future"),
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_is_refused_with_its_reason(written, reason):
    parsed = parse_date(written, today=TODAY)
    assert (parsed.reason, parsed.iso) == (reason, None)


def test_today_and_the_running_month_quarter_and_year_are_not_the_future():
    for written in ("2026年7月1日", "2026年7月", "2026年三季度", "2026年"):
        assert parse_date(written, today=TODAY).reason is None
    assert parse_date("2026年四季度", today=TODAY).reason == "date_future"


def test_a_planned_date_keeps_what_it_says():
    assert parse_date("预计2027年7月", today=TODAY).planned == "2027-07"
    assert parse_date("预计2027年7月", today=TODAY, actual=False).iso == "2027-07"


@pytest.mark.parametrize(
    ("number_format", "iso"),
    [('yyyy"年"m"月"', "2022-02"), ("yyyy", "2022"), ("yyyy-mm-dd", "2022-02-01"), ("m/d/yy", "2022-02-01")],
)
def test_a_date_cell_means_no_more_than_it_shows(number_format, iso):
    assert parse_date(date(2022, 2, 1), number_format).iso == iso


@given(st.dates(date(1950, 1, 1), date(2026, 6, 30)))
def test_every_day_reads_alike_however_it_is_written(day):
    serial = (day - date(1899, 12, 30)).days
    spellings = [
        day, serial, float(serial), f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}年{day.month}月{day.day}日".translate(FULL_WIDTH),
    ]  # fmt: skip
    assert {parse_date(spelling, today=TODAY).iso for spelling in spellings} == {day.isoformat()}
    assert parse_date(day.isoformat(), today=day - timedelta(days=1)).reason == "date_future"


@pytest.mark.parametrize(
    ("written", "mu"),
    [
        (480, 480), ("规划用地2000亩", 2000), ("约2000亩", 2000), ("600余亩", 600), ("150", 150),
        ("10公顷", 150),
        ("1.5平方公里", 2250), ("19万平方米", 285), ("2000㎡", 3), ("利用双溪机械厂", None),
        (0.5, Decimal("0.5")),
    ],
)  # fmt: skip
def test_land_is_read_in_mu(written, mu):
    area = parse_area_mu(written)
    assert (area.mu, area.reason) == (mu, None)


@pytest.mark.parametrize(
    ("written", "reason"),
    [("-5亩", "area_negative"), (-5, "area_negative"), ("100-200亩", "area_range"), (9e9, "area_absurd")],
)
def test_land_that_cannot_be_is_refused(written, reason):
    assert parse_area_mu(written).reason == reason


def test_a_break_inside_a_name_is_layout_and_full_width_punctuation_stays():
    assert clean_text("全球动漫衍生品项目\n（凯高玩具二期）") == "全球动漫衍生品项目（凯高玩具二期）"
    assert clean_text(" 湖南巨星UHPC智能制造项目 ") == "湖南巨星UHPC智能制造项目"
    assert clean_text("ＡＢ１２　项目\u200b") == "AB12 项目"
    assert clean_text("General\nMotors") == "General Motors"
    assert clean_text("一、\r\n二、", lines=True) == "一、\n二、"
    assert clean_text(12.0) == "12"


@example("\x85")
@given(st.text(max_size=40))
def test_cleaning_twice_changes_nothing_more(text):
    once = clean_text(text)
    assert clean_text(once) == once
    assert once == once.strip()
    assert is_blank(text) is is_blank(once) or once != ""
