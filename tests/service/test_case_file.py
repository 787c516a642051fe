"""The case file of a served project, under each locality's pack."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from projects.models import Project
from tests import factories as make
from tests.service.district import FULING, GUIZHOU, NEXT, OPTIMISATION, TIANMEN, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_the_signing() -> Iterator[None]:
    with time_machine.travel(f"{NEXT}T10:00:00+08:00", tick=False):
        yield


@pytest.mark.parametrize("pack", [FULING, OPTIMISATION, TIANMEN, GUIZHOU])
@pytest.mark.parametrize("phase", ["landing", "construction", "production"])
def test_it_takes_25_statements_at_most_under_any_pack(
    pack: str, phase: str, django_assert_max_num_queries: Any
) -> None:
    served = signed(pack)
    Project.objects.filter(pk=served.project.pk).update(phase=phase)
    browser, path = make.pages(served.clerk), f"/projects/{served.project.pk}/"
    browser.get(path)
    with django_assert_max_num_queries(25):
        assert browser.get(path).status_code == 200
