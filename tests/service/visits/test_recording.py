"""A call or visit sent from a phone: once, with its photos, by whom the project is."""

import uuid
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.models import User
from cases.models import Event
from documents.models import Attachment
from projects.models import ContactRecord, Project
from service import actions
from tests import factories as make
from tests import lives
from tests.documents.files import JPEG, PROGRAM, upload

pytestmark = pytest.mark.django_db
URL = "/api/v1/visits/"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 32


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def person() -> User:
    return make.user("commissioner", unit=make.unit("baitao-park", kind="park"), name="周敏")


@pytest.fixture
def project(person: User) -> Project:
    row = lives.signed()
    unit = person.memberships.get().unit
    actions.name_commissioner(project=row, user=person, unit=unit, by=lives.clerk(), on=date(2026, 2, 12))
    return row


def body(project: Project, **more) -> dict:
    said = {"project": project.pk, "channel": "visit", "with_whom": "陈总", "matter": "到现场查看桩基"}
    return said | {"on": "2026-03-02"} | more


def photo(content: bytes = JPEG, name: str = "现场.jpg") -> SimpleUploadedFile:
    return upload(content, name, "image/jpeg")


def test_a_visit_arrives_with_its_photo_in_the_case(person, project) -> None:
    answer = make.api(person).post(URL, body(project, uploads=[photo()]), format="multipart")
    assert answer.status_code == 201
    paper = Attachment.objects.get(pk=answer.data["papers"][0])
    assert (paper.kind, paper.content_type, paper.case_id) == ("contact_photo", "image/jpeg", project.pk)


def test_sent_twice_with_the_same_key_it_is_there_once(person, project) -> None:
    key, caller = str(uuid.uuid4()), make.api(person)
    answers = [
        caller.post(URL, body(project, uploads=[photo()]), format="multipart", HTTP_IDEMPOTENCY_KEY=key)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    row = ContactRecord.objects.get(project=project)
    assert str(row.client_id) == key
    assert Event.objects.filter(case=project.case, kind="contact.recorded").count() == 1


def test_through_another_door_the_same_id_gives_the_first_record(person, project) -> None:
    key = str(uuid.uuid4())
    make.api(person).post(URL, body(project, client_id=key), format="json")
    again = make.api(person).post(URL, body(project, client_id=key), format="json")
    page = make.pages(person).post("/mine/contact/", body(project, client_id=key))
    assert (again.status_code, page.status_code) == (200, 302)
    assert ContactRecord.objects.count() == 1


def test_the_same_id_with_other_words_is_refused(person, project) -> None:
    key, caller = str(uuid.uuid4()), make.api(person)
    caller.post(URL, body(project, client_id=key), format="json")
    other = caller.post(URL, body(project, client_id=key, matter="另一次"), format="json")
    assert (other.status_code, other.data["unmet"][0]["code"]) == (409, "client_id_reused")


def test_another_person_may_by_chance_use_the_same_id(person, project) -> None:
    key = str(uuid.uuid4())
    make.api(person).post(URL, body(project, client_id=key), format="json")
    assert make.api(lives.clerk()).post(URL, body(project, client_id=key), format="json").status_code == 201
    assert ContactRecord.objects.count() == 2


def test_the_database_itself_keeps_the_double_out(person, project) -> None:
    made = {"project": project, "on": date(2026, 3, 2), "channel": "phone", "by": person}
    made |= {"client_id": uuid.uuid4(), "matter": "x", "with_whom": "y"}
    ContactRecord.objects.create(**made)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactRecord.objects.create(**made)


def test_a_photo_of_40_megabytes_is_refused_with_its_name_and_size(person, project) -> None:
    big = photo(JPEG + b"\x00" * (40 * 1024 * 1024 - len(JPEG)), "航拍.jpg")
    answer = make.api(person).post(URL, body(project, uploads=[photo(), big]), format="multipart")
    assert answer.status_code == 400
    said = answer.data["unmet"][0]
    assert said["field"] == "uploads"
    assert "航拍.jpg" in said["message"]
    assert "40 MB" in said["message"]
    assert not ContactRecord.objects.exists()
    assert not Attachment.objects.filter(kind="contact_photo").exists()


def test_a_heic_photo_is_kept_as_it_is(person, project) -> None:
    answer = make.api(person).post(
        URL, body(project, uploads=[photo(HEIC, "IMG_0001.HEIC")]), format="multipart"
    )
    assert Attachment.objects.get(pk=answer.data["papers"][0]).content_type == "image/heic"


@pytest.mark.parametrize(
    ("content", "words"),
    [(PROGRAM, "可执行文件"), (b"#!/bin/sh\nrm", "可执行文件"), (b"hello world", "不支持")],
)
def test_what_is_no_photo_is_refused_whatever_its_name(person, project, content, words) -> None:
    answer = make.api(person).post(URL, body(project, uploads=[photo(content)]), format="multipart")
    assert answer.status_code == 400
    assert words in answer.data["unmet"][0]["message"]
    assert "现场.jpg" in answer.data["unmet"][0]["message"]
    assert not ContactRecord.objects.exists()


def test_an_empty_photo_and_a_seventh_one_are_refused(person, project) -> None:
    caller = make.api(person)
    assert caller.post(URL, body(project, uploads=[photo(b"")]), format="multipart").status_code == 400
    seven = [photo(JPEG + bytes([n]), f"{n}.jpg") for n in range(7)]
    assert caller.post(URL, body(project, uploads=seven), format="multipart").status_code == 400
    assert not ContactRecord.objects.exists()


def test_a_visit_that_the_enterprise_asked_for_is_marked(person, project) -> None:
    answer = make.api(person).post(URL, body(project, on_request=True), format="json")
    assert answer.data["on_request"] is True
    page = make.pages(person).get(f"/projects/{project.pk}/contacts/").content.decode()
    assert "应企业要求" in page


def test_a_project_out_of_sight_is_404_and_tomorrow_is_refused(person, project) -> None:
    stranger = make.user("commissioner", unit=make.unit("qingxi-park", kind="park"))
    assert make.api(stranger).post(URL, body(project), format="json").status_code == 404
    tomorrow = make.api(person).post(URL, body(project, on="2026-03-03"), format="json")
    assert (tomorrow.status_code, tomorrow.data["unmet"][0]["field"]) == (400, "on")


def test_who_only_reads_does_not_record(project) -> None:
    leader = make.user("leader", unit=make.unit("district-government", kind="leadership"))
    assert make.api(leader).post(URL, body(project), format="json").status_code == 403


def test_the_list_shows_what_is_in_sight_and_only_mine_if_asked(person, project) -> None:
    make.api(person).post(URL, body(project, with_whom="陈总 13812345678"), format="json")
    make.api(lives.clerk()).post(URL, body(project, matter="招商局走访"), format="json")
    caller = make.api(person)
    assert len(caller.get(URL).data["results"]) == 2
    (mine,) = caller.get(URL, {"mine": "1", "since": "2026-03-01"}).data["results"]
    assert "138****5678" in mine["with_whom"]
    assert caller.get(URL, {"since": "2026-03-03"}).data["results"] == []
    assert caller.get(URL, {"since": "gestern"}).status_code == 400
    stranger = make.user("commissioner", unit=make.unit("qingxi-park", kind="park"))
    assert make.api(stranger).get(URL).data["results"] == []


def test_the_phone_learns_who_is_signed_in_and_nobody_is_401(person, client) -> None:
    found = make.pages(person).get("/api/v1/visits/session/")
    assert found.json()["user"] == person.pk
    assert found.json()["csrf"]
    assert client.get("/api/v1/visits/session/").status_code == 401
