"""Agreements over REST: draft, preview, revise on what was read, compare; the same story as on the pages."""

from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from approvals.models import AgreementVersion, Step
from assignments.models import Assignment, Kind
from documents.actions import attach
from projects import actions as projects
from projects.models import Project
from tests import factories
from tests.approvals.story import TERMS, Story
from tests.documents.files import upload
from tests.factories import TODAY

URL = "/api/v1/agreements/"
STEPS = "/api/v1/steps/"


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


@pytest.fixture
def caller(story: Story) -> APIClient:
    return factories.api(story.clerk)


def paper(story: Story, project: Project, words: str = "一") -> int:
    content = f"%PDF-1.7\n{words}\n%%EOF\n".encode()
    kept = attach(case=project.case, kind="draft_agreement", upload=upload(content), by=story.clerk, on=TODAY)
    return kept.pk


def body(story: Story, project: Project, words: str = "一", **terms: str) -> dict[str, Any]:
    return {"grade": "agreement", "terms": TERMS | terms, "paper": paper(story, project, words)}


def opinion(story: Story, step: int, unit: str, aspect: str, **said: Any) -> Any:
    return factories.api(story.person(unit)).post(
        f"{STEPS}{step}/opinions/", {"aspect": aspect} | said, format="json"
    )


def test_the_story_of_a_veto_lifted_by_a_new_version(story: Story, caller: APIClient) -> None:
    project = story.district.project()
    projects.set_money(project=project, measure="total", raw="8亿元", by=story.clerk, on=TODAY)
    projects.set_parts(
        project=project, part="landing", unit=story.district.park, by=story.clerk, on=TODAY, produced=True
    )
    story.reach(project, "first_talk_registered", "assessed", "dispatched")
    early = caller.post(STEPS, {"project": project.pk, "step": "joint_review"}, format="json")
    assert (early.status_code, early.data["unmet"][0]["code"]) == (409, "agreement:agreement")

    promised = [{"unit": "finance", "what": "兑现设备奖补", "by": "2026-05-29"}]
    first = body(story, project, emission="COD 120吨/年") | {"commitments": promised}
    made = caller.post(URL, first | {"project": project.pk, "title": "投资协议"}, format="json")
    assert made.status_code == 201, made.content.decode()
    agreement, old = made.data["agreement"], made.data["id"]
    story.reach(project, "agreement_settled")

    step = caller.post(STEPS, {"project": project.pk, "step": "joint_review"}, format="json").data["id"]
    opinion(story, step, "ecology-environment", "environment", answer="veto", words="排放超标")
    opinion(story, step, "development-reform", "energy", answer="pass")
    opinion(story, step, "emergency-management", "safety", answer="pass")
    assert caller.post(f"{STEPS}{step}/conclude/", {"verdict": "passed"}, format="json").status_code == 409

    second = body(story, project, "二", emission="COD 20吨/年") | {"commitments": promised}
    told = caller.post(f"{URL}{agreement}/preview/", second, format="json").data
    assert [one["code"] for one in told["changes"]] == ["emission"]
    assert told["lines"] == ["联合预审：重新征求环保（区生态环境局），其余意见沿用"]
    saved = caller.post(f"{URL}{agreement}/versions/", second, format="json", HTTP_IF_MATCH=made["ETag"])
    assert (saved.status_code, saved.data["number"]) == (201, 2)
    stale = caller.post(f"{URL}{agreement}/versions/", second, format="json", HTTP_IF_MATCH=made["ETag"])
    assert stale.status_code == 412

    late = opinion(story, step, "ecology-environment", "environment", answer="pass", agreement_version=old)
    assert (late.status_code, late.data["unmet"][0]["code"]) == (409, "superseded_version")
    assert late.data["unmet"][0]["clause"] == "三(三)7"
    opinion(
        story, step, "ecology-environment", "environment", answer="pass", agreement_version=saved.data["id"]
    )
    done = caller.post(f"{STEPS}{step}/conclude/", {"verdict": "passed"}, format="json")
    assert (done.status_code, done.data["agreement_version"]) == (200, saved.data["id"])

    decision = caller.post(STEPS, {"project": project.pk, "step": "decision"}, format="json").data["id"]
    story.answer_all(Step.objects.get(pk=decision))
    caller.post(f"{STEPS}{decision}/conclude/", {"verdict": "approved"}, format="json")
    attach(case=project.case, kind="investment_agreement", upload=upload(), by=story.clerk, on=TODAY)
    projects.set_money(project=project, measure="contract", raw="8亿元", by=story.clerk, on=TODAY)
    projects.edit(project=project, by=story.clerk, on=TODAY, changes={"agreement_grade": "agreement"})
    signed = caller.post("/api/v1/signings/", {"project": project.pk}, format="json")
    assert signed.status_code == 201, signed.content.decode()
    assert Assignment.objects.get(case_id=project.pk, kind=Kind.COMMITMENT).unit.code == "finance"
    row = caller.get(f"{URL}{agreement}/").data
    assert (row["state"], row["signed_version"], row["newest"]) == ("signed", 2, 2)


def test_the_list_is_of_one_project_and_of_what_is_seen(story: Story, caller: APIClient) -> None:
    one, other = story.district.project("甲"), story.district.project("乙")
    story.draft(one)
    story.draft(other)
    assert [row["project"] for row in caller.get(URL, {"project": one.pk}).data["results"]] == [one.pk]
    assert len(caller.get(URL).data["results"]) == 2
    assert caller.get(URL, {"project": "²"}).data["results"] == []
    stranger = factories.api(story.person("meteorology"))
    assert stranger.get(URL).data["results"] == []
    assert stranger.get(f"{URL}{AgreementVersion.objects.all()[0].agreement_id}/").status_code == 404


def test_compare_gives_both_sides_and_what_they_touch(story: Story, caller: APIClient) -> None:
    version = story.draft(story.district.project())
    story.revise(version, energy_use="5000")
    lines = caller.get(f"{URL}{version.agreement_id}/compare/", {"a": 1, "b": 2}).data["lines"]
    (changed,) = [line for line in lines if line["changed"]]
    assert (changed["code"], changed["before"], changed["after"]) == ("energy_use", "—", "5000吨标准煤/年")
    assert "联合预审·能耗" in changed["touches"]
    for query in ({"a": 1, "b": 7}, {"a": "x", "b": 1}, {}):
        assert caller.get(f"{URL}{version.agreement_id}/compare/", query).status_code == 404


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"terms": {"total_investment": "很多"}}, 400), ({"grade": "nothing"}, 400), ({"paper": 10**9}, 400),
        ({"terms": "x"}, 400), ({"commitments": [{"unit": "nobody", "what": "x"}]}, 400),
        ({"commitments": [{"unit": "finance", "what": "x", "by": "soon"}]}, 400), ({"project": 10**30}, 404),
        ({"kind": "nothing"}, 400), ({"title": " "}, 400),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_nothing_saved(
    story: Story, caller: APIClient, more: dict[str, Any], status: int
) -> None:
    project = story.district.project()
    sent = body(story, project) | {"project": project.pk, "title": "协议"} | more
    assert caller.post(URL, sent, format="json").status_code == status
    assert not AgreementVersion.objects.exists()


def test_giving_up_over_rest_wants_a_reason_and_the_version_read(story: Story, caller: APIClient) -> None:
    version = story.draft(story.district.project())
    url = f"{URL}{version.agreement_id}/give-up/"
    assert caller.post(url, {}, format="json").status_code == 400
    assert caller.post(url, {"reason": "撤资"}, format="json", HTTP_IF_MATCH='"1.99"').status_code == 412
    gone = caller.post(url, {"reason": "撤资"}, format="json")
    assert (gone.status_code, gone.data["state"]) == (200, "given_up")
    again = caller.post(url, {"reason": "撤资"}, format="json")
    assert (again.status_code, again.data["unmet"][0]["code"]) == (409, "agreement_ended")


def test_an_unchanged_agreement_is_answered_with_304(story: Story, caller: APIClient) -> None:
    url = f"{URL}{story.draft(story.district.project()).agreement_id}/"
    tag = caller.get(url)["ETag"]
    assert caller.get(url, HTTP_IF_NONE_MATCH=tag).status_code == 304
