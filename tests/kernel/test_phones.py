"""Telephone numbers are shown with their middle hidden."""

import pytest

from kernel.phones import mask


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
