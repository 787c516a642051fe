"""What an import leaves beside the search index is put in order after it, outside its transaction."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from projects import queries, search
from projects.queries import LedgerFilter
from projects.tasks import run_import
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row

pytestmark = pytest.mark.django_db


def test_a_worker_settles_the_index_once_the_import_is_done(
    district: District, tmp_path: Path, monkeypatch: Any
) -> None:
    batch = steps.checked(
        district.clerk, steps.ledger(tmp_path / "a.xlsx", [row(1, "长寿电池项目", "甲公司")])
    )
    steps.imports.commit(batch=batch, by=district.clerk, on=steps.TODAY, enqueue=False)
    found: list[str] = []

    def settle() -> None:
        batch.refresh_from_db()
        found.append(batch.state)

    monkeypatch.setattr(search, "settle", settle)
    run_import(batch.pk)
    assert found == ["done"]


def test_settled_the_index_finds_what_it_found_before(district: District, tmp_path: Path) -> None:
    path = steps.ledger(tmp_path / "a.xlsx", [row(1, "长寿电池项目", "甲公司")])
    steps.commit(steps.checked(district.clerk, path))
    for _time in range(2):
        page = queries.ledger_page(district.clerk, LedgerFilter(q="csdc"))
        assert [line["name"] for line in page.rows] == ["长寿电池项目"]
        search.settle()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the index is PostgreSQL's")
def test_the_index_that_is_settled_is_the_one_that_serves_the_search() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [search.INDEX])
        assert "USING gin" in cursor.fetchone()[0]
