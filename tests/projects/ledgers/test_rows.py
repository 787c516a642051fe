"""Rows of made ledgers: merged cells, lines between projects, broken cells, formats."""

from datetime import date, datetime

import pytest

from projects.ledgers.flags import flag_text
from tests.projects.ledgers.books import HEADINGS, book, ledger, read_rows

TODAY = date(2026, 7, 1)


def project(number=1, name="甲项目", **cells):
    values = {"序号": number, "项目名称": name} | cells
    return [values.get(heading) for heading in HEADINGS]


def problems(path):
    return [
        (found.field, found.cell, found.code)
        for row in read_rows(path, today=TODAY)
        for found in row.problems
    ]


def test_a_formula_that_was_never_calculated_is_a_problem_and_no_blank(tmp_path):
    path = ledger(tmp_path / "a.xlsx", [project(总投资="=1+2")])
    assert problems(path) == [("amount_total", "D4", "formula_without_result")]


def test_an_error_cell_is_a_problem_and_no_blank(tmp_path):
    path = ledger(tmp_path / "a.xlsx", [project(总投资="#REF!"), project(2, "#N/A", 投资方="乙")])
    assert problems(path) == [("amount_total", "D4", "error_cell"), ("name", "B5", "error_cell")]


@pytest.mark.parametrize(
    ("heading", "value", "problem"),
    [
        ("总投资", -5, ("amount_total", "D4", "amount_negative")),
        ("总投资", "30000亿元", ("amount_total", "D4", "amount_absurd")),
        ("总投资", datetime(2024, 1, 1), ("amount_total", "D4", "not_an_amount")),
        ("签约时间", "2027年1月1日", ("signed_on", "F4", "date_future")),
        ("签约时间", "2022.2.30", ("signed_on", "F4", "date_invalid")),
    ],
)
def test_a_value_that_cannot_be_is_a_problem_with_its_cell(tmp_path, heading, value, problem):
    assert problems(ledger(tmp_path / "a.xlsx", [project(**{heading: value})])) == [problem]


def test_a_future_date_makes_no_signed_project(tmp_path):
    (row,) = read_rows(ledger(tmp_path / "a.xlsx", [project(签约时间="2027年1月1日")]), today=TODAY)
    assert (row.phase, row.flags) == ("negotiation", ["signed_on:future".replace("signed_on", "signed")])


def test_a_row_without_a_name_is_a_problem(tmp_path):
    path = ledger(tmp_path / "a.xlsx", [project(name=None, 投资方="甲", 总投资="3亿元")])
    assert problems(path) == [("name", "B4", "no_name")]


def test_merged_texts_and_dates_are_filled_down_but_amounts_are_not_shared_out(tmp_path):
    def merge(sheet):
        for column in "DEF":
            sheet.merge_cells(f"{column}4:{column}5")

    first = project(总投资="12亿元", 片区="高新区", 签约时间="2024年1月2日")
    one, two = read_rows(
        ledger(tmp_path / "a.xlsx", [first, project(2, "乙项目")], change=merge), today=TODAY
    )
    assert two.values["park"] == one.values["park"] == "高新区"
    assert two.values["signed_on"].iso == "2024-01-02"
    assert one.amount.fen is two.amount.fen is None
    assert one.flags == two.flags == ["amount:shared_amount_not_divisible"]


def test_a_project_of_several_lines_is_one_project_with_its_own_amount(tmp_path):
    def merge(sheet):
        for column in "ABD":
            sheet.merge_cells(f"{column}4:{column}5")

    rows = [
        project(投资方="甲公司", 总投资="12亿元"),
        project(None, None, 投资方="乙公司"),
        project(2, "丙项目"),
    ]
    reading = read_rows(ledger(tmp_path / "a.xlsx", rows, change=merge))
    first, second = reading
    assert (first.amount.yuan, second.values["name"]) == (1_200_000_000, "丙项目")
    assert [(line.first_row, line.reason, line.text) for line in reading.skipped][-1] == (
        5,
        "continuation",
        "乙公司",
    )


def test_lines_between_projects_are_known_for_what_they_are(tmp_path):
    lines = [
        ["示例", "某某项目", "某公司"],
        ["一、已签约项目（1个）"],
        project(1, "甲项目", 总投资="3亿元"),
        ["小计", None, None, 3],
        HEADINGS,
        ["二、在谈项目（1个）"],
        project(1, "乙项目", 总投资="4亿元"),
        ["高新区小计（1个）", None, None, 4],
        ["合计", None, None, 7],
        [3],
        [4],
        [None, " "],
        ["注：1.本表由组长审核；"],
        ["2.有变化的才填写。"],
        ["填报人：张三", None, "审核人：李四"],
    ]
    reading = read_rows(ledger(tmp_path / "a.xlsx", lines, title="台账"))
    assert [(row.values["name"], row.phase) for row in reading] == [
        ("甲项目", "landing"),
        ("乙项目", "negotiation"),
    ]
    assert [(line.first_row, line.last_row, line.reason) for line in reading.skipped] == [
        (1, 1, "title"), (2, 2, "unit"), (3, 3, "header"), (4, 4, "example"), (5, 5, "section"),
        (7, 7, "subtotal"),
        (8, 8, "header"), (9, 9, "section"), (11, 11, "subtotal"), (12, 12, "total"), (13, 15, "blank"),
        (16, 16, "footnote"), (17, 17, "footnote"), (18, 18, "reporter"),
    ]  # fmt: skip
    assert all(line.reason_text for line in reading.skipped)


@pytest.mark.parametrize(
    "name",
    ["会计综合服务中心项目", "总计算力1000P智算中心", "注塑件生产基地", "说唱文化产业园", "5G通信设备项目"],
)
def test_a_project_with_a_treacherous_name_is_still_a_project(tmp_path, name):
    rows = read_rows(ledger(tmp_path / "a.xlsx", [project(1, name), project(None, name, 投资方="甲")]))
    assert [row.values["name"] for row in rows] == [name, name]


def test_a_unit_shown_by_the_cells_own_format_counts_before_the_columns(tmp_path):
    def change(sheet):
        sheet["D4"].number_format = '0.00"万元"'
        sheet["D5"].number_format = "[$US$-409]#,##0"
        sheet["D6"].number_format = '0!.0,"万"'
        sheet["D7"].number_format = "#,##0.00"

    values = (6000, 3, 25_000_000, 2)
    path = ledger(tmp_path / "a.xlsx", [project(总投资=value) for value in values], change=change)
    amounts = [row.amount for row in read_rows(path)]
    assert [amount.yuan for amount in amounts] == [60_000_000, None, 25_000_000, 200_000_000]
    assert (amounts[1].currency, amounts[1].original) == ("USD", 300_000_000)


def test_a_date_cell_that_shows_only_the_month_is_read_to_the_month(tmp_path):
    def change(sheet):
        sheet["F4"].number_format = 'yyyy"年"m"月"'

    path = ledger(tmp_path / "a.xlsx", [project(签约时间=datetime(2024, 3, 1))], change=change)
    (row,) = read_rows(path, today=TODAY)
    assert (row.values["signed_on"].iso, row.values["signed_on"].precision) == ("2024-03", "month")


def test_the_epoch_of_1904_is_observed(tmp_path):
    def change(sheet):
        sheet.parent.epoch = datetime(1904, 1, 1)

    path = ledger(tmp_path / "a.xlsx", [project(签约时间=44617 - 1462)], change=change)
    (row,) = read_rows(path, today=TODAY)
    assert row.values["signed_on"].iso == "2022-02-25"


def test_a_hidden_row_is_read_and_pointed_out(tmp_path):
    def hide(sheet):
        sheet.row_dimensions[4].hidden = True

    hidden, shown = read_rows(ledger(tmp_path / "a.xlsx", [project(), project(2, "乙项目")], change=hide))
    assert (hidden.flags, shown.flags) == (["hidden_row"], [])


def test_several_columns_of_remarks_are_joined(tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        [["项目名称", "片区", "备注", "说明"], ["甲项目", "高新区", "一", "二"], ["乙项目", "", "", "三"]],
    )
    assert [row.values["remark"] for row in read_rows(path)] == ["一；二", "三"]


def test_a_sheet_that_does_not_begin_in_the_first_cell_keeps_its_addresses(tmp_path):
    def shift(sheet):
        sheet.move_range("A1:G4", rows=3, cols=2)

    path = ledger(tmp_path / "a.xlsx", [project(总投资=-1)], change=shift)
    assert problems(path) == [("amount_total", "F7", "amount_negative")]


def test_flags_are_told_in_words():
    assert flag_text("amount:approx") == "投资额是约数"
    assert "USD 30000000" in flag_text("amount:USD:30000000")
    assert flag_text("signed:year_missing").startswith("签约时间")
    assert "phase_unclear" not in flag_text("phase_unclear")
