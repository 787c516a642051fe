"""Departments state the day of a milestone side by side; nothing is overwritten, differences are kept."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from kernel.refusals import Refused
from projects import actions
from projects.actions import Change
from projects.models import Project
from service.models import DayDifference, StatedDay
from service.progress.dating import state_day
from tests import factories as make
from tests import lives
from tests.service.progress import site

pytestmark = pytest.mark.django_db
NDRC, MIIT = "start_development_reform", "start_economy_information"


def state(row: Project, reading: str, day: date, by=None, **more) -> StatedDay:
    code = {NDRC: "development-reform", MIIT: "economy-information"}.get(reading, "development-reform")
    by = by or site.department(row, code)
    return state_day(project=row, reading=reading, day=day, by=by, on=site.TODAY, **more)


def gap(row: Project) -> int | None:
    return DayDifference.objects.filter(project=row).values_list("days", flat=True).first()


def test_two_departments_state_their_days_side_by_side() -> None:
    row = site.started()
    state(row, NDRC, date(2026, 2, 13))
    state(row, MIIT, date(2026, 2, 20))
    rows = StatedDay.objects.filter(project=row, in_force=True)
    assert set(rows.values_list("reading", "unit__code")) == {
        (NDRC, "development-reform"), (MIIT, "economy-information"),
    }  # fmt: skip
    assert gap(row) is None  # seven days are within the tolerance of fifteen


def test_days_further_apart_than_the_plan_lets_them_are_kept_as_a_difference() -> None:
    row = site.started()
    state(row, NDRC, date(2026, 2, 12))
    state(row, MIIT, date(2026, 1, 20))
    assert gap(row) == 23


def test_sixteen_days_differ_and_fifteen_do_not() -> None:
    row = site.started(on=date(2026, 2, 16))
    state(row, NDRC, date(2026, 2, 1))
    assert gap(row) is None
    state(row, NDRC, date(2026, 1, 31), reason="误填")
    assert gap(row) == 16


def test_the_others_are_measured_against_the_leading_one() -> None:
    """The first and the last lie twenty days apart, but neither more than ten from the one that leads."""
    row = site.started(on=date(2026, 2, 2))
    state(row, NDRC, date(2026, 2, 12))
    state(row, MIIT, date(2026, 2, 22))
    assert gap(row) is None


def test_a_correction_with_its_reason_stands_beside_what_it_corrects_and_closes_the_difference() -> None:
    row = site.started()
    first = state(row, NDRC, date(2026, 1, 5))
    assert gap(row) == 38
    second = state(row, NDRC, date(2026, 2, 12), reason="入库时间误作开工时间")
    first.refresh_from_db()
    assert (first.in_force, first.day, second.supersedes) == (False, date(2026, 1, 5), first)
    assert gap(row) is None


def test_a_corrected_or_withdrawn_milestone_is_compared_anew() -> None:
    row = site.started()
    state(row, NDRC, date(2026, 2, 12))
    head = make.user("bureau_head", unit=lives.bureau())
    change = Change(milestone="construction_started", day=date(2026, 1, 12))
    row.refresh_from_db()
    actions.correct(project=row, change=change, by=head, on=site.TODAY, reason="监理日志为准")
    assert gap(row) == 31
    actions.withdraw(project=row, milestone="construction_started", by=head, on=site.TODAY, reason="误报")
    assert gap(row) is None


def test_a_correction_without_a_reason_is_refused_at_its_field() -> None:
    row = site.started()
    state(row, NDRC, date(2026, 2, 12))
    with pytest.raises(Refused) as refused:
        state(row, NDRC, date(2026, 2, 13))
    assert (refused.value.codes, refused.value.unmet[0].field) == (["needs_reason"], "reason")


def test_the_same_day_again_is_a_conflict_and_writes_nothing() -> None:
    row = site.started()
    state(row, NDRC, date(2026, 2, 12))
    with pytest.raises(Refused) as refused:
        state(row, NDRC, date(2026, 2, 12), reason="再报")
    assert (refused.value.status, StatedDay.objects.count()) == ("conflict", 1)


def test_a_day_to_come_and_a_reading_the_plan_has_not_are_refused() -> None:
    row = site.started()
    with pytest.raises(Refused) as refused:
        state(row, NDRC, site.TODAY + timedelta(days=1))
    assert refused.value.unmet[0].field == "day"
    with pytest.raises(Refused) as refused:
        state(row, "start_by_hearsay", site.TODAY)
    assert refused.value.codes == ["not_in_plan"]


def test_another_department_does_not_state_it() -> None:
    row = site.started()
    with pytest.raises(Refused) as refused:
        state(row, NDRC, date(2026, 2, 12), by=site.department(row, "economy-information"))
    assert (refused.value.status, refused.value.codes) == ("forbidden", ["not_stating"])


def test_the_bureau_enters_it_for_the_department_with_its_source() -> None:
    row, clerk = site.started(), lives.clerk()
    with pytest.raises(Refused) as refused:
        state(row, NDRC, date(2026, 2, 12), by=clerk)
    assert refused.value.codes == ["needs_source"]
    made = state(row, NDRC, date(2026, 2, 12), by=clerk, source="涪发改〔2026〕12号")
    assert (made.on_behalf, made.unit.code) == (True, "development-reform")


def test_the_database_keeps_one_day_in_force_for_each_reading() -> None:
    row = site.started()
    made = state(row, NDRC, date(2026, 2, 12))
    with pytest.raises(IntegrityError), transaction.atomic():
        StatedDay.objects.create(
            project=row, milestone=made.milestone, reading=NDRC, name="x", unit=made.unit,
            day=site.TODAY, stated_on=site.TODAY, by=made.by,
        )  # fmt: skip


def test_completion_stated_by_whoever_plays_the_part() -> None:
    row = site.started()
    made = state(row, "completion_park", site.TODAY, by=site.colleague())
    assert (made.unit, made.on_behalf) == (site.park(), False)
