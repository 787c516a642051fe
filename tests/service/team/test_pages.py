"""The team page, its forms and REST."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Part
from service.team import actions
from tests import factories as make
from tests.factories import TODAY
from tests.service.district import Served, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with time_machine.travel("2026-03-03T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def found() -> Served:
    return signed()


def page(found: Served) -> str:
    return make.pages(found.clerk).get(f"/projects/{found.project.pk}/team/").content.decode()


def test_what_is_missing_is_red_with_clause_clock_duties_and_the_way_to_fill_it(found) -> None:
    text = page(found)
    assert "缺 4 个岗位" in text
    assert "四(一)" in text
    assert "2026-03-09" in text
    assert "“两单一表”制定" in text
    assert f"/projects/{found.project.pk}/team/city_leader/fill/" in text
    assert "负总责" in text


def test_a_reader_is_offered_nothing_to_do(found) -> None:
    reader = found.person("inspector", "party-office")
    text = make.pages(reader).get(f"/projects/{found.project.pk}/team/").content.decode()
    assert "尚未配备" in text
    assert "/fill/" not in text


def test_a_project_out_of_sight_has_no_team_page(found) -> None:
    stranger = found.person("park_clerk", "qingxi-park")
    assert make.pages(stranger).get(f"/projects/{found.project.pk}/team/").status_code == 404


def test_filling_replacing_and_ending_by_form(found) -> None:
    browser, base = make.pages(found.clerk), f"/projects/{found.project.pk}/team/"
    first, second = found.unit("economy-information"), found.unit("commerce")
    body = {"unit": first.pk, "on": "2026-03-02", "reason": ""}
    assert browser.get(base + "lead_department/fill/").status_code == 200
    assert browser.post(base + "lead_department/fill/", body).status_code == 302
    part = Part.objects.get(part="guarantee", valid_to=None)
    body = {"unit": second.pk, "on": "2026-03-03", "reason": ""}
    assert browser.post(f"{base}parts/{part.pk}/replace/", body).status_code == 400
    answer = browser.post(f"{base}parts/{part.pk}/replace/", body | {"reason": "机构调整"})
    assert answer.status_code == 302
    part = Part.objects.get(part="guarantee", valid_to=None)
    assert part.unit == second
    body = {"on": "2026-03-03", "reason": "单位撤并"}
    assert browser.post(f"{base}parts/{part.pk}/end/", body).status_code == 302
    assert "区商务委" in page(found)


def test_a_post_filled_meanwhile_is_told_above_the_form(found) -> None:
    actions.fill(
        project=found.project, post="lead_department", unit=found.unit("commerce"), by=found.clerk, on=TODAY
    )
    url = f"/projects/{found.project.pk}/team/lead_department/fill/"
    body = {"unit": found.unit("finance").pk, "on": "2026-03-02"}
    answer = make.pages(found.clerk).post(url, body)
    assert answer.status_code == 409
    assert "换人请办理更换" in answer.content.decode()


def test_whom_the_plan_does_not_let_give_the_part_sees_no_form(found) -> None:
    clerk = found.person("park_clerk", found.park.code)
    answer = make.pages(clerk).get(f"/projects/{found.project.pk}/team/city_leader/fill/")
    assert answer.status_code == 403


def test_the_case_file_shows_the_vacant_posts_in_red(found) -> None:
    text = make.pages(found.clerk).get(f"/projects/{found.project.pk}/").content.decode()
    assert "一名市领导" in text
    assert f"/projects/{found.project.pk}/team/city_leader/fill/" in text


def test_the_page_costs_the_same_for_few_holders_and_for_many(found) -> None:
    browser, url = make.pages(found.clerk), f"/projects/{found.project.pk}/team/"
    browser.get(url)
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    for code in ("commerce", "finance", "transport", "health"):
        make.part(found.project.case, "asked", found.unit(code))
    with CaptureQueriesContext(connection) as many:
        browser.get(url)
    assert len(few) == len(many) <= 20


def test_over_rest_the_posts_with_holder_missing_and_clause(found) -> None:
    answer = make.api(found.clerk).get(f"/api/v1/team/{found.project.pk}/")
    rows = {row["code"]: row for row in answer.data["posts"]}
    assert answer.data["missing"] == 4
    leader = rows["city_leader"]
    assert (leader["missing"], leader["clause"], leader["due_on"]) == (True, "四(一)", "2026-03-09")
    assert rows["data_bureau"]["holders"][0]["unit"] == "government-services"


def test_over_rest_filling_twice_is_409_and_replacing_moves_the_post(found) -> None:
    caller, base = make.api(found.clerk), f"/api/v1/team/{found.project.pk}/"
    body = {"post": "lead_department", "unit": "commerce", "on": "2026-03-02"}
    made = caller.post(base + "fill/", body, format="json")
    assert made.status_code == 201
    again = caller.post(base + "fill/", body, format="json")
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "already_filled")
    rows = {row["code"]: row for row in made.data["posts"]}
    part = rows["lead_department"]["holders"][0]["part"]
    body = {"part": part, "unit": "finance", "on": "2026-03-03", "reason": "分工调整"}
    assert caller.post(base + "replace/", body, format="json").status_code == 200
    part = Part.objects.get(part="guarantee", valid_to=None)
    assert part.unit.code == "finance"
    ended = caller.post(base + "end/", {"part": part.pk, "reason": "撤并"}, format="json")
    assert ended.status_code == 200
    assert not Part.objects.filter(part="guarantee", valid_to=None).exists()


def test_over_rest_a_project_out_of_sight_is_404(found) -> None:
    stranger = found.person("park_clerk", "qingxi-park")
    assert make.api(stranger).get(f"/api/v1/team/{found.project.pk}/").status_code == 404
