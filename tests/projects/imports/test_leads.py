"""Channels, classes and tags in a ledger: names become codes, unknown ones are refused row by row."""

from datetime import timedelta
from pathlib import Path

import pytest

from cases.models import Event
from projects import dormancy
from projects.models import ImportRow, Outcome, Project
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row

MORE = ("线索渠道", "具体来源", "重点对象类别", "标签")
LATER = steps.TODAY + timedelta(days=120)


def ledger(path: Path, *marks: object, total: object = 3) -> Path:
    line = row(1, "锂电池材料项目", "某能源公司", total, "外地", None, "在谈")
    return steps.ledger(path, [[*line, *marks]], more=MORE)


def test_names_become_codes_in_the_order_of_the_plan(district: District, tmp_path: Path) -> None:
    path = ledger(
        tmp_path / "一月.xlsx", "行业协会", "市新能源协会", "招商推介重点对象",
        "税收、“基金＋产业”；高科技含量",
    )  # fmt: skip
    steps.imported(district.clerk, path)
    made = Project.objects.get()
    assert (made.lead_channel, made.lead_source) == ("association", "市新能源协会")
    assert (made.target_classes, made.lead_tags) == ("priority", "high_tech,fund_industry,supply_tax")
    assert (made.moved_on, made.talk_stage) == (steps.TODAY, "first_talk_registered")


@pytest.mark.parametrize(
    ("marks", "field"),
    [
        (("道听途说", "", "", ""), "lead_channel"),
        (("", "", "明星企业", ""), "target_classes"),
        (("", "", "", "税收、高大上"), "lead_tags"),
    ],
)
def test_an_unknown_name_refuses_the_row_and_says_which_there_are(
    district: District, tmp_path: Path, marks: tuple[str, ...], field: str
) -> None:
    batch = steps.checked(district.clerk, ledger(tmp_path / "一月.xlsx", *marks))
    (staged,) = ImportRow.objects.filter(batch=batch, outcome=Outcome.REJECTED)
    (message,) = staged.messages
    assert message["field"] == field
    assert message["cell"].endswith("4")
    known = {"lead_channel": "领导资源招商", "target_classes": "前期邀约企业", "lead_tags": "高附加值"}[field]
    assert known in message["text"]


def test_next_months_ledger_changes_the_marks_and_shows_their_names(
    district: District, tmp_path: Path
) -> None:
    steps.imported(district.clerk, ledger(tmp_path / "一月.xlsx", "行业协会", "", "", "税收"))
    batch = steps.checked(
        district.clerk, ledger(tmp_path / "二月.xlsx", "驻外招商", "", "", "税收、用工"), on=LATER
    )
    (staged,) = ImportRow.objects.filter(batch=batch, outcome=Outcome.CHANGED)
    assert staged.values["changes"]["lead_channel"] == ["行业协会", "驻外招商"]
    assert staged.values["changes"]["lead_tags"] == ["税收", "税收、用工"]
    steps.commit(batch, on=LATER)
    made = Project.objects.get()
    assert (made.lead_channel, made.lead_tags) == ("resident", "supply_tax,supply_labour")


def test_new_figures_of_a_ledger_wake_a_dormant_lead_as_a_figure_by_hand_does(
    district: District, tmp_path: Path
) -> None:
    steps.imported(district.clerk, ledger(tmp_path / "一月.xlsx", "", "", "", ""))
    dormancy.sweep(LATER)
    assert Project.objects.get().dormant_on == LATER
    again = ledger(tmp_path / "二月.xlsx", "", "", "", "", total=5)
    batch = steps.commit(steps.checked(district.clerk, again, on=LATER), on=LATER)
    made = Project.objects.get()
    assert (made.dormant_on, made.moved_on) == (None, LATER)
    event = Event.objects.get(kind="project.woken")
    assert (event.data, event.by_id, event.on) == ({"why": "登记资金"}, district.clerk.pk, LATER)
    steps.undo(batch, on=LATER)
    assert Project.objects.get().dormant_on is None


def test_an_import_may_be_undone_after_its_leads_went_dormant(district: District, tmp_path: Path) -> None:
    batch = steps.imported(district.clerk, ledger(tmp_path / "一月.xlsx", "", "", "", ""))
    dormancy.sweep(LATER)
    steps.undo(batch, on=LATER)
    assert Project.objects.get().division == ""
    assert dormancy.sweep(LATER + timedelta(days=1)) == dormancy.Swept()
