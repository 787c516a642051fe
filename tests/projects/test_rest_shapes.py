"""The rows that REST writes by hand have the keys that the schema names, no more and no fewer."""

from typing import Any

import pytest

from projects import actions
from projects.api import shapes
from projects.models import Project
from tests import factories
from tests.documents.files import PDF, upload
from tests.law import TODAY, District

ROWS: dict[str, Any] = {
    "events": shapes.EventOut,
    "history": shapes.VersionOut,
    "deadlines": shapes.ProjectDeadlineOut,
    "contacts": shapes.ContactOut,
    "funds": shapes.FundsOut,
    "milestones": shapes.MilestoneOut,
    "roles": shapes.RoleOut,
    "attachments": shapes.AttachmentOut,
    "codes": shapes.CodeOut,
}
POSTED: dict[str, dict[str, Any]] = {
    "contacts": {"channel": "phone", "with_whom": "王经理", "matter": "介绍园区政策"},
    "funds": {"measure": "total", "raw": "20亿元"},
    "roles": {"part": "service_body", "unit": "baitao-park"},
    "codes": {"code": "2603-500102-04-01-123456"},
}


@pytest.fixture
def caller(district: District) -> Any:
    return factories.api(district.clerk)


@pytest.fixture
def project(district: District, caller: Any) -> Project:
    row = district.project(planning_year=2027)
    actions.reach(project=row, milestone="planned", by=district.head, on=TODAY, produced=True)
    return row


def keys(shape: Any) -> set[str]:
    return set(shape().fields)


def test_the_list_of_projects(caller: Any, project: Project) -> None:
    page = caller.get("/api/v1/projects/").json()
    assert set(page) == keys(shapes.ProjectPage)
    assert set(page["results"][0]) == keys(shapes.ProjectRow)


def test_what_hangs_on_a_project(caller: Any, project: Project) -> None:
    url = f"/api/v1/projects/{project.pk}/"
    for name, body in POSTED.items():
        answer = caller.post(f"{url}{name}/", body, format="json")
        assert (answer.status_code, set(answer.json())) == (201, keys(ROWS[name])), answer.content.decode()
    answer = caller.post(f"{url}attachments/", {"kind": "other", "file": upload(PDF, "批复.pdf")})
    assert set(answer.json()) == keys(shapes.AttachmentOut)
    for name, shape in ROWS.items():
        page = caller.get(f"{url}{name}/").json()
        assert set(page) == {"next", "previous", "results"}, name
        assert all(set(row) == keys(shape) for row in page["results"]), name
        assert page["results"] or name == "deadlines", name
