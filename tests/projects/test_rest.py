"""Projects over REST: what the pages can do, another system can do, with the same refusals."""

from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from cases.models import Event
from projects import clocks
from projects.models import Project
from tests import factories
from tests.law import TODAY, District

URL = "/api/v1/projects/"
REASON = {"reason": "企业重组"}


@pytest.fixture
def caller(district: District) -> Any:
    return factories.api(district.clerk)


def registered(caller: Any, name: str = "年产5万吨新材料项目", **more: Any) -> dict[str, Any]:
    enterprise = {"name": f"{name}公司", "no_code_reason": "尚未注册", "division_code": "330100"}
    answer = caller.post(URL, {"name": name, "enterprise": enterprise, **more}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_lead_is_registered_and_read_back(caller: Any) -> None:
    made = registered(caller, site="李渡街道")
    row = caller.get(f"{URL}{made['id']}/").json()
    assert (row["phase"], row["site"], row["origin"]) == ("planning", "李渡街道", "outside_city")
    assert row["introducing_unit"] == "investment-bureau"


def test_without_a_token_nothing_is_told(client: Any, district: District) -> None:
    answer = client.get(URL)
    assert answer.status_code in (401, 403)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "项目", "enterprise": {"name": "甲", "credit_code": "91350100M000100Y4Z"}}, "credit_code"),
        ({"name": "项目", "project_type": "nonsense"}, "project_type"),
        ({"name": "项目", "jobs": -1}, "jobs"),
    ],
)
def test_bad_input_names_the_field_at_fault(caller: Any, body: dict[str, Any], field: str) -> None:
    answer = caller.post(URL, body, format="json")
    assert answer.status_code == 400
    assert field in answer.content.decode()
    assert not Project.objects.exists()


def test_the_same_key_registers_once(caller: Any) -> None:
    body = {"name": "项目甲"}
    one = caller.post(URL, body, format="json", headers={"Idempotency-Key": "a1"})
    two = caller.post(URL, body, format="json", headers={"Idempotency-Key": "a1"})
    assert one.json()["id"] == two.json()["id"]
    assert Project.objects.count() == 1
    assert (
        caller.post(URL, {"name": "乙"}, format="json", headers={"Idempotency-Key": "a1"}).status_code == 422
    )


def test_who_was_slower_gets_412_and_overwrites_nothing(caller: Any) -> None:
    made = registered(caller)
    url = f"{URL}{made['id']}/"
    tag = caller.get(url)["ETag"]
    assert caller.patch(url, {"site": "甲地"}, format="json", headers={"If-Match": tag}).status_code == 200
    late = caller.patch(url, {"site": "乙地"}, format="json", headers={"If-Match": tag})
    assert late.status_code == 412
    assert Project.objects.get(pk=made["id"]).site == "甲地"


def test_an_unchanged_project_is_not_sent_again(caller: Any) -> None:
    url = f"{URL}{registered(caller)['id']}/"
    tag = caller.get(url)["ETag"]
    assert caller.get(url, headers={"If-None-Match": tag}).status_code == 304


def test_a_shut_gate_answers_409_with_each_missing_thing_its_clause_and_link(caller: Any) -> None:
    made = caller.post(URL, {"name": "只有名字"}, format="json").json()
    gate = caller.get(f"{URL}{made['id']}/gate/").json()
    answers = [caller.post(f"{URL}{made['id']}/advance/", {}, format="json") for _ in range(5)]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused["Content-Type"] == "application/problem+json"
    assert all(item["clause"] and item["url"] and item["message"] for item in refused.json()["unmet"])
    assert gate["next_phase"] == "negotiation"


def test_contacts_funds_roles_and_events_hang_on_the_project(caller: Any, district: District) -> None:
    url = f"{URL}{registered(caller)['id']}/"
    contact = {"channel": "phone", "with_whom": "王经理", "matter": "介绍园区政策", "on": "2026-03-02"}
    assert caller.post(f"{url}contacts/", contact, format="json").status_code == 201
    funds = {"measure": "total", "raw": "20亿元", "source": "企业来函"}
    assert caller.post(f"{url}funds/", funds, format="json").json()["fen"] == 20 * 10**10
    role = {"part": "service_body", "unit": district.park.code}
    assert caller.post(f"{url}roles/", role, format="json").status_code == 201
    by_hand = caller.post(f"{url}roles/", role | {"part": "landing"}, format="json")
    assert (by_hand.status_code, by_hand.json()["unmet"][0]["clause"]) == (409, "三(二)5")
    kinds = [row["kind"] for row in caller.get(f"{url}events/").json()["results"]]
    first = ["deadline.opened", "part.assigned", "contact.recorded", "project.registered"]
    assert kinds == ["part.assigned", "money.stated", *first]
    for name in ("contacts", "funds", "roles", "events", "history", "deadlines", "milestones", "attachments"):
        assert "results" in caller.get(f"{url}{name}/").json(), name


def test_a_contact_in_the_future_is_refused(caller: Any) -> None:
    url = f"{URL}{registered(caller)['id']}/contacts/"
    body = {"channel": "phone", "with_whom": "王", "matter": "谈", "on": "2099-01-01"}
    answer = caller.post(url, body, format="json")
    assert (answer.status_code, answer.json()["unmet"][0]["field"]) == (400, "on")


def test_shelving_and_giving_up_need_reasons_and_rights(caller: Any, district: District) -> None:
    url = f"{URL}{registered(caller)['id']}/"
    assert caller.post(f"{url}shelve/", {}, format="json").status_code == 400
    assert (
        caller.post(f"{url}shelve/", {"reason": "企业重组"}, format="json").json()["shelved_reason"]
        == "企业重组"
    )
    assert caller.post(f"{url}shelve/", {"reason": "再次"}, format="json").status_code == 409
    assert caller.post(f"{url}resume/", {}, format="json").json()["shelved_on"] is None
    assert caller.post(f"{url}exit/", {"reason": "撤资"}, format="json").status_code == 403
    head = factories.api(district.head)
    assert head.post(f"{url}exit/", {"reason": "撤资"}, format="json").json()["exited_reason"] == "撤资"


def test_another_unit_gets_404_for_what_it_does_not_see(caller: Any, district: District) -> None:
    made = registered(caller)
    stranger = factories.api(factories.user("park_clerk", unit=district.park))
    assert stranger.get(f"{URL}{made['id']}/").status_code == 404
    assert stranger.post(f"{URL}{made['id']}/advance/", {}, format="json").status_code == 404
    assert stranger.get(URL).json()["count"] == 0


@pytest.mark.parametrize("role", ["park_clerk", "reviewer", "system_admin"])
def test_what_one_does_not_see_cannot_be_told_from_what_is_not_there(
    caller: Any, district: District, role: str
) -> None:
    """Whether or not one's role could do it elsewhere."""
    made = registered(caller)["id"]
    stranger = factories.api(factories.user(role, unit=district.park))
    for act, body in {"advance": {}, "shelve": REASON, "resume": REASON, "exit": REASON}.items():
        there, nowhere = (stranger.post(f"{URL}{pk}/{act}/", body, format="json") for pk in (made, 10**9))
        assert (there.status_code, there.json()) == (404, nowhere.json()), act
    there, nowhere = (stranger.patch(f"{URL}{pk}/", {"jobs": 3}, format="json") for pk in (made, 10**9))
    assert (there.status_code, there.json()) == (404, nowhere.json())


def test_the_list_takes_the_same_few_queries_for_one_row_and_for_thirty(
    caller: Any, district: District, django_assert_max_num_queries: Any
) -> None:
    registered(caller)
    with django_assert_max_num_queries(8) as few:
        caller.get(URL)
    for number in range(29):
        registered(caller, f"项目{number}号")
    with django_assert_max_num_queries(8) as many:
        assert caller.get(URL).json()["count"] == 30
    assert len(few) == len(many)


def test_a_phase_change_takes_at_most_twenty_queries(caller: Any, district: District) -> None:
    from django.db import connection

    made = registered(caller, site="李渡", sector="industry", planning_year=2027)
    project = Project.objects.get(pk=made["id"])
    gate = district.rules.phase("negotiation").gate
    from projects import actions

    for code in gate.milestones if gate else ():
        actions.reach(project=project, milestone=code, by=district.head, on=factories.TODAY, produced=True)
    with CaptureQueriesContext(connection) as queries:
        answer = caller.post(f"{URL}{made['id']}/advance/", {}, format="json")
    assert answer.status_code == 200, answer.content
    assert len(queries) <= 20, "\n".join(q["sql"][:150] for q in queries)
    assert Event.objects.filter(kind="project.advanced").count() == 1


def test_pages_by_cursor_reach_every_project_once(caller: Any) -> None:
    for number in range(7):
        registered(caller, f"项目{number}号")
    seen: list[int] = []
    url: str | None = f"{URL}?page_size=3"
    while url:
        page = caller.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)


def test_phones_leave_masked(caller: Any) -> None:
    enterprise = {"name": "甲公司", "no_code_reason": "尚未注册", "contact_phone": "13812345678"}
    made = caller.post(URL, {"name": "甲", "enterprise": enterprise}, format="json").json()
    assert made["enterprise"]["contact_phone"] == "138****5678"
    assert "13812345678" not in caller.get("/api/v1/enterprises/").content.decode()


def test_phones_in_prose_leave_masked_and_amounts_as_they_are(caller: Any) -> None:
    said = "投资120000万元，找王经理13812345678"
    made = registered(caller, content=said, progress=said)
    url = f"{URL}{made['id']}/"
    contact = {"channel": "phone", "with_whom": "王经理 13812345678", "matter": said, "outcome": said}
    assert caller.post(f"{url}contacts/", contact, format="json").status_code == 201
    for path in ("", "contacts/", "events/", "history/"):
        told = caller.get(url + path).content.decode()
        assert "13812345678" not in told, path
        assert "138****5678" in told, path
    assert caller.get(url).json()["content"] == "投资120000万元，找王经理138****5678"


def test_a_text_sent_back_as_it_was_read_keeps_its_phone(caller: Any) -> None:
    made = registered(caller, content="找王经理13812345678")
    url = f"{URL}{made['id']}/"
    body = {"content": caller.get(url).json()["content"], "site": "李渡街道"}
    assert caller.patch(url, body, format="json").status_code == 200
    row = Project.objects.get(pk=made["id"])
    assert (row.content, row.site) == ("找王经理13812345678", "李渡街道")


def test_the_schema_is_valid_openapi(caller: Any) -> None:
    from drf_spectacular.validation import validate_schema

    schema = caller.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    validate_schema(schema)
    assert schema["openapi"].startswith("3.1")
    paths = " ".join(schema["paths"])
    for end in ("/projects/ ", "/advance/", "/gate/", "/shelve/", "/resume/", "/exit/", "/me/", "/units/"):
        assert end.strip() in paths, end


def test_a_fact_that_exchanges_a_running_limit_is_patched_with_its_reason(
    caller: Any, district: District
) -> None:
    project = district.project()
    clocks.on_reached(project, "approvals_applied", district.rules, district.clerk, TODAY)
    url = f"{URL}{project.pk}/"
    refused = caller.patch(url, {"small_low_risk": True}, format="json")
    assert (refused.status_code, refused.json()["unmet"][0]["code"]) == (400, "needs_reason")
    done = caller.patch(url, {"small_low_risk": True, "reason": "复核认定"}, format="json")
    assert (done.status_code, done.json()["small_low_risk"]) == (200, True)
