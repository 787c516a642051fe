"""The two real ledgers come in as ``expected.json`` says, at their actual phase, with their past."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cases.models import Event, Part
from deadlines.models import Alarm, Deadline
from notices.models import Message
from projects.gates import reached_codes, unmet_for_next_phase
from projects.importing.places import Places
from projects.ledgers.dates import first_day
from projects.ledgers.phases import WORDS
from projects.models import ImportBatch, ImportRow, Money, Phase, Project, ReachedMilestone
from tests.law import District
from tests.projects.imports import steps

EXPECTED = json.loads((steps.DATA / "expected.json").read_text(encoding="utf-8"))
LEDGERS = [steps.SIGNED, steps.TALKING]
MILESTONES = {"signed": "signed", "started": "construction_started", "produced": "in_production"}


@pytest.fixture(params=LEDGERS, ids=["signed", "negotiating"])
def both(request: Any, district: District) -> tuple[ImportBatch, list[dict[str, Any]], dict[str, Project]]:
    """A ledger imported: its batch, the rows a careful person reads in it, its projects by name."""
    batch = steps.imported(district.clerk, request.param)
    rows = EXPECTED[request.param.name]["rows"]
    projects = Project.objects.select_related("enterprise", "landing_unit")
    return batch, rows, {project.name: project for project in projects}


Both = tuple[ImportBatch, list[dict[str, Any]], dict[str, Project]]


def test_every_row_becomes_one_project_and_nothing_else_does(both: Both) -> None:
    batch, rows, projects = both
    skipped = batch.counts["skipped"]
    assert batch.counts == {
        "created": len(rows), "updated": 0, "unchanged": 0, "suspect": 0, "rejected": 0, "skipped": skipped,
    }  # fmt: skip
    assert batch.rows_total == len(rows)
    assert set(projects) == {row["name"] for row in rows}


def test_a_project_stands_in_the_phase_in_which_it_really_is(both: Both) -> None:
    _batch, rows, projects = both
    words = {word: code for code, word in WORDS.items()}
    for row in rows:
        assert projects[row["name"]].phase == words.get(row["phase"], Phase.PLANNING), row["name"]


def test_texts_come_in_as_written(both: Both) -> None:
    _batch, rows, projects = both
    for row in rows:
        project = projects[row["name"]]
        assert (project.enterprise.name if project.enterprise else None) == row["investor"]
        assert project.industry_text == (row["industry"] or "")
        if "progress_raw" in row:
            assert project.progress == row["progress_raw"]
        if row.get("content"):
            assert project.content.startswith(row["content"])


def test_figures_are_kept_as_stated_and_foreign_ones_are_not_converted(both: Both) -> None:
    _batch, rows, projects = both
    for row in rows:
        wanted, project = row["amount"], projects[row["name"]]
        yuan = wanted["yuan"]
        assert project.total_fen == (None if yuan is None else yuan * 100), row["name"]
        money = Money.objects.filter(project=project, measure="total").first()
        if "original_value" in wanted:
            assert money is not None and money.fen is None and project.total_fen is None
            assert (money.currency, Decimal(money.original)) == ("USD", Decimal(wanted["original_value"]))
        elif yuan is None:
            assert money is None
        else:
            assert money is not None
            assert (money.fen, money.currency) == (yuan * 100, "CNY")
            assert money.qualifier == (wanted.get("qualifier") or "")


def test_the_ledger_states_dollars_somewhere(district: District) -> None:
    steps.imported(district.clerk, steps.SIGNED)
    assert Money.objects.filter(currency="USD", fen__isnull=True).count() == 2


def test_land_is_kept_in_square_metres_and_as_written(both: Both) -> None:
    _batch, rows, projects = both
    for row in rows:
        project, mu = projects[row["name"]], row.get("land_mu")
        wanted = None if mu is None else round(Decimal(str(mu)) * 2000 / 3)
        assert project.land_square_metres == wanted, row["name"]
        if row.get("land_raw"):
            assert project.land_text == row["land_raw"]


def test_days_keep_the_precision_with_which_they_were_written(both: Both) -> None:
    _batch, rows, projects = both
    seen = 0
    for row in rows:
        project = projects[row["name"]]
        kept = {found.code: found for found in ReachedMilestone.objects.filter(project=project)}
        for short, code in MILESTONES.items():
            day = row["dates"][short]
            if day and day["iso"] and code in kept:
                assert (kept[code].on, kept[code].precision) == (first_day(day["iso"]), day["precision"])
                seen += 1
            elif code in kept:
                assert kept[code].precision == "unknown", (row["name"], code)
    assert seen > 20 or rows[0]["project_id"].startswith("ZT")


def test_a_park_of_the_organisation_receives_the_project_and_any_other_place_is_a_text(both: Both) -> None:
    batch, rows, projects = both
    places = Places(batch.on)
    landed = 0
    for row in rows:
        project = projects[row["name"]]
        if unit := places.park(row["park"] or ""):
            landed += 1
            assert (project.landing_unit_id, project.site) == (unit, "")
            part = Part.objects.get(case_id=project.pk, part="landing")
            assert (part.unit_id, part.exclusive, part.valid_to) == (unit, True, None)
        else:
            told = row["park"] or (row.get("park_raw") or "").partition("（")[0]
            assert (project.landing_unit_id, project.site) == (None, told)
    assert landed == (9 if rows[0]["project_id"] == "FL01" else 2)


def test_a_flagged_row_is_reported_with_every_doubt(both: Both) -> None:
    batch, rows, _projects = both
    for row in rows:
        staged = ImportRow.objects.get(batch=batch, excel_row=row["excel_row"])
        assert len(staged.messages) == len(row["flags"]), row["name"]
        assert all(message["text"] for message in staged.messages)


def test_hidden_columns_are_kept_with_the_row_but_feed_nothing(district: District) -> None:
    batch = steps.imported(district.clerk, steps.SIGNED)
    staged = ImportRow.objects.get(batch=batch, excel_row=5)
    assert dict(staged.raw)["O"] == "S19、S19b、S20"
    assert "S19" not in json.dumps(staged.values, ensure_ascii=False)


def test_what_lies_behind_wants_its_paper_and_raises_nothing_for_the_past(both: Both) -> None:
    milestones = ReachedMilestone.objects.all()
    assert milestones.filter(evidence_outstanding=False).count() == 0
    assert milestones.filter(evidence__isnull=False).count() == 0
    assert Project.objects.filter(from_ledger=False).count() == 0
    assert (Deadline.objects.count(), Alarm.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_each_project_has_one_event_that_names_file_and_row(both: Both) -> None:
    batch, rows, projects = both
    assert Event.objects.count() == len(rows)
    row = rows[-1]
    event = Event.objects.get(case_id=projects[row["name"]].pk)
    assert event.kind == "project.imported"
    assert event.data == {"file": batch.filename, "row": row["excel_row"], "import": batch.pk}


def test_gates_ask_from_the_next_step_on(district: District) -> None:
    steps.imported(district.clerk, steps.SIGNED)
    steps.imported(district.clerk, steps.TALKING)
    talking = Project.objects.filter(phase=Phase.NEGOTIATION)[0]
    assert {item.code for item in unmet_for_next_phase(talking)} >= {
        "milestone:assessed",
        "milestone:dispatched",
    }
    assert "milestone:first_talk_registered" not in {item.code for item in unmet_for_next_phase(talking)}
    signed = Project.objects.filter(phase=Phase.LANDING)[0]
    assert unmet_for_next_phase(signed) == []
    building = Project.objects.filter(phase=Phase.CONSTRUCTION)[0]
    assert [item.code for item in unmet_for_next_phase(building)] == ["milestone:works_completed"]
    assert {"signed", "construction_started"} <= reached_codes(building)


def test_an_imported_project_goes_on_from_where_it_stands(district: District) -> None:
    from approvals.actions import open_step

    steps.imported(district.clerk, steps.TALKING)
    project = Project.objects.filter(phase=Phase.NEGOTIATION)[0]
    step = open_step(project=project, step="assessment", by=district.clerk, on=steps.TODAY)
    assert step.deadline is not None and step.deadline.started_on == steps.TODAY


def test_an_old_ledger_may_date_back_as_far_as_it_likes(district: District) -> None:
    steps.imported(district.clerk, steps.SIGNED)
    assert ReachedMilestone.objects.filter(on__lt=date(2022, 1, 1)).exists()
