"""What the interface answers is what its schema says, whatever is asked."""

from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.test import APIClient
from schemathesis.checks import content_type_conformance, not_a_server_error, response_schema_conformance
from schemathesis.checks import status_code_conformance as known_status
from schemathesis.core.failures import FailureGroup

from accounts.tokens import issue
from deadlines.models import Deadline
from documents.models import Attachment
from lifecycle.wsgi import application
from projects import actions
from projects.models import Project
from tests import factories
from tests.documents.files import PDF
from tests.law import TODAY, District, open_district

pytestmark = [
    pytest.mark.django_db,
    # The generator's own connections to the application are closed by the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
CHECKS: list[Any] = [not_a_server_error, known_status, content_type_conformance, response_schema_conformance]
ASKED = settings(
    max_examples=5,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
WRITES = {
    "POST /api/v1/projects/",
    "PATCH /api/v1/projects/{case}/",
    "POST /api/v1/projects/{case}/contacts/",
    "POST /api/v1/projects/{case}/funds/",
    "POST /api/v1/projects/{case}/milestones/",
    "POST /api/v1/projects/{case}/roles/",
    "POST /api/v1/projects/{case}/shelve/",
    "POST /api/v1/enterprises/",
    "POST /api/v1/assignments/",
    "POST /api/v1/steps/",
    "POST /api/v1/agreements/",
}
FILES = ("/content/", "/rejected/")


@pytest.fixture
def district() -> District:
    return open_district()


@pytest.fixture
def project(district: District) -> Project:
    """One of everything that a list may show."""
    row = district.project(content="年产5万吨", planning_year=2027)
    caller = factories.api(district.clerk)
    url = f"/api/v1/projects/{row.pk}/"
    for path, body in {
        "contacts/": {"channel": "phone", "with_whom": "王经理 13812345678", "matter": "介绍园区政策"},
        "funds/": {
            "measure": "total",
            "raw": "3000万",
            "currency": "USD",
            "rate": "7.1",
            "rate_on": "2026-03-02",
        },
        "roles/": {"part": "service_body", "unit": district.park.code},
    }.items():
        assert caller.post(url + path, body, format="json").status_code == 201, path
    file = SimpleUploadedFile("批复.pdf", PDF, content_type="application/pdf")
    assert caller.post(f"{url}attachments/", {"kind": "other", "file": file}).status_code == 201
    actions.advance(project=row, by=district.head, on=TODAY)
    return row


@pytest.fixture(autouse=True)
def one_connection(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own end of a request would close the database connection of its test."""
    monkeypatch.setattr(connections["default"], "close", lambda: None)


@pytest.fixture
def schema(district: District) -> Any:
    headers = {"Authorization": f"Bearer {issue(district.head)}", "Accept": "application/json"}
    return schemathesis.openapi.from_wsgi("/api/schema/", application, headers=headers)


def known(project: Project) -> dict[str, Any]:
    """What there is, by the name of its place in an address."""
    paper, clock = Attachment.objects.get(), Deadline.objects.first()
    return {
        "case": project.pk,
        "project_pk": project.pk,
        "paper": paper.pk,
        "code": "investment-bureau",
        "id": clock.pk if clock else 1,
        "step": 1,
    }


def ask(operation: Any, places: dict[str, Any], headers: dict[str, str]) -> None:
    """A few requests to one operation, held against the schema."""

    @ASKED
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        case.path_parameters = {name: places[name] for name in case.path_parameters or {}}
        case.call_and_validate(headers=headers, checks=CHECKS)

    run()


def test_every_answer_is_as_the_schema_says(schema: Any, project: Project, district: District) -> None:
    places, headers = known(project), {"Authorization": f"Bearer {issue(district.head)}"}
    asked, faults = [], []
    for offered in schema.get_all_operations():
        operation = offered.ok()
        if operation.path.endswith(FILES):
            continue
        if operation.method == "get" or operation.label in WRITES:
            asked.append(operation.label)
            try:
                ask(operation, places, headers)
            except FailureGroup as found:
                faults += [f"{operation.label}: {one}" for one in found.exceptions]
    assert not faults, "\n\n".join(faults)
    assert set(asked) >= WRITES
    assert len(asked) > 40


def test_the_schema_is_made_without_a_warning() -> None:
    """Two shapes under one name would each be described as the other."""
    reset_generator_stats()
    SchemaGenerator().get_schema(request=None, public=True)
    told = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    assert not told, "\n".join(told)


def test_writes_tell_which_headers_they_heed(schema: Any) -> None:
    advance = schema["/api/v1/projects/{case}/advance/"]["POST"]
    assert {"Idempotency-Key", "If-Match"} <= {one.name for one in advance.iter_parameters()}
    create = schema["/api/v1/projects/"]["POST"]
    names = {one.name for one in create.iter_parameters()}
    assert "Idempotency-Key" in names
    assert "If-Match" not in names


def test_every_operation_says_how_it_refuses(schema: Any) -> None:
    paths = schema.raw_schema["paths"]
    operations = [one for way in paths.values() for one in way.values() if isinstance(one, dict)]
    assert all("application/problem+json" in one["responses"]["default"]["content"] for one in operations)


def test_no_answer_is_just_any_object(schema: Any) -> None:
    anything = {"type": "object", "additionalProperties": {}}
    for path, ways in schema.raw_schema["paths"].items():
        for one in ways.values():
            for status, answer in one["responses"].items():
                for body in answer.get("content", {}).values():
                    assert body["schema"] != anything, (path, status)


def test_who_has_no_token_is_refused_as_the_schema_says(schema: Any) -> None:
    answer = APIClient().get("/api/v1/projects/")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
