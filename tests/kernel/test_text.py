"""Chinese names are compared by their normal form and found by pinyin initials."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.text import bigrams, initials, normal


@pytest.mark.parametrize(
    "name", ["重庆（涪陵）新材料", "重庆(涪陵)新材料", " 重庆 涪陵·新材料", "重庆﹙涪陵﹚新材料"]
)
def test_the_same_name_in_other_dress_is_the_same(name: str) -> None:
    assert normal(name) == "重庆涪陵新材料"


@pytest.mark.parametrize(
    ("name", "found"), [("涪陵", "fl"), ("长寿", "zs"), ("长寿", "cs"), ("ABC新能源", "abcxny")]
)
def test_initials_hold_every_reading(name: str, found: str) -> None:
    assert found in initials(name).split()


def test_a_longer_word_is_read_as_the_dictionary_has_it() -> None:
    """有 is also read wěi, 司 cì: four times as many words for every company."""
    assert initials("实业有限公司") == "syyxgs"


def test_a_name_full_of_readings_yields_a_bounded_number() -> None:
    assert len(initials("长行重乐单曾长行重乐").split()) <= 8


def test_bigrams_overlap() -> None:
    assert bigrams("新能源") == ["新能", "能源"]
    assert bigrams("锂") == ["锂"]
    assert bigrams("") == []


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normal(normal(text)) == normal(text)
