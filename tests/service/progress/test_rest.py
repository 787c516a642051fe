"""REST from start to production: the same doors, refusals as problems."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import Project, ReachedMilestone
from service.models import MonthlyProgress
from tests import factories as make
from tests import lives
from tests.service.firms import firm_of, session
from tests.service.progress import site
from tests.service.progress.site import WAN

pytestmark = pytest.mark.django_db
BODY = {"month": "2026-02", "invested_fen": 500 * WAN, "stage": "foundation", "percent": 5}


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def caller() -> Any:
    return make.api(lives.clerk())


def post(caller: Any, path: str, body: dict[str, Any], **headers: str) -> Any:
    return caller.post(f"/api/v1/{path}/", body, format="json", **headers)


def codes(answer: Any) -> list[str]:
    return [item["code"] for item in answer.json()["unmet"]]


def test_a_month_is_reported_listed_and_read(caller: Any) -> None:
    row = site.started()
    answer = post(caller, "progress", BODY | {"project": row.pk})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["month"], made["completed_fen"], made["by_enterprise"]) == ("2026-02", 500 * WAN, False)
    listed = caller.get(f"/api/v1/progress/?project={row.pk}&month=2026-02").json()["results"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert caller.get(f"/api/v1/progress/{made['id']}/").json()["stage"] == "foundation"


def test_a_doubt_is_a_problem_that_names_the_reason(caller: Any) -> None:
    row = site.started()
    answer = post(caller, "progress", BODY | {"project": row.pk, "invested_fen": 30_000 * WAN})
    assert answer.status_code == 400
    assert codes(answer) == ["beyond:contract"]


def test_the_same_key_reports_once(caller: Any) -> None:
    row = site.started()
    for _time in range(2):
        post(caller, "progress", BODY | {"project": row.pk}, HTTP_IDEMPOTENCY_KEY="month-1")
    assert MonthlyProgress.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"month": "2026-2"}, {"month": "2026-13"}, {"percent": 101}, {"invested_fen": 10**30}, {"stage": ""}],
)
def test_a_body_without_sense_is_refused(caller: Any, change: dict[str, Any]) -> None:
    row = site.started()
    assert post(caller, "progress", BODY | {"project": row.pk} | change).status_code == 400


def test_what_is_not_in_sight_does_not_exist(caller: Any) -> None:
    row = site.started()
    stranger = make.api(make.user("park_clerk", unit=make.unit("qingxi-park", kind="park")))
    assert post(stranger, "progress", BODY | {"project": row.pk}).status_code == 404
    site.report(row)
    assert stranger.get("/api/v1/progress/").json()["results"] == []
    assert post(caller, "progress", BODY | {"project": 10**17}).status_code == 404


def test_the_office_s_rooms_are_shut_to_the_enterprise_which_has_its_own() -> None:
    row = site.started()
    caller = session(firm_of(row))
    assert post(caller, "progress", BODY | {"project": row.pk}).status_code == 404
    assert caller.get("/api/v1/progress/").status_code == 404
    assert post(caller, f"portal/{row.pk}/progress", BODY).status_code == 201


def test_a_start_is_recognised_over_rest(caller: Any) -> None:
    row = site.ready()
    paper = site.proof(row)
    body = {"project": row.pk, "milestone": "construction_started"}
    answer = post(caller, "recognitions", body | {"grounds": [{"code": "levelling", "on": "2026-02-12"}]})
    assert (answer.status_code, codes(answer)) == (409, ["no_counting_ground"])
    grounds = [{"code": "piling", "on": "2026-02-12", "evidence": paper.pk}]
    answer = post(caller, "recognitions", body | {"grounds": grounds})
    assert answer.status_code == 201
    assert answer.json()[0]["reached_on"] == "2026-02-12"
    assert ReachedMilestone.objects.filter(project=row, code="construction_started").exists()
    assert len(caller.get(f"/api/v1/recognitions/?project={row.pk}").json()["results"]) == 1


def test_a_paper_that_is_not_on_the_file_is_refused_in_words(caller: Any) -> None:
    row = site.ready()
    other = lives.registered(name="别的项目")
    for key in (987654, lives.paper(other, "other", lives.clerk()).pk):
        grounds = [{"code": "piling", "on": "2026-02-12", "evidence": key}]
        body = {"project": row.pk, "milestone": "construction_started", "grounds": grounds}
        answer = post(caller, "recognitions", body)
        assert (answer.status_code, answer.json()["detail"]) == (400, "所选材料不在本档案中，或已撤回")


def test_days_are_stated_and_their_differences_listed(caller: Any) -> None:
    row = site.started()
    department = make.api(site.department(row, "development-reform"))
    body = {"project": row.pk, "reading": "start_development_reform", "day": "2026-01-05"}
    assert post(department, "stated-days", body).status_code == 201
    listed = caller.get("/api/v1/day-differences/?milestone=construction_started").json()["results"]
    assert [(one["project"], one["days"]) for one in listed] == [(row.pk, 38)]
    answer = post(department, "stated-days", body | {"day": "2026-02-12"})
    assert (answer.status_code, codes(answer)) == (400, ["needs_reason"])
    assert post(department, "stated-days", body | {"day": "2026-02-12", "reason": "误"}).status_code == 201
    assert caller.get("/api/v1/day-differences/").json()["results"] == []
    days = caller.get(f"/api/v1/stated-days/?project={row.pk}").json()["results"]
    assert [one["in_force"] for one in days] == [True, False]


def test_lists_ask_a_constant_number_of_queries(caller: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert caller.get("/api/v1/progress/").status_code == 200
        return len(seen)

    site.report(site.started())
    queries()
    before = queries()
    for number in range(3):
        site.report(site.started(name=f"{number}号", enterprise=lives.outsider(f"{number}号公司")))
    assert (queries(), Project.objects.count()) == (before, 4)
