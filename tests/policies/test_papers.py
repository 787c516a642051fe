"""Numbers and reports are pack data: another locality changes them in its file, and is told what is wrong."""

import pytest

from accounts.organisation import SHIPPED, read_units
from policies.errors import PackRefused
from policies.loader import parse_pack
from policies.packs import PACKS
from policies.schema import Pack
from policies.wording import Names, rule_lines

TEXT = (PACKS / "fuling-lifecycle-2024.toml").read_text("utf-8")
FORMAT = 'format = "涪招专报〔{year}〕{number}号"'


def spoilt(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def faults(text: str) -> set[tuple[str, str]]:
    units = {row.code for row in read_units((SHIPPED / "fuling-units.toml").read_text())}
    with pytest.raises(PackRefused) as caught:
        parse_pack(text, units=units)
    for error in caught.value.errors:
        assert error.message_zh
        assert error.message_en
    return {(error.table, error.key) for error in caught.value.errors}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return parse_pack(TEXT)


def test_the_shipped_plan_numbers_by_years_and_reports_to_the_leaders(pack) -> None:
    (series,) = (one for one in pack.series if one.code == "special_report")
    assert series.written(2026, 3) == "涪招专报〔2026〕3号"
    (report,) = (one for one in pack.reports if one.code == "special_report")
    assert (report.reaches, report.tells_roles, report.clause) == (
        "specially_reported",
        ("leader",),
        "三(二)6",
    )
    chosen = {choice.rule for choice in pack.choices}
    assert {"series.special_report.format", "reports.special_report.instruction_limit"} <= chosen


def test_what_they_demand_is_said_in_sentences(pack) -> None:
    names = Names.of([pack], {"investment-bureau": "区招商投资局"})
    lines = "\n".join(line for rule in (*pack.series, *pack.reports) for line in rule_lines(rule, names))
    for words in (
        "文号格式：涪招专报〔2026〕1号",
        "每年从1号起连续编号",
        "落款：区招商投资局",
        "批示未写明时限的，10个工作日内反馈",
        "“洽谈对接情况”一节：最近5次对接",
    ):
        assert words in lines


def test_another_locality_numbers_and_titles_otherwise_by_its_file_alone() -> None:
    text = spoilt(FORMAT, 'format = "招商要情第{number}期"').replace(
        'restarts = "yearly"', 'restarts = "never"'
    )
    assert parse_pack(text).series[0].written(2027, 12) == "招商要情第12期"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (FORMAT, 'format = "涪招专报〔{year}〕号"', ("series", "special_report")),
        (FORMAT, 'format = "涪招专报{number}号"', ("series", "special_report")),
        (FORMAT, 'format = "{series}〔{year}〕{number}号"', ("series", "special_report")),
        (
            'document = "special_report"\nformat',
            'document = "novel"\nformat',
            ("series", "special_report.document"),
        ),
        ('series = "special_report"', 'series = "gone"', ("reports", "special_report.series")),
        ('signed_by = "investment-bureau"', 'signed_by = "nobody"', ("reports", "special_report.signed_by")),
        ('step = "assessment"', 'step = "guess"', ("reports", "special_report.sections.assessment.step")),
        ('title = "关于{project}', 'title = "关于{secret}', ("reports", "special_report")),
        ('contacts = 5', 'contacts = 5\nstep = "assessment"', ("reports", "special_report.sections")),
        (
            'reaches = "specially_reported"\ntitle',
            'reaches = "judged_good"\ntitle',
            ("reports", "special_report.reaches"),
        ),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_table_and_key(old: str, new: str, where: tuple[str, str]) -> None:
    table, key = where
    found = faults(spoilt(old, new))
    assert any(one_table == table and one_key.startswith(key) for one_table, one_key in found), found


def test_a_milestone_of_the_mechanism_without_a_report_is_a_fault() -> None:
    start, rest = TEXT.split(
        "# ---------------------------------------------------------------- reports to", 1
    )
    _reports, after = rest.split(
        "# ---------------------------------------------------------------- clocks", 1
    )
    kept = "\n\n".join(
        block for block in f"{start}#{after}".split("\n\n") if 'rule = "reports.special_report' not in block
    )
    assert ("milestones", "specially_reported.action") in faults(kept)
