"""A fact changes after approval: who must decide now is asked, what stood without them is withdrawn."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from approvals import actions
from approvals.actions import Deed
from approvals.models import Step
from kernel.refusals import Refused
from projects import actions as projects
from projects.gates import reached_codes
from projects.models import Money, Project
from tests.approvals.story import Story, settled
from tests.documents.files import upload
from tests.factories import TODAY
from tests.law import open_district


@pytest.fixture
def decided(story: Story) -> Project:
    """8亿: the park committee alone had to agree, and did."""
    project = settled(story, story.ready_for_review())
    story.reach(project, "joint_review_passed")
    step = story.open(project, "decision")
    story.answer_all(step)
    story.conclude(step, "approved")
    return project


def total(story: Story, project: Project, raw: str) -> Money:
    return projects.set_money(project=project, measure="total", raw=raw, by=story.clerk, on=TODAY)


def latest(project: Project) -> Step:
    return Step.objects.filter(case_id=project.pk, code="decision").latest("round")


def sign(story: Story, project: Project) -> Any:
    deed = Deed(raw="8亿元", grade="agreement", paper=upload(name="协议.pdf"))
    return actions.sign(project=project, deed=deed, by=story.clerk, on=TODAY, today=TODAY)


def test_a_total_raised_over_the_step_brings_in_the_next_body(story: Story, decided: Project) -> None:
    total(story, decided, "12亿元")
    step = latest(decided)
    rows = {row.aspect: row for row in step.opinions.filter(in_force=True)}
    assert "decided" not in reached_codes(decided)
    assert (step.round, step.is_running, set(rows)) == (2, True, {"park_committee", "government_meeting"})
    assert rows["park_committee"].carried_from is not None and rows["government_meeting"].given_on is None
    with pytest.raises(Refused) as caught:
        sign(story, decided)
    assert caught.value.codes == ["milestone:decided"]
    story.answer_all(step)
    story.conclude(step, "approved")
    assert sign(story, decided).is_first


@pytest.mark.parametrize("raw", ["9亿元", "1亿元"])
def test_below_the_step_nothing_reopens(story: Story, decided: Project, raw: str) -> None:
    total(story, decided, raw)
    assert (latest(decided).round, "decided" in reached_codes(decided)) == (1, True)


def test_lowered_again_nothing_more_reopens(story: Story, decided: Project) -> None:
    total(story, decided, "12亿元")
    step = latest(decided)
    story.answer_all(step)
    story.conclude(step, "approved")
    total(story, decided, "8亿元")
    assert (latest(decided), "decided" in reached_codes(decided)) == (step, True)


def test_after_signing_nothing_reopens(story: Story, decided: Project) -> None:
    sign(story, decided)
    total(story, decided, "30亿元")
    assert (latest(decided).round, "decided" in reached_codes(decided)) == (1, True)


def test_a_running_round_asks_the_next_body_too(story: Story) -> None:
    project = settled(story, story.ready_for_review())
    step = story.open(project, "decision")
    story.answer(step.opinions.get(aspect="park_committee"))
    total(story, project, "25亿元")
    asked = set(step.opinions.filter(in_force=True).values_list("aspect", flat=True))
    assert asked == {"park_committee", "government_meeting"}
    total(story, project, "26亿元")
    assert step.opinions.count() == 2


def test_a_correction_reopens_and_says_so_before(story: Story, decided: Project) -> None:
    change = projects.Change(measure="total", raw="12亿元")
    head = story.district.head
    lines = projects.preview_correction(project=decided, change=change, by=head, on=TODAY)
    assert any("区政府常务会" in line and "三(三)7" in line for line in lines)
    assert "decided" in reached_codes(decided)
    projects.correct(project=decided, change=change, by=head, on=TODAY, reason="笔误")
    assert "decided" not in reached_codes(decided)


def test_the_money_page_shows_what_reopens_before_it_is_saved(story: Story, decided: Project) -> None:
    browser = Client()
    browser.force_login(story.clerk)
    url = reverse("project-money-new", args=[decided.pk])
    said = {"measure": "total", "raw": "12亿元", "currency": "CNY", "on": TODAY}
    shown = browser.post(url, said)
    page = shown.content.decode()
    assert shown.status_code == 200 and "保存后会重新办理" in page and "区政府常务会" in page
    assert "decided" in reached_codes(decided)
    seal = page.split('name="seen" value="')[1].split('"')[0]
    assert browser.post(url, said | {"seen": seal}).status_code == 302
    assert "decided" not in reached_codes(decided)


def test_what_reopens_nothing_is_saved_at_once(story: Story, decided: Project) -> None:
    browser = Client()
    browser.force_login(story.clerk)
    said = {"measure": "total", "raw": "9亿元", "currency": "CNY", "on": TODAY}
    assert browser.post(reverse("project-money-new", args=[decided.pk]), said).status_code == 302


def test_rest_previews_figures_and_fields(story: Story, decided: Project) -> None:
    caller = APIClient()
    caller.force_authenticate(story.clerk)
    base = f"/api/v1/projects/{decided.pk}"
    lines = caller.post(f"{base}/funds/preview/", {"measure": "total", "raw": "12亿元"}, format="json").data[
        "lines"
    ]
    assert any("区政府常务会" in line for line in lines)
    assert caller.post(f"{base}/preview/", {"jobs": 300}, format="json").data == {"lines": []}
    assert "decided" in reached_codes(decided)
    caller.force_authenticate(story.person("finance"))
    assert caller.post(f"{base}/preview/", {"jobs": 300}, format="json").status_code in (403, 404)


@pytest.mark.django_db
def test_a_plain_field_that_the_plan_asks_about_is_shown_on_the_edit_page_before_it_is_saved() -> None:
    old = 'when = { field = "total", at_least = "10亿元" }'
    story = Story(open_district(reworded=[(old, 'when = { field = "green_channel", is = true }')]))
    project = settled(story, story.ready_for_review())
    projects.edit(project=project, by=story.clerk, on=TODAY, changes={"green_channel": False})
    step = story.open(project, "decision")
    story.answer_all(step)
    story.conclude(step, "approved")
    browser = Client()
    browser.force_login(story.clerk)
    url = reverse("project-edit", args=[project.pk])
    form = browser.get(url).context["form"]
    first = {name: form[name].value() for name in form.fields}
    said = {name: value for name, value in first.items() if value not in (None, False, "")}
    shown = browser.post(url, said | {"green_channel": "on"})
    page = shown.content.decode()
    assert shown.status_code == 200 and "区政府常务会" in page
    assert not Project.objects.get(pk=project.pk).green_channel
    seal = page.split('name="seen" value="')[1].split('"')[0]
    done = browser.post(url, said | {"green_channel": "on", "seen": seal})
    assert done.status_code == 302
    assert "decided" not in reached_codes(project)
