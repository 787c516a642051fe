"""A project is planned for next year up to the third year from now (方案三(一)1); the pack says so."""

from datetime import date
from typing import Any

import pytest
import time_machine

from kernel.refusals import Refused
from projects import actions
from projects.models import Project
from tests import factories
from tests.factories import TODAY
from tests.law import District


def in_library(district: District, project: Project, on: date = TODAY) -> Any:
    return actions.reach(project=project, milestone="planned", by=district.clerk, on=on)


@pytest.mark.parametrize("year", [2027, 2028, 2029, None])
def test_next_year_up_to_the_third_may_be_planned_for(district: District, year: int | None) -> None:
    assert district.project(planning_year=year).planning_year == year


@pytest.mark.parametrize("year", [2000, 2025, 2026, 2030, 2100])
def test_any_other_year_is_refused_at_registration_with_the_clause(district: District, year: int) -> None:
    with pytest.raises(Refused, match="2027 至 2029") as refused:
        district.project(planning_year=year)
    item = refused.value.unmet[0]
    assert (refused.value.status, item.clause, item.field) == ("invalid", "三(一)1", "planning_year")
    assert not Project.objects.exists()


def test_plans_roll_forward_and_keep_the_year_they_were_given(district: District) -> None:
    project = district.project(planning_year=2027)
    later = date(2027, 3, 1)
    for year in (2030, 2027):
        row = actions.edit(project=project, by=district.clerk, on=later, changes={"planning_year": year})
        assert row.planning_year == year
    with pytest.raises(Refused, match="2027 至 2030"):
        actions.edit(project=project, by=district.clerk, on=later, changes={"planning_year": 2031})


def test_a_year_out_of_reach_keeps_a_project_out_of_the_library(district: District) -> None:
    project = district.project(planning_year=2027)
    Project.objects.filter(pk=project.pk).update(planning_year=2020)
    with pytest.raises(Refused) as refused:
        in_library(district, project)
    item = refused.value.unmet[0]
    assert item.clause == "三(一)1" and item.url.endswith("#id_planning_year")
    Project.objects.filter(pk=project.pk).update(planning_year=2028)
    assert in_library(district, project).code == "planned"


def test_what_a_ledger_tells_of_the_past_is_not_judged(district: District) -> None:
    project = district.project()
    Project.objects.filter(pk=project.pk).update(from_ledger=True)
    actions.edit(project=project, by=district.clerk, on=TODAY, changes={"planning_year": 2021})
    assert in_library(district, project).code == "planned"


@pytest.fixture
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


@pytest.mark.usefixtures("monday")
def test_the_form_names_the_years_and_the_refusal_stands_at_the_field(district: District) -> None:
    browser = factories.pages(district.clerk)
    assert "可填 2027 至 2029 年（三(一)1）" in browser.get("/projects/register/").content.decode()
    sent = {
        "name": "新材料",
        "project_type": "new",
        "planning_year": "2035",
        "on": str(TODAY),
        "country": "CN",
    }
    answer = browser.post("/projects/register/", sent)
    assert answer.status_code == 400
    assert "谋划年度应在 2027 至 2029 年之间，不能是 2035（三(一)1）" in answer.content.decode()


@pytest.mark.usefixtures("monday")
def test_over_rest_it_is_a_400_with_clause_and_field(district: District) -> None:
    caller = factories.api(district.clerk)
    answer = caller.post("/api/v1/projects/", {"name": "新材料", "planning_year": 2035}, format="json")
    assert answer.status_code == 400
    item = answer.json()["unmet"][0]
    assert (item["clause"], item["field"]) == ("三(一)1", "planning_year")
