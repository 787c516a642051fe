"""Making a plan from the preset: whose it is, what must come first, days that can and cannot be met."""

from datetime import date
from decimal import Decimal

import pytest

from cases.models import Event
from kernel.refusals import Refused
from projects import actions as projects
from projects.models import Project, ReachedMilestone
from service.models import Plan, PlanItem, PlanTick
from service.plans import actions, queries
from service.plans.actions import Contact, Figures
from tests import factories
from tests.law import TODAY
from tests.service.plans.site import DAYS, SIGNED, Site, open_site

pytestmark = pytest.mark.django_db
WAN = Decimal(10_000)


def codes(refused) -> list[str]:
    return [item.code for item in refused.value.unmet]


def test_every_item_of_the_three_forms_is_there_but_what_does_not_concern_the_project(site: Site) -> None:
    plan = site.make()
    rows = PlanItem.objects.filter(version=plan.current)
    numbers = {
        form: rows.filter(form=form).count()
        for form in ("task_force_list", "enterprise_list", "progress_table")
    }
    assert numbers == {"task_force_list": 4, "enterprise_list": 12, "progress_table": 8 + 5}
    assert not rows.filter(code="fire_review").exists()


def test_special_fire_works_have_the_review_too() -> None:
    site = open_site(special_fire=True)
    plan = site.make()
    row = PlanItem.objects.get(version=plan.current, code="fire_review")
    assert row.planned_on and row.planned_on < DAYS["start"]


def test_agreed_days_stand_and_the_others_are_counted_back(site: Site) -> None:
    plan = site.make()
    day = dict(PlanItem.objects.filter(version=plan.current).values_list("code", "planned_on"))
    assert (day["piling"], day["acceptance"], day["equipment"]) == (
        DAYS["start"], DAYS["finish"], DAYS["production"],
    )  # fmt: skip
    assert day["construction_permit"] == date(2026, 10, 20)
    assert day["works_permit"] == date(2026, 10, 13)  # five working days before, the National Day between
    assert day["completion_filed"] == date(2028, 1, 15)
    assert day["force_dispatch"] is None


def test_making_is_one_event_and_counts_what_is_due_next(site: Site) -> None:
    plan = site.make()
    assert Event.objects.filter(case=site.project.case, kind="plan.made").count() == 1
    assert (plan.items_done, plan.items_total) == (0, 29)
    first = (
        PlanItem.objects.filter(version=plan.current, planned_on__isnull=False).order_by("planned_on").first()
    )
    assert first and plan.next_on == first.planned_on


def test_days_that_cannot_be_met_are_refused_with_the_earliest_and_the_path(site: Site) -> None:
    with pytest.raises(Refused) as refused:
        site.make(agreed=DAYS | {"start": date(2026, 5, 8)})
    (item,) = refused.value.unmet
    assert (item.code, item.clause, item.field) == ("cannot_be_met:start", "二(2)", "start_on")
    earliest = (
        queries.preview(site.project, site.district.rules.plans[0], DAYS, TODAY).slots["piling"].earliest
    )
    assert f"最早可能为 {earliest}" in item.message
    assert "核准备案 → 用地资料报市自规局 →" in item.message
    assert not Plan.objects.exists()


def test_with_a_reason_they_stand_and_nothing_is_shifted(site: Site) -> None:
    plan = site.make(agreed=DAYS | {"start": date(2026, 5, 8)}, accept_late="市领导要求5月8日开工")
    row = PlanItem.objects.get(version=plan.current, code="piling")
    assert row.planned_on == date(2026, 5, 8)
    assert plan.current and plan.current.accepted_late == "市领导要求5月8日开工"
    assert any("市领导要求" in words for words in queries.warnings(site.project, plan.current))


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"finish": DAYS["start"]}, "before_start", "finish_on"),
        ({"production": date(2026, 1, 1)}, "before_start", "production_on"),
        ({"start": date(1926, 5, 8)}, "invalid", "start_on"),
    ],
)
def test_days_out_of_order_are_refused(site: Site, change, code, field) -> None:
    with pytest.raises(Refused) as refused:
        site.make(agreed=DAYS | change)
    assert (codes(refused), refused.value.unmet[0].field) == ([code], field)


def test_a_day_left_out_is_asked_for(site: Site) -> None:
    with pytest.raises(Refused) as refused:
        site.make(agreed={"start": DAYS["start"]})
    assert [item.field for item in refused.value.unmet] == ["finish_on", "production_on"]


def test_before_signing_there_is_none(site: Site) -> None:
    ReachedMilestone.objects.filter(project=site.project, code="signed").delete()
    with pytest.raises(Refused) as refused:
        site.make()
    assert codes(refused) == ["milestone:signed"]


def test_a_second_one_is_refused(site: Site) -> None:
    site.make()
    with pytest.raises(Refused) as refused:
        site.make()
    assert (codes(refused), refused.value.status) == (["already_made"], "conflict")


@pytest.mark.parametrize("role", ["reviewer", "leader", "inspector", "system_admin", "park_clerk"])
def test_who_has_no_part_in_it_makes_none(site: Site, role: str) -> None:
    with pytest.raises(Refused) as refused:
        site.make(by=factories.user(role, unit=site.district.unit("finance")))
    assert refused.value.status == "forbidden"


def test_the_introducing_unit_works_on_the_case_and_yet_makes_no_plan(site: Site) -> None:
    unit = site.district.unit("commerce")
    factories.part(site.project.case, "introducing", unit)
    with pytest.raises(Refused) as refused:
        site.make(by=factories.user("park_clerk", unit=unit))
    assert codes(refused) == ["not_planner"]


def test_the_guarantee_unit_and_the_office_of_the_district_make_it_too(site: Site) -> None:
    assert site.make(by=site.guarantor).made_by == site.guarantor
    other = open_site_again(site)
    assert other.make(by=site.district.clerk).made_by == site.district.clerk


def open_site_again(site: Site) -> Site:
    from tests.service.plans.site import site_in

    return site_in(site.district, "另一个项目")


def test_the_enterprise_makes_none(site: Site) -> None:
    with pytest.raises(Refused) as refused:
        site.make(by=site.firm)
    assert refused.value.status == "forbidden"


def test_a_plan_without_such_a_rule_says_so() -> None:
    from tests.law import open_district

    district = open_district(packs=["elsewhere/guizhou-landing-2021"])
    project = district.project()
    assert not district.rules.plans
    with pytest.raises(Refused) as refused:
        actions.make_plan(project=project, by=district.clerk, on=TODAY)
    assert codes(refused) == ["no_plan_rule"]


def test_a_shelved_project_gets_none(site: Site) -> None:
    projects.shelve(project=site.project, by=site.district.clerk, on=TODAY, reason="等待用地")
    with pytest.raises(Refused) as refused:
        site.make()
    assert codes(refused) == ["shelved"]


def test_milestones_reached_before_are_done_from_the_first_day(site: Site) -> None:
    ReachedMilestone.objects.create(
        project=site.project, code="construction_started", on=date(2026, 2, 20), recorded_by=site.planner
    )
    plan = site.make()
    tick = PlanTick.objects.get(plan=plan, code="piling")
    assert (tick.on, tick.milestone) == (date(2026, 2, 20), "construction_started")


def test_figures_and_contacts_come_with_it(site: Site) -> None:
    figures = [
        Figures(0, 60_000 * WAN, 42_000, {"workshop": 4, "office": 1}),
        Figures(2026, 20_000 * WAN, 12_000, {"workshop": 2}),
    ]
    plan = site.make(figures=figures, contacts={"landing": Contact("李四", "13812345678")})
    version = plan.current
    assert version
    assert [(row.year, row.invest_fen) for row in version.targets.all()] == [
        (0, 60_000_000_000), (2026, 20_000_000_000),
    ]  # fmt: skip
    assert version.frame["contacts"]["landing"]["name"] == "李四"
    assert version.frame["units"]["landing"] == str(site.park)
    assert version.frame["signed_on"] == str(SIGNED)


@pytest.mark.parametrize(
    ("figures", "field", "code"),
    [
        (Figures(0, Decimal(-1)), "invest", "negative"),
        (Figures(0, None, -5), "floor_area", "negative"),
        (Figures(0, None, None, {"workshop": -1}), "buildings", "negative"),
        (Figures(0, None, None, {"castle": 1}), "buildings", "invalid"),
        (Figures(1000, WAN), "year", "invalid"),
        (Figures(0, Decimal("0.001")), "invest", "invalid"),
    ],
)
def test_figures_without_sense_are_refused_and_nothing_is_kept(site: Site, figures, field, code) -> None:
    with pytest.raises(Refused) as refused:
        site.make(figures=[figures])
    assert (refused.value.unmet[0].field, codes(refused)) == (field, [code])
    assert not Plan.objects.exists()


def test_a_year_with_more_than_the_whole_is_refused(site: Site) -> None:
    with pytest.raises(Refused) as refused:
        site.make(figures=[Figures(0, 100 * WAN), Figures(2026, 101 * WAN)])
    assert codes(refused) == ["beyond_whole"]


def test_more_than_was_agreed_is_flagged_and_not_refused(site: Site) -> None:
    Project.objects.filter(pk=site.project.pk).update(contract_fen=50_000_000_000)
    plan = site.make(figures=[Figures(0, 60_000 * WAN)])
    site.project.refresh_from_db()
    assert plan.current
    assert queries.warnings(site.project, plan.current) == ["计划总投资6亿元超出协议金额5亿元，请核对"]


LAND = {"firm_land", "land_permit", "land_certificate", "land_papers"}


@pytest.mark.parametrize(
    ("mode", "held"),
    [("", True), ("grant", True), ("lease", False), ("purchase", False), ("build_for", False)],
)
def test_whoever_takes_no_land_has_no_land_to_plan(site: Site, mode: str, held: bool) -> None:
    type(site.project).objects.filter(pk=site.project.pk).update(land_mode=mode)
    plan = site.make(project=type(site.project).objects.select_related("case").get(pk=site.project.pk))
    codes = set(plan.current.items.values_list("code", flat=True)) if plan.current else set()
    assert (codes >= LAND, LAND & codes == set()) == (held, not held)
    assert {"filed", "works_permit", "piling"} <= codes
