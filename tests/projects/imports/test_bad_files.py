"""Files and cells that must not come in: a clear word for each, nothing lost, nothing half done."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from kernel.refusals import Refused
from projects.importing.results import sent_back_workbook
from projects.models import ImportBatch, ImportRow, Project
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row
from tests.projects.ledgers.books import ledger, repacked
from tests.projects.ledgers.test_files import ole

GOOD = row(1, "榨菜智能工厂项目", "某食品公司", "10亿元", "清溪园区", "2025年3月1日", "已签约")


def whole(folder: Path) -> Path:
    return steps.ledger(folder / "whole.xlsx", [GOOD])


def cut_short(folder: Path) -> Path:
    path = folder / "a.xlsx"
    path.write_bytes(whole(folder).read_bytes()[:2000])
    return path


def behind_a_password(folder: Path) -> Path:
    path = folder / "a.xlsx"
    path.write_bytes(ole("EncryptionInfo", "EncryptedPackage"))
    return path


def with_macros(folder: Path) -> Path:
    return repacked(whole(folder), folder / "a.xlsx", {"xl/vbaProject.bin": b"x"})


def without_heading(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text("一,二\n三,四\n", encoding="utf-8")
    return path


def empty(folder: Path) -> Path:
    path = folder / "a.xlsx"
    path.write_bytes(b"")
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (cut_short, "已损坏"),
        (behind_a_password, "密码"),
        (with_macros, "宏"),
        (without_heading, "找不到台账表头"),
        (empty, "空的"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words_and_not_kept(
    district: District, tmp_path: Path, settings: Any, make: Callable[[Path], Path], words: str
) -> None:
    with pytest.raises(Refused, match=words) as caught:
        steps.upload(district.clerk, make(tmp_path))
    assert caught.value.status == "invalid"
    assert ImportBatch.objects.count() == 0
    assert [found for found in Path(settings.MEDIA_ROOT).rglob("*") if found.is_file()] == []


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    district: District, tmp_path: Path, settings: Any
) -> None:
    settings.MAX_LEDGER_BYTES = 1000
    with pytest.raises(Refused, match="MB"):
        steps.upload(district.clerk, whole(tmp_path))


def broken(sheet: Worksheet) -> None:
    sheet["D4"] = "=1/0"
    sheet["D5"] = "#REF!"
    sheet["D5"].data_type = "e"


def test_broken_formulas_are_reported_by_cell_and_never_read_as_blank(
    district: District, tmp_path: Path
) -> None:
    lines = [row(1, "甲项目", "甲公司"), row(2, "乙项目", "乙公司"), row(3, "丙项目", "丙公司", 1)]
    batch = steps.imported(district.clerk, ledger(tmp_path / "a.xlsx", lines, change=broken))
    assert steps.outcomes(batch) == {4: "rejected", 5: "rejected", 6: "created"}
    assert "D4 公式没有计算结果" in steps.texts(batch, 4)
    assert "D5 单元格是错误值 #REF!" in steps.texts(batch, 5)


@pytest.mark.parametrize(
    ("cells", "cell", "words"),
    [
        ({3: "-5亿元"}, "D4", "负数"),
        ({3: "99999999亿元"}, "D4", "万亿"),
        ({3: "几个亿吧"}, "D4", ""),
        ({5: "2099年1月1日"}, "F4", ""),
        ({1: None}, "B4", "没有项目名称"),
    ],
)
def test_a_cell_that_cannot_be_taken_over_rejects_its_row_and_no_other(
    district: District, tmp_path: Path, cells: dict[int, object], cell: str, words: str
) -> None:
    line = list(GOOD)
    for index, value in cells.items():
        line[index] = value
    batch = steps.imported(
        district.clerk, steps.ledger(tmp_path / "a.xlsx", [line, row(2, "乙项目", "乙公司", 1)])
    )
    assert steps.outcomes(batch) == {4: "rejected", 5: "created"}
    assert steps.texts(batch, 4).startswith(cell) and words in steps.texts(batch, 4)
    assert Project.objects.count() == 1


def test_a_wrong_credit_code_rejects_the_row(district: District, tmp_path: Path) -> None:
    lines = [[*row(n, f"第{n}号项目", "北京百度网讯科技有限公司", 1), code]
             for n, code in enumerate(("91110000802100433B", "91110000802100433X", "123"))]  # fmt: skip
    path = steps.ledger(tmp_path / "a.xlsx", lines, more=["统一社会信用代码"])
    batch = steps.imported(district.clerk, path)
    assert steps.outcomes(batch) == {4: "created", 5: "rejected", 6: "rejected"}
    assert "H5" in steps.texts(batch, 5) and "校验不通过" in steps.texts(batch, 5)


def test_rejected_rows_come_back_as_they_were_with_the_reason(district: District, tmp_path: Path) -> None:
    lines = [
        [1, "甲项目", "甲公司", -5.5, "清溪园区", "2025-03-01", "在谈"],
        GOOD,
        [3, GOOD[1], GOOD[2], 7, None, None, None],
    ]
    batch = steps.imported(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines))
    target = tmp_path / "back.xlsx"
    assert sent_back_workbook(batch, target) == 2
    sheet = load_workbook(target).active
    assert sheet is not None
    head, first, second = ([cell.value for cell in line] for line in sheet.iter_rows())
    assert head == [
        "台账行号",
        "序号",
        "项目名称",
        "投资方",
        "总投资",
        "片区",
        "签约时间",
        "进展情况",
        "退回原因",
    ]
    assert first[:8] == [4, 1, "甲项目", "甲公司", -5.5, "清溪园区", "2025-03-01", "在谈"]
    assert first[8] is not None and "D4：" in str(first[8])
    assert (second[0], second[2]) == (6, GOOD[1])


def test_a_file_without_rejected_rows_says_so(district: District, tmp_path: Path) -> None:
    batch = steps.imported(district.clerk, whole(tmp_path))
    target = tmp_path / "back.xlsx"
    assert sent_back_workbook(batch, target) == 0
    assert "没有被拒绝" in str(load_workbook(target).active["A2"].value)  # type: ignore[index]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x","点我")', "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "\t=1"]
)
def test_texts_that_look_like_formulas_come_back_as_texts(
    district: District, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "a.csv"
    quoted = '"' + text.replace('"', '""') + '"'
    path.write_text(f"项目名称,投资方,总投资,进展情况\n{quoted},{quoted},-1亿元,{quoted}\n", encoding="utf-8")
    batch = steps.imported(district.clerk, path)
    assert batch.counts["rejected"] == 1
    target = tmp_path / "back.xlsx"
    sent_back_workbook(batch, target)
    with zipfile.ZipFile(target) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    sheet = load_workbook(target).active
    assert sheet is not None
    assert {cell.data_type for line in sheet.iter_rows() for cell in line if cell.value is not None} <= {
        "s",
        "n",
    }
    assert sheet["B2"].value is not None and str(sheet["B2"].value).strip() == text.strip()


def test_odd_characters_pass_through_whole(district: District, tmp_path: Path) -> None:
    name = "项目\\N“引号”'单'\\t％;--<b>&amp;</b>𠮷"
    batch = steps.imported(
        district.clerk,
        steps.ledger(tmp_path / "a.xlsx", [row(1, name, "甲\\公司", 1, None, None, "a\nb\\n")]),
    )
    assert batch.counts["created"] == 1
    project = Project.objects.select_related("enterprise", "case").get()
    assert (project.name, project.case.title) == (name, name)
    assert project.enterprise is not None and project.enterprise.name == "甲\\公司"
    assert project.progress == "a\nb\\n"
    assert dict(ImportRow.objects.get(excel_row=4).raw)["B"] == name


def test_a_csv_tells_its_phase_by_its_name(district: District, tmp_path: Path) -> None:
    path = tmp_path / "在谈项目.csv"
    path.write_text("项目名称,投资方,总投资（亿元）\n某项目,某公司,3\n", encoding="gb18030")
    batch = steps.imported(district.clerk, path)
    assert (batch.sheet, steps.project("某项目").phase) == ("在谈项目", "negotiation")


def test_names_longer_than_a_column_are_cut_and_nothing_breaks(district: District, tmp_path: Path) -> None:
    line = [
        *row(1, "长" * 300, "名" * 300, "1亿元" + " " * 200, "地" * 300, None, "进" * 40_000),
        "业" * 300,
        "1" * 60,
    ]
    batch = steps.imported(
        district.clerk, steps.ledger(tmp_path / "a.xlsx", [line], more=["产业类别", "联系电话"])
    )
    assert batch.counts["created"] == 1
    assert len(Project.objects.get().name) == 200


def test_a_corrupt_file_on_disk_fails_the_batch_with_a_word(district: District, tmp_path: Path) -> None:
    batch = steps.upload(district.clerk, whole(tmp_path))
    Path(batch.file.path).write_bytes(b"PK nothing")
    from projects.actions import imports

    imports.check(batch=batch, by=district.clerk, enqueue=False)
    steps.work(batch)
    assert (batch.state, "已损坏" in batch.error) == ("failed", True)
