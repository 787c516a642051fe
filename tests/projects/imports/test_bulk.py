"""Written together or one by one: the same rows, the same caches as when each project is saved alone."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model

from cases.models import Case, Enterprise, Event, Part
from kernel.text import normal
from projects.actions import money, saving
from projects.facts import batch_of, derive, rules_of
from projects.gates import reached_codes
from projects.importing import preparing, staging, updating
from projects.models import ImportRow, Measure, Money, Project, ReachedMilestone
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row

TABLES: tuple[type[Model], ...] = (Case, Project, Part, Enterprise, Money, ReachedMilestone, Event)
HISTORIES: tuple[type[Model], ...] = tuple(
    model.history.model for model in (Project, Part, Enterprise, ReachedMilestone)
)
FLEETING = {"created_at", "updated_at", "recorded_at", "at", "history_date", "history_id"}


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Every row of an import with keys as places, so that two runs can be laid side by side."""
    places: dict[tuple[str, Any], int] = {}
    for model in TABLES:
        for place, key in enumerate(model._default_manager.order_by("pk").values_list("pk", flat=True)):
            places[model._meta.label, key] = place
    return {model._meta.label: _rows(model, places) for model in (*TABLES, *HISTORIES)}


def _rows(model: type[Model], places: dict[tuple[str, Any], int]) -> list[dict[str, Any]]:
    found = []
    for line in model._default_manager.order_by("pk").values():
        plain = {name: value for name, value in line.items() if name not in FLEETING}
        for field in model._meta.concrete_fields:
            related = field.related_model if field.is_relation else None
            label = related._meta.label if isinstance(related, type) else ""
            if label and (label, plain.get(field.attname)) in places:
                plain[field.attname] = places[label, plain[field.attname]]
        plain.pop("id", None)
        if "data" in plain:
            plain["data"] = {name: value for name, value in plain["data"].items() if name != "import"}
        found.append(plain)
    return sorted(found, key=repr)


def in_chunks(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    for module in (staging, preparing, updating):
        monkeypatch.setattr(module, "CHUNK", size)


@pytest.mark.parametrize("path", [steps.SIGNED, steps.TALKING], ids=["signed", "negotiating"])
def test_one_row_at_a_time_or_all_together_leave_the_same_rows(
    district: District, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    found = []
    for size in (1, 7, 1000):
        in_chunks(monkeypatch, size)
        with transaction.atomic():
            steps.imported(district.clerk, path)
            found.append(snapshot())
            transaction.set_rollback(True)
    assert len(found[0]["projects.Project"]) > 20
    assert found[0] == found[1] == found[2]


def test_changes_one_at_a_time_or_all_together_leave_the_same_rows(
    district: District, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def lines(factor: int) -> list[list[object]]:
        return [
            row(n, f"第{n}号项目", f"公司{n % 3}", n * factor, "清溪园区", None, "x" * factor)
            for n in range(1, 9)
        ]

    steps.imported(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines(1)))
    later = steps.ledger(tmp_path / "b.xlsx", lines(2))
    found = []
    for size in (1, 3, 500):
        in_chunks(monkeypatch, size)
        with transaction.atomic():
            assert set(steps.outcomes(steps.imported(district.clerk, later)).values()) == {"updated"}
            found.append(snapshot())
            transaction.set_rollback(True)
    assert found[0] == found[1] == found[2]


@pytest.fixture
def everything(district: District, tmp_path: Path) -> list[Project]:
    """Both real ledgers, and rows that touch what they do not: codes, origins, known investors, changes."""
    more = ["统一社会信用代码", "投资方属地", "就业人数", "协议类型", "责任单位"]
    lines = [
        [*row(1, "甲项目", "北京百度网讯科技有限公司", "20亿元", "清溪园区", None, "在谈"),
         "91110000802100433B", "北京", "300人", "框架协议", "区商务委"],
        [*row(2, "乙项目", "北京百度网讯科技有限公司（上海）", 3, None, "2025.3.1", "已开工"),
         "91110000802100433B", "上海", None, "投资合同", None],
        [*row(3, "丙项目", "浙江某公司", 60, None, None, "在谈"), None, "浙江宁波", None, None, None],
    ]  # fmt: skip
    steps.imported(district.clerk, steps.SIGNED)
    steps.imported(district.clerk, steps.TALKING)
    steps.imported(district.clerk, steps.ledger(tmp_path / "a.xlsx", lines, more=more))
    lines[0][3] = "25亿元"
    steps.imported(district.clerk, steps.ledger(tmp_path / "b.xlsx", lines, more=more))
    return list(Project.objects.select_related("case", "enterprise"))


def test_every_cache_is_what_saving_the_project_by_itself_would_give(everything: list[Project]) -> None:
    assert len(everything) == 102
    for project in everything:
        held = {field.attname: getattr(project, field.attname) for field in Project._meta.concrete_fields}
        rules = rules_of(project)
        derive(project, rules)
        for measure, fen in money.cached_amounts(project).items():
            setattr(project, f"{measure}_fen", fen)
        project.batch = batch_of(reached_codes(project), rules)
        project.normalized_name = normal(project.name)[:200]
        words = set(saving.search_words(project).split())
        assert words == set(project.search.split()), project.name
        assert held == {
            field.attname: getattr(project, field.attname) for field in Project._meta.concrete_fields
        }


def test_caches_of_parts_equal_the_open_parts(everything: list[Project]) -> None:
    for project in everything:
        parts = dict(Part.objects.filter(case_id=project.pk).values_list("part", "unit_id"))
        assert parts.pop("introducing") == project.introducing_unit_id
        assert parts == ({"landing": project.landing_unit_id} if project.landing_unit_id else {})


def test_each_row_has_the_history_that_saving_it_would_leave(everything: list[Project]) -> None:
    for model in (Project, Part, Enterprise, ReachedMilestone):
        past: Any = model.history.model
        shared = [
            f.attname for f in model._meta.concrete_fields if f.name in {x.name for x in past._meta.fields}
        ]
        key = model._meta.pk.attname
        for kept in model._default_manager.values(*shared):
            newest = past.objects.filter(**{key: kept[key]}).order_by("-history_id").values(*shared)[0]
            assert newest == kept
        made = past.objects.filter(history_type="+").values_list(key, flat=True)
        assert sorted(made) == sorted(model._default_manager.values_list("pk", flat=True))
        assert not past.objects.filter(history_user__isnull=True).exists()


def test_codes_run_without_gaps_in_the_order_of_the_file(district: District) -> None:
    batch = steps.imported(district.clerk, steps.SIGNED)
    rows = ImportRow.objects.filter(batch=batch, outcome="created").order_by("excel_row")
    codes = list(rows.values_list("project__case__code", flat=True))
    assert codes == [f"500102-2026-{number:05}" for number in range(1, 71)]


def test_enterprises_are_normalised_and_kept_once(everything: list[Project]) -> None:
    for enterprise in Enterprise.objects.all():
        assert enterprise.normalized_name == normal(enterprise.name)[:200]
    assert Enterprise.objects.filter(credit_code="91110000802100433B").count() == 1
    shared = {project.name: project.enterprise_id for project in everything}
    assert shared["甲项目"] == shared["乙项目"]


def test_measures_of_a_project_are_all_covered(everything: list[Project]) -> None:
    assert set(money.cached_of([])) == set(Measure.values)
