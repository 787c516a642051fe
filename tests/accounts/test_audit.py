"""The audit trail can be read by one role and changed by nobody, not even in SQL."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import audit
from accounts.models import AuditEntry
from accounts.roles import Role
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_auditentry SET success = NOT success",
        "UPDATE accounts_auditentry SET kind = 'x' WHERE id = %s",
        "DELETE FROM accounts_auditentry",
        "DELETE FROM accounts_auditentry WHERE id = %s",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry(sql: str) -> None:
    entry = audit.record(kind="account.signed_in", by=make.user())
    params = [entry.pk] if "%s" in sql else []
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql, params)
    assert AuditEntry.objects.get().kind == "account.signed_in"


def test_neither_does_the_orm() -> None:
    entry = audit.record(kind="x", by=None)
    entry.kind = "y"
    for call in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            call()


def test_every_kind_that_accounts_write_has_a_name() -> None:
    import re
    from pathlib import Path

    written: set[str] = set()
    for file in Path(audit.__file__).parent.rglob("*.py"):
        written |= set(re.findall(r'kind(?: =|=)\s?"([a-z.]+_?[a-z_]*)"', file.read_text()))
    assert {kind for kind in written if "." in kind} <= set(audit.names())


@pytest.mark.parametrize("role", sorted(Role))
def test_only_the_audit_administrator_reads_the_trail(role: Role) -> None:
    expected = 200 if role == Role.AUDIT_ADMIN else 403
    assert make.pages(make.user(role)).get("/system/audit/").status_code == expected


def test_the_trail_is_filtered_and_paged_without_skipping_or_repeating() -> None:
    reader, wang = make.user("audit_admin"), make.user(username="wang")
    for number in range(120):
        audit.record(kind="account.signed_in", by=wang if number % 2 else reader, target=str(number))
    browser, url, seen = make.pages(reader), "/system/audit/?username=wang", []
    while True:
        page = browser.get(url).context["page"]
        seen += [int(entry.target) for entry in page.rows]
        if not page.next_url:
            break
        url = f"/system/audit/{page.next_url}"
    assert seen == list(range(119, 0, -2))
    back = browser.get(f"/system/audit/{page.previous_url}").context["page"]
    assert [int(entry.target) for entry in back.rows] == list(range(119, 19, -2))
    assert not back.previous_url


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=account.locked", 1),
        ("since=2000-01-01", 3),
        ("until=2000-01-01", 0),
        ("since=nonsense", 3),
        ("after=nonsense", 3),
        ("username=%00", 3),
    ],
)
def test_filters(query: str, count: int) -> None:
    for kind in ("account.locked", "account.signed_in", "unknown.kind"):
        audit.record(kind=kind, by=None, username="x")
    answer = make.pages(make.user("audit_admin")).get(f"/system/audit/?{query}")
    assert len(answer.context["page"].rows) == count


def test_the_page_costs_the_same_however_long_the_trail(django_assert_max_num_queries) -> None:
    reader = make.user("audit_admin")
    browser = make.pages(reader)
    browser.get("/system/audit/")
    for _ in range(60):
        audit.record(kind="account.signed_in", by=make.user())
    with django_assert_max_num_queries(5):
        browser.get("/system/audit/")
