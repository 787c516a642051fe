"""A district at work, as in ``tests/projects``."""

import pytest

from tests.law import District, open_district


@pytest.fixture
def district(db: None) -> District:
    return open_district()
