"""From two claims to a signature over REST, and the same project refused under another locality's plan."""

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from tests import factories
from tests.approvals.story import TERMS, Story
from tests.documents.files import PDF
from tests.law import TODAY, open_district
from tests.stories.demo import NOON
from tests.stories.test_story_rest import assessment_of, dispatch, first_talk, get, post, registered

API = "/api/v1"
FIRM = {"name": "杭州澄禾源铝业有限公司", "no_code_reason": "尚未注册", "division_code": "330100"}
GUIZHOU = "elsewhere/guizhou-landing-2021"


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def story(db: None) -> Story:
    return Story(open_district())


@pytest.fixture
def clerk(story: Story) -> APIClient:
    return factories.api(story.clerk)


def paper(caller: APIClient, project: int, kind: str) -> int:
    file = SimpleUploadedFile("投资协议.pdf", PDF, content_type="application/pdf")
    body = {"kind": kind, "file": file}
    answer = caller.post(f"{API}/projects/{project}/attachments/", body, format="multipart")
    assert answer.status_code == 201, answer.content.decode()
    return int(answer.json()["id"])


def says(story: Story, step: int, unit: str, aspect: str, **said: str) -> None:
    caller = factories.api(story.person(unit))
    post(caller, f"/steps/{step}/opinions/", {"aspect": aspect} | said)


def unmet(caller: APIClient, path: str, body: dict[str, Any]) -> dict[str, str]:
    """Code and clause of what a refusal names."""
    answer = post(caller, path, body, status=409)
    return {item["code"]: item["clause"] for item in answer["unmet"]}


def test_a_lead_claimed_by_two_units_is_ruled_on(story: Story, clerk: APIClient) -> None:
    park = factories.api(story.person(story.district.park.code, "park_clerk"))
    first = post(clerk, "/projects/", {"name": "年产8万吨铝板带材项目", "enterprise": FIRM})
    post(park, "/projects/", {"name": "铝板带材生产基地", "enterprise": FIRM})
    head = factories.api(story.district.head)
    (later,) = get(head, "/claims/?state=conflict")["results"]
    assert (later["unit"], later["in_conflict"]) == (story.district.park.code, True)
    (mine,) = get(head, f"/claims/?project={first['id']}")["results"]
    rule = f"{API}/claims/{mine['id']}/rule/"
    assert clerk.post(rule, {"reason": "我先"}, format="json").status_code == 403
    ruled = post(head, f"/claims/{mine['id']}/rule/", {"reason": "首次对接时间在先"}, status=200)
    assert ruled["id"] == mine["id"]
    assert get(head, "/claims/?state=conflict")["results"] == []


def test_vetoed_then_mended_then_decided_in_a_sitting_and_signed(story: Story, clerk: APIClient) -> None:
    project = registered(clerk)
    first_talk(story, clerk, project)
    assess(story, clerk, project)
    dispatch(story, clerk, project)
    post(clerk, f"/projects/{project}/advance/", status=200)
    agreement = draft(clerk, project, emission="氮氧化物 120吨/年")
    post(clerk, f"/projects/{project}/milestones/", {"milestone": "agreement_settled"})
    review = post(clerk, "/steps/", {"project": project, "step": "joint_review"})["id"]
    says(story, review, "ecology-environment", "environment", answer="veto", words="排放超出剩余容量")
    says(story, review, "development-reform", "energy", answer="pass")
    says(story, review, "emergency-management", "safety", answer="pass")
    passed = {"verdict": "passed", "reason": "意见收齐"}
    assert unmet(clerk, f"/steps/{review}/conclude/", passed) == {
        "veto:environment:ecology-environment": "三(三)7"
    }
    post(clerk, f"/steps/{review}/conclude/", {"verdict": "vetoed", "reason": "环保否决"}, status=200)
    assert "milestone:joint_review_passed" in unmet(clerk, "/signings/", {"project": project})
    again = mended(clerk, agreement, project)
    says(story, again, "ecology-environment", "environment", answer="pass")
    post(clerk, f"/steps/{again}/conclude/", passed, status=200)
    decide(clerk, project)
    sign(clerk, project)
    assert get(clerk, f"/projects/{project}/")["batch"] == "signed"
    assert "already_signed" in unmet(clerk, "/signings/", {"project": project, "raw": "12亿元"})


def assess(story: Story, clerk: APIClient, project: int) -> None:
    step = assessment_of(clerk, project)
    for row in get(clerk, f"{step}/")["opinions"]:
        caller = clerk if row["unit"] == story.bureau.code else factories.api(story.person(row["unit"]))
        post(caller, f"{step}/opinions/", {"aspect": row["aspect"], "words": "可行", "score": 85})
    post(clerk, f"{step}/conclude/", {"verdict": "feasible", "reason": "条件成熟"}, status=200)


def draft(clerk: APIClient, project: int, **terms: str) -> int:
    body = {"project": project, "title": "投资协议", "grade": "agreement", "terms": TERMS | terms}
    body |= {"paper": paper(clerk, project, "draft_agreement")}
    return int(post(clerk, "/agreements/", body)["agreement"])


def mended(clerk: APIClient, agreement: int, project: int) -> int:
    """A cleaner version: only the environment is asked again."""
    (before, *_older) = get(clerk, f"/agreements/{agreement}/versions/")["results"]
    body = {"grade": "agreement", "terms": TERMS | {"emission": "氮氧化物 40吨/年"}, "paper": before["file"]}
    shown = post(clerk, f"/agreements/{agreement}/preview/", body, status=200)
    assert any("环保" in line for line in shown["lines"])
    post(clerk, f"/agreements/{agreement}/versions/", body)
    (step,) = get(clerk, f"/steps/?project={project}&code=joint_review&state=running")["results"]
    waiting = [
        row["aspect"] for row in get(clerk, f"/steps/{step['id']}/")["opinions"] if not row["given_on"]
    ]
    assert waiting == ["environment"]
    return int(step["id"])


def decide(clerk: APIClient, project: int) -> None:
    """12亿元: the park's committee, then the executive meeting, each in a sitting."""
    step = post(clerk, "/steps/", {"project": project, "step": "decision"})["id"]
    approved = {"verdict": "approved", "reason": "会议同意"}
    bodies = []
    while waiting := clerk.get(f"{API}/decisions/waiting/").json():
        bodies.append(waiting[0]["aspect"])
        assert f"opinion:{waiting[0]['aspect']}:{waiting[0]['body']}" in unmet(
            clerk, f"/steps/{step}/conclude/", approved
        )
        plan = {"body": waiting[0]["body"], "planned_on": f"{TODAY}", "chair": "主要负责人"}
        sitting = post(clerk, "/decisions/", plan)["id"]
        item = post(clerk, f"/decisions/{sitting}/items/", {"opinion": waiting[0]["id"]})["id"]
        ruling = {"item": item, "outcome": "approve", "words": "会议原则同意"}
        post(clerk, f"/decisions/{sitting}/minutes/", {"rulings": [ruling]}, status=200)
    assert bodies == ["park_committee", "government_meeting"]
    post(clerk, f"/steps/{step}/conclude/", approved, status=200)


def sign(clerk: APIClient, project: int) -> None:
    body = {"project": project, "raw": "12亿元", "grade": "contract", "event": "集中签约活动"}
    made = post(clerk, "/signings/", body | {"paper": paper(clerk, project, "investment_agreement")})
    assert (made["first"], made["event"]) == (None, "集中签约活动")


def test_over_capacity_forbids_signing_in_guizhou(db: None) -> None:
    there = Story(open_district(packs=[GUIZHOU]))
    clerk = factories.api(there.clerk)
    lead = post(clerk, "/projects/", {"name": "年产8万吨铝板带材项目", "enterprise": FIRM})["id"]
    post(clerk, f"/projects/{lead}/funds/", {"measure": "total", "raw": "12亿元"})
    post(clerk, f"/projects/{lead}/milestones/", {"milestone": "talks_begun"})
    step = post(clerk, "/steps/", {"project": lead, "step": "joint_review"})["id"]
    for row in get(clerk, f"/steps/{step}/")["opinions"]:
        said = (
            {"answer": "veto", "words": "产能过剩"}
            if row["aspect"] == "over_capacity"
            else {"answer": "pass"}
        )
        says(there, step, row["unit"], row["aspect"], **said)
    passed = {"verdict": "passed", "reason": "收齐"}
    veto = {"veto:over_capacity:economy-information": "一(五)1"}
    assert unmet(clerk, f"/steps/{step}/conclude/", passed) == veto
    post(clerk, f"/steps/{step}/conclude/", {"verdict": "vetoed", "reason": "坚决不招"}, status=200)
    shut = unmet(factories.api(there.district.head), "/signings/", {"project": lead, "raw": "12亿元"})
    assert shut["milestone:joint_review_passed"] == "一(五)1"


def test_in_fuling_nobody_is_asked_about_over_capacity(story: Story) -> None:
    aspects = {aspect.code for aspect in story.district.rules.steps["joint_review"].aspects}
    assert aspects == {"environment", "energy", "safety"}
