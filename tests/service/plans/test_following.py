"""Items done by hand, by the enterprise, by milestones; and how far each slipped against the seals."""

from datetime import date, timedelta
from typing import Any

import pytest

from cases.models import Event
from kernel.refusals import Refused
from projects import actions as projects
from service.models import PlanItem, PlanTick
from service.plans import actions, queries
from service.plans.standing import standing
from tests import factories
from tests.law import TODAY
from tests.service.plans.site import DAYS, Site, open_site

pytestmark = pytest.mark.django_db
WHY = "已先行办理"


def codes(refused) -> list[str]:
    return [item.code for item in refused.value.unmet]


def tick(site: Site, plan, code: str, by, on: date = TODAY, **more):
    return actions.tick_item(plan=plan, code=code, by=by, on=on, **{"today": TODAY} | more)


def test_the_enterprise_ticks_its_own_list_and_no_other(site: Site) -> None:
    plan = site.make()
    row = tick(site, plan, "firm_plan", site.firm)
    assert (row.by, row.on_behalf) == (site.firm, False)
    with pytest.raises(Refused) as refused:
        tick(site, plan, "force_plan", site.firm)
    assert codes(refused) == ["not_keeper"]


def test_staff_tick_the_enterprises_list_on_its_behalf_and_that_is_marked(site: Site) -> None:
    plan = site.make()
    assert tick(site, plan, "firm_plan", site.planner).on_behalf
    event = Event.objects.get(kind="plan.item_done")
    assert event.data["behalf"] == "（代企业填报）"


def test_the_account_of_another_project_ticks_nothing(site: Site) -> None:
    from tests.service.plans.site import site_in

    plan, other = site.make(), site_in(site.district, "另一个项目")
    with pytest.raises(Refused) as refused:
        tick(site, plan, "firm_plan", other.firm)
    assert refused.value.status == "forbidden"


def test_an_account_that_has_ended_ticks_nothing(site: Site) -> None:
    plan = site.make()
    site.firm.enterprise_accounts.update(valid_to=TODAY, ended_by=site.planner, ended_reason="离职")
    with pytest.raises(Refused):
        tick(site, plan, "firm_plan", site.firm)


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), date(2020, 1, 1)])
def test_a_day_to_come_or_before_the_case_is_refused(site: Site, day: date) -> None:
    plan = site.make()
    with pytest.raises(Refused) as refused:
        tick(site, plan, "firm_plan", site.firm, day)
    assert refused.value.unmet[0].field == "on"
    assert not PlanTick.objects.exists()


def test_twice_is_refused_and_so_is_what_is_not_there(site: Site) -> None:
    plan = site.make()
    tick(site, plan, "firm_plan", site.firm)
    for code, said in (("firm_plan", "already_done"), ("firm_castle", "no_item")):
        with pytest.raises(Refused) as refused:
            tick(site, plan, code, site.firm)
        assert codes(refused) == [said]


def test_a_node_of_a_milestone_is_not_ticked_by_hand(site: Site) -> None:
    plan = site.make()
    with pytest.raises(Refused) as refused:
        tick(site, plan, "piling", site.planner)
    assert codes(refused) == ["by_milestone"]
    assert refused.value.unmet[0].url.endswith("/milestones/construction_started/")


def test_taken_back_with_a_reason_it_is_open_again(site: Site) -> None:
    plan = site.make()
    tick(site, plan, "firm_plan", site.firm)
    with pytest.raises(Refused) as refused:
        actions.untick_item(plan=plan, code="firm_plan", by=site.firm, on=TODAY, reason="")
    assert refused.value.unmet[0].field == "reason"
    actions.untick_item(plan=plan, code="firm_plan", by=site.firm, on=TODAY, reason="填错")
    plan.refresh_from_db()
    assert (plan.items_done, PlanTick.objects.get().withdrawn_reason) == (0, "填错")
    tick(site, plan, "firm_plan", site.firm)


def test_somebody_elses_version_is_not_overwritten(site: Site) -> None:
    plan = site.make()
    with pytest.raises(Refused) as refused:
        actions.edit_item(
            plan=plan, code="filed", by=site.planner, on=TODAY, expected=plan.version - 1, note="x"
        )
    assert codes(refused) == ["changed"]


def test_a_milestone_ticks_corrects_and_takes_back_its_node(site: Site) -> None:
    plan, started = site.make(), date(2026, 2, 25)
    projects.reach(
        project=site.project, milestone="construction_started", by=site.planner, on=started, produced=True
    )
    assert PlanTick.objects.get(plan=plan, code="piling").on == started
    plan.refresh_from_db()
    assert plan.items_done == 1
    projects.withdraw(
        project=site.project, milestone="construction_started", by=site.district.head, on=TODAY, reason="误报"
    )
    assert PlanTick.objects.get(plan=plan, code="piling").withdrawn_on == TODAY
    plan.refresh_from_db()
    assert plan.items_done == 0


def test_a_corrected_day_is_followed(site: Site) -> None:
    plan = site.make()
    projects.reach(
        project=site.project, milestone="construction_started", by=site.planner, on=date(2026, 2, 25),
        produced=True,
    )  # fmt: skip
    change = projects.Change(milestone="construction_started", day=date(2026, 2, 20))
    projects.correct(project=site.project, change=change, by=site.district.clerk, on=TODAY, reason="日期录错")
    assert PlanTick.objects.get(plan=plan, code="piling").on == date(2026, 2, 20)


def test_slippage_is_counted_against_the_first_and_the_last_seal(site: Site) -> None:
    plan = site.make()
    actions.edit_item(
        plan=plan,
        code="company_opened",
        by=site.planner,
        on=TODAY,
        planned_on=date(2026, 2, 20),
        accept_late=WHY,
    )
    sooner: dict[str, Any] = {
        "plan": plan,
        "code": "filed",
        "by": site.planner,
        "on": TODAY,
        "accept_late": WHY,
    }
    actions.edit_item(**sooner, planned_on=date(2026, 3, 10))
    site.seal_all(plan)
    actions.revise_plan(plan=plan, by=site.planner, on=TODAY, reason="土地晚交")
    actions.edit_item(**sooner, planned_on=date(2026, 3, 31))
    site.seal_all(plan)
    tick(site, plan, "firm_plan", site.firm)
    lines = {
        row.item.code: row for row in standing(plan, plan.current, site.district.rules.plans[0], TODAY).lines
    }
    late = lines["company_opened"]  # planned on 20 February, not done on 2 March
    assert (late.state, late.slip_first, late.slip_last) == ("late", 10, 10)
    moved = lines["filed"]
    assert (moved.state, moved.slip_first, moved.slip_last) == ("ahead", 21, 0)
    early = lines["firm_plan"]
    assert early.item.planned_on
    assert early.slip_last == (TODAY - early.item.planned_on).days < 0
    assert plan.next_on == date(2026, 2, 20)


def test_a_draft_shows_no_slippage(site: Site) -> None:
    plan = site.make()
    lines = standing(plan, plan.current, site.district.rules.plans[0], TODAY).lines
    assert {row.slip_first for row in lines} == {None}


def test_days_that_have_become_impossible_are_shown_with_their_path(site: Site) -> None:
    plan = site.seal_all(site.make())
    rule = site.district.rules.plans[0]
    assert not standing(plan, plan.current, rule, TODAY).missed
    (missed, *_rest) = standing(plan, plan.current, rule, date(2026, 9, 1)).missed
    assert (missed.anchor, missed.path[-1]) == ("start", "piling")


def test_other_agreed_days_count_anew_and_leave_what_was_set_by_hand(site: Site) -> None:
    plan = site.make()
    actions.edit_item(plan=plan, code="filed", by=site.planner, on=TODAY, planned_on=date(2026, 5, 25))
    before = PlanItem.objects.get(version=plan.current, code="works_permit").planned_on
    later = {code: day + timedelta(days=31) for code, day in DAYS.items()}
    actions.set_days(plan=plan, by=site.planner, on=TODAY, agreed=later, accept_late=WHY)
    rows = dict(PlanItem.objects.filter(version=plan.current).values_list("code", "planned_on"))
    assert (rows["filed"], rows["piling"]) == (date(2026, 5, 25), later["start"])
    assert rows["works_permit"] > before
    actions.set_days(plan=plan, by=site.planner, on=TODAY, agreed=later, keep_by_hand=False)
    assert PlanItem.objects.get(version=plan.current, code="filed").planned_on != date(2026, 5, 25)


def test_the_enterprise_edits_and_adds_to_its_own_list_only(site: Site) -> None:
    plan = site.make()
    actions.edit_item(plan=plan, code="firm_utilities", by=site.firm, on=TODAY, note="双回路")
    own = actions.add_item(
        plan=plan,
        form="enterprise_list",
        by=site.firm,
        on=TODAY,
        name="订购设备",
        planned_on=date(2026, 8, 1),
    )
    assert own.code == "own-1"
    for act in (
        lambda: actions.edit_item(plan=plan, code="filed", by=site.firm, on=TODAY, note="x"),
        lambda: actions.add_item(
            plan=plan, form="task_force_list", by=site.firm, on=TODAY, name="x", timing="x"
        ),
        lambda: actions.set_days(plan=plan, by=site.firm, on=TODAY, agreed=DAYS),
        lambda: actions.revise_plan(plan=plan, by=site.firm, on=TODAY, reason="x"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.status == "forbidden"
    assert [row.item.code for row in queries.enterprise_list(site.project, TODAY)][-1] == "own-1"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"planned_on": None}, "planned_on"),
        ({"timing": "每周"}, "timing"),
        ({"name": " "}, "name"),
        ({"planned_on": date(1999, 1, 1)}, "planned_on"),
    ],
)
def test_an_item_without_sense_is_refused(site: Site, change, field) -> None:
    plan = site.make()
    with pytest.raises(Refused) as refused:
        actions.edit_item(plan=plan, code="filed", by=site.planner, on=TODAY, **change)
    assert refused.value.unmet[0].field == field


def test_nodes_of_the_table_stay_items_of_lists_go(site: Site) -> None:
    plan = site.make()
    actions.remove_item(plan=plan, code="force_elements", by=site.planner, on=TODAY)
    with pytest.raises(Refused) as refused:
        actions.remove_item(plan=plan, code="filed", by=site.planner, on=TODAY)
    assert codes(refused) == ["node"]
    with pytest.raises(Refused) as refused:
        actions.add_item(plan=plan, form="progress_table", by=site.planner, on=TODAY, name="x", timing="x")
    assert refused.value.unmet[0].field == "form"


def test_in_fuling_permits_tick_their_nodes() -> None:
    site = open_site([])
    plan = site.make()
    for code, node in (("project_filed", "filed"), ("land_granted", "land")):
        projects.reach(project=site.project, milestone=code, by=site.district.clerk, on=TODAY, produced=True)
        assert PlanTick.objects.get(plan=plan, code=node).milestone == code


def test_a_commissioner_of_the_case_edits_the_task_forces_list(site: Site) -> None:
    plan = site.make()
    person = factories.user("commissioner", unit=site.park)
    factories.part(site.project.case, "commissioner", person)
    assert (
        actions.edit_item(plan=plan, code="force_plan", by=person, on=TODAY, goal="4月底前").goal == "4月底前"
    )
