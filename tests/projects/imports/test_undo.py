"""A whole import is taken back: untouched projects go, changed ones return, what people worked on stays."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from cases.models import Case, Enterprise, Event, Part
from projects import actions
from projects.duplicates import likenesses
from projects.importing import committing
from projects.likeness import DEFAULTS, Lead
from projects.models import ImportBatch, Money, Project
from tests import factories
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row

LATER = steps.TODAY + timedelta(days=3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    lines = [row(n, f"第{n}号材料项目", f"公司{n}", n, "清溪园区", None, "在谈") for n in (1, 2, 3)]
    return steps.ledger(tmp_path / "一月.xlsx", lines)


def sees(person: User) -> dict[str, Any]:
    """What a person finds of projects by the ways that lead to them."""
    browser, caller = factories.pages(person), factories.api(person)
    return {
        "query": list(Project.objects.visible_to(person)),
        "page": "材料项目" in browser.get("/projects/").content.decode(),
        "search": "材料项目" in browser.get("/projects/?q=材料").content.decode(),
        "board": "材料项目" in browser.get("/projects/board/").content.decode(),
        "rest": caller.get("/api/v1/projects/").json()["results"],
    }


def test_untouched_projects_are_seen_by_nobody_any_more(district: District, path: Path) -> None:
    park = district.person("park_clerk", "qingxi-park")
    batch = steps.imported(district.clerk, path)
    assert len(sees(park)["query"]) == 3
    key = Project.objects.values_list("pk", flat=True)[0]
    batch = steps.undo(batch, LATER)
    assert (batch.state, batch.undone_by, batch.undone_on) == ("undone", district.clerk, LATER)
    assert batch.undo_report == {"voided": 3, "restored": 0, "kept": []}
    for person in (district.clerk, district.head, park, factories.user("leader", unit=district.bureau)):
        assert sees(person) == {"query": [], "page": False, "search": False, "board": False, "rest": []}
        assert factories.pages(person).get(f"/projects/{key}/").status_code == 404
        assert factories.api(person).get(f"/api/v1/projects/{key}/").status_code == 404


def test_the_trail_of_an_undone_import_stays(district: District, path: Path) -> None:
    steps.undo(steps.imported(district.clerk, path), LATER)
    assert set(Case.objects.values_list("voided_on", flat=True)) == {LATER}
    for case in Case.objects.all():
        kinds = list(Event.objects.filter(case_id=case.pk).order_by("pk").values_list("kind", "on"))
        assert kinds == [("project.imported", steps.TODAY), ("project.import_undone", LATER)]
    for part in Part.objects.all():
        assert part.valid_to == LATER
        assert [line.valid_to for line in part.history.order_by("history_id")] == [None, LATER]


def test_an_undone_ledger_can_be_imported_again(district: District, path: Path) -> None:
    steps.undo(steps.imported(district.clerk, path))
    again = steps.imported(district.clerk, path)
    assert again.counts["created"] == 3
    assert Project.objects.visible_to(district.clerk).count() == 3


def test_an_undone_project_is_no_duplicate_of_a_new_lead(district: District, path: Path) -> None:
    steps.undo(steps.imported(district.clerk, path))
    found = likenesses(user=district.clerk, lead=Lead("第1号材料项目", "公司1"), points=DEFAULTS)
    assert not found and found.unseen == 0


@pytest.mark.parametrize("touch", ["edit", "contact", "money", "part"])
def test_what_people_worked_on_since_is_listed_and_stays(district: District, path: Path, touch: str) -> None:
    batch = steps.imported(district.clerk, path)
    project = steps.project("第2号材料项目")
    _touch(district, project, touch)
    batch = steps.undo(batch)
    assert batch.undo_report == {"voided": 2, "restored": 0, "kept": [{"row": 5, "project": project.pk}]}
    assert list(Project.objects.visible_to(district.clerk)) == [project]
    page = factories.pages(district.clerk).get(f"/imports/{batch.pk}/").content.decode()
    assert "第 5 行" in page and f"/projects/{project.pk}/" in page


def _touch(district: District, project: Project, how: str) -> None:
    by: dict[str, Any] = {"project": project, "by": district.head, "on": steps.TODAY}
    if how == "edit":
        actions.edit(**by, changes={"jobs": 30})
    elif how == "contact":
        actions.record_contact(
            **by, today=steps.TODAY, channel="phone", with_whom="张经理", matter="核实进展"
        )
    elif how == "money":
        actions.set_money(**by, measure="total", raw="9亿元")
    else:
        actions.set_parts(**by, part="industry_department", unit=district.unit("development-reform"))


def test_updated_projects_get_back_what_they_held(district: District, path: Path, tmp_path: Path) -> None:
    steps.imported(district.clerk, path)
    before = steps.project("第1号材料项目")
    lines = [
        row(1, "第1号材料项目", "公司1", 500, "清溪园区", None, "合同待签"),
        row(2, "第2号材料项目", "公司2", 2, None, None, "在谈"),
    ]
    second = steps.imported(district.clerk, steps.ledger(tmp_path / "二月.xlsx", lines))
    assert steps.project("第1号材料项目").total_fen == 500 * 10**10
    second = steps.undo(second, LATER)
    assert second.undo_report == {"voided": 0, "restored": 1, "kept": []}
    after = steps.project("第1号材料项目")
    for name in ("total_fen", "progress", "project_class", "batch", "phase"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.version == 3
    in_force = Money.objects.get(project=after, measure="total", superseded_by__isnull=True)
    assert (in_force.fen, in_force.raw) == (10**10, "1")
    assert Money.objects.filter(project=after, measure="total").count() == 3


def test_an_import_on_which_a_later_one_rests_keeps_those_rows(
    district: District, path: Path, tmp_path: Path
) -> None:
    first = steps.imported(district.clerk, path)
    lines = [row(1, "第1号材料项目", "公司1", 7, None, None, "在谈")]
    steps.imported(district.clerk, steps.ledger(tmp_path / "二月.xlsx", lines))
    first = steps.undo(first)
    assert [kept["row"] for kept in first.undo_report["kept"]] == [4]
    assert first.undo_report["voided"] == 2


CODE = "91110000802100433B"


@pytest.fixture
def coded(district: District, tmp_path: Path) -> tuple[Enterprise, Path]:
    """A known enterprise without a credit code, and a ledger that gives it one."""
    firm = factories.enterprise("百度网讯公司", no_code_reason="尚未登记")
    lines = [[*row(1, "算力中心项目", firm.name, 3), CODE]]
    return firm, steps.ledger(tmp_path / "代码.xlsx", lines, more=["统一社会信用代码"])


def test_a_credit_code_that_the_import_gave_goes_with_it(
    district: District, coded: tuple[Enterprise, Path]
) -> None:
    firm, path = coded
    batch = steps.imported(district.clerk, path)
    firm.refresh_from_db()
    assert (firm.credit_code, firm.no_code_reason) == (CODE, "")
    assert [old.credit_code for old in firm.history.order_by("history_id")] == ["", CODE]
    batch = steps.undo(batch, LATER)
    firm.refresh_from_db()
    assert (firm.credit_code, firm.no_code_reason) == ("", "尚未登记")
    assert [old.credit_code for old in firm.history.order_by("history_id")] == ["", CODE, ""]
    assert batch.undo_report["codes"] == {"taken_back": 1, "kept": []}


def test_a_credit_code_stays_with_a_project_that_stays(
    district: District, coded: tuple[Enterprise, Path]
) -> None:
    firm, path = coded
    batch = steps.imported(district.clerk, path)
    _touch(district, steps.project("算力中心项目"), "edit")
    batch = steps.undo(batch, LATER)
    firm.refresh_from_db()
    assert firm.credit_code == CODE
    assert batch.undo_report["codes"] == {"taken_back": 0, "kept": [firm.name]}
    page = factories.sent(factories.pages(district.clerk).get(f"/imports/{batch.pk}/")).decode()
    assert firm.name in page


def test_a_credit_code_that_a_person_entered_meanwhile_stands(
    district: District, coded: tuple[Enterprise, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    firm, path = coded
    other = "91500102MA5U000000"
    batch = steps.checked(district.clerk, path)
    prepared = committing.prepare

    def and_then(*args: Any) -> Any:
        found = prepared(*args)
        Enterprise.objects.filter(pk=firm.pk).update(credit_code=other, no_code_reason="")
        return found

    monkeypatch.setattr(committing, "prepare", and_then)
    batch = steps.commit(batch)
    firm.refresh_from_db()
    assert (firm.credit_code, batch.counts["created"]) == (other, 1)
    steps.undo(batch, LATER)
    firm.refresh_from_db()
    assert firm.credit_code == other


def test_a_credit_code_that_another_enterprise_took_meanwhile_leads_to_that_one(
    district: District, coded: tuple[Enterprise, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    firm, path = coded
    batch = steps.checked(district.clerk, path)
    prepared = committing.prepare

    def and_then(*args: Any) -> Any:
        found = prepared(*args)
        Enterprise.objects.get_or_create(credit_code=CODE, defaults={"name": "百度在线公司"})
        return found

    monkeypatch.setattr(committing, "prepare", and_then)
    steps.commit(batch)
    firm.refresh_from_db()
    assert firm.credit_code == ""
    project = steps.project("算力中心项目")
    assert project.enterprise is not None and project.enterprise.name == "百度在线公司"


def test_an_import_is_undone_once(district: District, path: Path) -> None:
    from kernel.refusals import Refused

    batch = steps.undo(steps.imported(district.clerk, path))
    with pytest.raises(Refused, match="已撤销"):
        steps.undo(batch)
    assert ImportBatch.objects.get().undo_report["voided"] == 3
