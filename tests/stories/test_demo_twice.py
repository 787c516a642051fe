"""The same seed and day give the same demo; another seed another one."""

from pathlib import Path
from typing import Any

import pytest

from approvals.models import Opinion
from cases.models import Event
from projects.models import Money, Project
from tests.stories.demo import told


@pytest.mark.once
@pytest.mark.django_db
def test_the_same_seed_tells_the_same_story(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path
) -> None:
    stories = []
    for seed in ("one", "one", "two"):
        with told(django_db_blocker, tmp_path / seed, projects=9, seed=seed):
            stories.append(_story())
    assert stories[0] == stories[1]
    assert stories[0] != stories[2]


def _story() -> list[list[tuple[Any, ...]]]:
    return [
        list(Project.objects.order_by("pk").values_list("case__code", "name", "phase", "enterprise__name")),
        list(Event.objects.order_by("pk").values_list("kind", "on", "by__username", "at")),
        list(Opinion.objects.order_by("pk").values_list("aspect", "words", "score", "given_on")),
        list(Money.objects.order_by("pk").values_list("measure", "raw", "on")),
    ]
