"""Two people at the same moment: one post gets one holder, one receipt one answer, one problem rises once."""

import pytest

from assignments import problems
from assignments.models import Assignment
from cases.models import Part
from service.handing import actions as handing
from service.models import Handing, Receipt
from service.team import actions
from tests.approvals.test_races import at_once, refusals
from tests.factories import TODAY
from tests.service.district import NEXT, Served, signed

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def found(transactional_db: None) -> Served:
    return signed()


def test_of_two_who_fill_a_post_at_once_one_does(found: Served) -> None:
    units = [found.unit("commerce"), found.unit("finance")]
    outcomes = at_once(
        *(
            lambda unit=unit: actions.fill(
                project=found.project, post="lead_department", unit=unit, by=found.clerk, on=TODAY
            )
            for unit in units
        )
    )
    assert [refused.codes for refused in refusals(outcomes)] == [["already_filled"]]
    assert Part.objects.filter(part="guarantee", valid_to=None).count() == 1


def test_of_two_who_replace_the_same_holder_at_once_one_does(found: Served) -> None:
    old = actions.fill(
        project=found.project, post="lead_department", unit=found.unit("health"), by=found.clerk, on=TODAY
    )
    units = [found.unit("commerce"), found.unit("finance")]
    outcomes = at_once(
        *(
            lambda unit=unit: actions.replace(
                project=found.project, part=old, unit=unit, by=found.clerk, on=NEXT, reason="调整"
            )
            for unit in units
        )
    )
    assert [refused.codes for refused in refusals(outcomes)] == [["part_ended"]]
    assert Part.objects.filter(part="guarantee", valid_to=None).count() == 1


def test_of_two_who_complete_the_triggers_at_once_the_project_is_handed_over_once(found: Served) -> None:
    at_once(lambda: found.reach("supplement_signed"), lambda: found.reach("land_prepaid"))
    assert Handing.objects.filter(withdrawn_on=None).count() == 1


def test_of_an_acknowledgement_and_a_refusal_at_once_one_stands(found: Served) -> None:
    found.reach("supplement_signed", "land_prepaid")
    row = Receipt.objects.select_related("handing__project").get(part="landing")
    one, other = (found.person("park_clerk", found.park.code) for _ in range(2))
    outcomes = at_once(
        lambda: handing.acknowledge(receipt=row, by=one, on=NEXT),
        lambda: handing.decline(receipt=row, reason="用地未落实", by=other, on=NEXT),
    )
    assert len(refusals(outcomes)) == 1
    row.refresh_from_db()
    assert (row.acknowledged_on is None) != (row.declined_on is None)


def test_of_two_who_raise_a_problem_at_once_one_does(found: Served) -> None:
    actions.fill(
        project=found.project, post="lead_department", unit=found.unit("commerce"), by=found.clerk, on=TODAY
    )
    row = problems.raise_problem(
        case=found.project.case, title="供电", unit=found.unit("power-company"),
        user=found.person("reviewer", "power-company"), by=found.clerk, on=TODAY,
    )  # fmt: skip
    outcomes = at_once(
        *(
            lambda by=by: problems.raise_up(assignment=row, reason="须统筹", by=by, on=NEXT)
            for by in (found.clerk, found.district.head)
        )
    )
    assert len(refusals(outcomes)) == 1
    assert Assignment.objects.filter(parent=row).count() == 1
