"""A REST write with an Idempotency-Key is done once and answered alike."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.idempotency import IdempotentWrites, _take
from accounts.models import AuditEntry, IdempotencyKey
from kernel.refusals import Refused
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class Writes(IdempotentWrites):
    """Appends one audit entry per write, and refuses the name "no" after writing it."""

    def post(self, request: Request) -> Response:
        sent: Any = request.data
        name = str(sent.get("name", ""))
        entry = AuditEntry.objects.create(kind="test", target=name)
        if name == "no":
            raise Refused.because("no", "不行")
        if name == "bad":
            return Response({"id": entry.pk}, status=400)
        return Response({"id": entry.pk, "at": entry.at}, status=201, headers={"ETag": f'"{entry.pk}.1"'})

    def get(self, request: Request) -> Response:
        return Response({"count": AuditEntry.objects.count()})


urlpatterns = [path("write/", Writes.as_view()), path("other/", Writes.as_view())]


@pytest.fixture
def caller() -> APIClient:
    return make.api(make.user())


def send(caller: APIClient, key: str = "k1", to: str = "/write/", **data: Any) -> Any:
    return caller.post(to, data or {"name": "a"}, format="json", headers={"Idempotency-Key": key})


def written() -> int:
    return AuditEntry.objects.filter(kind="test").count()


def test_the_same_request_again_gets_the_first_answer_and_writes_nothing(caller: APIClient) -> None:
    first, second = send(caller), send(caller)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second["ETag"] == first["ETag"]
    assert second["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    assert written() == 1


@pytest.mark.parametrize("other", [{"name": "b"}, {"name": "a", "to": "/other/"}])
def test_the_same_key_for_another_request_is_refused(caller: APIClient, other: dict[str, str]) -> None:
    send(caller, name="a")
    answer = send(caller, **other)
    assert answer.status_code == 422
    assert answer.json()["type"] == "problem:idempotency_key_reused"
    assert written() == 1


def test_another_key_or_another_user_is_another_request(caller: APIClient) -> None:
    send(caller)
    send(caller, key="k2")
    send(make.api(make.user()))
    assert written() == 3


def test_without_a_key_every_request_writes(caller: APIClient) -> None:
    for _ in range(2):
        caller.post("/write/", {"name": "a"}, format="json")
    assert written() == 2


def test_reading_needs_no_key_and_ignores_one(caller: APIClient) -> None:
    for _ in range(2):
        assert caller.get("/write/", headers={"Idempotency-Key": "k"}).status_code == 200
    assert not IdempotencyKey.objects.exists()


def test_a_refused_write_leaves_nothing_and_may_be_tried_again(caller: APIClient) -> None:
    assert send(caller, name="no").status_code == 409
    assert written() == 0
    assert send(caller, name="yes").status_code == 201


def test_an_answer_that_says_no_is_not_kept(caller: APIClient) -> None:
    assert send(caller, name="bad").status_code == 400
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["x" * 129, "a\tb"])
def test_a_key_that_is_none_is_refused(caller: APIClient, key: str) -> None:
    assert send(caller, key=key).status_code == 400


def upload(caller: APIClient, content: bytes) -> Any:
    data = {"name": "a", "file": SimpleUploadedFile("a.txt", content)}
    return caller.post("/write/", data, format="multipart", headers={"Idempotency-Key": "k"})


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_an_upload_is_the_same_when_its_files_are(caller: APIClient) -> None:
    first, same, other = (upload(caller, content) for content in (b"x" * 500, b"x" * 500, b"y" * 500))
    assert (first.status_code, same.status_code, other.status_code) == (201, 201, 422)
    assert written() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_second_request_while_the_first_runs_is_told_so(caller: APIClient) -> None:
    person = make.user()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            other.set_autocommit(False)
            _lock_elsewhere(cursor, person.pk)
            answer = send(make.api(person))
            assert answer.status_code == 409
            assert answer.json()["type"] == "problem:idempotency_in_progress"
            other.rollback()
    finally:
        other.close()
    assert send(make.api(person)).status_code == 201


def _lock_elsewhere(cursor: Any, user_id: int) -> None:
    """Take the key in another connection, as a request that is still running has."""
    taken: list[Any] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "advisory" in sql:
            taken.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        _take(make.User(pk=user_id), "k1")
    cursor.execute(*taken[0])
