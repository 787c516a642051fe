"""REST of sittings: the same ladder as on the pages, and who is refused."""

from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from tests import factories
from tests.approvals.sittings.docket import decision, listed, newest, planned, the
from tests.approvals.story import TODAY, TOMORROW, Story

pytestmark = pytest.mark.django_db
URL = "/api/v1/decisions/"


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


@pytest.fixture
def caller(story: Story) -> APIClient:
    return factories.api(story.clerk)


def post(caller: APIClient, url: str, **body: Any) -> Any:
    return caller.post(url, body, format="json")


def test_the_ladder_over_rest(story: Story, caller: APIClient) -> None:
    step = decision(story, "12亿元")
    for aspect in ("park_committee", "government_meeting"):
        (waits,) = caller.get(f"{URL}waiting/").data
        assert (waits["aspect"], waits["project"]) == (aspect, step.case_id)
        made = post(caller, URL, body=waits["body"], planned_on=f"{TODAY}", chair="主要负责人")
        one = f"{URL}{made.data['id']}/"
        item = post(caller, f"{one}items/", opinion=waits["id"])
        assert (item.status_code, len(item.data["papers"])) == (201, 1)
        ruling = {"item": item.data["id"], "outcome": "approve", "words": "同意"}
        held = post(caller, f"{one}minutes/", rulings=[ruling])
        assert (held.status_code, held.data["state"]) == (200, "held")
        assert held.data["items"][0]["given"] and held.data["items"][0]["minutes"]
        assert caller.get(f"{one}word/").status_code == 200
    assert caller.get(f"{URL}?state=held").data["results"]
    done = post(caller, f"/api/v1/steps/{step.pk}/conclude/", verdict="approved")
    assert done.data["verdict"] == "approved"


def test_changes_wanted_are_followed_over_rest(story: Story, caller: APIClient) -> None:
    step = decision(story)
    item = listed(story, step)
    ruling = {"item": item.pk, "outcome": "amended", "words": "同意", "changes": "明确投产时间"}
    post(caller, f"{URL}{item.sitting_id}/minutes/", rulings=[ruling])
    shut = post(caller, f"/api/v1/steps/{step.pk}/conclude/", verdict="approved", reason="通过")
    assert "amended:park_committee" in {one["code"] for one in shut.data["unmet"]}
    made = post(caller, f"/api/v1/steps/{step.pk}/followed/", aspect="park_committee", note="已写入附件")
    assert (made.status_code, made.data["followed_note"]) == (200, "已写入附件")


def test_a_version_as_decided_over_rest(story: Story, caller: APIClient) -> None:
    step = decision(story)
    version = newest(step.case.project)
    body: dict[str, Any] = {"grade": "agreement", "terms": {"content": "生产线", "total_investment": "8亿元"}}
    body |= {"paper": version.file_id, "as_decided": True}
    refused = post(caller, f"/api/v1/agreements/{version.agreement_id}/versions/", **body)
    assert (refused.status_code, refused.data["unmet"][0]["code"]) == (409, "no_changes_wanted")
    item = listed(story, step)
    ruling = {"item": item.pk, "outcome": "amended", "words": "同意", "changes": "明确建设内容"}
    post(caller, f"{URL}{item.sitting_id}/minutes/", rulings=[ruling])
    made = post(caller, f"/api/v1/agreements/{version.agreement_id}/versions/", **body)
    assert (made.status_code, made.data["as_decided"]) == (201, True)
    assert the(step).followed_on == TODAY


def test_docket_moves_over_rest(story: Story, caller: APIClient) -> None:
    item, later = listed(story, decision(story)), planned(story, on=TOMORROW)
    one = f"{URL}{item.sitting_id}/"
    assert post(caller, f"{one}order/", items=[item.pk]).status_code == 200
    moved = post(caller, f"{one}postpone/", item=item.pk, to=later.pk, reason="改期")
    assert (moved.status_code, moved.data["sitting"]) == (201, later.pk)
    off = post(caller, f"{URL}{later.pk}/take-off/", item=moved.data["id"], reason="材料待补")
    assert off.data["gone_as"] == "taken_off"
    changed = caller.put(f"{URL}{later.pk}/", {"planned_on": f"{TOMORROW}", "chair": "副书记"}, format="json")
    assert changed.data["chair"] == "副书记"
    assert post(caller, f"{URL}{later.pk}/cancel/", reason="改期").data["state"] == "cancelled"


def test_a_write_on_what_was_read_before_is_refused(story: Story, caller: APIClient) -> None:
    sitting = planned(story)
    tag = caller.get(f"{URL}{sitting.pk}/")["ETag"]
    body = {"planned_on": f"{TOMORROW}", "chair": "副书记"}
    assert (
        caller.put(f"{URL}{sitting.pk}/", body, format="json", headers={"If-Match": tag}).status_code == 200
    )
    again = caller.put(f"{URL}{sitting.pk}/", body, format="json", headers={"If-Match": tag})
    assert again.status_code == 412


def test_refusals_over_rest_name_the_clause(story: Story, caller: APIClient) -> None:
    step = decision(story)
    answer = factories.api(story.person(story.district.park.code, "park_clerk")).post(
        f"/api/v1/steps/{step.pk}/opinions/", {"aspect": "park_committee", "answer": "approve"}, format="json"
    )
    (item,) = answer.data["unmet"]
    assert (answer.status_code, item["code"], item["clause"]) == (409, "decided_in_sitting", "三(三)7")


@pytest.mark.parametrize(("role", "unit"), [("reviewer", "finance"), ("park_clerk", "gaoxin-park")])
def test_a_stranger_neither_reads_nor_writes(story: Story, role: str, unit: str) -> None:
    item = listed(story, decision(story))
    stranger = factories.api(story.person(unit, role))
    one = f"{URL}{item.sitting_id}/"
    assert stranger.get(one).status_code == 404
    assert stranger.get(URL).data["results"] == []
    for move in ("cancel", "items", "order", "minutes", "take-off", "postpone"):
        assert post(stranger, f"{one}{move}/", reason="x", item=item.pk, rulings=[]).status_code in (400, 404)
    assert post(stranger, URL, body="baitao-park", planned_on=f"{TODAY}", chair="我").status_code == 403


def test_a_leader_reads_and_does_not_write(story: Story) -> None:
    item = listed(story, decision(story))
    leader = factories.api(story.person("district-government", "leader"))
    one = f"{URL}{item.sitting_id}/"
    assert leader.get(one).data["items"][0]["id"] == item.pk
    assert post(leader, f"{one}cancel/", reason="x").status_code == 403


def test_wrong_bodies_are_named_at_their_fields(story: Story, caller: APIClient) -> None:
    made = post(caller, URL, body="nowhere", planned_on="2026-02-30")
    assert made.status_code == 400
    assert set(made.data["errors"]) == {"body", "planned_on", "chair"}
