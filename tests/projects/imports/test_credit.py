"""What a ledger says earns credit once its paper is there; what it moves of known projects moves back."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Sum

from projects import actions
from projects.models import Money, Project, ReachedMilestone
from scoring.actions import rebook
from scoring.models import Credit
from tests import lives
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row

LATER = steps.TODAY + timedelta(days=3)
WAN = 1_000_000
MORE = ["投资方属地", "合同金额（万元）", "到位资金（万元）"]


def line(name: str, contract: object = None, paid_in: object = None, signed: object = None) -> list[object]:
    return [*row(1, name, f"{name}公司", 10, "清溪园区", signed, "已签约"), "浙江杭州", contract, paid_in]


def ledger(path: Path, *lines: list[object]) -> Path:
    return steps.ledger(path, lines, more=MORE)


@pytest.fixture
def known(district: District) -> Project:
    """A project of our own, signed and credited with 2000万元."""
    project = district.project("本系统签约项目")
    actions.set_money(project=project, measure="contract", raw="2000万元", by=district.clerk, on=steps.TODAY)
    ReachedMilestone.objects.create(
        project=project, code="signed", on=date(2025, 11, 3), recorded_by=district.clerk
    )
    rebook(project=project, by=district.head, on=steps.TODAY)
    project.refresh_from_db()
    return project


def total(project: Project, measure: str = "agreed_funds") -> int:
    rows = Credit.objects.filter(case_id=project.pk, measure=measure)
    return int(rows.aggregate(n=Sum("after_fen", default=0))["n"])


def next_month(district: District, known: Project, tmp_path: Path, contract: object, paid_in: object) -> Path:
    investor = known.enterprise.name if known.enterprise else ""
    return ledger(tmp_path / "二月.xlsx", [*row(1, known.name, investor, None), None, contract, paid_in])


def test_what_only_a_ledger_says_earns_nothing_however_it_is_touched(
    district: District, tmp_path: Path
) -> None:
    steps.imported(district.clerk, ledger(tmp_path / "a.xlsx", line("存量甲", 3000, 1000, "2025年3月1日")))
    project = steps.project("存量甲")
    figures = Money.objects.filter(project=project)
    assert set(figures.values_list("evidence_outstanding", flat=True)) == {True}
    call_command("book_credits", verbosity=0)
    actions.edit(project=project, by=district.clerk, on=LATER, changes={"enterprise": lives.outsider()})
    assert rebook(project=steps.project("存量甲"), by=district.head, on=LATER) == []
    assert not Credit.objects.exists()
    assert steps.project("存量甲").paid_in_fen == 1000 * WAN


def test_a_payment_of_a_ledger_counts_for_its_own_day_once_a_person_shows_its_paper(
    district: District, tmp_path: Path
) -> None:
    steps.imported(district.clerk, ledger(tmp_path / "a.xlsx", line("存量甲", 3000, 1000, "2025年3月1日")))
    project = steps.project("存量甲")
    figure = Money.objects.get(project=project, measure="paid_in")
    day = date(2025, 6, 30)
    change = actions.Change(figure=figure.pk, day=day, evidence=lives.paper(project, "other", district.clerk))
    shown = actions.preview_correction(project=project, change=change, by=district.head, on=LATER)
    assert any(line.endswith("到位资金计分：0元 → 1,000万元") for line in shown)
    actions.correct(project=project, change=change, by=district.head, on=LATER, reason="补银行回单")
    credit = Credit.objects.get(case_id=project.pk)
    assert (credit.measure, credit.on, credit.before_fen) == ("paid_in_funds", day, 1000 * WAN)
    assert steps.project("存量甲").paid_in_fen == 1000 * WAN


def test_a_corrected_sum_of_a_ledgers_payment_still_wants_its_paper(
    district: District, tmp_path: Path
) -> None:
    steps.imported(district.clerk, ledger(tmp_path / "a.xlsx", line("存量甲", 3000, 1000)))
    project = steps.project("存量甲")
    figure = Money.objects.get(project=project, measure="paid_in")
    change = actions.Change(figure=figure.pk, raw="900万元")
    actions.correct(project=project, change=change, by=district.head, on=LATER, reason="笔误")
    assert Money.objects.get(supersedes=figure).evidence_outstanding
    assert not Credit.objects.exists()


def test_a_payment_booked_by_a_person_stays_whatever_a_ledger_says(
    district: District, known: Project, tmp_path: Path
) -> None:
    day = date(2025, 12, 20)
    paper = lives.paper(known, "other", district.clerk)
    actions.set_money(
        project=known, measure="paid_in", raw="500万元", evidence=paper, by=district.clerk, on=day
    )
    batch = steps.imported(district.clerk, next_month(district, known, tmp_path, None, 1800))
    assert set(steps.outcomes(batch).values()) == {"unchanged"}
    assert "请逐笔登记" in steps.texts(batch, 4)
    assert Money.objects.get(project=known, measure="paid_in").on == day
    assert total(known, "paid_in_funds") == 500 * WAN
    same = steps.imported(district.clerk, next_month(district, known, tmp_path, None, 500))
    assert "请逐笔登记" not in steps.texts(same, 4)


def test_a_payment_that_only_a_ledger_stated_follows_the_next_ledger(
    district: District, tmp_path: Path
) -> None:
    steps.imported(district.clerk, ledger(tmp_path / "a.xlsx", line("存量甲", None, 1000)))
    batch = steps.imported(district.clerk, ledger(tmp_path / "b.xlsx", line("存量甲", None, 1800)))
    assert steps.outcomes(batch) == {4: "updated"}
    assert steps.project("存量甲").paid_in_fen == 1800 * WAN
    assert Money.objects.filter(measure="paid_in", superseded_by__isnull=True).get().evidence_outstanding


def test_a_figure_with_its_paper_is_not_replaced_by_a_ledgers(
    district: District, known: Project, tmp_path: Path
) -> None:
    paper = lives.paper(known, "investment_agreement", district.clerk)
    actions.set_money(
        project=known, measure="contract", raw="2000万元", evidence=paper, by=district.clerk, on=steps.TODAY
    )
    batch = steps.imported(district.clerk, next_month(district, known, tmp_path, 1500, None))
    assert set(steps.outcomes(batch).values()) == {"unchanged"}
    assert "系统有佐证的数据为2,000万元" in steps.texts(batch, 4)
    assert total(known) == 2000 * WAN


def test_an_update_that_moved_credit_is_undone_with_its_credit(
    district: District, known: Project, tmp_path: Path
) -> None:
    batch = steps.imported(district.clerk, next_month(district, known, tmp_path, 1500, None))
    assert total(known) == 1500 * WAN
    batch = steps.undo(batch, LATER)
    assert batch.undo_report == {"voided": 0, "restored": 1, "kept": []}
    known.refresh_from_db()
    assert (known.contract_fen, total(known)) == (2000 * WAN, 2000 * WAN)
    (standing,) = Credit.objects.filter(case_id=known.pk).standing()
    assert standing.on == date(2025, 11, 3)


def test_a_voided_project_keeps_no_credit(district: District, tmp_path: Path) -> None:
    """Booked without a person's doing (book_credits), so that nobody touched the project since."""
    batch = steps.imported(
        district.clerk, ledger(tmp_path / "a.xlsx", line("存量甲", 3000, 1000, "2025年3月1日"))
    )
    ReachedMilestone.objects.filter(code="signed").update(evidence_outstanding=False)
    call_command("book_credits", verbosity=0)
    key = Project.objects.values_list("pk", flat=True).get()
    assert Credit.objects.filter(case_id=key).standing().count() == 1
    batch = steps.undo(batch, LATER)
    assert batch.undo_report == {"voided": 1, "restored": 0, "kept": []}
    assert not Credit.objects.filter(case_id=key).standing().exists()
    assert Credit.objects.filter(case_id=key).aggregate(n=Sum("after_fen"))["n"] == 0
    call_command("book_credits", verbosity=0)
    assert not Credit.objects.filter(case_id=key).standing().exists()
