"""A row that resembles what is there, or a row above, is a suspect that says why; let in, it is pooled."""

from pathlib import Path

import pytest
from django.db.models import QuerySet

from projects import actions
from projects.actions import EnterpriseData
from projects.models import DuplicatePair, FoundBy, ImportBatch, ImportRow, Outcome, Project
from projects.models.imports import Decision
from tests import factories as make
from tests.factories import TODAY
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row

NAMES = ("华瑞高端铝材项目", "毫不相干的冷链物流园")


@pytest.fixture
def known(district: District) -> Project:
    firm = EnterpriseData("浙江华锐新材料有限公司", no_code_reason="尚未注册")
    return actions.register(by=district.clerk, on=TODAY, name="华锐高端铝材生产基地项目", enterprise=firm)


def ledger(path: Path) -> Path:
    lines = [row(n, name, "浙江华锐新材料公司", n, "", None, "") for n, name in enumerate(NAMES, 1)]
    return steps.ledger(path / "台账.xlsx", lines)


def _rows(batch: ImportBatch) -> QuerySet[ImportRow]:
    return ImportRow.objects.filter(batch=batch).exclude(outcome=Outcome.SKIPPED)


def test_a_likely_match_is_a_suspect_with_its_reason(
    district: District, known: Project, tmp_path: Path
) -> None:
    batch = steps.checked(district.clerk, ledger(tmp_path))
    first, second = _rows(batch).order_by("excel_row")
    assert (first.outcome, first.project_id) == (Outcome.SUSPECT, known.pk)
    assert "同音" in first.messages[0]["text"] and known.case.code in first.messages[0]["text"]
    assert second.outcome == Outcome.NEW


def test_out_of_sight_only_the_unit_is_told(district: District, known: Project, tmp_path: Path) -> None:
    person = make.user("park_clerk", unit=district.park)
    batch = steps.checked(person, ledger(tmp_path))
    first = _rows(batch).order_by("excel_row")[0]
    assert (first.outcome, first.project_id) == (Outcome.SUSPECT, None)
    assert known.case.code not in first.messages[0]["text"]


def test_two_rows_that_sound_alike_are_told_apart_by_a_person(district: District, tmp_path: Path) -> None:
    lines = [
        row(n, name, "某公司", n, "", None, "") for n, name in enumerate(("华锐铝材项目", "华瑞铝材项目"), 1)
    ]
    batch = steps.checked(district.clerk, steps.ledger(tmp_path / "台账.xlsx", lines))
    outcomes = _rows(batch).order_by("excel_row").values_list("outcome", flat=True)
    assert list(outcomes) == [Outcome.NEW, Outcome.SUSPECT]


def test_a_suspect_let_in_is_pooled(district: District, known: Project, tmp_path: Path) -> None:
    batch = steps.checked(district.clerk, ledger(tmp_path))
    ImportRow.objects.filter(batch=batch, outcome=Outcome.SUSPECT).update(decision=Decision.CREATE)
    steps.commit(batch)
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.found_by, pair.grade) == (known.pk, FoundBy.IMPORT, "likely")
    assert pair.second.name == NAMES[0]
