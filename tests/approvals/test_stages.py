"""Acceptance by stages (分期验收) on the page: which part, of how many."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from documents.actions import attach
from projects.models import Project, ReachedMilestone
from tests import factories
from tests.approvals.story import Story, sign
from tests.documents.files import upload
from tests.factories import TODAY


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T10:00:00+08:00", tick=False):
        yield


def get(person: Any, *args: Any) -> Any:
    return factories.pages(person).get(reverse("step", args=args))


def text(answer: Any) -> str:
    return factories.sent(answer).decode()


def under_construction(story: Story) -> Project:
    project = sign(story, story.ready_for_review())
    attach(case=project.case, kind="start_proof", upload=upload(), by=story.clerk, on=TODAY)
    story.reach(project, "service_commissioner_named", "construction_permitted", "construction_started")
    return project


def test_acceptance_is_concluded_in_stages_on_the_page(story: Story) -> None:
    project = under_construction(story)
    lead = story.person("housing-construction")
    first = story.open(project, "joint_acceptance")
    story.answer_all(first)
    url = reverse("step-conclude", args=[first.pk])
    said = {"verdict": "passed", "reason": "一期合格", "part_no": 1, "parts_total": 2}
    assert "共几期" in text(get(lead, first.pk))
    wrong = factories.pages(lead).post(url, said | {"part_no": 3})
    assert wrong.status_code == 400
    assert "期次应在 1 到 2 之间" in text(wrong)
    assert factories.pages(lead).post(url, said).status_code == 302
    rows = ReachedMilestone.objects.filter(project=project, code="accepted")
    assert list(rows.values_list("part_no", "parts_total")) == [(1, 2)]
    second = story.open(project, "joint_acceptance", reason="二期验收")
    story.answer_all(second)
    form = get(lead, second.pk).context["form"]
    assert (form["part_no"].value(), form["parts_total"].value()) == (2, 2)


def test_what_is_reached_at_one_stroke_asks_for_no_stages(story: Story) -> None:
    assert "共几期" not in text(get(story.clerk, story.assessment().pk))
