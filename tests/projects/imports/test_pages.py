"""The import pages: the steps in a browser's requests, own unit only, a constant number of queries."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.clock import today
from projects.actions import imports
from projects.models import ImportBatch, ImportMapping, ImportRow, Project
from tests import factories
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row


@pytest.fixture
def browser(district: District) -> Client:
    return factories.pages(district.clerk)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    lines = [
        row(1, "甲项目", "甲公司", "约2亿元", "清溪园区", "2025年3月1日", "已签约"),
        row(2, "乙项目", "乙公司", "-1亿元"),
        row(3, "甲项目", "甲公司", 3),
    ]
    return steps.ledger(tmp_path / "一月台账.xlsx", lines)


@pytest.fixture
def batch(district: District, path: Path) -> ImportBatch:
    return steps.checked(district.clerk, path, on=today())


def url(name: str, batch: ImportBatch) -> str:
    return reverse(f"import-{name}", args=[batch.pk])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def send(browser: Client, path: Path) -> Any:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return browser.post(reverse("import-upload"), {"file": file})


def mapped(batch: ImportBatch, **changes: str) -> dict[str, str]:
    """What the mapping form sends as it stands."""
    data = {f"field-{c['index']}": c["field"] or "" for c in batch.mapping["columns"]}
    data |= {f"unit-{c['index']}": c["unit"] or "" for c in batch.mapping["columns"]}
    return data | {"phase": batch.mapping["phase"] or ""} | changes


def test_the_whole_way_in_pages(district: District, browser: Client, path: Path) -> None:
    answer = send(browser, path)
    batch = ImportBatch.objects.get()
    assert answer.url == url("detail", batch)
    page = text(browser.get(answer.url))
    assert "总投资" in page and "亿元" in page and "甲项目" in page
    browser.post(url("mapping", batch), mapped(batch))
    batch.refresh_from_db()
    assert batch.state == "checking"
    assert "hx-get" in text(browser.get(url("detail", batch)))
    steps.work(batch)
    page = text(browser.get(url("detail", batch)))
    assert "确认后将新增 1 个项目；1 行疑似重复，不导入；1 行被拒绝。" in page
    browser.post(url("commit", batch))
    steps.work(ImportBatch.objects.get())
    project = Project.objects.get()
    page = text(browser.get(url("detail", batch)))
    assert reverse("project-detail", args=[project.pk]) in page
    browser.post(url("undo", batch))
    steps.work(ImportBatch.objects.get())
    assert "作废 1 个新增项目" in text(browser.get(url("detail", batch)))


def test_a_refused_file_is_told_on_the_page_and_keeps_nothing(browser: Client, tmp_path: Path) -> None:
    broken = tmp_path / "a.xlsx"
    broken.write_bytes(b"PK nothing")
    answer = send(browser, broken)
    assert (answer.status_code, "已损坏" in text(answer)) == (400, True)
    assert browser.post(reverse("import-upload")).status_code == 400
    assert ImportBatch.objects.count() == 0


def test_the_very_same_file_warns_before_it_is_imported_again(
    district: District, browser: Client, path: Path
) -> None:
    steps.imported(district.clerk, path)
    assert "导入过" in text(browser.get(send(browser, path).url))


def test_a_row_shows_what_was_understood_and_what_is_wrong(browser: Client, batch: ImportBatch) -> None:
    page = text(browser.get(url("detail", batch)))
    for words in (
        "2亿元",
        "清溪园区",
        "2025-03-01",
        "签约落地",
        "投资额是约数",
        "D5：",
        "与第4行的项目名称和投资方相同",
    ):
        assert words in page


def test_a_change_is_shown_before_and_after(
    district: District, browser: Client, path: Path, tmp_path: Path
) -> None:
    steps.imported(district.clerk, path)
    lines = [row(1, "甲项目", "甲公司", "3亿元", None, None, "已签约")]
    batch = steps.checked(district.clerk, steps.ledger(tmp_path / "b.xlsx", lines))
    page = text(browser.get(url("detail", batch)))
    assert "<del>2亿元</del> → <ins>3亿元</ins>" in page


@pytest.mark.parametrize(
    ("outcome", "there", "not_there"),
    [
        ("suspect", "第4行", "D5："),
        ("rejected", "D5：", "第4行"),
        ("created", "清溪园区", "D5："),
        ("skipped", "标题行", "D5："),
    ],
)
def test_rows_are_filtered_by_outcome(
    browser: Client, batch: ImportBatch, outcome: str, there: str, not_there: str
) -> None:
    page = text(browser.get(url("detail", batch), {"outcome": outcome}))
    assert there in page and not_there not in page


def test_suspects_are_let_in_and_rows_left_out_by_ticking_them(browser: Client, batch: ImportBatch) -> None:
    answer = browser.post(
        url("decide", batch) + "?outcome=suspect", {"rows": ["6"], "do": "decide:create"}, follow=True
    )
    assert "已处理 1 行" in text(answer) and answer.request["QUERY_STRING"] == "outcome=suspect"
    browser.post(url("decide", batch), {"rows": ["4"], "do": "phase", "phase": "negotiation"})
    rows = {row.excel_row: row for row in ImportRow.objects.filter(batch=batch)}
    assert (rows[6].decision, rows[4].decided_phase) == ("create", "negotiation")
    assert "新增 2 个项目" in text(browser.get(url("detail", batch)))
    assert "请先勾选" in text(browser.post(url("decide", batch), {"do": "decide:skip"}, follow=True))
    assert "不能这样处理" in text(
        browser.post(url("decide", batch), {"rows": ["5"], "do": "decide:skip"}, follow=True)
    )


def test_rows_of_unclear_phase_are_counted_and_found(
    district: District, browser: Client, tmp_path: Path
) -> None:
    path = steps.ledger(tmp_path / "a.xlsx", [row(1, "甲项目", "甲公司", 1)], title="项目表")
    batch = steps.checked(district.clerk, path)
    assert "1 行看不出所处阶段" in text(browser.get(url("detail", batch)))
    assert "甲项目" in text(browser.get(url("detail", batch), {"outcome": "unclear"}))


def test_a_mapping_is_corrected_saved_by_name_and_loaded(
    district: District, browser: Client, batch: ImportBatch, path: Path
) -> None:
    browser.post(url("mapping", batch), mapped(batch, **{"field-3": "fixed_asset", "save_as": "月报"}))
    saved = ImportMapping.objects.get(user=district.clerk, name="月报")
    assert saved.columns["columns"][3]["field"] == "fixed_asset"
    second = steps.upload(district.clerk, path)
    assert "月报" in text(browser.get(url("detail", second)))
    browser.post(url("load-mapping", second), {"saved": saved.pk})
    second.refresh_from_db()
    assert second.mapping["columns"][3]["field"] == "fixed_asset"
    assert browser.post(url("load-mapping", second), {"saved": "999"}).status_code == 404


def test_a_mapping_that_cannot_be_is_shown_again_with_the_reason(browser: Client, batch: ImportBatch) -> None:
    answer = browser.post(url("mapping", batch), mapped(batch, **{"field-1": ""}))
    assert (answer.status_code, "没有指定“项目名称”列" in text(answer)) == (400, True)
    answer = browser.post(url("mapping", batch), mapped(batch, **{"field-2": "name"}))
    assert (answer.status_code, "多列对应了同一个字段" in text(answer)) == (400, True)
    batch.refresh_from_db()
    assert batch.state == "checked"


def test_the_bar_asks_again_until_the_work_is_done(
    browser: Client, district: District, batch: ImportBatch
) -> None:
    imports.check(batch=batch, by=district.clerk, enqueue=False)
    ImportBatch.objects.filter(pk=batch.pk).update(rows_done=1, rows_total=4, heartbeat_at=timezone.now())
    answer = browser.get(url("progress", batch))
    assert 'value="25"' in text(answer) and "HX-Refresh" not in answer
    ImportBatch.objects.filter(pk=batch.pk).update(state="checked")
    assert browser.get(url("progress", batch))["HX-Refresh"] == "true"


def test_rejected_rows_come_as_a_file(browser: Client, batch: ImportBatch) -> None:
    answer = browser.get(url("sent-back", batch))
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")
    assert b"".join(answer).startswith(b"PK")


def test_another_units_import_does_not_exist_for_me(district: District, batch: ImportBatch) -> None:
    park = factories.pages(district.person("park_clerk", "qingxi-park"))
    for name in ("detail", "progress", "sent-back"):
        assert park.get(url(name, batch)).status_code == 404
    for name in ("mapping", "load-mapping", "sheet", "decide", "commit", "undo"):
        assert park.post(url(name, batch)).status_code == 404
    assert "一月台账" not in text(park.get(reverse("import-list")))
    assert "一月台账" in text(factories.pages(district.head).get(reverse("import-list")))


@pytest.mark.parametrize("role", ["reviewer", "leader", "inspector", "system_admin"])
def test_who_may_not_import_is_refused(district: District, batch: ImportBatch, role: str) -> None:
    browser = factories.pages(factories.user(role, unit=district.bureau))
    assert browser.get(reverse("import-list")).status_code == 403
    assert browser.get(url("detail", batch)).status_code == 403
    assert browser.post(reverse("import-upload")).status_code == 403


def test_strangers_are_sent_to_the_sign_in(batch: ImportBatch) -> None:
    assert Client().get(url("detail", batch)).status_code == 302


def test_a_step_that_came_too_late_is_refused(
    district: District, browser: Client, batch: ImportBatch
) -> None:
    browser.post(url("commit", batch))
    assert browser.post(url("commit", batch)).status_code == 409
    assert browser.post(url("undo", batch)).status_code == 409
    assert browser.post(url("mapping", batch), mapped(batch)).status_code == 409


def queries(browser: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    return len(seen)


def test_the_list_asks_the_same_however_many_imports_there_are(
    district: District, browser: Client, path: Path
) -> None:
    steps.checked(district.clerk, path)
    one = queries(browser, reverse("import-list"))
    for _time in range(6):
        steps.checked(district.head, path)
    assert queries(browser, reverse("import-list")) == one <= 12


def test_the_preview_asks_the_same_however_many_rows_there_are(
    district: District, browser: Client, tmp_path: Path
) -> None:
    def preview(count: int) -> int:
        lines = [row(n, f"第{count}批{n}号", f"公司{n}", n) for n in range(1, count + 1)]
        batch = steps.imported(district.clerk, steps.ledger(tmp_path / f"{count}.xlsx", lines))
        return queries(browser, url("detail", batch))

    assert preview(1) == preview(40) <= 14


def test_what_is_written_in_a_ledger_is_never_run_as_a_page(
    district: District, browser: Client, tmp_path: Path
) -> None:
    lines = [row(1, "<script>alert(1)</script>", "<img src=x onerror=1>", "<b>-1亿元")]
    batch = steps.checked(district.clerk, steps.ledger(tmp_path / "<i>.xlsx", lines))
    page = text(browser.get(url("detail", batch)))
    assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;" in page
