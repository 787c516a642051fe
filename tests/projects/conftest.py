"""A district at work: the organisation, both packs and the calendar, as a real start would load them."""

import pytest

from tests.law import District, open_district


@pytest.fixture
def district(db: None) -> District:
    return open_district()
