"""The two real ledgers, row by row, against what a careful person reads in them."""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from projects.ledgers.amounts import Amount
from projects.ledgers.dates import ParsedDate
from projects.ledgers.phases import WORDS
from projects.ledgers.rows import LedgerReading, LedgerRow, read_rows

DATA = Path(__file__).parents[2] / "data" / "ledgers"
EXPECTED: dict[str, Any] = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
SIGNED, NEGOTIATING = "ledger-signed-2021-2025.xlsx", "ledger-negotiating.xlsx"
DATES = {"signed": "signed_on", "started": "started_on", "produced": "produced_on"}
KINDS = {
    "标题行": "title", "单位行": "unit", "表头": "header", "园区小计行": "subtotal", "合计行": "total",
    "表尾空白行": "blank", "汇总行": "summary", "填报人行": "reporter", "脚注": "footnote",
}  # fmt: skip
EVERY_ROW = [
    pytest.param(file, row, id=row["project_id"])
    for file in (SIGNED, NEGOTIATING)
    for row in EXPECTED[file]["rows"]
]


@cache
def read(file: str) -> tuple[LedgerReading, dict[int, LedgerRow]]:
    reading = read_rows(DATA / file, today=date(2026, 7, 1))
    return reading, {row.excel_row: row for row in reading}


@pytest.mark.parametrize("file", [SIGNED, NEGOTIATING])
def test_every_project_is_read_and_nothing_else(file):
    _reading, rows = read(file)
    assert list(rows) == [row["excel_row"] for row in EXPECTED[file]["rows"]]
    assert len(rows) == EXPECTED[file]["count"]


@pytest.mark.parametrize(("file", "expected"), EVERY_ROW)
def test_texts_are_read_as_meant(file, expected):
    values = read(file)[1][expected["excel_row"]].values
    assert values["seq"] == str(expected["seq"])
    for field in ("name", "investor", "industry", "park"):
        assert values[field] == expected.get(field)
    assert values.get("investor_origin") == expected.get("investor_origin")
    assert values.get("content") == expected.get("content")
    if "progress_raw" in expected:
        assert values["progress"] == expected["progress_raw"]


@pytest.mark.parametrize(("file", "expected"), EVERY_ROW)
def test_amounts_are_read_as_meant(file, expected):
    amount, wanted = read(file)[1][expected["excel_row"]].amount, expected["amount"]
    if wanted["raw"] is None:
        assert amount is None
        return
    assert isinstance(amount, Amount)
    assert amount.yuan == wanted["yuan"]
    assert (amount.currency, amount.qualifier) == (wanted["currency"], wanted.get("qualifier"))
    assert amount.raw == _as_written(wanted["raw"])
    if "original_value" in wanted:
        assert amount.original == Decimal(wanted["original_value"])


def _as_written(raw: object) -> object:
    return raw.removesuffix("（合并单元格）") if isinstance(raw, str) else raw


@pytest.mark.parametrize(("file", "expected"), EVERY_ROW)
def test_land_and_output_are_read_as_meant(file, expected):
    values = read(file)[1][expected["excel_row"]].values
    land = values["land_mu"]
    assert (land.mu if land else None) == expected.get("land_mu")
    if "land_raw" in expected:
        assert (land.raw if land else None) == expected["land_raw"]
    if expected.get("output_raw"):
        assert values["output"].raw == expected["output_raw"]


@pytest.mark.parametrize(("file", "expected"), EVERY_ROW)
def test_dates_are_read_as_meant(file, expected):
    values = read(file)[1][expected["excel_row"]].values
    for short, field in DATES.items():
        parsed, wanted = values.get(field), expected["dates"][short]
        if wanted is None:
            assert parsed is None
            continue
        assert isinstance(parsed, ParsedDate)
        assert (parsed.iso, parsed.precision, parsed.flag) == (
            wanted["iso"], wanted["precision"], wanted.get("flag"),
        )  # fmt: skip
        raw = wanted["raw"]
        assert parsed.raw == (raw["excel_date"] if isinstance(raw, dict) else raw)


@pytest.mark.parametrize(("file", "expected"), EVERY_ROW)
def test_phase_and_flags_are_those_a_person_would_give(file, expected):
    row = read(file)[1][expected["excel_row"]]
    assert (WORDS[row.phase] if row.phase else None) == expected["phase"]
    assert sorted(row.flags) == sorted(expected["flags"])
    assert row.problems == []
    assert len(row.warnings) == len(row.flags)


@pytest.mark.parametrize("file", [SIGNED, NEGOTIATING])
def test_rows_that_are_no_projects_are_left_out_for_the_right_reason(file):
    reading, _rows = read(file)
    reasons = {
        number: skipped.reason
        for skipped in reading.skipped
        for number in range(skipped.first_row, skipped.last_row + 1)
    }
    wanted = {}
    for item in EXPECTED[file]["not_imported"]:
        first, last = item.get("excel_rows") or (item["excel_row"], item["excel_row"])
        kind = next(kind for word, kind in KINDS.items() if item["why"].startswith(word))
        wanted.update(dict.fromkeys(range(first, last + 1), kind))
    assert reasons == wanted


def test_the_amounts_sum_to_the_ledgers_own_total():
    _reading, rows = read(SIGNED)
    total = sum(row.amount.fen for row in rows.values() if row.amount and row.amount.fen)
    assert total == EXPECTED[SIGNED]["checks"]["sum_yuan_CNY"] * 100


def test_a_park_that_is_not_named_leaves_the_region():
    values = read(SIGNED)[1][17].values
    assert (values["park"], values["region"]) == (None, "涪陵区")


def test_the_heading_of_two_rows_and_its_unit_are_found():
    reading, _rows = read(SIGNED)
    assert reading.header.sheet == EXPECTED[SIGNED]["sheet"]
    assert list(reading.header.rows) == EXPECTED[SIGNED]["header_rows"]
    assert reading.header.unit == EXPECTED[SIGNED]["default_unit"]
    assert [f"{column.letter} {column.label}" for column in reading.header.hidden] == ["O 来源编号"]
    labels = {column.letter: column.label for column in reading.header.columns}
    assert labels["H"] == "项目规模/预计年产值"


def test_hidden_columns_are_not_mapped_but_kept_as_raw_cells():
    reading, rows = read(SIGNED)
    assert next(column for column in reading.mapping.columns if column.index == 14).field is None
    assert rows[5].raw["O"] == "S19、S19b、S20"


def test_the_unit_of_bare_numbers_is_learnt_from_the_column_where_nothing_names_it():
    reading, _rows = read(NEGOTIATING)
    column = next(column for column in reading.mapping.columns if column.index == 3)
    assert (column.unit, column.unit_from) == ("亿元", "cells")
    assert reading.header.unit is None


def test_a_footnote_about_a_column_is_believed_over_its_heading():
    reading, _rows = read(NEGOTIATING)
    column = next(column for column in reading.mapping.columns if column.index == 3)
    assert (column.heading, column.field) == ("固定资产投资", "amount_total")
    assert "总投资额" in column.note
