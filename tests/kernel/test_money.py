"""Money is whole fen; nothing is rounded unseen, and shares sum exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import fen, parse_yuan, show_fen, split, yuan

FEN = st.integers(min_value=-(10**17), max_value=10**17)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("20亿元", "2000000000"),
        ("6,000万元", "60000000"),
        ("1.2亿", "120000000"),
        ("350", "350"),
        ("３５０元", "350"),
        (" 5千元 ", "5000"),
        ("-3万元", "-30000"),
        ("0.01", "0.01"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert parse_yuan(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "约3亿", "3亿美元", "1.2.3", "三亿", "亿", "1e9", "nan"])
def test_what_is_no_amount_is_refused_and_named(text: str) -> None:
    with pytest.raises(ValueError, match="无法识别的金额"):
        parse_yuan(text)


def test_a_fraction_of_a_fen_is_refused() -> None:
    with pytest.raises(ValueError, match="精确到分"):
        fen(Decimal("0.001"))


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (12_000_000_000, "1.2亿元"),
        (600_000_000_0, "6,000万元"),
        (35_000, "350元"),
        (1, "0.01元"),
        (12_345_678_901, "1.2345678901亿元"),
        (-1_000_000, "-1万元"),
        (0, "0元"),
        (None, "—"),
    ],
)
def test_amounts_are_shown_as_people_write_them(amount: int | None, text: str) -> None:
    assert show_fen(amount) == text


@given(FEN)
def test_what_is_shown_reads_back_as_the_same_amount(amount: int) -> None:
    assert fen(parse_yuan(show_fen(amount))) == amount


@given(FEN)
def test_yuan_and_fen_are_the_same_money(amount: int) -> None:
    assert fen(yuan(amount)) == amount


@given(
    st.integers(min_value=0, max_value=10**15),
    st.lists(st.decimals("0", "100", places=2), min_size=1, max_size=8).filter(lambda w: sum(w) > 0),
)
def test_shares_sum_exactly_and_stray_less_than_one_fen(total: int, weights: list[Decimal]) -> None:
    shares = split(total, weights)
    whole = sum(weights)
    assert sum(shares) == total
    assert all(abs(share - total * weight / whole) < 1 for share, weight in zip(shares, weights, strict=True))


def test_nothing_to_split_by_is_refused() -> None:
    with pytest.raises(ValueError, match="大于零"):
        split(100, [Decimal(0)])
