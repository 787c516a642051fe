"""The acceptance by stages: each with its scope, in parallel, with registration applied for along with it."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from approvals import actions as approvals
from approvals.models import Step
from kernel.refusals import Refused
from projects.gates import reached_codes
from projects.models import Project, ReachedMilestone
from service.acceptance.staging import apply_for, drop_stage, plan_stage
from service.models import AcceptanceStage
from tests import factories as make
from tests import lives
from tests.service.progress import site

pytestmark = pytest.mark.django_db
TODAY = site.TODAY


@pytest.fixture
def row() -> Project:
    made = site.started()
    for code in ("housing-construction", "planning-natural-resources", "meteorology"):
        make.unit(code, name=code)
    lives.lay_down(made, "land_granted", lives.clerk(), lives.SIGNED_ON)
    return made


@pytest.fixture
def clerk() -> Any:
    return site.colleague()


def plan(row: Project, by: Any, name: str = "一期厂房", **more: Any) -> AcceptanceStage:
    fields = {"scope": "1、2号厂房", "area": 30_000} | more
    return plan_stage(project=row, name=name, by=by, on=TODAY, **fields)


def of(step: Step) -> Any:
    return make.user("reviewer", unit=step.lead_unit)


def accept(step: Step, verdict: str = "passed") -> None:
    """Everybody asked passes it, and the lead concludes."""
    for opinion in step.opinions.filter(in_force=True, given_on=None):
        by = make.user("reviewer", unit=opinion.unit)
        approvals.give_opinion(opinion=opinion, by=by, on=TODAY, answer="pass", words="合格")
    reason = "" if verdict == "passed" else "消防设施整改"
    approvals.conclude(step=step, verdict=verdict, by=of(step), on=TODAY, reason=reason)


def refused_by(act: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value


def test_two_stages_run_beside_each_other_and_both_make_the_whole(row, clerk) -> None:
    one, two = plan(row, clerk), plan(row, clerk, "二期综合楼", scope="综合楼")
    (first, deed), (second, _deed) = (apply_for(stage=stage, by=clerk, on=TODAY) for stage in (one, two))
    assert [(s.code, s.part_no, s.parts_total) for s in (first, deed)] == [
        ("joint_acceptance", 1, 2), ("property_registration", 1, 2),
    ]  # fmt: skip
    assert Step.objects.running().filter(case=row.case, kind__in=("acceptance", "permit")).count() == 4
    accept(second)
    assert "accepted" not in reached_codes(row)
    accept(first)
    assert "accepted" in reached_codes(row)
    parts = ReachedMilestone.objects.filter(project=row, code="accepted").order_by("part_no")
    assert list(parts.values_list("part_no", "parts_total")) == [(1, 2), (2, 2)]


def test_registration_is_granted_for_its_stage_before_the_acceptance_ends(row, clerk) -> None:
    stage = plan(row, clerk)
    _acceptance, deed = apply_for(stage=stage, by=clerk, on=TODAY)
    approvals.conclude(step=deed, verdict="registered", by=of(deed), on=TODAY)
    assert "property_registered" in reached_codes(row)


def test_a_stage_sent_back_is_applied_for_again_with_the_reason_and_the_deed_is_left_alone(
    row, clerk
) -> None:
    stage = plan(row, clerk)
    first, deed = apply_for(stage=stage, by=clerk, on=TODAY)
    accept(first, "rectify")
    assert refused_by(lambda: apply_for(stage=stage, by=clerk, on=TODAY)).unmet[0].field == "reason"
    (again,) = apply_for(stage=stage, by=clerk, on=TODAY, reason="已整改")
    assert (again.round, again.part_no, again.name) == (2, 1, "竣工联合验收（一期厂房）")
    assert Step.objects.get(pk=deed.pk).is_running


def test_a_stage_added_while_another_runs_counts_for_it_too(row, clerk) -> None:
    first, _deed = apply_for(stage=plan(row, clerk), by=clerk, on=TODAY)
    plan(row, clerk, "二期")
    first.refresh_from_db()
    accept(first)
    assert "accepted" not in reached_codes(row)


def test_without_registration_only_the_acceptance_opens(row, clerk) -> None:
    assert len(apply_for(stage=plan(row, clerk), by=clerk, on=TODAY, along=False)) == 1


def test_one_stage_is_not_applied_for_twice_at_a_time(row, clerk) -> None:
    stage = plan(row, clerk)
    apply_for(stage=stage, by=clerk, on=TODAY)
    assert refused_by(lambda: apply_for(stage=stage, by=clerk, on=TODAY)).codes == ["already_running"]


def test_a_passed_stage_is_not_applied_for_again(row, clerk) -> None:
    one = plan(row, clerk)
    plan(row, clerk, "二期")
    first, _deed = apply_for(stage=one, by=clerk, on=TODAY)
    accept(first)
    assert refused_by(lambda: apply_for(stage=one, by=clerk, on=TODAY)).codes == ["already_accepted"]


def test_once_all_is_accepted_no_stage_is_added(row, clerk) -> None:
    first, _deed = apply_for(stage=plan(row, clerk), by=clerk, on=TODAY)
    accept(first)
    assert refused_by(lambda: plan(row, clerk, "二期")).codes == ["all_accepted"]


def test_what_is_accepted_as_a_whole_is_not_divided_and_the_reverse(row, clerk) -> None:
    whole = approvals.open_step(project=row, step="joint_acceptance", by=clerk, on=TODAY)
    assert refused_by(lambda: plan(row, clerk)).codes == ["runs_as_whole"]
    approvals.cancel(step=whole, by=of(whole), on=TODAY, reason="改为分期")
    apply_for(stage=plan(row, clerk), by=clerk, on=TODAY, along=False)
    again = {"project": row, "step": "joint_acceptance", "by": clerk, "on": TODAY, "reason": "整体"}
    assert refused_by(lambda: approvals.open_step(**again)).codes == ["by_stages"]


def test_before_the_start_nothing_is_applied_for() -> None:
    row, clerk = site.ready(), site.colleague()
    for code in ("housing-construction", "planning-natural-resources", "meteorology"):
        make.unit(code, name=code)
    stage = plan(row, clerk)
    refused = refused_by(lambda: apply_for(stage=stage, by=clerk, on=TODAY))
    assert refused.codes == ["milestone:construction_started"]
    assert not Step.objects.filter(part_no__gt=0).exists()


def test_only_the_last_stage_without_an_application_is_taken_back(row, clerk) -> None:
    one, two = plan(row, clerk), plan(row, clerk, "二期")
    drop = {"by": clerk, "on": TODAY}
    assert refused_by(lambda: drop_stage(stage=one, reason="并入二期", **drop)).codes == ["not_last"]
    assert refused_by(lambda: drop_stage(stage=two, reason=" ", **drop)).unmet[0].field == "reason"
    drop_stage(stage=two, reason="并入一期", **drop)
    first, _deed = apply_for(stage=one, by=clerk, on=TODAY)
    assert refused_by(lambda: drop_stage(stage=one, reason="误", **drop)).codes == ["applied"]
    assert first.parts_total == 1
    assert plan(row, clerk, "新二期").part_no == 2


@pytest.mark.parametrize("change", [{"name": " "}, {"scope": ""}])
def test_a_stage_says_what_it_covers(row, clerk, change) -> None:
    assert refused_by(lambda: plan(row, clerk, **{"name": "一期"} | change)).status == "invalid"


@pytest.mark.parametrize("role", ["leader", "inspector"])
def test_roles_that_open_nothing_plan_no_stage(row, role) -> None:
    by = make.user(role, unit=lives.bureau())
    assert refused_by(lambda: plan(row, by)).status == "forbidden"


def test_the_database_keeps_each_number_once(row, clerk) -> None:
    stage = plan(row, clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        AcceptanceStage.objects.create(
            project=row, part_no=1, name="x", scope="x", made_on=TODAY, by=stage.by
        )
