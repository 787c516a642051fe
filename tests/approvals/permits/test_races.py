"""Two people at the same moment on one permit: one acts, the other learns what changed."""

from typing import Any

import pytest

from approvals.models import Material, Permit, ShortfallNotice, SpecialRequest
from approvals.permits import actions
from deadlines.models import Deadline, Decision
from tests.approvals.permits.story import FULING, OPTIMISATION, Permits, tell
from tests.approvals.test_races import at_once, refusals

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def fuling(transactional_db: None) -> Permits:
    return tell(FULING)


def test_of_two_applications_at_once_one_stands(fuling: Permits) -> None:
    head, clerk = fuling.clerk, fuling.park_clerk
    apply = [
        lambda who=who: fuling.apply_all(actions.Application(step="energy_review"), by=who)
        for who in (head, clerk)
    ]
    (refused,) = refusals(at_once(*apply))
    assert refused.codes == ["already_running"]
    assert Permit.objects.count() == 1


def test_the_last_material_and_a_notice_at_once_leave_one_state(fuling: Permits) -> None:
    permit = fuling.apply("energy_review", handed=["固定资产投资项目节能报告", "节能审查申请"][:1])
    authority, agent, day = fuling.authority(permit), fuling.park_clerk, fuling.day
    name = next(row.name for row in permit.materials.all() if row.needed and not row.there)
    rest = [row.name for row in permit.materials.all() if row.needed and not row.there]
    at_once(
        lambda: actions.supplement(permit=permit, materials=rest, by=agent, on=day, today=day),
        lambda: actions.notify(permit=permit, faults={name: "须盖章"}, by=authority, on=day, today=day),
    )
    permit.refresh_from_db()
    whole = not Material.objects.filter(permit=permit, needed=True, in_case=False, handed_on=None).exists()
    clocks = Deadline.objects.open().filter(rule="step:energy_review").count()
    assert (permit.complete_on is not None) is whole is bool(clocks)
    assert ShortfallNotice.objects.count() == 1


def test_of_two_who_grant_a_special_case_at_once_one_does(transactional_db: None) -> None:
    told = tell(OPTIMISATION)
    permit = told.apply("project_approval")
    leader = told.story.person("district-government", "leader")
    asked = actions.ask_special(
        permit=permit, reason="情况复杂", approver=leader, by=told.authority(permit), on=told.day
    )
    grants: list[Any] = [
        lambda who=who: actions.grant_special(special=asked, by=who, on=told.day)
        for who in (leader, told.head)
    ]
    (refused,) = refusals(at_once(*grants))
    assert refused.codes == ["special_decided"]
    assert SpecialRequest.objects.get().state == Decision.APPROVED
    assert Deadline.objects.open().filter(rule="step:project_approval").count() == 1
