"""Who reads English leaves Chinese words behind: what is stored is in the deployment's language."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from assignments.models import Assignment
from cases.models import Event, Part
from deadlines.models import Deadline
from kernel.refusals import Refused
from notices.models import Message, Notice
from projects import actions
from projects.models import Project
from tests import factories
from tests.law import TODAY, District, open_district
from tests.stories.demo import told


@pytest.fixture
def district(db: None) -> District:
    return open_district()


@pytest.fixture
def english(district: District) -> User:
    return factories.user("bureau_clerk", unit=district.bureau, language="en")


def words(event: Event) -> dict[str, Any]:
    return {name: value for name, value in event.data.items() if isinstance(value, str)}


def test_an_english_act_reads_chinese_to_a_chinese_reader(district: District, english: User) -> None:
    project = district.project()
    caller = factories.api(english)
    url, head = f"/api/v1/projects/{project.pk}/", {"Accept-Language": "en"}
    bodies: dict[str, dict[str, Any]] = {
        "contacts/": {"channel": "phone", "with_whom": "王经理", "matter": "介绍园区政策"},
        "funds/": {"measure": "total", "raw": "20亿元"},
    }
    for path, body in bodies.items():
        assert caller.post(url + path, body, format="json", headers=head).status_code == 201
    assert caller.patch(url, {"site": "李渡街道"}, format="json", headers=head).status_code == 200
    assert caller.post(f"{url}advance/", {}, format="json", headers=head).status_code == 200
    reader = factories.api(district.clerk)
    said = [
        row["text"]
        for row in reader.get(f"{url}events/", headers={"Accept-Language": "zh-hans"}).json()["results"]
        if not row["kind"].startswith(("deadline.", "part."))
    ]
    assert said[1:4] == ["修改选址", "登记总投资：20亿元（原：—）", "电话联系王经理：介绍园区政策"]
    assert "阶段" in Message.objects.get(topic="project.advanced").text


def test_a_refusal_is_in_the_readers_own_language(district: District, english: User) -> None:
    with translation.override("en"), pytest.raises(Refused, match="nknown"):
        actions.set_money(project=district.project(), measure="x", raw="1", by=english, on=TODAY)


@pytest.mark.once
def test_a_whole_district_that_works_in_english_leaves_the_same_words(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path
) -> None:
    stories = []
    for language in ("zh-hans", "en"):
        with translation.override(language), told(django_db_blocker, tmp_path / language, projects=12):
            stories.append(_stored())
    for chinese, english in zip(*stories, strict=True):
        assert [pair for pair in zip(chinese, english, strict=True) if pair[0] != pair[1]] == []


def _stored() -> list[list[Any]]:
    """Every text that the product has put together and kept."""
    return [
        [(event.kind, words(event)) for event in Event.objects.order_by("pk")],
        list(Message.objects.order_by("pk").values_list("topic", "text")),
        list(Assignment.objects.order_by("pk").values_list("title", "text", "ended_note")),
        list(Deadline.objects.order_by("pk").values_list("name", "cancel_reason")),
        list(Part.objects.order_by("pk").values_list("part", "reason")),
        list(Project.history.order_by("pk").values_list("history_change_reason")),
        [Notice.objects.count()],
    ]
