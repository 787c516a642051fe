"""What another permit gives (建设工程规划许可证 for 施工许可): there once that is granted, never ticked."""

from datetime import date, timedelta

import pytest

from approvals.models import Material, Permit
from approvals.permits import actions
from approvals.permits.actions import Application
from deadlines.models import Deadline
from kernel.refusals import Refused
from projects.gates import reached_codes
from tests.approvals.permits.story import FULING, Permits, tell

pytestmark = pytest.mark.django_db
CODE, LICENCE, LAND = "construction_permit", "建设工程规划许可证", "用地批准手续"


@pytest.fixture
def fresh(db: None) -> Permits:
    """Signed, and nothing granted yet."""
    return tell(FULING)


def later(told: Permits, days: int) -> date:
    return told.day + timedelta(days=days)


def test_applied_for_side_by_side_the_second_waits_for_what_the_first_gives(fresh: Permits) -> None:
    permit = fresh.apply_all(Application(step=CODE), Application(step="planning_permit"))[0]
    row = Material.objects.get(permit=permit, name=LICENCE)
    assert (row.there, permit.complete_on, fresh.due(permit), permit.stage) == (False, None, None, "waiting")


def test_it_cannot_be_granted_before_and_the_refusal_leads_to_the_permit(fresh: Permits) -> None:
    permit, first = fresh.apply_all(Application(step=CODE), Application(step="planning_permit"))
    with pytest.raises(Refused) as refused:
        fresh.grant(permit, fresh.day)
    found = {item.code: item for item in refused.value.unmet}
    assert set(found) == {"permit:planning_permit", "permit:land_grant"}
    item = found["permit:planning_permit"]
    assert (item.clause, item.url) == ("四(二)", f"/permits/{first.pk}/")
    assert LICENCE in item.message and "建设工程规划许可" in item.message
    assert found["permit:land_grant"].url == f"/projects/{fresh.pk}/permits/apply/?step=land_grant"
    assert "construction_permitted" not in reached_codes(fresh.project)


def test_it_cannot_be_ticked_when_applying_nor_later_nor_over_the_counter(fresh: Permits) -> None:
    with pytest.raises(Refused) as refused:
        fresh.apply(CODE, handed=fresh.guide(CODE))
    assert set(refused.value.codes) == {"permit:planning_permit", "permit:land_grant"}
    permit, by = fresh.apply(CODE), fresh.authority(Permit.objects.get())
    with pytest.raises(Refused) as refused:
        fresh.supplement(permit, LICENCE, on=fresh.day)
    assert refused.value.codes == ["permit:planning_permit"]
    with pytest.raises(Refused) as refused:
        actions.complete(permit=permit, by=by, on=fresh.day, today=fresh.day)
    assert set(refused.value.codes) == {"permit:planning_permit", "permit:land_grant"}


def test_it_is_not_told_to_be_missing_for_nobody_can_hand_it_in(fresh: Permits) -> None:
    permit = fresh.apply(CODE)
    with pytest.raises(Refused) as refused:
        fresh.tell(permit, fresh.day)
    assert refused.value.codes == ["nothing_missing"]


def test_the_clock_counts_from_the_day_on_which_the_last_of_them_came(fresh: Permits) -> None:
    permit = fresh.apply(CODE)
    fresh.story.reach(fresh.project, "land_granted", on=later(fresh, 1))
    assert fresh.due(permit) is None
    fresh.story.reach(fresh.project, "planning_permitted", on=later(fresh, 2))
    clock = Deadline.objects.get(case_id=fresh.pk, rule=f"step:{CODE}")
    assert clock.started_on == later(fresh, 2)
    fresh.grant(Permit.objects.get(pk=permit.pk), later(fresh, 3))


def test_an_application_dated_before_what_it_rests_on_counts_from_that(fresh: Permits) -> None:
    fresh.story.reach(fresh.project, "land_granted", "planning_permitted", on=later(fresh, 3))
    permit = actions.apply(
        project=fresh.project, applications=[Application(step=CODE)], by=fresh.park_clerk,
        on=fresh.day, today=later(fresh, 4),
    )[0]  # fmt: skip
    assert (permit.applied_on, permit.complete_on) == (fresh.day, later(fresh, 3))


def test_what_was_ticked_under_an_older_version_of_the_rules_does_not_carry_a_permit(fresh: Permits) -> None:
    permit = fresh.apply(CODE)
    due = {"handed_on": fresh.day, "handed_by": fresh.park_clerk}
    Material.objects.filter(permit=permit, name__in=(LICENCE, LAND)).update(**due)
    Permit.objects.filter(pk=permit.pk).update(complete_on=fresh.day)
    with pytest.raises(Refused) as refused:
        fresh.grant(permit, fresh.day)
    assert set(refused.value.codes) == {"permit:planning_permit", "permit:land_grant"}


def test_what_is_withdrawn_again_is_waited_for_again(fresh: Permits) -> None:
    from projects import actions as projects

    permit = fresh.apply(CODE)
    fresh.story.reach(fresh.project, "land_granted", on=fresh.day)
    projects.withdraw(
        project=fresh.project, milestone="land_granted", by=fresh.clerk, on=fresh.day, reason="误录",
        produced=True,
    )  # fmt: skip
    assert not Material.objects.get(permit=permit, name=LAND).there


def test_what_was_told_to_be_faulty_may_be_handed_in_once_the_permit_is_there(fresh: Permits) -> None:
    fresh.story.reach(fresh.project, "land_granted", "planning_permitted", on=fresh.day)
    permit = fresh.apply(CODE)
    fresh.tell(permit, fresh.day, **{LICENCE: "证载面积与图纸不符"})
    fresh.supplement(permit, LICENCE, on=later(fresh, 1))
    assert Permit.objects.get(pk=permit.pk).complete_on == later(fresh, 1)


def test_under_the_other_plan_it_is_the_same_and_a_refusal_names_the_day(optimised: Permits) -> None:
    optimised.story.reach(optimised.project, "project_filed", on=optimised.day)
    permit = optimised.apply(CODE)
    with pytest.raises(Refused) as refused:
        optimised.grant(permit, optimised.day)
    assert all(code.startswith("permit:") for code in refused.value.codes)
