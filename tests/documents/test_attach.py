"""Files come in by content, in versions, within the limit; nothing that can run is taken."""

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from cases.models import Case, Event
from documents.actions import attach, withdraw_attachment
from documents.models import Attachment
from kernel.refusals import Refused
from tests import factories
from tests.documents.files import JPEG, OLE, PDF, PNG, PROGRAM, archive, locked_archive, office, ole, upload
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
OOXML = "application/vnd.openxmlformats-officedocument."


@pytest.fixture
def clerk() -> User:
    return factories.user("bureau_clerk")


def put(case: Case, by: User, content: bytes = PDF, name: str = "意见.pdf", on: date = TODAY) -> Attachment:
    return attach(case=case, kind="other", upload=upload(content, name), by=by, on=on)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (office("word"), f"{OOXML}wordprocessingml.document"),
        (office("xl"), f"{OOXML}spreadsheetml.sheet"),
        (office("ppt"), f"{OOXML}presentationml.presentation"),
        (archive({"OFD.xml": b"<x/>"}), "application/ofd"),
        (archive({"照片/1.png": PNG}), "application/zip"),
        (ole("WordDocument"), "application/msword"),
    ],
    ids=["pdf", "png", "jpeg", "webp", "docx", "xlsx", "pptx", "ofd", "zip", "doc"],
)
def test_the_type_is_told_by_content_whatever_the_name_says(
    case: Case, clerk: User, content: bytes, expected: str
) -> None:
    assert put(case, clerk, content, name="看起来像.exe").content_type == expected


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PROGRAM, "executable"),
        (b"#!/bin/sh\nrm -rf /\n", "executable"),
        (b"\x7fELF" + b"\x00" * 32, "executable"),
        (b"<script>alert(1)</script>", "unknown_type"),
        (archive({"setup.txt": PROGRAM}), "executable"),
        (archive({"run.BAT": b"echo"}), "executable"),
        (archive({"book.xlsm": b"x"}), "executable"),
        (office("xl", {"xl/vbaProject.bin": b"x"}), "macros"),
        (
            office(
                "word", types=b"<x ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/>"
            ),
            "macros",
        ),
        (ole("Workbook") + "_VBA_PROJECT".encode("utf-16-le"), "macros"),
        (ole("EncryptedPackage"), "locked"),
        (OLE, "unknown_type"),
        (locked_archive(), "locked"),
        (b"PK\x03\x04" + b"\x00" * 40, "corrupt"),
        (b"", "empty"),
    ],
    ids=[
        "exe",
        "script",
        "elf",
        "html",
        "hidden-exe",
        "bat",
        "xlsm",
        "vba",
        "macro-docm",
        "macro-xls",
        "locked-ooxml",
        "ole",
        "locked-zip",
        "corrupt",
        "empty",
    ],
)
def test_what_can_run_or_cannot_be_looked_into_is_refused(
    case: Case, clerk: User, content: bytes, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        put(case, clerk, content, name="正常.pdf")
    assert (refused.value.status, refused.value.unmet[0].code) == ("invalid", code)
    assert not Attachment.objects.exists()


def test_a_file_over_the_limit_is_refused(case: Case, clerk: User, settings: Any) -> None:
    settings.MAX_ATTACHMENT_BYTES = len(PDF) - 1
    with pytest.raises(Refused, match="超过"):
        put(case, clerk)


def test_each_new_content_is_a_new_version_of_its_kind(case: Case, clerk: User) -> None:
    first, second = put(case, clerk), put(case, clerk, PDF + b"\n")
    other = attach(case=case, kind="opinion_scan", upload=upload(PNG), by=clerk, on=TODAY)
    assert (first.version, second.version, other.version) == (1, 2, 1)
    assert Event.objects.filter(case=case, kind="document.attached").count() == 3


def test_the_same_content_again_is_the_version_already_there(case: Case, clerk: User) -> None:
    first, again = put(case, clerk), put(case, clerk, name="换了名字.pdf")
    assert again == first
    assert Event.objects.filter(case=case, kind="document.attached").count() == 1


def test_the_name_is_kept_without_path_or_control_characters(case: Case, clerk: User) -> None:
    assert put(case, clerk, name="..\\..\\etc\\会议\r\n纪要.pdf").name == "会议纪要.pdf"


def test_a_very_long_name_keeps_its_ending(case: Case, clerk: User) -> None:
    row = put(case, clerk, name="长" * 300 + ".pdf")
    assert len(row.name) <= 200
    assert row.name.endswith(".pdf")


def test_the_stored_file_is_named_by_content(case: Case, clerk: User) -> None:
    row = put(case, clerk, name="../../evil.pdf")
    assert str(row.file.name).endswith(row.sha256)
    with row.file.open("rb") as stored:
        assert stored.read() == PDF


def test_the_plans_own_kinds_are_taken(case: Case, clerk: User) -> None:
    row = attach(case=case, kind="minutes", upload=upload(), by=clerk, on=TODAY)
    assert Event.objects.get(kind="document.attached").data["kind"] == "会议纪要"
    assert row.kind == "minutes"


def test_an_unknown_kind_is_refused(case: Case, clerk: User) -> None:
    with pytest.raises(Refused) as refused:
        attach(case=case, kind="nonsense", upload=upload(), by=clerk, on=TODAY)
    assert refused.value.unmet[0].field == "kind"


def test_who_does_not_see_the_case_attaches_nothing(case: Case) -> None:
    with pytest.raises(Refused) as refused:
        put(case, factories.user("park_clerk"))
    assert refused.value.status == "forbidden"


def test_a_reader_attaches_nothing(case: Case) -> None:
    with pytest.raises(Refused) as refused:
        put(case, factories.user("leader"))
    assert refused.value.status == "forbidden"


def test_a_paper_is_withdrawn_once_with_a_reason_and_stays(case: Case, clerk: User) -> None:
    row = put(case, clerk)
    with pytest.raises(Refused, match="原因"):
        withdraw_attachment(attachment=row, by=clerk, on=TODAY, reason=" ")
    withdraw_attachment(attachment=row, by=clerk, on=TODAY, reason="传错了")
    with pytest.raises(Refused, match="撤回") as refused:
        withdraw_attachment(attachment=row, by=clerk, on=TODAY, reason="再撤")
    assert refused.value.status == "conflict"
    assert Attachment.objects.get().withdrawn_reason == "传错了"


def test_another_reviewer_does_not_withdraw_it(case: Case, clerk: User) -> None:
    row = put(case, clerk)
    reviewer = factories.user("reviewer")
    factories.part(case, "asked", reviewer.memberships.get().unit)
    with pytest.raises(Refused) as refused:
        withdraw_attachment(attachment=row, by=reviewer, on=TODAY, reason="不合适")
    assert refused.value.status == "forbidden"


def test_a_picture_of_forty_megabytes_is_refused_from_anybody(case: Case, clerk: User) -> None:
    with pytest.raises(Refused) as refused:
        put(case, clerk, JPEG + b"\x00" * (40 * 1024 * 1024), "现场.jpg")
    assert refused.value.codes == ["photo_too_large"]
    assert "改传 PDF" in refused.value.unmet[0].message
    assert not Attachment.objects.exists()
