"""The same story over REST: open, answer, conclude; refusals are problem details; a key is done once."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Opinion, Step
from tests import factories
from tests.approvals.story import DUE, Story, sign
from tests.documents.files import PNG, upload
from tests.factories import TODAY

URL = "/api/v1/steps/"


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


def test_the_whole_way_from_first_talk_to_the_assessment(story: Story) -> None:
    project, clerk = story.district.project(), factories.api(story.clerk)
    opened = clerk.post(URL, {"project": project.pk, "step": "first_talk"}, format="json")
    assert opened.status_code == 201
    named = [{"unit": "investment-bureau", "user": story.clerk.username}]
    body = {"verdict": "registered", "checks": ["first_talk_held", "clear_intention"], "named": named}
    done = clerk.post(f"{URL}{opened.data['id']}/conclude/", body, format="json")
    assert (done.status_code, done.data["verdict_name"]) == (200, "予以登记")
    step = Step.objects.get(case_id=project.pk, code="assessment")
    finance = factories.api(story.person("finance"))
    given = finance.post(
        f"{URL}{step.pk}/opinions/", {"aspect": "return", "words": "可行", "score": 80}, format="json"
    )
    assert (given.status_code, given.data["unit"], given.data["late"]) == (201, "finance", False)
    seen = finance.get(f"{URL}{step.pk}/").data
    assert (seen["given"], seen["asked"], seen["due_on"], seen["light"]) == (1, 8, str(DUE), "green")


def test_a_refusal_is_a_409_that_lists_what_is_missing(story: Story) -> None:
    step = story.assessment()
    answer = factories.api(story.clerk).post(
        f"{URL}{step.pk}/conclude/", {"verdict": "feasible", "reason": "先定"}, format="json"
    )
    assert answer.status_code == 409
    assert answer["Content-Type"].startswith("application/problem+json")
    assert {item["clause"] for item in answer.data["unmet"]} == {"三(二)5"}


def test_two_first_contact_persons_are_a_400(story: Story) -> None:
    step = story.open(story.district.project(), "first_talk")
    two = [{"unit": "investment-bureau", "user": one.username} for one in (story.clerk, story.district.head)]
    body = {"verdict": "registered", "checks": ["first_talk_held", "clear_intention"], "named": two}
    answer = factories.api(story.clerk).post(f"{URL}{step.pk}/conclude/", body, format="json")
    assert (answer.status_code, answer.data["unmet"][0]["code"]) == (400, "named_twice")


def test_a_unit_not_asked_is_told_so(story: Story) -> None:
    step = story.assessment()
    answer = factories.api(story.person("finance")).post(
        f"{URL}{step.pk}/opinions/", {"aspect": "technology", "words": "我也说说"}, format="json"
    )
    assert answer.status_code == 403


def test_the_unit_must_be_named_where_a_clerk_could_mean_several(story: Story) -> None:
    step, clerk = story.assessment(), factories.api(story.clerk)
    body = {"aspect": "cost", "words": "同意", "on_behalf": True, "scan": upload(PNG, "函.png")}
    answer = clerk.post(f"{URL}{step.pk}/opinions/", body, format="multipart")
    assert (answer.status_code, answer.data["unmet"][0]["field"]) == (400, "unit")
    body |= {"unit": "finance", "scan": upload(PNG, "函.png")}
    answer = clerk.post(f"{URL}{step.pk}/opinions/", body, format="multipart")
    assert (answer.status_code, answer.data["on_behalf"]) == (201, True)


def test_on_behalf_without_scan_is_a_400(story: Story) -> None:
    step = story.assessment()
    body = {"aspect": "technology", "words": "同意", "on_behalf": True}
    answer = factories.api(story.clerk).post(f"{URL}{step.pk}/opinions/", body, format="json")
    assert (answer.status_code, answer.data["unmet"][0]["field"]) == (400, "scan")


def test_a_strangers_step_is_404_and_in_no_list(story: Story) -> None:
    step, stranger = story.assessment(), factories.api(story.person("meteorology"))
    assert stranger.get(f"{URL}{step.pk}/").status_code == 404
    assert (
        stranger.post(f"{URL}{step.pk}/conclude/", {"verdict": "feasible"}, format="json").status_code == 404
    )
    assert stranger.get(URL).data["results"] == []


def test_a_project_out_of_sight_opens_nothing(story: Story) -> None:
    project = story.district.project()
    stranger = factories.api(factories.user("park_clerk"))
    answer = stranger.post(URL, {"project": project.pk, "step": "first_talk"}, format="json")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, {"assessment", "first_talk"}),
        ({"code": "assessment"}, {"assessment"}),
        ({"state": "concluded"}, {"first_talk"}),
        ({"state": "nonsense"}, set()),
        ({"mine": "lead"}, {"assessment", "first_talk"}),
        ({"mine": "asked"}, {"assessment"}),
    ],
)
def test_the_list_is_filtered(story: Story, query: dict[str, str], codes: set[str]) -> None:
    step = story.open(story.district.project(), "first_talk")
    checks = ["first_talk_held", "clear_intention"]
    story.conclude(step, "registered", checks=checks, named=[story.first_contact()])
    answer = factories.api(story.clerk).get(URL, {**query, "project": str(step.case_id)})
    assert {row["code"] for row in answer.data["results"]} == codes


def test_the_list_costs_the_same_for_one_and_for_many(story: Story) -> None:
    caller = factories.api(story.clerk)

    def cost() -> int:
        caller.get(URL)
        with CaptureQueriesContext(connection) as captured:
            assert caller.get(URL).status_code == 200
        return len(captured)

    story.assessment()
    few = cost()
    for n in range(4):
        story.assessment(story.district.project(f"项目{n}"))
    assert cost() == few <= 8


def test_an_idempotency_key_gives_one_opinion_and_the_same_answer(story: Story) -> None:
    step, caller = story.assessment(), factories.api(story.person("finance"))
    body, key = {"aspect": "return", "words": "可行"}, {"Idempotency-Key": "k-1"}
    url = f"{URL}{step.pk}/opinions/"
    first, again = (caller.post(url, body, format="json", headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"
    assert Opinion.objects.filter(step=step, aspect="return").count() == 1


def test_asking_cancelling_and_reopening(story: Story) -> None:
    step, clerk = story.assessment(), factories.api(story.clerk)
    asked = clerk.post(f"{URL}{step.pk}/ask/", {"aspect": "market", "unit": "commerce"}, format="json")
    assert (asked.status_code, asked.data["unit"]) == (201, "commerce")
    assert (
        clerk.post(f"{URL}{step.pk}/cancel/", {"reason": "误启动"}, format="json").data["state"]
        == "cancelled"
    )
    again = clerk.post(f"{URL}{step.pk}/reopen/", {"reason": "重新研判"}, format="json")
    assert (again.status_code, again.data["round"]) == (201, 2)


def test_no_token_no_answer(story: Story, client: Any) -> None:
    assert client.get(URL).status_code == 401


def test_a_permit_comes_with_its_service_guide_and_says_what_is_held_already(story: Story) -> None:
    project = sign(story, story.ready_for_review())
    story.reach(project, "project_filed")
    step = story.open(project, "energy_review")
    guide = factories.api(story.clerk).get(f"{URL}{step.pk}/").json()["guide"]
    assert guide["clause"] == "四(二)" and guide["procedure"] and guide["standard"]
    assert {"name": "项目备案证", "held": True} in guide["materials"]
    assert {"name": "节能审查申请", "held": False} in guide["materials"]
    assert "name" in guide["fields_held"]


def test_a_step_without_guide_says_so(story: Story) -> None:
    answer = factories.api(story.clerk).get(f"{URL}{story.assessment().pk}/").json()
    assert answer["guide"] is None


def test_a_step_takes_as_many_statements_with_many_opinions_as_with_none(story: Story) -> None:
    step, clerk = story.assessment(), factories.api(story.clerk)
    counts = []
    for answers in (False, True):
        if answers:
            story.answer_all(step)
        clerk.get(f"{URL}{step.pk}/")
        with CaptureQueriesContext(connection) as asked:
            clerk.get(f"{URL}{step.pk}/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8
