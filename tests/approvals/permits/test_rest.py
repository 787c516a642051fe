"""REST of permits and slips: the same doors, refusals as 409 with ``unmet``, versions, keys."""

from datetime import date
from typing import Any

import pytest
import time_machine

from approvals.models import Permit
from deadlines import actions as deadlines
from deadlines.models import PauseRequest
from documents.actions import attach
from tests import factories
from tests.approvals.permits.story import Permits
from tests.documents.files import upload
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
URL = "/api/v1/permits/"


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


def test_apply_notice_supplement_special_stop_resume_conclude(optimised: Permits) -> None:
    told = optimised
    agent, head = factories.api(told.park_clerk), factories.api(told.head)
    body = {"project": told.pk, "applications": [{"step": "project_approval", "handed": ["企业营业执照"]}]}
    answer = agent.post(URL, body, format="json")
    assert answer.status_code == 201, answer.json()
    (made,) = answer.json()
    assert (made["stage"], made["due_on"], made["authority"]) == ("waiting", None, "development-reform")
    url = f"{URL}{made['id']}/"
    authority = factories.api(told.authority(Permit.objects.get()))
    notice = authority.post(f"{url}notice/", {}, format="json")
    assert [line["name"] for line in notice.json()["lines"]] == ["项目申请报告或备案申请表"]
    handed = agent.post(
        f"{url}supplement/", {"materials": ["项目申请报告或备案申请表"]}, format="json"
    ).json()
    assert (handed["stage"], handed["due_on"]) == ("running", "2026-03-05")
    assert handed["clocks"][0]["lines"][-1] == "截止 2026-03-05"
    special = {"reason": "跨区协调", "approver": told.head.username}
    assert authority.post(f"{url}special/", special, format="json").json()["state"] == "pending"
    longer = head.post(f"{url}special/decide/", {"grant": True}, format="json").json()
    assert (longer["first_due_on"], longer["due_on"]) == ("2026-03-05", "2026-03-16")
    stop = {"cause": "higher", "body": "省发展改革委", "approved_by": told.head.username}
    asked = authority.post(f"{url}stop/", stop, format="json")
    assert (asked.status_code, asked.json()["state"]) == (201, "pending")
    deadlines.approve_pause(request=PauseRequest.objects.get(), by=told.head, on=TODAY)
    assert authority.get(url).json()["stage"] == "stopped"
    assert authority.post(f"{url}resume/", {}, format="json").json()["stage"] == "running"
    verdict = {"verdict": "granted", "result": {"number": "区发改〔2026〕9号", "valid_until": "2028-03-02"}}
    done = authority.post(f"/api/v1/steps/{made['id']}/conclude/", verdict, format="json")
    assert done.status_code == 200, done.json()
    ended = agent.get(url).json()
    assert (ended["stage"], ended["number"], ended["valid_until"]) == (
        "granted",
        "区发改〔2026〕9号",
        "2028-03-02",
    )


def test_what_is_missing_comes_as_409_with_clause_and_link(tianmen: Permits) -> None:
    body = {"project": tianmen.pk, "applications": [{"step": "construction_permit"}]}
    answer = factories.api(tianmen.park_clerk).post(URL, body, format="json")
    assert answer.status_code == 409
    assert {item["code"] for item in answer.json()["unmet"]} == {
        "milestone:land_planned",
        "milestone:works_planned",
    }
    assert all(item["clause"] and item["url"] for item in answer.json()["unmet"])


def test_a_second_notice_is_409_told_once(fuling: Permits) -> None:
    permit = fuling.apply("energy_review", handed=[])
    authority = factories.api(fuling.authority(permit))
    assert authority.post(f"{URL}{permit.pk}/notice/", {}, format="json").status_code == 201
    again = authority.post(f"{URL}{permit.pk}/notice/", {}, format="json")
    assert (again.status_code, again.json()["unmet"][0]["code"]) == (409, "told_once")


def test_the_list_is_filtered_and_costs_the_same(fuling: Permits, django_assert_max_num_queries: Any) -> None:
    fuling.apply("energy_review")
    fuling.apply("safety_review", handed=[])
    clerk = factories.api(fuling.clerk)
    with django_assert_max_num_queries(8):
        rows = clerk.get(URL).json()["results"]
    assert [row["code"] for row in rows] == ["safety_review", "energy_review"]
    for query, codes in (
        ("stage=waiting", ["safety_review"]),
        ("unit=development-reform", ["energy_review"]),
        (f"project={fuling.pk}&matter=energy_review", ["energy_review"]),
        ("stage=nonsense", []),
        ("project=x", []),
        ("late=1", []),
    ):
        assert [row["code"] for row in clerk.get(f"{URL}?{query}").json()["results"]] == codes, query


def test_whoever_read_an_older_version_gets_412(fuling: Permits) -> None:
    permit = fuling.apply("energy_review", handed=[])
    agent, url = factories.api(fuling.park_clerk), f"{URL}{permit.pk}/"
    tag = agent.get(url)["ETag"]
    name = {"materials": ["节能审查申请"]}
    first = agent.post(f"{url}supplement/", name, format="json", HTTP_IF_MATCH=tag)
    assert first.status_code == 200 and first["ETag"] != tag
    late = agent.post(f"{url}withdraw/", name | {"reason": "误交"}, format="json", HTTP_IF_MATCH=tag)
    assert late.status_code == 412


def test_the_same_key_applies_once(fuling: Permits) -> None:
    body = {"project": fuling.pk, "applications": [{"step": "energy_review"}]}
    agent = factories.api(fuling.park_clerk)
    answers = [agent.post(URL, body, format="json", HTTP_IDEMPOTENCY_KEY="k-1") for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert Permit.objects.count() == 1


def test_a_stranger_sees_nothing_and_no_token_no_answer(fuling: Permits, client: Any) -> None:
    permit = fuling.apply("energy_review")
    stranger = factories.api(fuling.story.person("meteorology"))
    assert stranger.get(f"{URL}{permit.pk}/").status_code == 404
    assert stranger.post(f"{URL}{permit.pk}/complete/", {}, format="json").status_code == 404
    assert client.get(URL).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"project": 1, "applications": "x"},
        {"project": 10**30, "applications": []},
        {"project": 1, "applications": [{"step": "energy_review", "handed": [["x"]]}]},
        {"project": 1, "applications": [{"step": "energy_review"}], "on": "2099-01-01"},
    ],
)
def test_malformed_input_is_400(fuling: Permits, body: Any) -> None:
    assert factories.api(fuling.park_clerk).post(URL, body, format="json").status_code == 400


def test_a_foreign_paper_and_an_unknown_one_are_refused_in_the_same_words(fuling: Permits) -> None:
    """Who may not see a case does not learn its papers' names, nor which keys there are."""
    permit = fuling.apply("energy_review")
    fuling.grant(permit, fuling.day)
    other = fuling.story.district.project("另一项目")
    strange = attach(case=other.case, kind="other", upload=upload(), by=fuling.clerk, on=fuling.day)
    caller = factories.api(fuling.authority(permit))
    answers = [
        caller.post(f"{URL}{permit.pk}/result/", {"number": "7号", "paper": key}, format="json")
        for key in (strange.pk, 987654)
    ]
    assert answers[0].json() == answers[1].json() and strange.name not in answers[0].content.decode()
    assert [answer.status_code for answer in answers] == [400, 400]
    assert "所选材料不在本档案中" in answers[0].content.decode()


def test_early_help_and_its_refusal(fuling: Permits) -> None:
    agent = factories.api(fuling.park_clerk)
    body = {"project": fuling.pk, "step": "planning_permit", "note": "预审总图"}
    assert agent.post(f"{URL}early/", body, format="json").status_code == 201
    refused = agent.post(f"{URL}early/", body | {"step": "project_filing"}, format="json")
    assert (refused.status_code, refused.json()["unmet"][0]["code"]) == (409, "no_early_help")


def test_a_slip_by_rest(optimised: Permits) -> None:
    optimised.apply("project_approval")
    keeper, url = factories.api(optimised.park_clerk), f"/api/v1/receipts/{optimised.pk}/"
    entry = {"unit": "government-services", "matter": "注册登记", "service": "上门帮办", "outcome": "已领照"}
    made = keeper.post(f"{url}entries/", entry, format="json")
    assert made.status_code == 201, made.json()
    sent = keeper.post(f"{url}send/", {"level": "leader"}, format="json")
    assert (sent.status_code, sent.json()["to"]) == (201, ["区领导"])
    slip = keeper.get(url).json()
    assert [line["matter"] for line in slip["lines"]] == ["项目核准备案", "注册登记"]
    assert slip["sendings"][0]["rows"] == sent.json()["rows"]
    struck = keeper.post(f"{url}strike/", {"entry": made.json()["id"], "reason": "重复"}, format="json")
    assert struck.json()["struck_on"] == str(TODAY)
    assert keeper.get(f"{url}word/").content[:2] == b"PK"
    assert factories.api(optimised.story.person("meteorology")).get(url).status_code == 404
    assert date.fromisoformat(slip["sendings"][0]["on"]) == TODAY


def test_where_the_plan_has_no_slip_it_says_so(fuling: Permits) -> None:
    answer = factories.api(fuling.park_clerk).get(f"/api/v1/receipts/{fuling.pk}/")
    assert (answer.status_code, answer.json()["unmet"][0]["code"]) == (409, "no_receipts")
