"""A file leaves only for who sees its case, never as something a browser would run."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from cases.models import Case
from documents.actions import attach
from documents.models import Attachment
from tests import factories
from tests.documents.files import PDF, PNG, office, upload
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


Store = Callable[..., Attachment]


@pytest.fixture
def stored(case: Case) -> Store:
    def store(content: bytes = PDF, name: str = "可行性 报告.pdf") -> Attachment:
        clerk = factories.user("bureau_clerk")
        return attach(case=case, kind="other", upload=upload(content, name), by=clerk, on=TODAY)

    return store


def test_who_sees_the_case_gets_the_file_under_its_own_name(stored: Store) -> None:
    row = stored()
    answer = factories.pages(factories.user("bureau_clerk")).get(reverse("attachment", args=[row.pk]))
    assert factories.sent(answer) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert "%E5%8F%AF" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_park_that_has_no_part_gets_nothing(stored: Store) -> None:
    row = stored()
    stranger = factories.pages(factories.user("park_clerk"))
    assert stranger.get(reverse("attachment", args=[row.pk])).status_code == 404


def test_an_administrator_gets_nothing(stored: Store) -> None:
    row = stored()
    assert (
        factories.pages(factories.user("system_admin")).get(reverse("attachment", args=[row.pk])).status_code
        == 404
    )


def test_who_is_not_signed_in_is_sent_to_sign_in(stored: Store) -> None:
    row = stored()
    assert Client().get(reverse("attachment", args=[row.pk])).status_code == 302


@pytest.mark.parametrize(
    ("content", "shown"),
    [(PDF, "inline"), (PNG, "inline"), (office(), "attachment")],
    ids=["pdf", "png", "docx"],
)
def test_only_pdf_and_images_are_shown_in_the_browser(stored: Store, content: bytes, shown: str) -> None:
    row = stored(content)
    answer = factories.pages(factories.user("bureau_clerk")).get(
        f"{reverse('attachment', args=[row.pk])}?inline=1"
    )
    assert answer["Content-Disposition"].startswith(shown)
    factories.sent(answer)


def test_an_image_is_shown_in_a_sandbox(stored: Store) -> None:
    row = stored(PNG, "照片.png")
    answer = factories.pages(factories.user("bureau_clerk")).get(
        f"{reverse('attachment', args=[row.pk])}?inline=1"
    )
    assert answer["Content-Security-Policy"].startswith("sandbox")
    factories.sent(answer)


def test_a_download_is_an_entry_of_the_audit_trail(stored: Store) -> None:
    row, reader = stored(), factories.user("bureau_clerk")
    factories.sent(factories.pages(reader).get(reverse("attachment", args=[row.pk])))
    entry = AuditEntry.objects.get(kind="document.downloaded")
    assert (entry.user, f"attachment:{row.pk}" in entry.target) == (reader, True)
