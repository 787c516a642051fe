"""暂定: a due day that rests on a year not published yet says so wherever it is read."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from assignments import actions
from assignments.models import Assignment
from cases.models import Event
from deadlines.sweep import sweep
from policies.schema import Limit
from tests import factories as make
from tests import lives

pytestmark = pytest.mark.django_db
ISSUED_ON = date(2026, 12, 28)
DUE = "2027-01-04"


@pytest.fixture(autouse=True)
def the_end_of_the_year() -> Iterator[None]:
    with time_machine.travel("2026-12-28T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def row() -> Assignment:
    """Five working days from the last week of the last published year."""
    found = actions.open_by_rule(
        case=lives.registered().case, rule="report", name="年终报送", unit=make.unit("finance"), by=None,
        on=ISSUED_ON, limit=Limit(count=5, unit="working_day"),
    )  # fmt: skip
    assert found is not None
    assert (str(lives.clock_of(found).due_on), lives.clock_of(found).provisional) == (DUE, True)
    return found


@pytest.mark.parametrize("path", ["/assignments/", "/assignments/{pk}/", "/projects/"])
def test_every_page_marks_it(row: Assignment, path: str) -> None:
    page = make.pages(lives.clerk()).get(path.format(pk=row.pk)).content.decode()
    assert "暂定" in page.split(DUE, 1)[1][:60]


def test_the_case_file_marks_it_beside_the_clock_and_beside_the_duty(row: Assignment) -> None:
    page = make.pages(lives.clerk()).get(f"/projects/{row.case_id}/").content.decode()
    assert page.count(f"{DUE} 暂定") == 2


def test_the_list_of_units_marks_the_nearest_day(row: Assignment) -> None:
    page = make.pages(lives.clerk()).get("/assignments/").content.decode()
    assert "暂定" in page.rsplit(DUE, 1)[1][:60]


def test_rest_says_whether_it_is_provisional(row: Assignment) -> None:
    data = make.api(lives.clerk()).get(f"/api/v1/assignments/{row.pk}/").data
    assert (data["due_on"], data["provisional"]) == (DUE, True)


def test_what_is_written_down_says_so_too(row: Assignment) -> None:
    event = Event.objects.get(kind="assignment.issued", data__assignment=row.pk)
    assert "2027-01-04（暂定）" in event.data["due"]
    sweep(date(2027, 1, 5))
    urged = Assignment.objects.get(kind="urge")
    assert "2027-01-04（暂定）" in urged.text
    page = make.pages(lives.clerk()).get(f"/assignments/{urged.pk}/").content.decode()
    assert "（2027-01-04（暂定） 到期）" in page


def test_the_commissioners_own_page_marks_it() -> None:
    park = make.unit("baitao-park", kind="park")
    person = make.user("commissioner", unit=park)
    case = lives.registered().case
    make.part(case, "commissioner", person)
    actions.open_by_rule(
        case=case, rule="report", name="年终报送", unit=park, user=person, by=None, on=ISSUED_ON,
        limit=Limit(count=5, unit="working_day"),
    )  # fmt: skip
    page = make.pages(person).get("/mine/").content.decode()
    assert "暂定" in page.split(DUE, 1)[1][:60]
