"""Which posts a plan asks for: by locality, by class, from a day on, with its clause and its clock."""

from datetime import date

import pytest

from cases.models import Part
from deadlines.models import Deadline
from documents.actions import attach
from projects.models import Project
from service.team.roster import seats
from tests.documents.files import upload
from tests.factories import TODAY
from tests.service.district import FULING, GUIZHOU, NEXT, OPTIMISATION, TIANMEN, Served, serve, signed

pytestmark = pytest.mark.django_db
SIX = {"city_leader", "lead_department"}


def missing(found: Served) -> set[str]:
    return {seat.rule.code for seat in seats(Project.objects.get(pk=found.project.pk)) if seat.missing}


def clocks(found: Served) -> dict[str, Deadline]:
    rows = Deadline.objects.filter(case=found.project.case, rule__startswith="post:").open()
    return {row.rule.removeprefix("post:"): row for row in rows}


@pytest.mark.parametrize(
    ("pack", "asked"),
    [
        (FULING, {"service_body", "commissioner", "agency_staff"}),
        (OPTIMISATION, {"manager", "secretary", "helper"}),
        (TIANMEN, {"city_leader", "lead_department", "guarantee_unit", "agent"}),
        (GUIZHOU, {"leader", "team", "plan"}),
    ],
)
def test_the_same_signed_project_lacks_what_its_own_locality_asks_for(pack: str, asked: set[str]) -> None:
    assert missing(signed(pack)) == asked


def test_before_the_signing_nothing_is_missing() -> None:
    found = serve(TIANMEN)
    found.money("fixed_asset", "3亿元")
    assert missing(found) == set()


def test_a_major_project_needs_a_leading_group_beside_manager_secretary_and_helper() -> None:
    assert "group" not in missing(signed(OPTIMISATION, total="9.99亿元"))
    assert "group" in missing(signed(OPTIMISATION, total="10亿元"))


@pytest.mark.parametrize(("amount", "concerns"), [("9999万元", False), ("1亿元", True)])
def test_the_threshold_is_on_fixed_assets_and_not_on_the_total(amount: str, concerns: bool) -> None:
    found = signed(TIANMEN, fixed_asset=amount, total="20亿元")
    assert bool(missing(found)) is concerns


def test_while_the_figure_is_not_known_nothing_is_asked_and_the_page_says_which() -> None:
    found = signed(TIANMEN, fixed_asset="")
    rows = seats(found.project)
    assert rows
    assert {seat.taken.missing for seat in rows} == {("fixed_asset",)}
    assert missing(found) == set()


def test_a_project_that_a_special_meeting_has_named_is_taken_in_whatever_its_size() -> None:
    found = signed(TIANMEN, fixed_asset="3000万元")
    assert not seats(found.project)
    attach(case=found.project.case, kind="meeting_minutes", upload=upload(), by=found.clerk, on=TODAY)
    found.reach("named_by_meeting")
    assert missing(found) >= SIX
    assert set(clocks(found)) == SIX | {"agent"}


def test_units_that_the_plan_itself_names_join_by_themselves_and_see_the_case() -> None:
    found = signed(TIANMEN)
    joined = {
        part: row.unit.code for part in ("supervising", "promotion_centre") if (row := found.holder(part))
    }
    assert joined == {"supervising": "government-services", "promotion_centre": "investment-bureau"}
    reader = found.person("reviewer", "government-services")
    assert Project.objects.visible_to(reader).filter(pk=found.project.pk).exists()


def test_a_clock_runs_on_each_post_that_has_a_limit_for_whoever_is_to_fill_it() -> None:
    found = signed(TIANMEN)
    rows = clocks(found)
    assert set(rows) == SIX | {"agent"}
    leader, agent = rows["city_leader"], rows["agent"]
    assert (leader.started_on, leader.due_on, leader.clause) == (TODAY, date(2026, 3, 9), "四(一)")
    assert leader.responsible_unit == found.district.bureau
    assert agent.responsible_unit == found.park


def test_with_the_signing_withdrawn_the_clocks_fall_away() -> None:
    found = signed(TIANMEN)
    found.withdraw("signed")
    assert clocks(found) == {}
    assert missing(found) == set()


def test_when_the_figures_leave_the_scope_the_clocks_fall_away_and_when_they_return_new_ones_run() -> None:
    found = signed(TIANMEN)
    found.money("fixed_asset", "5000万元")
    assert clocks(found) == {}
    found.money("fixed_asset", "2亿元")
    assert set(clocks(found)) == SIX | {"agent"}


def test_a_plan_is_filled_by_its_paper() -> None:
    found = signed(GUIZHOU)
    attach(case=found.project.case, kind="service_plan", upload=upload(), by=found.clerk, on=TODAY)
    assert missing(found) == {"leader", "team"}


def test_a_commissioner_of_a_park_that_serves_no_more_stands_out() -> None:
    found = signed(TIANMEN)
    other = found.unit("qingxi-park")
    person = found.person("commissioner", found.park.code)
    Part.objects.create(
        case=found.project.case, unit=found.park, user=person, part="commissioner", exclusive=True,
        valid_from=TODAY,
    )  # fmt: skip
    Part.objects.filter(case=found.project.case, part="landing").update(unit=other)
    seat = next(row for row in seats(found.project) if row.rule.code == "agent")
    assert [part.user for part in seat.strays] == [person]
    assert NEXT > TODAY
