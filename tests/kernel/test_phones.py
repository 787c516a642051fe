"""Telephone numbers are shown with their middle hidden."""

import pytest

from kernel.phones import mask, mask_in_prose


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+86 13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("138-1234-5678", "138****5678"),
        ("１３８１２３４５６７８", "１３８****５６７８"),
        ("023-72231234", "023-****1234"),
        ("0755-8123456", "0755-****3456"),
        ("02372231234", "023****1234"),
        ("72231234", "****1234"),
        ("12345", "****45"),
        ("王经理 13812345678/72231234", "王经理 138****5678/****1234"),
        ("（023）72231234", "（023-****1234"),
        ("", ""),
        (None, ""),
        ("王经理", "王经理"),
        ("110", "110"),
        ("2026年3月", "2026年3月"),
    ],
)
def test_a_number_is_masked_whatever_its_form(written: str | None, shown: str) -> None:
    assert mask(written) == shown


def test_masking_twice_changes_nothing() -> None:
    once = mask("13812345678 023-72231234 12345")
    assert mask(once) == once


def test_no_more_than_seven_digits_of_a_mobile_number_are_left() -> None:
    assert sum(c.isdigit() for c in mask("13812345678")) == 7


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("投资120000万元，用地 56780 平方米", "投资120000万元，用地 56780 平方米"),
        ("2026-03-02 来访，12345678 元", "2026-03-02 来访，12345678 元"),
        ("项目代码 2603-141124-89-05-346948", "项目代码 2603-141124-89-05-346948"),
        ("信用代码 91500102MA5U4XU15P", "信用代码 91500102MA5U4XU15P"),
        ("联系王总13812345678，座机 023-72231234。", "联系王总138****5678，座机 023-****1234。"),
        ("+86 138 1234 5678", "138****5678"),
        (None, ""),
    ],
)
def test_in_prose_only_what_cannot_be_an_amount_is_masked(written: str | None, shown: str) -> None:
    assert mask_in_prose(written) == shown
