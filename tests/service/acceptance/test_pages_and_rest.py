"""The acceptance on its pages and over REST."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Step
from projects.models import Project
from service.models import AcceptanceStage, Guidance, LandDelivery
from tests import factories as make
from tests import lives
from tests.documents.files import upload
from tests.service.progress import site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def row() -> Project:
    made = site.started()
    for code in ("housing-construction", "planning-natural-resources", "meteorology"):
        make.unit(code, name=code)
    return made


def text(response: Any) -> str:
    return response.content.decode()


def test_stages_are_planned_applied_for_and_shown_on_their_page(row) -> None:
    browser = make.pages(site.colleague())
    url = f"/projects/{row.pk}/acceptance/"
    body = {"name": "一期厂房", "scope": "1、2号厂房", "area": "30000", "planned_on": "2026-09-01"}
    assert browser.post(f"{url}new/", body).status_code == 302
    assert browser.post(f"{url}new/", {"name": "二期", "scope": ""}).status_code == 400
    stage = AcceptanceStage.objects.get()
    assert "一并申请" in text(browser.get(f"{url}{stage.pk}/apply/"))
    assert browser.post(f"{url}{stage.pk}/apply/", {"along": "on"}).status_code == 302
    page = text(browser.get(url))
    assert "竣工联合验收（一期厂房）" in page and "不动产首次登记（一期厂房）" in page
    step = Step.objects.get(code="joint_acceptance")
    lead = make.pages(make.user("reviewer", unit=step.lead_unit))
    assert 'value="1"' in text(lead.get(f"/steps/{step.pk}/"))
    answer = browser.post(f"{url}{stage.pk}/drop/", {"reason": "误"})
    assert (answer.status_code, "该期已申请验收" in text(answer)) == (409, True)


def test_guidance_is_asked_for_and_given_on_pages(row) -> None:
    browser = make.pages(site.colleague())
    unit = make.unit("housing-construction")
    answer = browser.post(
        f"/projects/{row.pk}/guidance/before_acceptance/", {"unit": unit.pk, "matter": "消防材料"}
    )
    assert answer.status_code == 302
    asked = Guidance.objects.get()
    department = make.pages(make.user("reviewer", unit=unit))
    assert "消防材料" in text(department.get("/guidance/?whose=mine&state=asked"))
    url = f"/guidance/{asked.pk}/give/"
    assert department.post(url, {"day": "2026-03-02", "words": ""}).status_code == 400
    assert department.post(url, {"day": "2026-03-02", "words": "附检测报告"}).status_code == 302
    assert "附检测报告" in text(browser.get(f"/projects/{row.pk}/acceptance/"))
    assert browser.get(url).status_code == 403


def test_land_is_delivered_on_its_page(row) -> None:
    browser = make.pages(site.colleague())
    url = f"/projects/{row.pk}/land-delivery/"
    assert url in text(browser.get(f"/projects/{row.pk}/milestones/land_delivered/"))
    body = {"delivered_on": "2026-02-26", "certificate_on": "2026-02-27", "certificate_no": "0123"}
    answer = browser.post(url, body | {"upload": upload()})
    assert (answer.status_code, LandDelivery.objects.count()) == (400, 0)
    assert browser.post(url, body | {"upload": upload(), "reason": "跨日"}).status_code == 302
    assert "未同日交证" in text(browser.get(f"/projects/{row.pk}/acceptance/"))


def test_an_unknown_guidance_or_stage_is_no_page(row) -> None:
    browser = make.pages(site.colleague())
    for path in ("guidance/coffee/", "acceptance/999999/apply/"):
        assert browser.get(f"/projects/{row.pk}/{path}").status_code == 404


def test_the_acceptance_page_asks_a_constant_number_of_queries(row) -> None:
    browser = make.pages(site.colleague())
    url = f"/projects/{row.pk}/acceptance/"

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url).status_code == 200
        return len(seen)

    browser.post(f"{url}new/", {"name": "一期", "scope": "厂房"})
    queries()
    before = queries()
    for number in range(4):
        browser.post(f"{url}new/", {"name": f"{number}期", "scope": "厂房"})
    assert queries() == before


def test_the_whole_way_over_rest(row) -> None:
    caller = make.api(site.colleague())

    def post(path: str, body: dict[str, Any]) -> Any:
        return caller.post(f"/api/v1/{path}", body, format="json")

    made = post("acceptances/", {"project": row.pk, "name": "一期", "scope": "厂房", "area": 100})
    assert (made.status_code, made.json()["part_no"]) == (201, 1)
    opened = post(f"acceptances/{made.json()['id']}/apply/", {})
    assert [one["code"] for one in opened.json()] == ["joint_acceptance", "property_registration"]
    again = post(f"acceptances/{made.json()['id']}/apply/", {})
    assert (again.status_code, again.json()["unmet"][0]["code"]) == (409, "already_running")
    assert post(f"acceptances/{made.json()['id']}/drop/", {"reason": "误"}).status_code == 409
    assert len(caller.get(f"/api/v1/acceptances/?project={row.pk}").json()["results"]) == 1

    asked = post("guidance/", {
        "project": row.pk, "rule": "before_acceptance", "unit": "housing-construction", "matter": "材料",
    })  # fmt: skip
    assert asked.status_code == 201
    department = make.api(make.user("reviewer", unit=make.unit("housing-construction")))
    given = department.post(f"/api/v1/guidance/{asked.json()['id']}/give/", {"words": "齐"}, format="json")
    assert (given.status_code, given.json()["state"]) == (200, "given")

    paper = lives.paper(row, "property_certificate", lives.clerk())
    body = {
        "project": row.pk,
        "delivered_on": "2026-02-26",
        "certificate_no": "0123",
        "certificate": paper.pk,
    }
    assert post("land-deliveries/", body | {"certificate_on": "2026-02-27"}).status_code == 400
    assert post("land-deliveries/", body | {"certificate_on": "2026-02-26"}).status_code == 201
    stranger = make.api(make.user("park_clerk", unit=make.unit("qingxi-park", kind="park")))
    for path in ("acceptances", "guidance", "land-deliveries"):
        assert stranger.get(f"/api/v1/{path}/").json()["results"] == []
