"""Entries are booked on signing, reversed and booked anew when facts change, and never edited."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from cases.models import Event, Part
from kernel.refusals import Refused
from notices.models import Message
from projects import actions as projects
from projects.models import Project, ReachedMilestone
from scoring import actions
from scoring.models import Credit
from tests import factories as make
from tests import lives

pytestmark = pytest.mark.django_db
YI = 10_000_000_000
DAY = date(2026, 3, 2)


@pytest.fixture
def head() -> User:
    return lives.clerk("bureau_head")


@pytest.fixture
def park() -> Unit:
    return make.unit("baitao-park", kind="park", name="白涛工业园区")


def total(unit: Unit | None = None) -> int:
    rows = Credit.objects.filter(unit=unit or lives.bureau())
    return rows.aggregate(n=Sum("after_fen", default=0))["n"]


def restate(project: Project, raw: str, by: User) -> None:
    projects.correct(
        project=project, change=projects.Change(measure="contract", raw=raw), by=by, on=DAY, reason="合同更正"
    )


def test_signing_books_the_agreed_funds_of_the_introducing_unit() -> None:
    row = Credit.objects.get(case=lives.signed().case)
    assert (row.unit, row.on, row.after_fen) == (lives.bureau(), lives.SIGNED_ON, 20 * YI)
    assert (row.clause, row.source.raw) == ("附件2 备注2", "20亿元")
    assert row.policy_version.policy.code.startswith("fuling-promotion")


def test_before_signing_nothing_is_booked() -> None:
    lives.ready_to_sign(lives.clerk())
    assert not Credit.objects.exists()


def test_a_corrected_figure_reverses_the_old_entry_and_books_the_new(head) -> None:
    project = lives.signed()
    restate(project, "15亿元", head)
    assert [row.after_fen for row in Credit.objects.order_by("id")] == [20 * YI, -20 * YI, 15 * YI]
    assert Credit.objects.order_by("id")[1].reverses == Credit.objects.order_by("id")[0]
    assert total() == 15 * YI
    assert Event.objects.filter(case=project.case, kind="credit.rebooked").count() == 1
    assert Message.objects.filter(topic="credit.rebooked").count() == 1


def test_a_reversal_counts_for_the_day_of_what_it_reverses(head) -> None:
    project = lives.signed(on=date(2026, 2, 10))
    change = projects.Change(milestone="signed", day=date(2026, 1, 20))
    projects.correct(project=project, change=change, by=head, on=DAY, reason="笔误")
    assert [(row.on, row.after_fen) for row in Credit.objects.order_by("id")] == [
        (date(2026, 2, 10), 20 * YI),
        (date(2026, 2, 10), -20 * YI),
        (date(2026, 1, 20), 20 * YI),
    ]


def test_withdrawing_the_signing_takes_the_credit_back(head) -> None:
    project = lives.signed()
    projects.withdraw(project=project, milestone="signed", by=head, on=DAY, reason="协议作废")
    assert total() == 0
    assert not Credit.objects.standing().exists()


def test_a_supporting_unit_takes_its_fifth_from_the_day_it_is_named(head, park) -> None:
    project = lives.signed()
    projects.set_parts(project=project, part="supporting", unit=park, by=head, on=DAY)
    assert (total(), total(park)) == (16 * YI, 4 * YI)
    part = Part.objects.get(case=project.case, part="supporting")
    projects.end_part(project=project, part=part, by=head, on=DAY, reason="退出联合招商")
    assert (total(), total(park)) == (20 * YI, 0)


def test_another_introducing_unit_moves_the_whole_credit(head, park) -> None:
    project = lives.signed()
    projects.set_parts(project=project, part="introducing", unit=park, by=head, on=DAY)
    assert (total(), total(park)) == (0, 20 * YI)


def test_an_investor_from_within_the_city_counts_a_fifth(head) -> None:
    project = lives.signed(enterprise=make.enterprise("渝中公司", division_code="500103"))
    assert total() == 4 * YI
    projects.edit(project=project, by=head, on=DAY, changes={"enterprise": lives.outsider("沪上公司")})
    assert total() == 20 * YI


def test_every_payment_is_an_entry_of_its_own_day(head) -> None:
    project = lives.signed()
    for raw, day in (("3000万元", date(2026, 2, 20)), ("5000万元", date(2026, 3, 1))):
        projects.set_money(project=project, measure="paid_in", raw=raw, by=head, on=day)
    rows = Credit.objects.filter(measure="paid_in_funds").order_by("id")
    assert [(row.on, row.after_fen) for row in rows] == [
        (date(2026, 2, 20), 3000 * 1_000_000),
        (date(2026, 3, 1), 5000 * 1_000_000),
    ]


def test_the_same_facts_book_nothing_more(head) -> None:
    project = lives.signed()
    assert actions.rebook(project=project, by=head, on=DAY) == []
    projects.set_money(project=project, measure="tax", raw="100万元", by=head, on=DAY)
    assert Credit.objects.count() == 1


@pytest.mark.parametrize("change", ["UPDATE scoring_credit SET after_fen = 1", "DELETE FROM scoring_credit"])
def test_the_database_itself_refuses_to_edit_an_entry(change) -> None:
    lives.signed()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_an_old_ledger_counts_only_when_its_paper_is_there(head) -> None:
    clerk = lives.clerk()
    project = lives.ready_to_sign(clerk)
    row = ReachedMilestone.objects.create(
        project=project, code="signed", on=lives.SIGNED_ON, recorded_by=clerk, evidence_outstanding=True
    )
    assert actions.rebook(project=project, by=head, on=DAY) == []
    row.evidence_outstanding = False
    row.save()
    call_command("book_credits", verbosity=0)
    assert total() == 20 * YI
    call_command("book_credits", verbosity=0)
    assert Credit.objects.count() == 1


def test_a_foreign_figure_without_a_rate_counts_nowhere(head) -> None:
    project = lives.signed()
    projects.set_money(project=project, measure="contract", raw="3亿", currency="USD", by=head, on=DAY)
    assert total() == 0


@pytest.mark.parametrize("role", ["park_clerk", "reviewer", "leader", "inspector", "commissioner"])
def test_only_the_bureau_recalculates(role) -> None:
    project = lives.signed()
    with pytest.raises(Refused) as refused:
        actions.rebook(project=project, by=make.user(role), on=DAY)
    assert refused.value.status == "forbidden"


def test_a_correction_shows_beforehand_which_credit_moves_and_writes_nothing(head, park) -> None:
    project = lives.signed()
    projects.set_parts(project=project, part="supporting", unit=park, by=head, on=DAY)
    count = Credit.objects.count()
    change = projects.Change(measure="contract", raw="15亿元")
    shown = projects.preview_correction(project=project, change=change, by=head)
    assert "区招商投资局协议资金计分：16亿元 → 12亿元" in shown
    assert "白涛工业园区协议资金计分：4亿元 → 3亿元" in shown
    moved = projects.Change(milestone="signed", day=date(2025, 12, 30))
    shown = projects.preview_correction(project=project, change=moved, by=head)
    assert "协议资金计入日期：2026-02-10 → 2025-12-30" in shown
    assert Credit.objects.count() == count


def test_the_hook_costs_the_same_however_many_entries_there_were(head) -> None:
    project = lives.signed()

    def cost(raw: str) -> int:
        with CaptureQueriesContext(connection) as found:
            actions.book(project=project, by=head, on=DAY)
        return len(found)

    few = cost("")
    for n in range(5):
        restate(project, f"{10 + n}亿元", head)
    assert cost("") == few <= 6
