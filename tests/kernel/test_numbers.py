"""A number in an address is ASCII digits that fit a column, or it is none."""

import pytest

from kernel.numbers import MOST_KEY, whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), (str(MOST_KEY), MOST_KEY)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("text", ["", None, "²", "٣", "1.5", "-1", " 1", "1e3", "9" * 19])
def test_anything_else_is_none(text: str | None) -> None:
    assert whole(text) is None
