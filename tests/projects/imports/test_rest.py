"""Imports over REST: the same steps with a token, refusals as problems."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from projects.models import ImportBatch, ImportMapping, Project
from tests import factories
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row

ROOT = "/api/v1/imports/"


@pytest.fixture
def api(district: District) -> APIClient:
    return factories.api(district.clerk)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    lines = [
        row(1, "甲项目", "甲公司", "约2亿元", "清溪园区", None, "在谈"),
        row(2, "乙项目", "乙公司", "-1亿元"),
        row(3, "甲项目", "甲公司", 3),
    ]
    return steps.ledger(tmp_path / "一月台账.xlsx", lines)


def upload(api: APIClient, path: Path, **fields: str) -> Any:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return api.post(ROOT, {"file": file, **fields}, format="multipart")


def work(pk: int) -> None:
    steps.work(ImportBatch.objects.get(pk=pk))


def test_the_whole_way_over_rest(api: APIClient, path: Path) -> None:
    answer = upload(api, path)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["state"], made["running"], made["counts"], made["filename"]) == (
        "uploaded",
        False,
        None,
        path.name,
    )
    here = f"{ROOT}{made['id']}/"
    mapping = api.get(f"{here}mapping/").json()
    assert mapping["header"]["columns"][1]["samples"] == ["甲项目", "乙项目"]
    assert {c["heading"]: c["field"] for c in mapping["mapping"]["columns"]}["总投资"] == "amount_total"
    answer = api.post(f"{here}check/")
    assert (answer.status_code, answer.json()["state"], answer.json()["running"]) == (202, "checking", True)
    work(made["id"])
    assert api.get(here).json()["counts"] == {
        "created": 1, "updated": 0, "unchanged": 0, "suspect": 1, "rejected": 1, "skipped": 3,
    }  # fmt: skip
    decided = api.post(f"{here}decide/", {"rows": [6], "decision": "create"}, format="json")
    assert decided.json() == {"decided": 1}
    assert api.post(f"{here}commit/").status_code == 202
    work(made["id"])
    assert api.get(here).json()["counts"]["created"] == 2
    assert Project.objects.visible_to(ImportBatch.objects.get().user).count() == 2
    assert api.post(f"{here}undo/").status_code == 202
    work(made["id"])
    after = api.get(here).json()
    assert (after["state"], after["undo_report"]) == ("undone", {"voided": 2, "restored": 0, "kept": []})


def test_rows_come_from_the_top_by_cursor_and_by_outcome(
    api: APIClient, district: District, path: Path
) -> None:
    batch = steps.checked(district.clerk, path)
    here = f"{ROOT}{batch.pk}/rows/"
    first = api.get(here, {"page_size": 4}).json()
    assert [line["row"] for line in first["results"]] == [1, 2, 3, 4]
    second = api.get(first["next"]).json()
    assert [line["row"] for line in second["results"]] == [5, 6] and second["next"] is None
    line = first["results"][3]
    assert (line["outcome"], line["name"], line["investor"], line["phase"]) == (
        "created",
        "甲项目",
        "甲公司",
        "negotiation",
    )
    assert line["cells"]["D"] == "约2亿元"
    rejected = api.get(here, {"outcome": "rejected"}).json()["results"]
    assert [(line["row"], line["field"]) for line in rejected] == [(5, "amount_total")]


def test_a_mapping_is_put_and_the_check_begins_anew(api: APIClient, district: District, path: Path) -> None:
    batch = steps.checked(district.clerk, path)
    here = f"{ROOT}{batch.pk}/mapping/"
    mapping = api.get(here).json()["mapping"]
    mapping["columns"][3]["field"] = "fixed_asset"
    answer = api.put(here, mapping | {"save_as": "月报"}, format="json")
    assert (answer.status_code, answer.json()["mapping"]["columns"][3]["field"]) == (200, "fixed_asset")
    assert api.get(f"{ROOT}{batch.pk}/").json()["state"] == "uploaded"
    assert ImportMapping.objects.get(name="月报").user == district.clerk
    again = upload(api, path, mapping="月报").json()
    assert ImportBatch.objects.get(pk=again["id"]).mapping["columns"][3]["field"] == "fixed_asset"
    assert upload(api, path, mapping="没有").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"sheet": "另一张"},
        {"columns": []},
        {"columns": [{"index": 900_000, "heading": "项目名称", "field": "name"}]},
        {"columns": [{"index": 1, "heading": "项目名称", "field": "no-such-field"}]},
        {"columns": [{"index": 1, "heading": "项目名称", "field": "name", "unit": "光年"}]},
        {"header_rows": []},
        {"phase": "heaven"},
    ],
)
def test_a_mapping_that_cannot_be_is_a_problem(
    api: APIClient, district: District, path: Path, change: dict[str, Any]
) -> None:
    batch = steps.upload(district.clerk, path)
    answer = api.put(f"{ROOT}{batch.pk}/mapping/", batch.mapping | change, format="json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_refusals_are_problems_with_their_status(
    api: APIClient, district: District, path: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "a.xlsx"
    broken.write_bytes(b"PK nothing")
    answer = upload(api, broken)
    assert (answer.status_code, answer.json()["unmet"][0]["code"]) == (400, "corrupt")
    assert api.post(ROOT, {}, format="multipart").status_code == 400
    batch = steps.upload(district.clerk, path)
    assert api.post(f"{ROOT}{batch.pk}/commit/").status_code == 409
    assert api.post(f"{ROOT}{batch.pk}/undo/").status_code == 409
    steps.work(batch)
    assert api.post(f"{ROOT}{batch.pk}/decide/", {"rows": []}, format="json").status_code == 400


def test_own_unit_only(district: District, path: Path) -> None:
    batch = steps.checked(district.clerk, path)
    park = factories.api(district.person("park_clerk", "qingxi-park"))
    assert park.get(ROOT).json()["results"] == []
    for name in ("", "mapping/", "rows/", "rejected/"):
        assert park.get(f"{ROOT}{batch.pk}/{name}").status_code == 404
    for name in ("check/", "decide/", "commit/", "undo/"):
        assert park.post(f"{ROOT}{batch.pk}/{name}", {"rows": [4]}, format="json").status_code == 404
    head = factories.api(district.head)
    assert [line["id"] for line in head.get(ROOT).json()["results"]] == [batch.pk]


def test_who_may_not_import_gets_403_and_strangers_401(district: District, path: Path) -> None:
    reviewer = factories.api(district.person("reviewer", "development-reform"))
    assert reviewer.get(ROOT).status_code == 403
    assert upload(reviewer, path).status_code == 403
    assert APIClient().get(ROOT).status_code == 401


def test_rejected_rows_come_as_a_file(api: APIClient, district: District, path: Path) -> None:
    batch = steps.checked(district.clerk, path)
    answer = api.get(f"{ROOT}{batch.pk}/rejected/")
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")
    assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_an_upload_repeated_with_its_key_is_kept_once(api: APIClient, path: Path) -> None:
    answers = []
    for _time in range(2):
        file = SimpleUploadedFile(path.name, path.read_bytes())
        answers.append(api.post(ROOT, {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY="one"))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert ImportBatch.objects.count() == 1


@pytest.mark.parametrize("name", ["", "rows/"])
def test_lists_ask_the_same_however_long_they_are(
    api: APIClient, district: District, tmp_path: Path, name: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (1, 30):
        lines = [row(n, f"第{size}批{n}号", f"公司{n}", n) for n in range(1, size + 1)]
        batch = steps.imported(district.clerk, steps.ledger(tmp_path / f"{size}.xlsx", lines))
        address = f"{ROOT}{batch.pk}/{name}" if name else ROOT
        with CaptureQueriesContext(connection) as seen:
            assert api.get(address).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8
