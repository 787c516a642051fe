"""``manage.py import_ledger``: one object for programs, one line for every failure."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from projects.models import ImportBatch, ImportMapping, Project
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row

KEYS = ["rows", "created", "updated", "unchanged", "suspect", "rejected", "skipped", "items"]


def run(path: Path, *options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_ledger", str(path), "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def mixed(folder: Path) -> Path:
    lines = [
        row(1, "甲项目", "甲公司", "约2亿元"),
        row(2, "乙项目", "乙公司", "-1亿元"),
        row(3, "甲项目", "甲公司", 1),
    ]
    return steps.ledger(folder / "台账.xlsx", lines)


def test_the_object_says_what_became_of_every_row(district: District, tmp_path: Path) -> None:
    found = run(mixed(tmp_path))
    assert list(found) == KEYS
    assert [found[key] for key in KEYS[:7]] == [3, 1, 0, 0, 1, 1, 3]
    items = {item["row"]: item for item in found["items"]}
    assert all(list(item) == ["row", "outcome", "field", "message", "project"] for item in items.values())
    code = Project.objects.get().case.code
    assert (items[4]["outcome"], items[4]["project"], items[4]["field"]) == ("created", code, "amount")
    assert items[4]["message"] == "投资额是约数"
    assert (items[5]["outcome"], items[5]["field"], items[5]["project"]) == ("rejected", "amount_total", None)
    assert items[5]["message"].startswith("D5：")
    assert (items[6]["outcome"], items[6]["project"]) == ("suspect", None)
    assert [items[n]["outcome"] for n in (1, 2, 3)] == ["skipped"] * 3


def test_a_second_run_finds_everything_unchanged(district: District) -> None:
    assert run(steps.SIGNED)["created"] == 70
    again = run(steps.SIGNED)
    assert (again["created"], again["unchanged"]) == (0, 70)
    assert all(item["project"] for item in again["items"] if item["outcome"] == "unchanged")


def test_a_dry_run_leaves_no_project_and_a_checked_batch_to_commit_in_the_page(
    district: District, tmp_path: Path
) -> None:
    found = run(mixed(tmp_path), "--dry-run")
    assert (found["created"], found["items"][3]["project"]) == (1, None)
    assert Project.objects.count() == 0
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.user) == ("checked", district.clerk)
    assert steps.commit(batch).counts["created"] == 1


def test_without_json_it_prints_the_rows_worth_a_look_and_the_counts(
    district: District, tmp_path: Path
) -> None:
    out = StringIO()
    call_command("import_ledger", str(mixed(tmp_path)), stdout=out)
    lines = out.getvalue().strip().splitlines()
    assert lines[-1] == "rows 3  created 1  updated 0  unchanged 0  suspect 1  rejected 1  skipped 3"
    assert any(line.split()[:2] == ["5", "rejected"] for line in lines)


def test_sheet_user_and_mapping_can_be_named(district: District, tmp_path: Path) -> None:
    park = district.person("park_clerk", "qingxi-park")
    lines = [[*row(1, "甲项目", "甲公司", 1), 3]]
    path = steps.ledger(tmp_path / "a.xlsx", lines, more=["区里口径"])
    mapping = steps.upload(park, path).mapping
    column = next(row for row in mapping["columns"] if row["heading"] == "区里口径")
    column |= {"field": "fixed_asset", "unit": "亿元"}
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps(mapping), encoding="utf-8")
    run(path, "--sheet", "在谈项目", "--user", park.username, "--mapping", str(file))
    project = steps.project("甲项目")
    assert (project.introducing_unit, project.fixed_asset_fen) == (district.unit("qingxi-park"), 3 * 10**10)
    ImportMapping.objects.create(user=park, name="月报", columns=mapping)
    assert run(path, "--user", park.username, "--mapping", "月报")["unchanged"] == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--sheet", "不存在"], "没有名为“不存在”的工作表"),
        (["--user", "nobody"], "请用 --user 指定"),
        (["--mapping", "没有"], "没有名为“没有”的列对应方案"),
        (["--mapping", "bad.json"], "不是有效的 JSON"),
        (["--mapping", "latin.json"], "UTF-8"),
    ],
)
def test_each_failure_is_one_clear_line(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.json").write_text("{", encoding="utf-8")
    Path("latin.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match=words) as caught:
        run(mixed(tmp_path), *options)
    assert "\n" not in str(caught.value)
    assert caught.value.returncode == 1
    assert Project.objects.count() == 0


def test_a_missing_or_broken_file_is_one_clear_line(district: District, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有这个文件"):
        run(tmp_path / "none.xlsx")
    broken = tmp_path / "a.xlsx"
    broken.write_bytes(b"PK nothing")
    with pytest.raises(CommandError, match="已损坏"):
        run(broken)


@pytest.mark.django_db
def test_without_rules_in_force_the_import_ends_with_a_word(tmp_path: Path) -> None:
    from tests import factories

    factories.user("bureau_clerk", unit=factories.unit("investment-bureau", kind="bureau"))
    with pytest.raises(CommandError) as caught:
        run(mixed(tmp_path))
    assert str(caught.value) and "\n" not in str(caught.value)
    assert ImportBatch.objects.get().state == "failed"
