"""The same ledger again, and next month's: nothing twice, what changed is taken over, what cannot is told."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from openpyxl import load_workbook

from cases.models import Event
from projects import actions
from projects.importing.origins import division_of
from projects.models import ImportRow, Money, Outcome, Project
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row

NEXT_MONTH = steps.TODAY + timedelta(days=30)


@pytest.fixture
def before(district: District, tmp_path: Path) -> Path:
    """A ledger of two projects, imported."""
    lines = [
        row(1, "榨菜智能工厂项目", "某食品公司", "10亿元", "清溪园区", "2025年3月1日", "已签约"),
        row(2, "锂电池材料项目", "某能源公司", 3, "外地", None, "在谈"),
    ]
    path = steps.ledger(tmp_path / "一月.xlsx", lines)
    steps.imported(district.clerk, path)
    return path


def edited(path: Path, **cells: Any) -> Path:
    """Next month's file: the same with some cells changed."""
    book = load_workbook(path)
    for cell, value in cells.items():
        book.worksheets[0][cell] = value
    target = path.with_name("二月.xlsx")
    book.save(target)
    return target


def written() -> dict[str, int]:
    """How many rows every table of projects and cases holds."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor)
                  if name.startswith(("projects_", "cases_")) and "import" not in name]  # fmt: skip
        found = {}
        for name in tables:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            found[name] = cursor.fetchone()[0]
    return found


@pytest.mark.parametrize("path", [steps.SIGNED, steps.TALKING], ids=["signed", "negotiating"])
def test_the_same_ledger_again_changes_nothing_and_writes_nothing(district: District, path: Path) -> None:
    first = steps.imported(district.clerk, path)
    before, touched = written(), list(Project.objects.values_list("pk", "version", "updated_at"))
    again = steps.imported(district.clerk, path)
    assert set(steps.outcomes(again).values()) == {"unchanged"}
    assert again.counts["unchanged"] == first.counts["created"]
    assert written() == before
    assert list(Project.objects.values_list("pk", "version", "updated_at")) == touched


def test_a_changed_amount_supersedes_the_old_figure_in_one_event(district: District, before: Path) -> None:
    project = steps.project("榨菜智能工厂项目")
    batch = steps.commit(
        steps.checked(district.clerk, edited(before, D4="12.5亿元"), on=NEXT_MONTH), NEXT_MONTH
    )
    assert steps.outcomes(batch) == {4: "updated", 5: "unchanged"}
    old, new = Money.objects.filter(project=project, measure="total").order_by("pk")
    assert (old.fen, new.fen, new.supersedes_id, new.on) == (10**11, 125 * 10**9, old.pk, NEXT_MONTH)
    after = steps.project("榨菜智能工厂项目")
    assert (after.total_fen, after.version) == (125 * 10**9, 2)
    event = Event.objects.get(case_id=project.pk, kind="project.import_updated")
    assert event.data["changes"] == {"total": ["10亿元", "12.5亿元"]}
    assert event.data["fields"] == "总投资"
    assert after.history.count() == 2
    assert after.history.first().total_fen == 125 * 10**9


def test_the_class_follows_a_changed_amount(district: District, tmp_path: Path) -> None:
    lines = [[*row(1, "整车项目", "某汽车公司", "1亿元", None, None, "在谈"), "浙江杭州", "制造业"]]
    path = steps.ledger(tmp_path / "一月.xlsx", lines, more=["投资方属地", "产业类别"])
    steps.imported(district.clerk, path)
    small = steps.project("整车项目").project_class
    steps.imported(district.clerk, edited(path, D4="300亿元"))
    project = steps.project("整车项目")
    assert project.project_class != small
    assert project.project_class == _saved_once_more(project, district)


def _saved_once_more(project: Project, district: District) -> str:
    changed = actions.edit(project=project, by=district.clerk, on=steps.TODAY, changes={"jobs": 7})
    return str(changed.project_class)


def test_changed_texts_are_shown_before_and_after_and_taken_over(district: District, before: Path) -> None:
    batch = steps.checked(district.clerk, edited(before, G5="已达成一致，合同待签"))
    staged = ImportRow.objects.get(batch=batch, excel_row=5)
    assert staged.values["changes"] == {"progress": ["在谈", "已达成一致，合同待签"]}
    assert steps.project("锂电池材料项目").progress == "在谈"
    steps.commit(batch)
    assert steps.project("锂电池材料项目").progress == "已达成一致，合同待签"


def test_a_cell_left_empty_deletes_nothing(district: District, before: Path) -> None:
    batch = steps.checked(district.clerk, edited(before, D4=None, G4=None, E4=None))
    assert steps.outcomes(batch)[4] == "unchanged"


def test_a_later_phase_or_another_day_is_pointed_out_and_not_taken_over(
    district: District, before: Path
) -> None:
    batch = steps.imported(district.clerk, edited(before, F4="2025年4月1日", G5="2025年12月已开工建设"))
    assert set(steps.outcomes(batch).values()) <= {"unchanged", "updated"}
    assert "请用“更正”" in steps.texts(batch, 4)
    assert "请在项目档案中办理" in steps.texts(batch, 5)
    assert steps.project("锂电池材料项目").phase == "negotiation"


def test_what_somebody_changed_since_the_check_is_not_overwritten(district: District, before: Path) -> None:
    batch = steps.checked(district.clerk, edited(before, D4="12亿元", D5="4亿元"))
    project = steps.project("榨菜智能工厂项目")
    actions.set_money(project=project, measure="total", raw="11亿元", by=district.head, on=steps.TODAY)
    steps.commit(batch)
    assert steps.outcomes(batch) == {4: "suspect", 5: "updated"}
    assert "已被他人修改" in steps.texts(batch, 4)
    assert steps.project("榨菜智能工厂项目").total_fen == 11 * 10**10
    assert (batch.counts["suspect"], batch.counts["updated"]) == (1, 1)


def test_funds_booked_one_by_one_are_not_booked_again_as_their_sum(
    district: District, tmp_path: Path
) -> None:
    path = steps.ledger(
        tmp_path / "一月.xlsx", [[*row(1, "榨菜项目", "某公司", 1), "1000万元"]], more=["到位资金（万元）"]
    )
    steps.imported(district.clerk, path)
    project = steps.project("榨菜项目")
    actions.set_money(project=project, measure="paid_in", raw="500万元", by=district.clerk, on=steps.TODAY)
    same = steps.checked(district.clerk, edited(path, H4="1500万元"))
    assert steps.outcomes(same) == {4: "unchanged"}
    other = steps.imported(district.clerk, edited(path, H4="1800万元"))
    assert steps.outcomes(other) == {4: "unchanged"}
    assert "请逐笔登记" in steps.texts(other, 4)
    assert steps.project("榨菜项目").paid_in_fen == 1500 * 10**6


def test_a_foreign_amount_stated_again_is_no_change_even_with_a_rate(
    district: District, tmp_path: Path
) -> None:
    path = steps.ledger(tmp_path / "一月.xlsx", [row(1, "外资项目", "某外商", "3000万美元")])
    steps.imported(district.clerk, path)
    project = steps.project("外资项目")
    actions.set_money(
        project=project, measure="total", raw="3000万", currency="USD", rate="7.1", rate_on=date(2026, 1, 5),
        by=district.clerk, on=steps.TODAY,
    )  # fmt: skip
    assert steps.outcomes(steps.checked(district.clerk, path)) == {4: "unchanged"}
    assert steps.outcomes(steps.checked(district.clerk, edited(path, D4="3500万美元"))) == {4: "updated"}


def test_our_own_number_finds_the_project_under_another_name(
    district: District, before: Path, tmp_path: Path
) -> None:
    project = steps.project("锂电池材料项目")
    lines = [[*row(1, "锂电池正极材料项目", "某能源公司", 5), project.case.code]]
    batch = steps.imported(district.clerk, steps.ledger(tmp_path / "导出.xlsx", lines, more=["项目编号"]))
    assert steps.outcomes(batch) == {4: "updated"}
    assert "名称不更新" in steps.texts(batch, 4)
    after = steps.project("锂电池材料项目")
    assert (after.pk, after.total_fen) == (project.pk, 5 * 10**10)


def test_the_same_project_in_two_files_is_created_once(
    district: District, before: Path, tmp_path: Path
) -> None:
    lines = [row(1, "共同的项目", "甲公司", 1), row(2, "另一个项目", "乙公司", 1)]
    one = steps.checked(district.clerk, steps.ledger(tmp_path / "甲.xlsx", lines))
    two = steps.checked(district.head, steps.ledger(tmp_path / "乙.xlsx", lines[:1]))
    steps.commit(one)
    steps.commit(two)
    assert steps.outcomes(two) == {4: Outcome.SUSPECT}
    assert two.counts["suspect"] == 1 and two.counts["created"] == 0
    assert Project.objects.filter(name="共同的项目").count() == 1


def test_two_projects_of_one_name_and_different_investors_both_come_in_and_stay_apart(
    district: District, tmp_path: Path
) -> None:
    lines = [row(1, "标准厂房项目", "甲公司", 1), row(2, "标准厂房项目", "乙公司", 2)]
    path = steps.ledger(tmp_path / "a.xlsx", lines)
    assert steps.outcomes(steps.imported(district.clerk, path)) == {4: "created", 5: "created"}
    assert steps.outcomes(steps.imported(district.clerk, path)) == {4: "unchanged", 5: "unchanged"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("浙江杭州", "330100"), ("浙江省杭州市", "330100"), ("重庆涪陵", "500102"), ("涪陵区", "500102"),
        ("北京", "110000"), ("广西壮族自治区南宁市", "450100"), ("香港", "810000"), ("恩施州", ""),
        ("重庆", ""), ("市外", ""), ("美国", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_investors_home_is_known_where_the_words_tell_it_surely(words: str, code: str) -> None:
    assert division_of(words) == code


def test_the_investors_home_makes_the_projects_origin(district: District, tmp_path: Path) -> None:
    lines = [
        [*row(1, "甲项目", "甲公司", 1), "浙江杭州"],
        [*row(2, "乙项目", "乙公司", 1), "重庆万州"],
        [*row(3, "丙项目", "丙公司", 1), "涪陵区"],
        [*row(4, "丁项目", "丁公司", 1), "重庆"],
    ]
    steps.imported(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines, more=["投资方属地"]))
    origins = [steps.project(name).origin for name in ("甲项目", "乙项目", "丙项目", "丁项目")]
    assert origins == ["outside_city", "city_outside_district", "district", ""]
