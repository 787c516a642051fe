"""A district at work, and one project whose assessment is under way."""

from collections.abc import Iterator

import pytest

from policies import rulebook
from tests.approvals.story import Story
from tests.law import open_district


@pytest.fixture(autouse=True)
def fresh_rulebooks() -> Iterator[None]:
    rulebook.forget()
    yield
    rulebook.forget()


@pytest.fixture
def story(db: None) -> Story:
    return Story(open_district())
