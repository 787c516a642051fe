"""Applying: one or several at one stroke, what is missing first, who may, early help, the green channel."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from approvals.models import EarlyHelp, Permit, Step
from approvals.permits import actions
from approvals.permits.actions import Application
from cases.models import Event
from kernel.refusals import Refused
from projects import actions as projects
from projects.gates import reached_codes
from tests.approvals.permits.story import FULING, Permits, tell

pytestmark = pytest.mark.django_db


def test_several_permits_are_applied_for_at_one_stroke(fuling: Permits) -> None:
    made = fuling.apply_all(
        *(Application(step=code) for code in ("land_grant", "energy_review", "safety_review"))
    )
    assert [row.code for row in made] == ["land_grant", "energy_review", "safety_review"]
    assert all(row.applied_by == fuling.park_clerk and row.complete_on == fuling.day for row in made)
    assert Event.objects.filter(case_id=fuling.pk, kind="permit.applied").count() == len(made)


def test_of_several_all_or_none_are_applied_for_and_everything_missing_is_named(tianmen: Permits) -> None:
    with pytest.raises(Refused) as refused:
        tianmen.apply_all(
            *(
                Application(step=c)
                for c in ("company_opening", "works_planning_permit", "construction_permit")
            )
        )
    assert refused.value.codes == [
        "milestone:land_planned",
        "milestone:land_planned",
        "milestone:works_planned",
    ]
    assert refused.value.unmet[0].message.startswith("建设工程规划许可：")
    assert all(item.clause and item.url for item in refused.value.unmet)
    assert not Permit.objects.exists()


def test_a_permit_applied_for_before_what_it_needs_is_refused_with_clause_and_link(
    optimised: Permits,
) -> None:
    with pytest.raises(Refused) as refused:
        optimised.apply("construction_permit")
    (item,) = refused.value.unmet
    assert (refused.value.status, item.code, item.clause) == ("unmet", "milestone:project_filed", "三(三)2")
    assert item.url == f"/projects/{optimised.pk}/milestones/project_filed/"


def test_fire_design_review_is_only_for_special_works(tianmen: Permits) -> None:
    projects.edit(project=tianmen.project, by=tianmen.clerk, on=tianmen.day, changes={"special_fire": False})
    with pytest.raises(Refused) as refused:
        tianmen.apply("fire_design_review")
    assert refused.value.codes == ["not_concerned"]
    projects.edit(project=tianmen.project, by=tianmen.clerk, on=tianmen.day, changes={"special_fire": True})
    assert tianmen.apply("fire_design_review").stage == "running"


def test_a_step_that_is_no_permit_an_unknown_one_and_one_named_twice_are_refused(fuling: Permits) -> None:
    for codes in (["joint_acceptance"], ["nothing"], ["land_grant", "land_grant"], []):
        with pytest.raises(Refused) as refused:
            fuling.apply_all(*(Application(step=code) for code in codes))
        assert refused.value.status == "invalid", codes


def test_a_day_to_come_and_one_before_the_case_are_refused(fuling: Permits) -> None:
    for day in (fuling.day + timedelta(days=1), fuling.day - timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            actions.apply(
                project=fuling.project, applications=[Application(step="land_grant")],
                by=fuling.park_clerk, on=day, today=fuling.day,
            )  # fmt: skip
        assert refused.value.status == "invalid"


def test_no_application_is_dated_before_what_it_needs_first(opened_on: Callable[[date], Permits]) -> None:
    """A clock that had run out before anybody could apply would put the authority in breach at once."""
    told = opened_on(date(2026, 3, 2))
    needs = told.story.district.rules.steps["construction_permit"].needs.milestones
    assert "project_filed" in needs
    told.rest_on("project_filed", on=date(2026, 3, 9))
    with pytest.raises(Refused, match="2026-03-09") as refused:
        told.apply("construction_permit", on=date(2026, 3, 6))
    assert (refused.value.status, refused.value.unmet[0].field) == ("invalid", "on")
    assert not Permit.objects.exists()
    assert told.apply("construction_permit", on=date(2026, 3, 9)).applied_on == date(2026, 3, 9)


def test_twice_is_refused_and_again_after_an_end_takes_a_reason(fuling: Permits) -> None:
    permit = fuling.apply("energy_review")
    with pytest.raises(Refused) as refused:
        fuling.apply("energy_review")
    assert refused.value.codes == ["already_running"]
    fuling.grant(permit, fuling.day)
    with pytest.raises(Refused, match="再次办理须说明原因"):
        fuling.apply("energy_review")
    assert Step.objects.get(pk=fuling.apply("energy_review", reason="设备变更").pk).round == 2


@pytest.mark.parametrize(
    ("role", "unit"),
    [("reviewer", "finance"), ("park_clerk", "gaoxin-park"), ("leader", "district-government")],
)
def test_only_whom_the_plan_names_applies(fuling: Permits, role: str, unit: str) -> None:
    with pytest.raises(Refused) as refused:
        fuling.apply_all(Application(step="land_grant"), by=fuling.story.person(unit, role))
    assert refused.value.status == "forbidden"
    assert not Permit.objects.exists()


def test_material_that_the_guide_does_not_know_is_refused(fuling: Permits) -> None:
    with pytest.raises(Refused, match="办事指南没有这些材料：身份证"):
        fuling.apply("land_grant", handed=["身份证"])


def test_what_the_case_holds_is_not_asked_for(fuling: Permits) -> None:
    permit = fuling.apply("land_grant", handed=["竞买申请书", "企业营业执照", "竞买保证金缴纳凭证"])
    assert permit.complete_on == fuling.day
    assert permit.materials.get(name="投资协议").in_case


def test_an_industrial_project_may_apply_by_commitment_and_then_hands_its_letter_in(fuling: Permits) -> None:
    with pytest.raises(Refused) as refused:
        fuling.apply("planning_permit", by_commitment=True)
    assert (refused.value.codes, refused.value.unmet[0].clause) == (["no_commitment"], "三(四)9")
    projects.edit(project=fuling.project, by=fuling.clerk, on=fuling.day, changes={"industry_code": "2661"})
    letter = "告知承诺书（工业、仓储项目）"
    handed = [name for name in fuling.guide("planning_permit") if name != letter]
    permit = fuling.apply("planning_permit", handed=handed, by_commitment=True)
    assert permit.complete_on is None
    assert [row.name for row in permit.materials.all() if row.needed and not row.there] == [letter]


def test_without_a_commitment_its_letter_is_not_on_the_list(fuling: Permits) -> None:
    permit = fuling.apply("planning_permit")
    assert not permit.materials.filter(name__contains="告知承诺书").exists()


def test_what_a_commitment_waives_is_not_wanted(db: None) -> None:
    waiving = (
        'commitment = { when = { field = "sector", is = "industry" }, clause',
        'commitment = { when = { field = "sector", is = "industry" }, waives = ["建设工程设计方案"], clause',
    )
    told = tell(FULING, reworded=(waiving,))
    projects.edit(project=told.project, by=told.clerk, on=told.day, changes={"industry_code": "2661"})
    permit = told.apply("planning_permit", by_commitment=True)
    assert not permit.materials.filter(name="建设工程设计方案").exists()


def test_a_park_to_which_the_power_is_not_delegated_has_the_departments_decide(fuling: Permits) -> None:
    """R050: by the plan's list the filing lies with 高新区 alone."""
    step = Step.objects.select_related("lead_unit").get(pk=fuling.apply("project_filing").pk)
    assert step.lead_unit is not None and step.lead_unit.code == "development-reform"


def test_a_delegated_permit_is_concluded_by_the_park(db: None) -> None:
    own = ('units = ["gaoxin-park"], clause', 'units = ["baitao-park"], clause')
    told = tell(FULING, reworded=(own,))
    permit = told.apply("project_filing")
    assert Step.objects.get(pk=permit.pk).lead_unit == told.story.district.park
    department = told.story.person("development-reform")
    with pytest.raises(Refused) as refused:
        actions.notify(permit=permit, faults={}, by=department, on=told.day, today=told.day)
    assert refused.value.status == "forbidden"
    with pytest.raises(Refused) as refused:
        told.grant(permit, told.day)
    assert (refused.value.status, refused.value.codes) == ("forbidden", ["own_application"])
    assert "其他人员" in str(refused.value)
    colleague = told.story.district.person("park_clerk", told.story.district.park.code)
    assert colleague != told.park_clerk
    told.grant(permit, told.day, by=colleague)
    assert "project_filed" in reached_codes(told.project)


def test_early_help_is_written_down_and_starts_nothing(fuling: Permits) -> None:
    row = actions.help_early(
        project=fuling.project, step="construction_permit", by=fuling.story.person("housing-construction"),
        on=fuling.day, today=fuling.day, note="辅导施工图编制",
    )  # fmt: skip
    assert EarlyHelp.objects.get() == row
    assert not Step.objects.filter(code="construction_permit").exists()
    assert "approvals_applied" not in reached_codes(fuling.project)


def test_early_help_is_refused_where_it_does_not_exist_without_words_or_once_applied_for(
    fuling: Permits,
) -> None:
    def help_(step: str, note: str = "辅导") -> None:
        actions.help_early(
            project=fuling.project,
            step=step,
            by=fuling.park_clerk,
            on=fuling.day,
            today=fuling.day,
            note=note,
        )

    with pytest.raises(Refused) as refused:
        help_("project_filing")
    assert refused.value.codes == ["no_early_help"]
    with pytest.raises(Refused, match="请写明辅导内容"):
        help_("land_grant", " ")
    fuling.apply("land_grant")
    with pytest.raises(Refused) as refused:
        help_("land_grant")
    assert refused.value.codes == ["already_applied"]


def test_the_green_channel_takes_in_the_plans_classes_and_what_is_marked_by_hand(fuling: Permits) -> None:
    assert fuling.apply("land_grant").green == "招商引资项目绿色通道"
    projects.set_money(project=fuling.project, measure="total", raw="1亿元", by=fuling.clerk, on=fuling.day)
    assert fuling.apply("energy_review").green == ""
    projects.edit(project=fuling.project, by=fuling.clerk, on=fuling.day, changes={"green_channel": True})
    assert fuling.apply("safety_review").green == "招商引资项目绿色通道"


def test_a_shelved_project_applies_for_nothing(fuling: Permits) -> None:
    projects.shelve(
        project=fuling.project, by=fuling.clerk, on=fuling.day, reason="缓投", approved_by=fuling.head
    )
    with pytest.raises(Refused) as refused:
        fuling.apply("land_grant")
    assert refused.value.codes == ["shelved"]


def test_opening_a_permit_without_a_list_counts_as_everything_handed_in(fuling: Permits) -> None:
    step = fuling.story.open(fuling.project, "safety_review", on=fuling.day)
    permit = Permit.objects.get(pk=step.pk)
    assert permit.complete_on == fuling.day and permit.materials.filter(handed_on=fuling.day).exists()
