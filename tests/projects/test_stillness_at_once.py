"""Two sweeps, and a sweep and a movement, at the same moment (PostgreSQL)."""

import pytest

from cases.models import Event
from notices.models import Message
from projects import actions, dormancy
from projects.models import Project
from tests.law import TODAY, District, open_district
from tests.projects.test_races import at_once
from tests.projects.test_stillness import DAY, RUNS_OUT, contact

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def leads(district: District, count: int) -> list[Project]:
    found = [district.project(f"第{number}号新材料项目") for number in range(count)]
    for row in found:
        actions.reach(
            project=row, milestone="first_talk_registered", by=district.clerk, on=TODAY, produced=True
        )
    return found


@pytest.fixture
def district(transactional_db: None) -> District:
    return open_district()


def test_two_sweeps_at_once_mark_every_lead_once(district: District) -> None:
    leads(district, 12)
    at_once(*[lambda: dormancy.sweep(RUNS_OUT + DAY, chunk=5)] * 3)
    dormancy.sweep(RUNS_OUT + DAY)
    assert Project.objects.filter(dormant_on=RUNS_OUT + DAY).count() == 12
    assert Event.objects.filter(kind="project.dormant").count() == 12
    assert Message.objects.filter(topic="project.dormant").count() == 12


def test_a_contact_at_the_same_moment_leaves_the_lead_awake_or_wakes_it(district: District) -> None:
    (row,) = leads(district, 1)
    at_once(lambda: dormancy.sweep(RUNS_OUT + DAY), lambda: contact(row, district.clerk, RUNS_OUT + DAY))
    found = Project.objects.get(pk=row.pk)
    assert (found.dormant_on, found.moved_on) == (None, RUNS_OUT + DAY)
