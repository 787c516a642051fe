"""The same record sent twice, the same need registered twice, at the same moment: there once."""

import uuid
from typing import Any

import pytest

from cases.models import Event
from projects.models import ContactRecord
from service.elements import actions
from service.elements.actions import Want
from service.elements.models import ElementNeed
from tests.approvals.test_races import at_once, refusals
from tests.factories import TODAY
from tests.service.visits.tianmen import Town, building

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db: None) -> Town:
    return building()


def test_a_record_that_arrives_by_two_ways_at_once_is_there_once(town: Town) -> None:
    sent = uuid.uuid4()
    outcomes = at_once(*[lambda: town.call(TODAY, client_id=sent)] * 2)
    assert {row.pk for row in outcomes} == {ContactRecord.objects.get().pk}
    assert Event.objects.filter(case=town.project.case, kind="contact.recorded").count() == 1


def test_a_need_registered_by_two_at_once_is_there_once(town: Town) -> None:
    def register() -> Any:
        want = Want(element="power", words="双回路")
        by = town.district.clerk
        return actions.register(project=town.project, wants=[want], by=by, on=TODAY, today=TODAY)

    (refused,) = refusals(at_once(register, register))
    assert refused.unmet[0].code == "element_registered"
    assert ElementNeed.objects.count() == 1
