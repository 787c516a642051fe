"""Headings and the mapping of columns to fields."""

import json

import pytest

from projects.ledgers.errors import LedgerError
from projects.ledgers.fields import FIELDS, HEADINGS, match_heading, unit_of_heading
from projects.ledgers.header import unit_line
from projects.ledgers.mapping import Mapping
from tests.projects.ledgers.books import book, ledger, read_rows

LEDGER_A = {
    "序号": "seq", "项目名称": "name", "投资方": "investor", "固定资产投资": "fixed_asset",
    "投资方简介": "investor_profile", "项目内容": "content", "需用土地": "land_mu",
    "企业联系人": "contact_person",
    "联系方式": "contact_phone", "片区": "park", "进度（备注）": "progress", "产业类型": "industry",
    "研判结果": "assessment_result",
}  # fmt: skip
LEDGER_B = {
    "项目编号": "external_id", "项目名称": "name", "投资企业": "investor", "法人代表": "legal_person",
    "投资方属地": "investor_origin", "公司规模": "company_scale", "产业类别": "industry",
    "拟投金额（亿）": "amount_total", "到位资金（亿）": "paid_in", "到位资金核查（亿）": "paid_in_verified",
    "投资期数": "investment_phases", "负责人": "responsible_person", "跟进人": "follow_person",
    "更新时间": "updated_on",
}  # fmt: skip
LEDGER_C = {
    "内外资": "capital_kind", "来源地": "investor_origin", "产业链": "chain",
    "次要产业链": "chain_secondary",
    "计划投资总额": "amount_total", "对接时间": "first_contact", "招商类型": "promotion_kind",
    "建设性质": "construction_kind", "是否存量企业": "existing_enterprise", "飞地园区": "enclave_park",
    "是否研判": "assessed", "交办层级": "assigned_level", "区级责任领导": "responsible_leader",
    "电话核实情况": "phone_check", "项目编码": "external_id", "固投金额": "fixed_asset",
    "当年到位资金": "paid_in_year", "是否推送至省库": "pushed_to_province", "协议类型": "agreement_kind",
    "协议签订时间": "signed_on", "备案证金额": "filing_amount", "预计年产值/税收": "output_and_tax",
    "用地": "land_mu", "开工类型": "start_kind", "实际开工时间(发改)": "started_on_reform",
    "实际开工时间（经信）": "started_on_industry", "入统": "in_statistics_on", "进规": "scaled_on",
    "投产": "produced_on", "到资额": "paid_in",
}  # fmt: skip
LEDGER_D = {
    "首谈联系人": "first_contact_person", "跟踪负责人": "follow_person", "流转方向": "circulation_to",
    "流转时间": "circulated_on", "流转状态": "circulation_status",
}  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "field"),
    [pair for kept in (LEDGER_A, LEDGER_B, LEDGER_C, LEDGER_D) for pair in kept.items()],
)
def test_every_heading_of_the_offices_ledgers_is_known(heading, field):
    assert match_heading((heading,)) == (field, 1.0)


def test_no_heading_stands_for_two_fields():
    assert len(HEADINGS) == sum(len(field.headings) for field in FIELDS.values())


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("投资", "固定资产"), "fixed_asset"), (("投资规模", "总投资\n（亿元）"), "amount_total"),
        (("总投资", "亿元"), "amount_total"), (("项 目 名 称",), "name"), (("投资方联系人",),
        "contact_person"),
        (("拟开工时间",), "planned_start_on"), (("项目总投资额（万元）",), "amount_total"),
        (("占地面积（亩）",), "land_mu"),
    ],
)  # fmt: skip
def test_headings_of_several_rows_breaks_and_units_are_understood(path, field):
    match = match_heading(path)
    assert match is not None
    assert match[0] == field


@pytest.mark.parametrize("heading", ["楼栋数", "能耗", "亩均税收强度评价等级", ""])
def test_an_unknown_heading_is_left_to_people(heading):
    assert match_heading((heading,)) is None


def test_units_are_taken_from_headings_and_unit_lines():
    assert [unit_of_heading(text) for text in ("拟投金额（亿）", "投资额(万美元)", "投资额万元",
    "用地（亩）", "备注（必填）")] == [
        "亿", "万美元", "万元", "亩", None,
    ]  # fmt: skip
    assert [unit_line(text) for text in ("单位：亿元", "（单位：万元）", "填报单位：招商局",
    "金额单位:人民币万元")] == [
        "亿元", "万元", None, "万元",
    ]  # fmt: skip


def test_a_whole_ledger_of_form_b_is_mapped_with_its_units(tmp_path):
    path = book(tmp_path / "a.xlsx", [list(LEDGER_B), ["X-1", "甲项目", *[""] * 5, 2.6, 0.5]])
    reading = read_rows(path)
    assert {column.heading: column.field for column in reading.mapping.columns} == LEDGER_B
    (row,) = reading
    assert row.values["amount_total"].yuan == 260_000_000
    assert row.values["paid_in"].yuan == 50_000_000


def test_a_heading_of_two_rows_is_found_without_merged_cells(tmp_path):
    path = tmp_path / "签约.csv"
    path.write_text(
        "序号,项目名称,项目规模,,时间节点,\n,,总投资（亿元）,用地（亩）,签约时间,开工时间\n1,甲项目,3,20,2024.1.2,\n",
        encoding="utf-8",
    )
    reading = read_rows(path)
    assert reading.header.rows == (1, 2)
    assert [column.label for column in reading.header.columns][2:4] == [
        "项目规模/总投资（亿元）",
        "项目规模/用地（亩）",
    ]
    (row,) = reading
    assert (row.amount.yuan, row.values["land_mu"].mu, row.phase) == (300_000_000, 20, "landing")


def test_the_ledger_is_found_among_other_sheets(tmp_path):
    def add(sheet):
        notes = sheet.parent.create_sheet("填表说明", 0)
        notes.append(["填表说明"])
        notes.append(["园区", "项目数"])
        hidden = sheet.parent.create_sheet("旧台账")
        hidden.append(["序号", "项目名称", "投资方", "总投资", "片区", "签约时间", "进展情况", "备注"])
        hidden.sheet_state = "hidden"

    path = ledger(tmp_path / "a.xlsx", [(1, "甲项目")], change=add)
    assert read_rows(path).header.sheet == "在谈项目"


def test_a_saved_mapping_reads_the_next_file_of_the_same_form(tmp_path):
    first = read_rows(ledger(tmp_path / "a.xlsx", [(1, "甲项目", "甲", "6亿元")]))
    saved = json.dumps(first.mapping.to_json(), ensure_ascii=False)
    mapping = Mapping.from_json(saved)
    assert mapping == first.mapping
    (row,) = read_rows(ledger(tmp_path / "b.xlsx", [(1, "乙项目", "乙", 7)]), mapping=mapping)
    assert (row.values["name"], row.amount.yuan) == ("乙项目", 700_000_000)


def test_a_saved_mapping_refuses_a_file_of_another_form(tmp_path):
    mapping = read_rows(ledger(tmp_path / "a.xlsx", [(1, "甲项目")])).mapping
    other = book(
        tmp_path / "b.xlsx",
        [["项目台账"], ["单位：亿元"], ["序号", "投资方", "项目名称"], [1, "乙", "乙项目"]],
    )
    with pytest.raises(LedgerError) as caught:
        read_rows(other, mapping=mapping)
    assert (caught.value.code, caught.value.cell) == ("mapping_mismatch", "B3")


def test_a_person_moves_a_field_to_another_column(tmp_path):
    path = book(tmp_path / "a.xlsx", [["项目名称", "总投资", "协议额度", "备注"], ["甲项目", 1, 2, "丙"]])
    mapping = read_rows(path).mapping.corrected(2, "amount_total", "亿元")
    assert [column.field for column in mapping.columns] == ["name", None, "amount_total", "remark"]
    (row,) = read_rows(path, mapping=mapping)
    assert row.amount.yuan == 200_000_000


def good() -> dict:
    return {
        "sheet": "表",
        "header_rows": [1],
        "columns": [{"index": 0, "field": "name", "heading": "项目名称"}],
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"header_rows": []}, "header_rows"), ({"header_rows": [0]}, "header_rows"), ({"columns": {}},
        "columns"),
        ({"columns": []}, "项目名称"), ({"columns": [{"index": -1, "field": "name"}]}, "index"),
        ({"columns": [{"index": 0, "field": "nonsense"}]}, "nonsense"), ({"phase": "sold"}, "phase"),
        ({"columns": [{"index": 0, "field": "name"}, {"index": 1, "field": "name"}]}, "项目名称"),
        ({"columns": [{"index": 0, "field": "name"}, {"index": 0, "field": "park"}]}, "两次"),
        ({"columns": [{"index": 0, "field": "name", "heading": 5}]}, "类型"), ({"sheet": None}, "sheet"),
        ({"columns": [{"index": 0, "field": "name"}, {"index": 1, "field": "output", "unit": "斤"}]}, "斤"),
        ({"columns": [{"index": 0, "field": "name"}, {"index": 1, "field": "land_mu", "unit": "亿元"}]},
        "亿元"),
    ],
)  # fmt: skip
def test_a_mapping_that_makes_no_sense_is_refused_with_the_place(change, told):
    assert Mapping.from_json(good()).by_field["name"].index == 0
    with pytest.raises(LedgerError, match=told) as caught:
        Mapping.from_json(good() | change)
    assert caught.value.code == "bad_mapping"


@pytest.mark.parametrize("text", ["", "[]", "5", "{"])
def test_text_that_is_no_mapping_is_refused(text):
    with pytest.raises(LedgerError):
        Mapping.from_json(text)
