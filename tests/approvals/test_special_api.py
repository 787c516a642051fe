"""Reports over REST: list, draft, change, issue, void, instruct; versions, keys and problem details."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Instruction, SpecialReport
from documents.models import IssuedDocument
from projects import actions as projects
from tests.approvals.special import Told
from tests.approvals.story import Story
from tests.documents.files import PNG, upload
from tests.factories import TODAY, api, sent

URL = "/api/v1/reports/"


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


@pytest.fixture
def told(story: Story) -> Told:
    return Told.begin(story)


def test_the_whole_way_over_rest(told: Told) -> None:
    clerk = api(told.clerk)
    made = clerk.post(URL, {"project": told.project.pk}, format="json")
    assert (made.status_code, made.data["state"], made.data["number"]) == (201, "draft", "")
    path = f"{URL}{made.data['id']}/"
    changed = clerk.patch(
        path, {"texts": {"assessment": "评估中。"}}, format="json", HTTP_IF_MATCH=made["ETag"]
    )
    assert changed.status_code == 200
    assert changed["ETag"] != made["ETag"]
    issued = clerk.post(f"{path}issue/", {}, format="json", HTTP_IF_MATCH=changed["ETag"])
    assert (issued.data["state"], issued.data["number"]) == ("issued", "涪招专报〔2026〕1号")
    assert issued.data["issued_on"] == str(TODAY)
    basics = next(one for one in issued.data["sections"] if one["code"] == "basics")
    assert ["投资总额", "8亿元"] in basics["rows"]
    leader = api(told.leader)
    given = leader.post(f"{path}instructions/", {"text": "请研究。", "units": ["finance"]}, format="json")
    assert (given.status_code, given.data["recorded_by"]) == (201, None)
    seen = leader.get(path).data
    assert seen["instructions"] == [given.data]
    assert leader.get(f"/api/v1/assignments/{given.data['assignments'][0]}/").data["kind"] == "instruction"
    word = leader.get(f"{path}word/", HTTP_ACCEPT="*/*")
    assert sent(word).startswith(b"PK")
    voided = api(told.story.district.head).post(f"{path}void/", {"reason": "有误"}, format="json")
    assert (voided.data["state"], voided.data["voided_reason"]) == ("voided", "有误")


def test_an_older_version_is_refused_with_412(told: Told) -> None:
    row = told.draft()
    told.say(row)
    clerk, old = api(told.clerk), f'"{row.pk}.1"'
    for answer in (
        clerk.patch(f"{URL}{row.pk}/", {"title": "改"}, format="json", HTTP_IF_MATCH=old),
        clerk.post(f"{URL}{row.pk}/issue/", {}, format="json", HTTP_IF_MATCH=old),
    ):
        assert answer.status_code == 412
    assert not IssuedDocument.objects.exists()


def test_the_same_key_issues_once(told: Told) -> None:
    row, clerk = told.say(told.draft()), api(told.clerk)
    answers = [
        clerk.post(f"{URL}{row.pk}/issue/", {}, format="json", HTTP_IDEMPOTENCY_KEY="k1") for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1]["Idempotency-Replayed"] == "true"
    again = clerk.post(f"{URL}{row.pk}/issue/", {}, format="json")
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "already_issued")
    assert IssuedDocument.objects.count() == 1


def test_a_refusal_lists_what_is_missing(told: Told) -> None:
    row = told.draft()
    answer = api(told.clerk).post(f"{URL}{row.pk}/issue/", {}, format="json")
    assert answer.status_code == 409
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.data["unmet"][0] | {"message": ""} == {
        "code": "section:assessment", "message": "", "clause": "三(二)6",
        "url": f"/special-reports/{row.pk}/edit/#id_assessment", "field": "assessment",
    }  # fmt: skip


def test_bad_input_is_a_400_at_its_field(told: Told) -> None:
    row, clerk = told.say(told.draft()), api(told.clerk)
    assert clerk.post(f"{URL}{row.pk}/issue/", {"on": "2026-03-03"}, format="json").status_code == 400
    for body in ({"title": ""}, {"texts": {"nonsense": "x"}}, {"texts": "x"}):
        assert clerk.patch(f"{URL}{row.pk}/", body, format="json").status_code == 400
    assert clerk.post(URL, {"project": told.project.pk, "kind": "nonsense"}, format="json").status_code == 400
    assert clerk.post(URL, {"project": 999_999}, format="json").status_code == 404
    assert clerk.post(f"{URL}{row.pk}/void/", {}, format="json").status_code == 400
    leader = api(told.leader)
    told.issue(row)
    for asked in (
        {"text": "办", "units": ["no-such-unit"]},
        {"text": "办", "units": []},
        {"units": ["finance"]},
    ):
        assert leader.post(f"{URL}{row.pk}/instructions/", asked, format="json").status_code == 400


def test_wrong_roles_are_a_403_and_strangers_a_404(told: Told) -> None:
    row = told.say(told.draft())
    leader = api(told.leader)
    assert leader.post(f"{URL}{row.pk}/issue/", {}, format="json").status_code == 403
    assert leader.post(URL, {"project": told.project.pk}, format="json").status_code == 403
    clerk = api(told.clerk)
    body = {"text": "办", "units": ["finance"]}
    assert clerk.post(f"{URL}{row.pk}/instructions/", body, format="json").status_code == 403
    stranger = api(told.story.person("finance"))
    assert stranger.get(f"{URL}{row.pk}/").status_code == 404
    assert stranger.post(URL, {"project": told.project.pk}, format="json").status_code == 404
    assert stranger.get(URL).data["results"] == []


def test_a_written_instruction_comes_with_its_scan(told: Told) -> None:
    row, clerk = told.issued(), api(told.clerk)
    body = {"text": "抓紧。", "units": ["finance", "commerce"], "leader": told.leader.username}
    missing = clerk.post(f"{URL}{row.pk}/instructions/", body, format="json")
    assert (missing.status_code, missing.data["unmet"][0]["code"]) == (400, "scan_missing")
    whole = body | {"scan": upload(PNG, "批示.png"), "given_on": str(TODAY)}
    given = clerk.post(f"{URL}{row.pk}/instructions/", whole, format="multipart")
    assert (given.status_code, given.data["recorded_by"]) == (201, told.clerk.username)
    assert len(given.data["assignments"]) == 2
    assert Instruction.objects.get().leader == told.leader


def test_a_led_visit_over_rest(told: Told) -> None:
    row, clerk = told.issued(), api(told.clerk)
    contact = projects.record_contact(
        project=told.project,
        by=told.clerk,
        on=TODAY,
        today=TODAY,
        channel="visit",
        with_whom="董事长",
        matter="考察",
    )
    body = {"contact": contact.pk, "leader": told.leader.username}
    made = clerk.post(f"{URL}{row.pk}/visits/", body, format="json")
    assert (made.status_code, made.data["contact"]) == (201, contact.pk)
    again = clerk.post(f"{URL}{row.pk}/visits/", body, format="json")
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "already_linked")


def test_the_word_file_of_a_draft_is_a_404(told: Told) -> None:
    row = told.draft()
    assert api(told.clerk).get(f"{URL}{row.pk}/word/").status_code == 404


def test_the_list_is_filtered_and_costs_the_same_however_long(told: Told) -> None:
    told.issued()
    leader = api(told.leader)

    def counted() -> int:
        with CaptureQueriesContext(connection) as found:
            leader.get(URL)
        return len(found)

    counted()
    first = counted()
    for number in range(3):
        Told.begin(told.story, f"项目{number}").draft()
    assert counted() == first
    assert len(leader.get(f"{URL}?state=draft").data["results"]) == 3
    assert len(leader.get(f"{URL}?year=2026").data["results"]) == 1
    assert leader.get(f"{URL}?year=1999").data["results"] == []
    assert len(leader.get(f"{URL}?project={told.project.pk}").data["results"]) == 1
    assert SpecialReport.objects.count() == 4
