"""Weights by origin, shares of joint work, exact sums (方案附件2 备注2; R145–R150)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.rulebook import rulebook
from scoring.reckoning import Amount, lines, weighted
from scoring.wording import derivation, percent
from tests import lives

pytestmark = pytest.mark.django_db
YI = 10_000_000_000
DAY = date(2026, 2, 10)


def reckon(measure: str = "agreed_funds", origin: str = "outside_city", fen: int = 20 * YI, units=(1,)):
    rules = rulebook(lives.packs().pk)
    return lines(measure, [Amount(7, fen, DAY)], rules, {"origin": origin}, list(units))


def shares(**more) -> list[tuple[int, int]]:
    return [(line.unit, line.after) for line, _formula in reckon(**more)]


@pytest.mark.parametrize("measure", ["agreed_funds", "paid_in_funds"])
@pytest.mark.parametrize(
    ("origin", "expected"),
    [("outside_city", 20 * YI), ("city_outside_district", 4 * YI), ("district", 0)],
)
def test_the_origin_of_the_money_weighs_it(measure, origin, expected) -> None:
    assert shares(measure=measure, origin=origin) == [(1, expected)]


def test_an_unknown_origin_counts_for_nobody_yet() -> None:
    assert reckon(origin="") == []


def test_without_an_introducing_unit_nobody_is_credited() -> None:
    assert reckon(units=()) == []


def test_joint_work_gives_the_lead_four_fifths() -> None:
    assert shares(units=(1, 2)) == [(1, 16 * YI), (2, 4 * YI)]


def test_several_supporting_units_share_their_fifth_equally() -> None:
    assert shares(units=(1, 2, 3)) == [(1, 16 * YI), (2, 2 * YI), (3, 2 * YI)]


def test_paid_in_funds_are_not_divided() -> None:
    assert shares(measure="paid_in_funds", units=(1, 2)) == [(1, 20 * YI)]


@given(fen=st.integers(0, 10**15), supporting=st.integers(1, 9))
def test_shares_sum_exactly_to_the_weighted_amount(fen: int, supporting: int) -> None:
    from policies.schema.measures import CreditRule
    from scoring.reckoning import _shares

    rule = CreditRule.model_validate(
        {
            "code": "x", "measure": "agreed_funds", "name": "x", "clause": "x",
            "weights": [{"factor": "0.2", "clause": "x"}],
            "joint": {"lead": "0.8", "supporting": "0.2", "several": "equal", "clause": "x"},
        }
    )  # fmt: skip
    total = weighted(fen, Decimal("0.2"))
    parts = [after for _role, _share, after in _shares(rule, total, supporting)]
    assert sum(parts) == total
    assert max(parts[1:]) - min(parts[1:]) <= 1


def test_the_sentence_names_every_operand_with_its_clause() -> None:
    lead, second, _third = reckon(units=(1, 2, 3))
    assert derivation("agreed_funds", lead[1]) == (
        "协议资金 20亿元 × 100%（市外，附件2 备注2） × 80%（牵头单位，附件2 备注2） = 16亿元"
    )
    assert "20% ÷ 2（配合单位，附件2 备注2） = 2亿元" in derivation("agreed_funds", second[1])


def test_alone_there_is_no_share_to_speak_of() -> None:
    ((_line, formula),) = reckon(origin="city_outside_district", fen=6_000 * 1_000_000)
    assert (
        derivation("agreed_funds", formula) == "协议资金 6,000万元 × 20%（区外市内，附件2 备注2） = 1,200万元"
    )


@pytest.mark.parametrize(("factor", "text"), [("1", "100%"), ("0.2", "20%"), ("0.125", "12.5%"), ("0", "0%")])
def test_percentages_are_exact(factor, text) -> None:
    assert percent(factor) == text
