"""Districts whose plans have permits, each with one signed project in a park."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.approvals.permits.story import FULING, OPTIMISATION, TIANMEN, Permits, tell


@pytest.fixture
def fuling(db: None) -> Permits:
    """Filed and with its land: what the guides of the other permits rest on is there."""
    told = tell(FULING)
    told.rest_on("project_filed", "land_granted")
    return told


@pytest.fixture
def optimised(db: None) -> Permits:
    return tell(OPTIMISATION)


@pytest.fixture
def tianmen(db: None) -> Permits:
    return tell(TIANMEN)


@pytest.fixture
def opened_on(db: None) -> Callable[[date], Permits]:
    """Under the plan with 3 and 10 working days, a project that was registered on a day."""
    return lambda day: tell(OPTIMISATION, on=day)
