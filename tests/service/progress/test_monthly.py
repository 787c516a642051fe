"""Each month under construction is reported once, corrected with a reason, and missed by nobody unseen."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from cases.models import Event
from deadlines.models import Deadline
from kernel.refusals import Refused
from projects import actions
from projects.models import Project
from service.models import EnterpriseAccount, MonthlyProgress
from service.progress.queries import months_of
from service.progress.reporting import report_many
from service.progress.showing import standing
from tests import factories as make
from tests import lives
from tests.service.progress import site
from tests.service.progress.site import FEBRUARY, JANUARY, MARCH, WAN

pytestmark = pytest.mark.django_db
APRIL_8 = date(2026, 4, 8)
APRIL = date(2026, 4, 1)


def clock(row: Project) -> Deadline:
    return Deadline.objects.filter(case=row.case, rule="progress:monthly").open().get()


def objections(row: Project, **more) -> Refused:
    before = MonthlyProgress.objects.count()
    with pytest.raises(Refused) as refused:
        site.report(row, **more)
    assert MonthlyProgress.objects.count() == before
    return refused.value


def test_a_month_is_reported_with_its_own_investment_and_the_sum_is_computed() -> None:
    row = site.started()
    site.report(row, wan=500)
    site.report(row, month=MARCH, wan=300, percent=8)
    rows = MonthlyProgress.objects.filter(project=row).order_by("month").with_completed()
    assert [vars(one)["completed_fen"] for one in rows] == [500 * WAN, 800 * WAN]
    assert Event.objects.filter(case=row.case, kind="progress.reported").count() == 2


def test_the_start_opens_a_clock_on_the_month_due_on_the_fifth_of_the_next() -> None:
    row = site.started()
    # 5 March 2026 is a Thursday; the clause is the plan's.
    assert (clock(row).due_on, clock(row).clause, clock(row).responsible_unit) == (
        date(2026, 3, 5), "三(四)10", site.park(),
    )  # fmt: skip


def test_a_due_day_on_a_rest_day_moves_to_the_next_working_day() -> None:
    """5 April 2026 is a Sunday within the Qingming rest days (4-4 … 4-6): due on the 7th."""
    row = site.started()
    site.report(row)
    assert clock(row).due_on == date(2026, 4, 7)


def test_a_report_meets_its_clock_and_opens_the_next_months() -> None:
    row = site.started()
    first = clock(row)
    site.report(row)
    first.refresh_from_db()
    assert (first.met_on, clock(row).started_on) == (site.TODAY, date(2026, 3, 31))


def test_a_month_missed_is_asked_for_once_and_shown_until_it_comes() -> None:
    row = site.started()
    site.report(row, month=MARCH, on=APRIL_8)
    assert clock(row).started_on == date(2026, 2, 28)
    shown = standing(row, months_of(row), APRIL_8)
    assert shown is not None and shown.missing == [FEBRUARY]
    site.report(row, percent=4, on=APRIL_8)
    assert clock(row).started_on == date(2026, 4, 30)
    assert Deadline.objects.filter(rule="progress:monthly", cancelled_on__isnull=False).count() == 0


def test_the_month_of_production_is_the_last_one_asked_for() -> None:
    row = site.started()
    site.report(row)
    for code in ("works_completed", "accepted"):
        lives.lay_down(row, code, lives.clerk(), site.TODAY)
    lives.reach(row, "in_production", on=site.TODAY)
    assert clock(row).started_on == date(2026, 3, 31)
    site.report(row, month=MARCH, stage="trial", percent=100, on=APRIL_8)
    assert not Deadline.objects.filter(case=row.case, rule="progress:monthly").open().exists()


def test_a_withdrawn_start_takes_the_clock_with_it() -> None:
    row = site.started()
    head = make.user("bureau_head", unit=lives.bureau())
    actions.withdraw(project=row, milestone="construction_started", by=head, on=site.TODAY, reason="误报")
    assert not Deadline.objects.filter(case=row.case, rule="progress:monthly").open().exists()


def test_a_start_moved_back_by_a_correction_asks_for_the_earlier_month() -> None:
    row = site.started()
    head = make.user("bureau_head", unit=lives.bureau())
    change = actions.Change(milestone="construction_started", day=date(2026, 1, 20))
    actions.correct(project=row, change=change, by=head, on=site.TODAY, reason="监理日志为准")
    assert clock(row).started_on == date(2026, 1, 31)


def test_before_the_start_nothing_is_reported() -> None:
    refused = objections(site.ready())
    assert (refused.codes, refused.unmet[0].clause) == (["milestone:construction_started"], "三(四)10")
    assert refused.unmet[0].url


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"month": APRIL}, "month"),
        ({"month": JANUARY}, "month"),
        ({"month": date(2026, 2, 3)}, "month"),
        ({"stage": "roof"}, "stage"),
        ({"percent": 101}, "percent"),
        ({"percent": -1}, "percent"),
        ({"wan": 10**10}, "invested"),
        ({"wan": -1, "reason": "核减"}, "invested"),
        ({"words": "x" * 501}, "words"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(change, field) -> None:
    refused = objections(site.started(), **change)
    assert (refused.status, refused.unmet[0].field) == ("invalid", field)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"stage": "foundation", "percent": 40}, "stage_falls"),
        ({"stage": "structure", "percent": 29}, "percent_falls"),
        ({"stage": "structure", "percent": 40, "wan": -100}, "investment_falls"),
        ({"stage": "structure", "percent": 40, "wan": 19_600}, "beyond:contract"),
    ],
)
def test_progress_that_falls_or_goes_beyond_the_agreement_wants_a_reason(change, code) -> None:
    row = site.started()
    site.report(row, stage="structure", percent=30)
    refused = objections(row, month=MARCH, **change)
    assert (refused.codes, refused.unmet[0].field) == ([code], "reason")
    site.report(row, month=MARCH, reason="设计变更，经监理确认", **change)
    assert MonthlyProgress.objects.count() == 2


def test_a_month_put_in_later_is_held_against_the_one_after_it() -> None:
    row = site.started()
    site.report(row, month=MARCH, percent=3)
    assert objections(row, percent=10).codes == ["percent_falls"]


def test_exactly_the_agreed_sum_needs_no_reason() -> None:
    site.report(site.started(contract="2亿元"), wan=20_000)
    assert MonthlyProgress.objects.get().reason == ""


def test_a_correction_says_why_and_what_stood_before_stays() -> None:
    row = site.started()
    first = site.report(row, wan=500)
    assert objections(row, wan=450).codes == ["correction"]
    second = site.report(row, wan=450, reason="重复计入设备款")
    first.refresh_from_db()
    assert (first.in_force, second.supersedes) == (False, first)
    assert sum(r.invested_fen for r in months_of(row)) == 450 * WAN


def test_the_same_again_changes_and_records_nothing() -> None:
    row = site.started()
    assert site.report(row) == site.report(row, reason="再报一次")
    assert Event.objects.filter(case=row.case, kind__startswith="progress.re").count() == 2


def test_a_sum_never_falls_below_nought() -> None:
    row = site.started()
    site.report(row, wan=100)
    assert objections(row, month=MARCH, wan=-101, reason="核减").codes == ["below_nought"]


def test_whoever_plays_no_part_in_it_does_not_report() -> None:
    row = site.started()
    for by in (make.user("leader", unit=lives.bureau()), site.department(row, "economy-information")):
        with pytest.raises(Refused) as refused:
            site.report(row, by=by)
        assert refused.value.status == "forbidden"


def test_the_landing_park_reports() -> None:
    assert site.report(site.started(), by=site.colleague()).unit == site.park()


def test_the_enterprises_account_reports_its_own_project_and_no_other() -> None:
    row, other = site.started(), site.started(name="另一个项目", enterprise=lives.outsider("另一家"))
    firm = make.user()
    EnterpriseAccount.objects.create(
        user=firm, project=row, valid_from=lives.SIGNED_ON, opened_by=lives.clerk()
    )
    made = site.report(row, by=firm)
    assert (made.by_enterprise, made.unit) == (True, None)
    with pytest.raises(Refused):
        site.report(other, by=firm)


def test_an_ended_account_reports_no_more() -> None:
    row, firm, clerk = site.started(), make.user(), lives.clerk()
    EnterpriseAccount.objects.create(
        user=firm, project=row, valid_from=lives.SIGNED_ON, opened_by=clerk, valid_to=site.TODAY,
        ended_by=clerk, ended_reason="离职",
    )  # fmt: skip
    with pytest.raises(Refused):
        site.report(row, by=firm)


def test_several_are_written_all_or_none_and_leave_the_rows_of_one_by_one() -> None:
    one, two = site.started(), site.started(name="二号", enterprise=lives.outsider("二号公司"))
    clerk = lives.clerk()
    faulty = [(one, site.said()), (two, site.said(percent=200))]
    written, found = report_many(reports=faulty, by=clerk, on=site.TODAY)
    assert (written, [o.place for o in found], MonthlyProgress.objects.count()) == ([], [1], 0)
    report_many(reports=[(one, site.said()), (two, site.said())], by=clerk, on=site.TODAY)
    assert MonthlyProgress.objects.count() == 2
    assert clock(one).started_on == clock(two).started_on == date(2026, 3, 31)


def test_the_database_keeps_one_report_a_month() -> None:
    row = site.started()
    made = site.report(row)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyProgress.objects.create(
            project=row, month=FEBRUARY, invested_fen=0, stage="foundation", percent=1,
            reported_on=site.TODAY, by=made.by,
        )  # fmt: skip


def test_a_project_of_an_old_ledger_misses_no_month_before_its_first_report() -> None:
    row = site.ready()
    Project.objects.filter(pk=row.pk).update(from_ledger=True)
    lives.lay_down(row, "construction_started", lives.clerk(), date(2023, 5, 1))
    row.refresh_from_db()
    shown = standing(row, months_of(row), site.TODAY)
    assert shown is not None and shown.missing == []
    site.report(row)
    assert clock(row).started_on == date(2026, 3, 31)


def test_a_given_up_project_reports_no_more() -> None:
    row = site.started()
    head = make.user("bureau_head", unit=lives.bureau())
    actions.exit_project(project=row, reason="企业破产", by=head, on=site.TODAY)
    assert objections(row).codes == ["exited"]
