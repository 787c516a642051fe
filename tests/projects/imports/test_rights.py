"""A ledger changes only the projects that its importer works on."""

from pathlib import Path

import pytest

from projects.models import ImportRow, Outcome
from tests import factories as make
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row


def ledger(path: Path, total: str) -> Path:
    return steps.ledger(path, [row(1, "榨菜智能工厂项目", "某食品公司", total, "外地", None, "在谈")])


@pytest.mark.parametrize(("part", "outcome"), [("asked", "suspect"), ("supporting", "updated")])
def test_a_park_updates_by_ledger_what_it_works_on(
    district: District, tmp_path: Path, part: str, outcome: str
) -> None:
    steps.imported(district.clerk, ledger(tmp_path / "一月.xlsx", "10亿元"))
    project = steps.project("榨菜智能工厂项目")
    park = make.user("park_clerk", unit=make.unit(kind="park"))
    make.part(project.case, part, park.memberships.select_related("unit")[0].unit)
    batch = steps.imported(park, ledger(tmp_path / "二月.xlsx", "12亿元"))
    assert steps.outcomes(batch) == {4: outcome}
    words = ImportRow.objects.get(batch=batch, excel_row=4).messages
    assert ("不承担办理角色" in str(words)) is (part == "asked")


def test_who_lost_the_part_after_the_check_changes_nothing(district: District, tmp_path: Path) -> None:
    steps.imported(district.clerk, ledger(tmp_path / "一月.xlsx", "10亿元"))
    project = steps.project("榨菜智能工厂项目")
    park = make.user("park_clerk", unit=make.unit(kind="park"))
    held = make.part(project.case, "landing", park.memberships.select_related("unit")[0].unit)
    make.part(project.case, "asked", held.unit)
    batch = steps.checked(park, ledger(tmp_path / "二月.xlsx", "12亿元"))
    held.delete()
    steps.commit(batch)
    assert ImportRow.objects.get(batch=batch, excel_row=4).outcome == Outcome.SUSPECT
    assert steps.project("榨菜智能工厂项目").total_fen == 10**11
