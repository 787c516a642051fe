"""``If-Match`` on whatever is written below a project: who read an older version writes nothing."""

from typing import Any

import pytest

from cases.models import Event
from documents.models import Attachment
from projects.models import Project
from tests import factories
from tests.documents.files import PDF, upload
from tests.law import District

WRITES: dict[str, dict[str, Any]] = {
    "contacts/": {"channel": "phone", "with_whom": "王经理", "matter": "介绍园区政策"},
    "funds/": {"measure": "total", "raw": "20亿元"},
    "milestones/": {"milestone": "planned"},
    "milestones/withdraw/": {"milestone": "planned", "reason": "误登"},
    "roles/": {"part": "service_body", "unit": "baitao-park"},
    "shelve/": {"reason": "企业重组"},
    "advance/": {},
}


@pytest.fixture
def project(district: District) -> Project:
    return district.project()


@pytest.fixture
def caller(district: District) -> Any:
    return factories.api(district.clerk)


def stale(caller: Any, project: Project) -> str:
    """The tag of a version that somebody has changed meanwhile."""
    url = f"/api/v1/projects/{project.pk}/"
    tag = str(caller.get(url)["ETag"])
    assert caller.patch(url, {"site": "李渡街道"}, format="json").status_code == 200
    return tag


@pytest.mark.parametrize("path", WRITES)
def test_a_write_on_an_older_version_is_refused_and_leaves_nothing(
    caller: Any, project: Project, path: str
) -> None:
    tag = stale(caller, project)
    before = Event.objects.count()
    url = f"/api/v1/projects/{project.pk}/{path}"
    answer = caller.post(url, WRITES[path], format="json", headers={"If-Match": tag})
    assert (answer.status_code, answer["Content-Type"]) == (412, "application/problem+json")
    assert Event.objects.count() == before


def test_a_paper_on_an_older_version_is_refused(caller: Any, project: Project) -> None:
    tag = stale(caller, project)
    url = f"/api/v1/projects/{project.pk}/attachments/"
    body = {"kind": "other", "file": upload(PDF, "批复.pdf")}
    assert caller.post(url, body, format="multipart", headers={"If-Match": tag}).status_code == 412
    assert not Attachment.objects.exists()


def test_the_version_that_was_read_is_written_on(caller: Any, project: Project) -> None:
    url = f"/api/v1/projects/{project.pk}/"
    head = {"If-Match": caller.get(url)["ETag"]}
    assert caller.post(f"{url}contacts/", WRITES["contacts/"], format="json", headers=head).status_code == 201
    assert caller.patch(url, {"site": "甲地"}, format="json", headers=head).status_code == 200


def test_a_repeated_key_is_answered_again_although_the_version_has_moved(
    caller: Any, project: Project
) -> None:
    url = f"/api/v1/projects/{project.pk}/"
    head = {"If-Match": caller.get(url)["ETag"], "Idempotency-Key": "a1"}
    first = caller.post(f"{url}funds/", WRITES["funds/"], format="json", headers=head)
    again = caller.post(f"{url}funds/", WRITES["funds/"], format="json", headers=head)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"


def test_a_stranger_learns_nothing_from_a_version(project: Project, district: District) -> None:
    stranger = factories.api(factories.user("park_clerk", unit=district.park))
    url = f"/api/v1/projects/{project.pk}/contacts/"
    answer = stranger.post(url, WRITES["contacts/"], format="json", headers={"If-Match": '"1.1"'})
    assert answer.status_code == 404
