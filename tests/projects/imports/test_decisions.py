"""What people say of rows before the commit: suspects let in, rows left out, unclear phases told."""

from pathlib import Path

import pytest

from kernel.refusals import Refused
from projects.actions import imports
from projects.ledgers.mapping import Mapping
from projects.models import ImportMapping, ImportRow, Project
from tests import factories
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row


def test_the_same_project_twice_in_one_file_is_a_suspect_until_somebody_lets_it_in(
    district: District, tmp_path: Path
) -> None:
    lines = [row(1, "榨菜项目", "甲公司", 1), row(2, "榨菜 项目", "甲公司", 2), row(3, "榨菜项目", "", 3)]
    batch = steps.checked(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines))
    assert steps.outcomes(batch) == {4: "created", 5: "suspect", 6: "suspect"}
    assert "第4行" in steps.texts(batch, 5)
    imports.decide(batch=batch, by=district.clerk, rows=[5], decision="create")
    steps.commit(batch)
    assert steps.outcomes(batch) == {4: "created", 5: "created", 6: "suspect"}
    assert batch.counts == {
        "created": 2, "updated": 0, "unchanged": 0, "suspect": 1, "rejected": 0, "skipped": 3,
    }  # fmt: skip
    assert Project.objects.count() == 2


def test_a_known_name_under_another_investor_is_a_suspect(district: District, tmp_path: Path) -> None:
    district.project("涪陵锂电池项目")
    lines = [row(1, "涪陵锂电池项目", "别的公司", 5), row(2, "涪陵锂电池项目", "涪陵锂电池项目投资公司", 5)]
    batch = steps.checked(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines))
    assert steps.outcomes(batch) == {4: "suspect", 5: "updated"}
    staged = ImportRow.objects.get(batch=batch, excel_row=4)
    assert staged.project is not None and staged.project.name == "涪陵锂电池项目"


def test_another_units_project_of_that_name_is_told_without_showing_it(
    district: District, tmp_path: Path
) -> None:
    district.project("涪陵锂电池项目")
    park = district.person("park_clerk", "qingxi-park")
    lines = [row(1, "涪陵锂电池项目", "涪陵锂电池项目投资公司", 5)]
    batch = steps.checked(park, steps.ledger(tmp_path / "a.xlsx", lines))
    assert steps.outcomes(batch) == {4: "suspect"}
    assert "其他单位" in steps.texts(batch, 4)
    assert ImportRow.objects.get(batch=batch, excel_row=4).project is None


def test_a_row_that_is_left_out_is_skipped(district: District, tmp_path: Path) -> None:
    lines = [row(1, "甲项目", "甲公司", 1), row(2, "乙项目", "乙公司", 2)]
    batch = steps.checked(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines))
    imports.decide(batch=batch, by=district.clerk, rows=[5], decision="skip")
    steps.commit(batch)
    assert steps.outcomes(batch) == {4: "created"}
    assert (batch.counts["created"], batch.counts["skipped"]) == (1, 4)
    assert not Project.objects.filter(name="乙项目").exists()


def test_a_decision_can_be_taken_back(district: District, tmp_path: Path) -> None:
    batch = steps.checked(district.clerk, steps.ledger(tmp_path / "a.xlsx", [row(1, "甲项目", "甲公司", 1)]))
    imports.decide(batch=batch, by=district.clerk, rows=[4], decision="skip")
    imports.decide(batch=batch, by=district.clerk, rows=[4], decision="")
    assert steps.commit(batch).counts["created"] == 1


def test_an_unclear_phase_is_told_by_a_person_or_the_project_is_a_lead(
    district: District, tmp_path: Path
) -> None:
    lines = [row(n, f"第{n}号项目", f"公司{n}", 1, None, None, None) for n in (1, 2)]
    path = steps.ledger(tmp_path / "a.xlsx", lines, title="项目表")
    batch = steps.checked(district.clerk, path)
    assert "须由人确认" in steps.texts(batch, 4)
    imports.decide(batch=batch, by=district.clerk, rows=[5], phase="landing")
    steps.commit(batch)
    lead, signed = steps.project("第1号项目"), steps.project("第2号项目")
    assert (lead.phase, lead.batch) == ("planning", "reserve")
    assert (signed.phase, signed.batch) == ("landing", "signed")
    assert signed.milestones.filter(code="signed", precision="unknown").exists()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"rows": [4], "decision": "create"}, "不能这样处理"),
        ({"rows": [5], "decision": "skip"}, "不能这样处理"),
        ({"rows": [5], "phase": "landing"}, "不能这样处理"),
        ({"rows": [4], "decision": "drop"}, "未知的处理方式"),
        ({"rows": [4], "phase": "heaven"}, "未知的处理方式"),
        ({"rows": [4, 99], "decision": "skip"}, "没有第 99 行"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_nothing_is_kept(
    district: District, tmp_path: Path, rows: dict[str, object], words: str
) -> None:
    lines = [row(1, "甲项目", "甲公司", 1), row(2, "乙项目", "乙公司", -2)]
    batch = steps.checked(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines))
    with pytest.raises(Refused, match=words):
        imports.decide(batch=batch, by=district.clerk, **rows)
    assert not ImportRow.objects.filter(batch=batch).exclude(decision="", decided_phase="").exists()


def test_nothing_is_decided_once_it_is_imported(district: District, tmp_path: Path) -> None:
    batch = steps.imported(district.clerk, steps.ledger(tmp_path / "a.xlsx", [row(1, "甲项目", "甲公司", 1)]))
    for act in (
        lambda: imports.decide(batch=batch, by=district.clerk, rows=[4], decision="skip"),
        lambda: imports.check(batch=batch, by=district.clerk, enqueue=False),
        lambda: imports.commit(batch=batch, by=district.clerk, on=steps.TODAY, enqueue=False),
        lambda: imports.choose_sheet(batch=batch, by=district.clerk, sheet="在谈项目"),
    ):
        with pytest.raises(Refused, match="已导入"):
            act()


def test_only_who_may_import_imports_and_only_for_the_own_unit(district: District, tmp_path: Path) -> None:
    path = steps.ledger(tmp_path / "a.xlsx", [row(1, "甲项目", "甲公司", 1)])
    reviewer = district.person("reviewer", "development-reform")
    with pytest.raises(Refused):
        steps.upload(reviewer, path)
    batch = steps.checked(district.clerk, path)
    park = district.person("park_clerk", "qingxi-park")
    for act in (
        lambda: imports.commit(batch=batch, by=park, on=steps.TODAY),
        lambda: imports.decide(batch=batch, by=park, rows=[4], decision="skip"),
        lambda: imports.remap(batch=batch, by=park, mapping=Mapping.from_json(batch.mapping)),
    ):
        with pytest.raises(Refused, match="本单位"):
            act()
    assert steps.upload(district.head, path).unit == district.bureau


def test_a_parks_own_ledger_stays_in_the_parks_sight(district: District, tmp_path: Path) -> None:
    park = district.person("park_clerk", "qingxi-park")
    lines = [
        [*row(1, "甲项目", "甲公司", 1, "外地"), "区商务委"],
        [*row(2, "乙项目", "乙公司", 1, "清溪园区"), "区招商投资局"],
    ]
    path = steps.ledger(tmp_path / "a.xlsx", lines, more=["责任单位"])
    steps.imported(park, path)
    assert Project.objects.visible_to(park).count() == 2
    assert steps.project("乙项目").introducing_unit == district.bureau
    assert set(steps.outcomes(steps.imported(park, path)).values()) == {"unchanged"}


def test_a_mapping_is_corrected_and_kept_by_name_for_the_next_file(
    district: District, tmp_path: Path
) -> None:
    lines = [[*row(1, "甲项目", "甲公司", 1), "9000万元"]]
    path = steps.ledger(tmp_path / "a.xlsx", lines, more=["区里口径"])
    batch = steps.upload(district.clerk, path)
    corrected = Mapping.from_json(batch.mapping).corrected(7, "fixed_asset", "万元")
    imports.remap(batch=batch, by=district.clerk, mapping=corrected, save_as="月报")
    imports.check(batch=batch, by=district.clerk, enqueue=False)
    steps.commit(steps.work(batch))
    assert steps.project("甲项目").fixed_asset_fen == 9000 * 10**6
    saved = ImportMapping.objects.get(user=district.clerk, name="月报")
    moved = steps.ledger(
        tmp_path / "b.xlsx", [[*row(1, "乙项目", "乙公司", 1), None, "8000万元"]], more=["备注", "区里口径"]
    )
    second = steps.upload(district.clerk, moved, mapping=Mapping.from_json(saved.columns))
    fields = {column["heading"]: column["field"] for column in second.mapping["columns"]}
    assert (fields["区里口径"], fields["备注"]) == ("fixed_asset", None)


def test_a_mapping_of_other_columns_or_another_sheet_is_refused(district: District, tmp_path: Path) -> None:
    batch = steps.upload(district.clerk, steps.ledger(tmp_path / "a.xlsx", [row(1, "甲项目", "甲公司", 1)]))
    for change in (
        {"sheet": "另一张"},
        {"columns": [{"index": 900_000, "heading": "项目名称", "field": "name"}]},
    ):
        mapping = Mapping.from_json(batch.mapping | change)
        with pytest.raises(Refused):
            imports.remap(batch=batch, by=district.clerk, mapping=mapping)
    other = ImportMapping.objects.create(user=factories.user(), name="x", columns=batch.mapping)
    with pytest.raises(Refused, match="不是您保存"):
        imports.load_mapping(batch=batch, by=district.clerk, saved=other)


def test_another_sheet_of_the_same_file_can_be_chosen(district: District) -> None:
    batch = steps.upload(district.clerk, steps.SIGNED)
    assert len(batch.header["sheets"]) == 2
    with pytest.raises(Refused):
        imports.choose_sheet(batch=batch, by=district.clerk, sheet="填表说明")
    with pytest.raises(Refused, match="没有名为"):
        imports.choose_sheet(batch=batch, by=district.clerk, sheet="不存在")
    batch.refresh_from_db()
    assert (batch.sheet, batch.state) == ("签约项目台账", "uploaded")


def test_the_very_same_file_is_noticed(district: District, tmp_path: Path) -> None:
    path = steps.ledger(tmp_path / "a.xlsx", [row(1, "甲项目", "甲公司", 1)])
    first = steps.imported(district.clerk, path)
    again = steps.upload(district.head, path)
    assert imports.earlier_upload(again) == first
    steps.undo(first)
    assert imports.earlier_upload(again) is None
