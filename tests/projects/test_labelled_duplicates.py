"""Precision and recall on the labelled set made from the office's ledgers do not fall below their floor."""

import pytest

from scripts.bench import doubles
from tests.factories import TODAY
from tests.law import District


def test_the_labelled_set_is_the_one_that_the_ledgers_give() -> None:
    leads, rows = doubles.load()
    assert leads == doubles.ledger_leads()
    assert rows == list(doubles.variants(leads))
    assert {row.same for row in rows} == {True, False}


@pytest.mark.django_db
def test_what_is_one_is_found_and_what_only_looks_like_it_is_not_called_so(district: District) -> None:
    found = doubles.measure(district.clerk, TODAY, every=5)
    told = [(row.kind, row.name) for row in found.wrong]
    assert found.precision >= 0.95, told
    assert found.recall >= 0.9, told
