"""The two real ledgers come in as ``expected.json`` says."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from projects.models import Phase, Project
from tests.law import District

DATA = Path(__file__).parent.parent / "data" / "ledgers"
EXPECTED = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
SIGNED, TALKING = "ledger-signed-2021-2025.xlsx", "ledger-negotiating.xlsx"
PHASES = {
    "在谈": Phase.NEGOTIATION,
    "签约": Phase.LANDING,
    "开工": Phase.CONSTRUCTION,
    "投产": Phase.PRODUCTION,
}


def run(name: str, *options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_ledger", str(DATA / name), "--json", *options, stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("name", [SIGNED, TALKING])
def test_every_expected_row_becomes_a_project_in_its_actual_phase(district: District, name: str) -> None:
    found = run(name)
    rows = EXPECTED[name]["rows"]
    assert (found["rows"], found["created"], found["rejected"], found["suspect"]) == (
        len(rows),
        len(rows),
        0,
        0,
    )
    projects = {project.name: project for project in Project.objects.select_related("enterprise")}
    for row in rows:
        project = projects[row["name"]]
        assert project.phase == PHASES.get(row["phase"], Phase.PLANNING), row["name"]
        yuan = row["amount"]["yuan"]
        assert project.total_fen == (None if yuan is None else yuan * 100), row["name"]
        assert (project.enterprise.name if project.enterprise else None) == row["investor"]
