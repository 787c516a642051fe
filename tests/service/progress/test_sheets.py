"""The office's monthly table: out, filled in, in again, checked line by line, committed whole."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from projects.models import Project
from service.models import MonthlyProgress, ProgressSheet
from tests import factories as make
from tests import lives
from tests.service.progress import site
from tests.service.progress.site import WAN

pytestmark = pytest.mark.django_db
HEADERS = ["项目编号", "项目名称", "承接园区", "本月完成投资（万元）", "累计完成投资（万元）", "形象进度"]
HEADERS += ["工程进度（%）", "进展情况", "存在问题", "说明"]
IMPORT = "/progress/import/?month=2026-02"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def browser() -> Client:
    return make.pages(lives.clerk())


def table(*rows: list[Any], title: bool = False) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if title:
        sheet.append(["2026年2月在建项目进度表"])
    sheet.append(HEADERS)
    for row in rows:
        sheet.append(row)
    kept = BytesIO()
    book.save(kept)
    return SimpleUploadedFile("月报.xlsx", kept.getvalue())


def line(
    row: Project, invested: Any = 500, stage: str = "基础施工", percent: Any = 5, **more: str
) -> list[Any]:
    words = [more.get(name, "") for name in ("words", "problems", "reason")]
    return [row.case.code, row.name, "", invested, "", stage, percent, *words]


def hand_in(browser: Client, file: SimpleUploadedFile) -> Any:
    return browser.post(IMPORT, {"file": file}, follow=True)


def test_the_table_goes_out_with_what_is_reported_and_comes_in_filled(browser: Client) -> None:
    one, two = site.started(), site.started(name="二号", enterprise=lives.outsider("二号公司"))
    site.report(one, wan=500, words="联系人13812345678")
    sent = make.sent(browser.get("/progress/export/?month=2026-02"))
    sheet = openpyxl.load_workbook(BytesIO(sent)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0]) == HEADERS
    by_code = {row[0]: row for row in rows[1:]}
    assert by_code[one.case.code][3:7] == (500, 500, "基础施工", 5)
    assert "138****5678" in str(by_code[one.case.code][7])
    assert by_code[two.case.code][3] is None


def test_a_filled_table_is_shown_first_and_written_when_it_is_confirmed(browser: Client) -> None:
    one, two = site.started(), site.started(name="二号", enterprise=lives.outsider("二号公司"))
    answer = hand_in(browser, table(line(one, 1_234.5), line(two, "300", percent="3%"), title=True))
    assert "可以入库" in answer.content.decode()
    assert MonthlyProgress.objects.count() == 0
    sheet = ProgressSheet.objects.get()
    assert browser.post(f"/progress/import/{sheet.pk}/").status_code == 302
    found = dict(MonthlyProgress.objects.values_list("project", "invested_fen"))
    assert found == {one.pk: 1_234_500_000, two.pk: 300 * WAN}
    again = browser.post(f"/progress/import/{sheet.pk}/")
    assert (again.status_code, MonthlyProgress.objects.count()) == (409, 2)


def test_every_fault_is_shown_at_its_line_and_nothing_is_written(browser: Client) -> None:
    row = site.started()
    strange = ["P99999", "没有的项目", "", 1, "", "基础施工", 5, "", "", ""]
    wrong = [line(row, "三百"), strange, line(row, 1, "封顶"), line(row, 1)]
    page = hand_in(browser, table(*wrong)).content.decode()
    for words in ("“三百”不是以万元为单位的数", "没有编号为“P99999”的项目", "同一项目写了两行", "4 行有误"):
        assert words in page, words
    sheet = ProgressSheet.objects.get()
    assert browser.post(f"/progress/import/{sheet.pk}/").status_code == 400
    assert MonthlyProgress.objects.count() == 0


def test_what_is_left_empty_is_asked_for_and_each_fault_of_a_line_is_told_at_once(browser: Client) -> None:
    empty, wrong = site.started(), site.started(name="二号", enterprise=lives.outsider("二号公司"))
    rows = [
        line(empty, "", stage="", percent="", words="无进展"),
        line(wrong, 300, stage="动工", percent=120),
    ]
    page = hand_in(browser, table(*rows)).content.decode()
    for words in ("请填写本月完成投资", "请填写形象进度：基础施工", "请填写工程进度（0 到 100 的整数）",
                  "形象进度“动工”应为", "工程进度“120”不是 0 到 100 的整数"):  # fmt: skip
        assert words in page
    assert "“”" not in page


def test_what_the_action_would_refuse_is_told_before(browser: Client) -> None:
    row = site.started()
    page = hand_in(browser, table(line(row, 30_000))).content.decode()
    assert "超过协议资金" in page and "确认入库" not in page
    page = hand_in(browser, table(line(row, 30_000, reason="追加设备投资"))).content.decode()
    assert "确认入库" in page
    assert MonthlyProgress.objects.count() == 0


def test_a_formula_without_its_result_is_never_read_as_blank(browser: Client) -> None:
    row = site.started()
    page = hand_in(browser, table(line(row, "=100+200"))).content.decode()
    assert "单元格 D2 是出错的公式" in page


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"", "文件是空的"),
        ("a.xlsx", b"MZ\x90\x00 not a table", "请"),
        ("a.xlsx", b"PK\x03\x04broken", "损坏"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(browser: Client, name, content, words) -> None:
    answer = browser.post(IMPORT, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not ProgressSheet.objects.exists()


def test_a_table_without_our_headers_says_what_is_looked_for(browser: Client) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["项目", "投资"])
    kept = BytesIO()
    book.save(kept)
    answer = browser.post(IMPORT, {"file": SimpleUploadedFile("a.xlsx", kept.getvalue())})
    assert (answer.status_code, "没有找到表头" in answer.content.decode()) == (400, True)


def test_nobody_sees_or_commits_the_table_of_another(browser: Client) -> None:
    row = site.started()
    hand_in(browser, table(line(row)))
    sheet = ProgressSheet.objects.get()
    other = make.pages(lives.clerk())
    assert other.get(f"/progress/import/{sheet.pk}/").status_code == 404
    assert other.post(f"/progress/import/{sheet.pk}/").status_code == 404


def test_a_park_imports_no_line_of_anothers_project(browser: Client) -> None:
    row = site.started()
    stranger = make.pages(make.user("park_clerk", unit=make.unit("qingxi-park", kind="park")))
    page = hand_in(stranger, table(line(row))).content.decode()
    assert "或您看不到它" in page


def test_leaders_export_and_import_nothing() -> None:
    leader = make.pages(make.user("leader", unit=lives.bureau()))
    assert leader.get(IMPORT).status_code == 403
    assert make.sent(leader.get("/progress/export/"))[:2] == b"PK"
