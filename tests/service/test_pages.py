"""The panel, the form, the commissioner's own page, and REST."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from cases.models import Part
from projects.models import ContactRecord, Project
from service import actions
from service.panel import context
from tests import factories as make
from tests import lives

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def park() -> Unit:
    return make.unit("baitao-park", kind="park", name="白涛工业园区")


@pytest.fixture
def park_clerk(park) -> User:
    return make.user("park_clerk", unit=park)


@pytest.fixture
def person(park) -> User:
    return make.user("commissioner", unit=park, name="周敏")


def served(person: User, park: Unit, count: int = 1) -> list[Project]:
    clerk = lives.clerk()
    rows = [lives.signed(by=clerk, park=park, name=f"项目{n}") for n in range(count)]
    for row in rows:
        actions.name_commissioner(project=row, user=person, unit=park, by=clerk, on=date(2026, 2, 12))
    return rows


def test_the_panel_is_red_with_its_clause_until_somebody_is_named(park, park_clerk, person, rf) -> None:
    project = lives.signed(park=park)
    request = rf.get("/")
    request.user = park_clerk
    from django.template.loader import render_to_string

    page = render_to_string("service/panel.html", context(request, project), request)
    assert "尚未配备项目服务专员" in page
    assert "light-red" in page
    assert "三(四)8" in page
    actions.name_commissioner(project=project, user=person, unit=park, by=park_clerk, on=date(2026, 2, 12))
    page = render_to_string("service/panel.html", context(request, project), request)
    assert "尚未配备项目服务专员" not in page
    assert "周敏" in page


def test_the_form_offers_the_commissioners_of_the_service_body_only(park, park_clerk, person) -> None:
    project = lives.signed(park=park)
    make.user("commissioner", unit=make.unit("elsewhere", kind="park"), name="外区人")
    page = make.pages(park_clerk).get(f"/projects/{project.pk}/commissioner/").content.decode()
    assert "周敏" in page
    assert "外区人" not in page


def test_naming_and_handing_over_by_form(park, park_clerk, person) -> None:
    project = lives.signed(park=park)
    heir = make.user("commissioner", unit=park, name="吴强")
    browser, url = make.pages(park_clerk), f"/projects/{project.pk}/commissioner/"
    assert browser.post(url, {"user": person.pk, "on": "2026-02-12", "reason": ""}).status_code == 302
    missing = browser.post(url, {"user": heir.pk, "on": "2026-03-02", "reason": ""})
    assert "field-error" in missing.content.decode()
    assert browser.post(url, {"user": heir.pk, "on": "2026-03-02", "reason": "调岗"}).status_code == 302
    assert Part.objects.get(part="commissioner", valid_to__isnull=True).user == heir


def test_a_project_out_of_sight_has_no_form(park_clerk) -> None:
    other = lives.registered()
    assert make.pages(park_clerk).get(f"/projects/{other.pk}/commissioner/").status_code == 404


def test_my_page_shows_only_my_projects_and_what_is_due(park, person) -> None:
    served(person, park)
    page = make.pages(person).get("/mine/").content.decode()
    assert "项目0" in page
    assert "开展要素供需对接" in page
    other = make.pages(make.user("commissioner", unit=park)).get("/mine/").content.decode()
    assert "项目0" not in other
    assert "还没有由您服务的项目" in other


def test_my_page_costs_the_same_for_one_project_and_for_six(park, person) -> None:
    served(person, park)
    browser = make.pages(person)
    browser.get("/mine/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/mine/")
    served(person, park, 5)
    with CaptureQueriesContext(connection) as many:
        browser.get("/mine/")
    assert len(few) == len(many) <= 14


def test_a_call_is_written_down_with_one_form(park, person) -> None:
    project = served(person, park)[0]
    body = {
        "project": project.pk,
        "channel": "phone",
        "with_whom": "陈总",
        "matter": "询问用电",
        "on": "2026-03-02",
    }
    assert make.pages(person).post("/mine/contact/", body).status_code == 302
    row = ContactRecord.objects.get(project=project)
    assert (row.by, row.on, row.channel) == (person, date(2026, 3, 2), "phone")


def test_a_call_to_somebody_elses_project_is_not_offered(park, person) -> None:
    served(person, park)
    other = lives.signed(park=park, name="别人的项目")
    body = {"project": other.pk, "channel": "phone", "with_whom": "陈总", "matter": "x", "on": "2026-03-02"}
    page = make.pages(person).post("/mine/contact/", body).content.decode()
    assert "field-error" in page
    assert not ContactRecord.objects.exists()


def test_a_call_tomorrow_is_refused_and_the_words_stay_in_the_form(park, person) -> None:
    project = served(person, park)[0]
    tomorrow = str(date(2026, 3, 2) + timedelta(days=1))
    body = {
        "project": project.pk,
        "channel": "visit",
        "with_whom": "陈总",
        "matter": "看现场",
        "on": tomorrow,
    }
    answer = make.pages(person).post("/mine/contact/", body)
    assert answer.status_code == 400
    assert "看现场" in answer.content.decode()


def test_over_rest_naming_twice_is_409(park, park_clerk, person) -> None:
    project = lives.signed(park=park)
    url = f"/api/v1/projects/{project.pk}/commissioner/"
    caller = make.api(park_clerk)
    assert caller.get(url).data["missing"] is True
    body = {"user": person.username, "unit": park.code, "on": "2026-02-12"}
    assert caller.post(url, body, format="json").status_code == 201
    again = caller.post(url, body, format="json")
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "already_named")
    found = caller.get(url).data
    assert (found["missing"], found["present"]["user"]) == (False, person.username)


def test_over_rest_a_hand_over_moves_the_post(park, park_clerk, person) -> None:
    project = served(person, park)[0]
    heir = make.user("commissioner", unit=park)
    url = f"/api/v1/projects/{project.pk}/commissioner/hand-over/"
    body = {"user": heir.username, "unit": park.code, "reason": "调岗"}
    answer = make.api(park_clerk).post(url, body, format="json")
    assert (answer.status_code, answer.data["user"]) == (200, heir.username)


def test_over_rest_a_project_out_of_sight_is_404(park_clerk) -> None:
    url = f"/api/v1/projects/{lives.registered().pk}/commissioner/"
    assert make.api(park_clerk).get(url).status_code == 404
