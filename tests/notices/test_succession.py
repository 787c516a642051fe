"""What is told to a unit that has ended reaches whoever answers for it today."""

from datetime import timedelta

import pytest

from notices.actions import deliver, post
from notices.models import Notice
from tests import factories as make
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


def test_a_message_to_a_merged_unit_reaches_the_people_of_its_successor() -> None:
    heir = make.unit("heir")
    old = make.unit("old", valid_to=TODAY - timedelta(days=1), successor=heir)
    reader = make.user("reviewer", unit=heir)
    post(key="k", topic="t", case=make.case(), text="x", units=[old.pk])
    deliver(on=TODAY)
    assert [notice.user for notice in Notice.objects.all()] == [reader]


def test_a_role_in_a_unit_of_no_division_covers_no_district() -> None:
    make.user("leader", unit=make.unit(division_code=""))
    post(key="k", topic="t", case=make.case(), text="x", roles=["leader"])
    deliver(on=TODAY)
    assert not Notice.objects.exists()
