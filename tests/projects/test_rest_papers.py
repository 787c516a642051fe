"""Papers over REST with a token: what went up comes down, for who sees the case, and is noted."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from tests import factories
from tests.documents.files import PDF, upload
from tests.law import District


@pytest.fixture
def caller(district: District) -> Any:
    return factories.api(district.clerk)


@pytest.fixture
def paper(caller: Any, district: District) -> dict[str, Any]:
    url = f"/api/v1/projects/{district.project().pk}/attachments/"
    body = {"kind": "other", "file": upload(PDF, "可行性 报告.pdf"), "note": "终稿"}
    answer = caller.post(url, body, format="multipart")
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


@pytest.mark.parametrize("accept", ["*/*", "application/pdf", "application/json"])
def test_what_went_up_comes_down_with_a_token(caller: Any, paper: dict[str, Any], accept: str) -> None:
    answer = caller.get(paper["url"], headers={"Accept": accept})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert factories.sent(answer) == PDF
    assert "%E5%8F%AF" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_download_is_an_entry_of_the_audit_trail(
    caller: Any, paper: dict[str, Any], district: District
) -> None:
    factories.sent(caller.get(paper["url"]))
    entry = AuditEntry.objects.get(kind="document.downloaded")
    assert (entry.user, f"attachment:{paper['id']}" in entry.target) == (district.clerk, True)


def test_the_list_gives_the_same_address(caller: Any, paper: dict[str, Any]) -> None:
    listed = caller.get(paper["url"].partition("attachments/")[0] + "attachments/").json()["results"]
    assert [row["url"] for row in listed] == [paper["url"]]


def test_nobody_else_gets_it(paper: dict[str, Any], district: District) -> None:
    assert APIClient().get(paper["url"]).status_code == 401
    for stranger in (factories.user("park_clerk", unit=district.park), factories.user("system_admin")):
        answer = factories.api(stranger).get(paper["url"])
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_paper_is_found_only_under_its_own_project(
    caller: Any, paper: dict[str, Any], district: District
) -> None:
    other = district.project("另一项目")
    assert caller.get(f"/api/v1/projects/{other.pk}/attachments/{paper['id']}/content/").status_code == 404
