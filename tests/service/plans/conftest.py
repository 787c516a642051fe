from collections.abc import Iterator

import pytest
import time_machine

from tests.service.plans.site import Site, open_site


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T02:00:00Z", tick=False):
        yield


@pytest.fixture
def site(db: None) -> Site:
    return open_site()
