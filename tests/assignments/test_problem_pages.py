"""Pages and REST of problems: registering, raising, deciding, the trail, the list by level and kind."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from accounts.models import User
from assignments import actions, problems
from assignments.models import Assignment
from service.team import actions as team
from tests import factories as make
from tests.documents.files import upload
from tests.factories import TODAY
from tests.service.district import Served, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with time_machine.travel("2026-03-03T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def found() -> Served:
    served = signed()
    team.fill(
        project=served.project, post="lead_department", unit=served.unit("economy-information"),
        by=served.clerk, on=TODAY,
    )  # fmt: skip
    return served


@pytest.fixture
def person(found: Served) -> User:
    return found.person("reviewer", "power-company")


@pytest.fixture
def power(found: Served, person: User) -> Assignment:
    return problems.raise_problem(
        case=found.project.case, title="双回路供电未落实", unit=found.unit("power-company"), user=person,
        by=found.clerk, on=TODAY,
    )  # fmt: skip


def test_a_problem_is_registered_from_the_case_file(found, person) -> None:
    browser, url = make.pages(found.clerk), f"/cases/{found.project.pk}/problem/"
    assert url in browser.get(f"/projects/{found.project.pk}/").content.decode()
    body = {"kind": "problem", "title": "排水不畅", "unit": found.unit("power-company").pk}
    refused = browser.post(url, body)
    assert refused.status_code == 409
    assert "须明确责任人" in refused.content.decode()
    answer = browser.post(url, body | {"user": person.pk, "due_on": "2026-03-20"})
    row = Assignment.objects.get(title="排水不畅")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/assignments/{row.pk}/")
    assert row.user == person


def test_whoever_does_not_work_on_the_project_has_no_form(found) -> None:
    make.part(found.project.case, "asked", found.unit("finance"))
    reader = make.pages(found.person("reviewer", "finance"))
    assert reader.get(f"/cases/{found.project.pk}/problem/").status_code == 403
    stranger = make.pages(found.person("park_clerk", "qingxi-park"))
    assert stranger.get(f"/cases/{found.project.pk}/problem/").status_code == 404


def test_it_is_raised_and_decided_by_form_and_the_trail_shows_the_way(found, person, power) -> None:
    browser, url = make.pages(person), f"/assignments/{power.pk}/"
    assert "提请上级协调" in browser.get(url).content.decode()
    assert browser.post(f"{url}raise/", {"reason": ""}).status_code == 409
    assert browser.post(f"{url}raise/", {"reason": "须统筹资金"}).status_code == 302
    upper = Assignment.objects.get(parent=power)
    page = browser.get(url).content.decode()
    assert "协调经过" in page
    assert "包保单位收集协调" in page
    level = make.pages(found.person("reviewer", "economy-information"))
    body = {"decision": "由财政安排", "unit": found.unit("finance").pk, "due_on": "2026-03-31"}
    assert level.post(f"/assignments/{upper.pk}/decide/", {"decision": ""}).status_code == 200
    assert level.post(f"/assignments/{upper.pk}/decide/", body).status_code == 302
    order = Assignment.objects.get(kind="decision")
    assert (order.unit.code, order.parent) == ("finance", upper)
    assert "由财政安排" in browser.get(url).content.decode()


def test_the_minutes_come_with_a_decision_that_another_enters(found, power) -> None:
    upper = problems.raise_up(assignment=power, reason="须统筹资金", by=found.clerk, on=TODAY)
    office, url = make.pages(found.clerk), f"/assignments/{upper.pk}/decide/"
    body = {"decision": "同意", "unit": found.unit("finance").pk}
    refused = office.post(url, body)
    assert refused.status_code == 409
    assert "须附会议纪要" in refused.content.decode()
    assert office.post(url, body | {"evidence": upload()}).status_code == 302
    assert Assignment.objects.get(pk=upper.pk).evidence is not None


def test_the_list_shows_what_was_raised_alone(found, power) -> None:
    other = actions.issue(
        case=found.project.case, kind="task", unit=found.park, title="场地平整", by=found.clerk, on=TODAY
    )
    problems.raise_up(assignment=power, reason="须统筹资金", by=found.clerk, on=TODAY)
    page = make.pages(found.clerk).get("/assignments/?level=any").content.decode()
    assert power.title in page
    assert other.title not in page


def test_the_case_file_counts_the_promises_of_the_agreement_kept_and_late(found) -> None:
    for n, due in enumerate(("2026-03-03", "2026-03-20", "2026-03-20")):
        actions.issue(
            case=found.project.case, kind="commitment", unit=found.park, title=f"承诺{n}", by=found.clerk,
            on=TODAY, due_on=date.fromisoformat(due),
        )  # fmt: skip
    row = Assignment.objects.get(title="承诺1")
    actions.report(assignment=row, report="已落实", by=found.person("park_clerk", found.park.code), on=TODAY)
    with time_machine.travel("2026-03-05T09:00:00+08:00", tick=False):
        page = make.pages(found.clerk).get(f"/projects/{found.project.pk}/").content.decode()
    assert "协议承诺 3 项，已落实 1 项" in page
    assert "超期 1 项" in page


def test_over_rest_register_raise_and_decide(found, person) -> None:
    office = make.api(found.clerk)
    body = {"project": found.project.pk, "title": "供电", "unit": "power-company"}
    refused = office.post("/api/v1/assignments/problems/", body, format="json")
    assert (refused.status_code, refused.data["unmet"][0]["clause"]) == (400, "四(三)")
    made = office.post("/api/v1/assignments/problems/", body | {"user": person.username}, format="json")
    assert (made.status_code, made.data["due_on"]) == (201, "2026-03-17")
    upper = office.post(f"/api/v1/assignments/{made.data['id']}/raise/", {"reason": "须统筹"}, format="json")
    assert (upper.status_code, upper.data["level"]) == (201, "collected")
    again = office.post(f"/api/v1/assignments/{made.data['id']}/raise/", {"reason": "须统筹"}, format="json")
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "raised_already")
    level = make.api(found.person("reviewer", "economy-information"))
    body = {"decision": "由财政安排", "orders": [{"unit": "finance", "due_on": "2026-03-31"}]}
    orders = level.post(f"/api/v1/assignments/{upper.data['id']}/decide/", body, format="json")
    assert orders.status_code == 201
    assert [(row["kind"], row["unit"], row["parent"]) for row in orders.data] == [
        ("decision", "finance", upper.data["id"])
    ]
    rows = office.get("/api/v1/assignments/?level=collected&show=all").data["results"]
    assert [row["id"] for row in rows] == [upper.data["id"]]
