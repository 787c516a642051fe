"""The story over REST with tokens: ledgers in, a lead, the 5+2 assessment, the next phase, the clock."""

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from documents.actions import SCAN
from projects.models import ImportBatch, Project
from tests import factories
from tests.approvals.story import Story
from tests.documents.files import PDF
from tests.law import open_district
from tests.projects.imports import steps
from tests.stories.demo import NOON

API = "/api/v1"
DEPARTMENTS = ("economy-information", "science-technology", "finance")
PROJECTS_IN_BOTH = 70 + 29
SAID = {"words": "符合产业方向，建议支持", "score": 85}


@pytest.fixture
def story(db: None) -> Any:
    with time_machine.travel(NOON, tick=False):
        yield Story(open_district())


@pytest.fixture
def clerk(story: Story) -> APIClient:
    return factories.api(story.clerk)


def post(caller: APIClient, path: str, body: dict[str, Any] | None = None, status: int = 201) -> Any:
    answer = caller.post(f"{API}{path}", body or {}, format="json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def get(caller: APIClient, path: str) -> Any:
    answer = caller.get(f"{API}{path}")
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def import_ledger(clerk: APIClient, path: Path) -> dict[str, int]:
    """Upload, check, commit; what Celery does in between is done here by hand."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    made = clerk.post(f"{API}/imports/", {"file": file}, format="multipart").json()
    for move in ("check", "commit"):
        assert post(clerk, f"/imports/{made['id']}/{move}/", status=202)["running"]
        steps.work(ImportBatch.objects.get(pk=made["id"]))
    done = get(clerk, f"/imports/{made['id']}/")
    assert done["state"] == "done", done["error"]
    return dict(done["counts"])


def registered(clerk: APIClient) -> int:
    """A lead whose first talk is registered; gives its number."""
    firm = {"name": "杭州澄禾源铝业有限公司", "no_code_reason": "尚未注册", "division_code": "330100"}
    lead = post(clerk, "/projects/", {"name": "年产8万吨铝板带材项目", "enterprise": firm})
    here = f"/projects/{lead['id']}"
    post(clerk, f"{here}/contacts/", {"channel": "visit", "with_whom": "总经理", "matter": "首次洽谈"})
    post(clerk, f"{here}/funds/", {"measure": "total", "raw": "12亿元"})
    assert post(clerk, f"{here}/advance/", status=200)["phase"] == "negotiation"
    return int(lead["id"])


def first_talk(story: Story, clerk: APIClient, project: int) -> None:
    step = post(clerk, "/steps/", {"project": project, "step": "first_talk"})
    verdict = {
        "verdict": "registered",
        "checks": ["first_talk_held", "clear_intention"],
        "named": [{"unit": story.bureau.code, "user": story.clerk.username}],
    }
    post(clerk, f"/steps/{step['id']}/conclude/", verdict, status=200)


def assessment_of(clerk: APIClient, project: int) -> str:
    found = get(clerk, f"/steps/?project={project}&code=assessment&state=running")["results"]
    assert len(found) == 1
    return f"/steps/{found[0]['id']}"


def answer_for(story: Story, unit: str, step: str) -> None:
    """A department sees that it is asked, and answers every aspect that waits for it."""
    caller = factories.api(story.person(unit))
    asked = get(caller, "/steps/?mine=asked")["results"]
    assert [f"/steps/{row['id']}" for row in asked] == [step]
    for row in get(caller, f"{step}/")["opinions"]:
        if row["unit"] == unit:
            post(caller, f"{step}/opinions/", {"aspect": row["aspect"], **SAID})


def answer_on_paper(clerk: APIClient, step: str, unit: str, aspect: str) -> dict[str, Any]:
    scan = SimpleUploadedFile("回函.pdf", PDF, content_type="application/pdf")
    body = {"aspect": aspect, "unit": unit, "on_behalf": True, "scan": scan, **SAID}
    answer = clerk.post(f"{API}{step}/opinions/", body, format="multipart")
    assert answer.status_code == 201, answer.content.decode()
    return dict(answer.json())


def test_the_whole_story(story: Story, clerk: APIClient) -> None:
    counts = [import_ledger(clerk, path) for path in (steps.SIGNED, steps.TALKING)]
    assert sum(one["created"] for one in counts) == Project.objects.count() == PROJECTS_IN_BOTH
    project = registered(clerk)
    here = f"/projects/{project}"
    first_talk(story, clerk, project)
    step = assessment_of(clerk, project)
    clock = get(clerk, f"{here}/deadlines/")["results"][0]
    assert (clock["started_on"], clock["due_on"], clock["clause"]) == ("2026-03-02", "2026-03-11", "三(二)5")
    for unit in DEPARTMENTS:
        answer_for(story, unit, step)
    refused = post(clerk, f"{step}/conclude/", {"verdict": "feasible", "reason": "条件成熟"}, status=409)
    assert {item["code"].rpartition(":")[2] for item in refused["unmet"]} == {
        "investment-bureau", "planning-natural-resources",
    }  # fmt: skip
    paper = answer_on_paper(clerk, step, "planning-natural-resources", "cost")
    assert paper["on_behalf"]
    for aspect in ("team", "strength"):
        post(clerk, f"{step}/opinions/", {"aspect": aspect, **SAID})
    done = post(clerk, f"{step}/conclude/", {"verdict": "feasible", "reason": "条件成熟"}, status=200)
    assert done["verdict"] == "feasible"
    shut = post(clerk, f"{here}/advance/", status=409)
    assert {item["code"] for item in shut["unmet"]} == {"milestone:dispatched", "field:landing_unit"}
    dispatch(story, clerk, project)
    assert post(clerk, f"{here}/advance/", status=200)["phase"] == "landing"
    assert get(clerk, f"{here}/deadlines/")["results"][0]["met_on"] == "2026-03-02"
    assert [row["kind"] for row in get(clerk, f"{here}/attachments/")["results"]] == [SCAN]


def dispatch(story: Story, clerk: APIClient, project: int) -> None:
    """Proposed with a reason; with the leader's consent and the park's own the project goes to it."""
    code = story.district.park.code
    why = {"unit": code, "reason": "上下游配套齐全", "principles": ["resources"], "industry": "新材料"}
    body = {"project": project, "step": "dispatch", "suggestions": [why]}
    (proposal,) = post(clerk, "/proposals/", body)
    step = {"id": proposal["step"]}
    leader = factories.api(story.person("district-government", "leader"))
    post(leader, f"/steps/{step['id']}/opinions/", {"aspect": "leader_consent", "answer": "approve"})
    taker = factories.api(story.person(code, "park_clerk"))
    post(taker, f"/steps/{step['id']}/opinions/", {"aspect": "park_answer", "answer": "accept"})
    park = {
        "verdict": "recommended",
        "checks": ["by_industry"],
        "named": [{"unit": story.district.park.code}],
    }
    post(clerk, f"/steps/{step['id']}/conclude/", park, status=200)


def test_a_stranger_and_a_department_not_asked_learn_nothing(story: Story, clerk: APIClient) -> None:
    project = registered(clerk)
    first_talk(story, clerk, project)
    step = assessment_of(clerk, project)
    assert APIClient().get(f"{API}{step}/").status_code == 401
    outsider = factories.api(story.person("civil-affairs"))
    for path in (f"/projects/{project}/", f"{step}/"):
        assert outsider.get(f"{API}{path}").status_code == 404
    answer = outsider.post(f"{API}{step}/opinions/", {"aspect": "market", **SAID}, format="json")
    assert answer.status_code == 404
