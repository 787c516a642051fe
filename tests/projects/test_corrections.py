"""A wrong figure or day is put right by superseding it; beforehand one sees everything that moves."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from assignments.models import Assignment
from deadlines.models import Deadline
from kernel.refusals import Refused
from projects import actions
from projects.actions import Change
from projects.models import Money, Project, ReachedMilestone
from projects.models.records import Precision
from scoring.models import Credit
from tests import factories as make
from tests import lives
from tests.factories import TODAY
from tests.law import District

pytestmark = pytest.mark.django_db
WAN = 1_000_000


@pytest.fixture
def head() -> User:
    return lives.clerk("bureau_head")


def fresh(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)


def pay(project: Project, by: User, raw: str, on: date = date(2026, 2, 20), **more: object) -> Money:
    return actions.set_money(project=project, measure="paid_in", raw=raw, by=by, on=on, **more)


def correct(project: Project, by: User, reason: str = "笔误", **change: object) -> list[str]:
    return actions.correct(project=project, change=Change(**change), by=by, on=TODAY, reason=reason)


def test_one_payment_is_corrected_and_the_others_stay(head) -> None:
    project = lives.signed()
    wrong, _right = pay(project, head, "5000万元", source="银行回单"), pay(project, head, "3000万元")
    correct(project, head, figure=wrong.pk, raw="500万元")
    row = Money.objects.get(supersedes=wrong)
    assert (row.raw, row.fen, row.on, row.source) == ("500万元", 500 * WAN, wrong.on, "银行回单")
    assert fresh(project).paid_in_fen == 3500 * WAN
    assert Money.objects.filter(pk=wrong.pk).exists()


def test_the_credit_of_a_corrected_payment_is_reversed_and_booked_anew(head) -> None:
    project = lives.signed()
    wrong = pay(project, head, "5000万元")
    correct(project, head, figure=wrong.pk, raw="500万元", day=date(2026, 1, 15))
    rows = Credit.objects.filter(measure="paid_in_funds").order_by("id")
    assert [(row.on, row.after_fen) for row in rows] == [
        (date(2026, 2, 20), 5000 * WAN),
        (date(2026, 2, 20), -5000 * WAN),
        (date(2026, 1, 15), 500 * WAN),
    ]


def test_the_preview_of_a_payment_shows_sum_credit_and_day(head) -> None:
    project = lives.signed()
    wrong = pay(project, head, "5000万元")
    pay(project, head, "3000万元")
    change = Change(figure=wrong.pk, raw="500万元", day=date(2026, 1, 15))
    shown = actions.preview_correction(project=fresh(project), change=change, by=head)
    assert "到位资金合计：8,000万元 → 3,500万元" in shown
    assert "区招商投资局到位资金计分：8,000万元 → 3,500万元" in shown
    assert "到位资金计入日期：2026-02-20 → 2026-01-15" in shown
    assert Money.objects.filter(measure="paid_in").count() == 2
    assert correct(project, head, figure=wrong.pk, raw="500万元", day=date(2026, 1, 15)) == shown


def test_a_payment_that_never_came_is_corrected_to_nothing_and_earns_nothing(head) -> None:
    project = lives.signed()
    wrong = pay(project, head, "5000万元")
    correct(project, head, figure=wrong.pk, raw="0元")
    assert fresh(project).paid_in_fen == 0
    assert not Credit.objects.filter(measure="paid_in_funds").standing().exists()


def test_which_payment_is_wrong_must_be_said(head) -> None:
    project = lives.signed()
    pay(project, head, "5000万元")
    with pytest.raises(Refused, match="选择要更正的那一笔"):
        correct(project, head, measure="paid_in", raw="500万元")


def test_a_superseded_figure_is_not_corrected_again(head) -> None:
    project = lives.signed()
    wrong = pay(project, head, "5000万元")
    correct(project, head, figure=wrong.pk, raw="500万元")
    with pytest.raises(Refused, match="500万元") as refused:
        correct(project, head, figure=wrong.pk, raw="50万元")
    assert refused.value.status == "conflict"


def test_a_figure_of_another_project_is_not_corrected_here(head) -> None:
    project, other = lives.signed(), lives.registered(head, name="别的项目")
    row = pay(other, head, "5000万元")
    with pytest.raises(Refused) as refused:
        correct(project, head, figure=row.pk, raw="500万元")
    assert refused.value.status == "conflict"


def test_what_was_never_stated_is_not_corrected(head) -> None:
    with pytest.raises(Refused, match="请先登记"):
        correct(lives.signed(), head, measure="tax", raw="100万元")


def test_a_corrected_foreign_figure_stays_foreign_with_its_rate_source_and_evidence(head) -> None:
    project = lives.signed()
    paper = lives.paper(project, "other", head)
    kept = {"currency": "USD", "rate": "7.1", "rate_on": date(2026, 2, 1)}
    pay(project, head, "3000万", qualifier="首期", source="验资报告", evidence=paper, **kept)
    wrong = Money.objects.get(measure="paid_in")
    correct(project, head, figure=wrong.pk, raw="300万")
    row = Money.objects.get(supersedes=wrong)
    assert (row.currency, row.rate, row.rate_on) == ("USD", "7.1", date(2026, 2, 1))
    assert (row.fen, row.qualifier, row.source) == (2130 * WAN, "首期", "验资报告")
    assert row.evidence == paper


def test_a_currency_put_right_needs_the_rate_of_its_own(head) -> None:
    project = lives.signed()
    row = pay(project, head, "3000万", currency="USD", rate="7.1", rate_on=date(2026, 2, 1))
    correct(project, head, figure=row.pk, currency="HKD")
    moved = Money.objects.get(supersedes=row)
    assert (moved.currency, moved.raw, moved.fen, moved.rate) == ("HKD", "3000万", None, "")
    correct(project, head, figure=moved.pk, currency="CNY")
    assert fresh(project).paid_in_fen == 3000 * WAN


def test_a_day_alone_is_put_right_however_a_ledger_had_worded_the_sum(head) -> None:
    project = lives.signed()
    row = Money.objects.create(
        project=project, measure="paid_in", raw="约5000万元（一期）", original="50000000", fen=5000 * WAN,
        on=date(2026, 2, 20), recorded_by=head,
    )  # fmt: skip
    correct(project, head, figure=row.pk, day=date(2026, 2, 10))
    moved = Money.objects.get(supersedes=row)
    assert (moved.raw, moved.fen, moved.on) == (row.raw, row.fen, date(2026, 2, 10))


def test_a_figure_is_not_moved_to_a_day_to_come(head) -> None:
    project = lives.signed()
    row = pay(project, head, "5000万元")
    with pytest.raises(Refused) as refused:
        correct(project, head, figure=row.pk, day=TODAY + timedelta(days=1))
    assert refused.value.unmet[0].field == "day"


def test_a_corrected_day_is_known_to_the_day(head) -> None:
    project = lives.signed()
    ReachedMilestone.objects.filter(code="signed").update(precision=Precision.UNKNOWN)
    correct(project, head, milestone="signed", day=date(2026, 2, 9))
    assert ReachedMilestone.objects.get(code="signed").precision == Precision.DAY


def test_one_part_of_a_staged_milestone_moves_nothing_before_all_are_there(head) -> None:
    project = lives.signed()
    for number in (1, 2):
        row = {"part_no": number, "parts_total": 2, "on": date(2026, 2, 10 + number)}
        ReachedMilestone.objects.create(project=project, code="works_completed", recorded_by=head, **row)
    first, last = date(2026, 2, 1), date(2026, 2, 20)
    correct(project, head, milestone="works_completed", part_no=1, day=first)
    correct(project, head, milestone="works_completed", part_no=2, day=last)
    days = ReachedMilestone.objects.filter(code="works_completed").order_by("part_no")
    assert list(days.values_list("on", flat=True)) == [first, last]


def test_the_preview_names_the_clocks_that_the_milestone_met(district: District) -> None:
    limit = next(row for row in district.rules.limits if row.code == "special_report")
    project = district.project(on=date(2026, 2, 2))
    start = {"by": district.head, "on": date(2026, 2, 3), "produced": True}
    actions.reach(project=project, milestone=limit.starts_on, **start)
    for kind in district.rules.milestone(limit.meets_on).documents:
        lives.paper(project, kind, district.head)
    end = start | {"on": date(2026, 2, 5)}
    actions.reach(project=project, milestone=limit.meets_on, **end)
    clock = Deadline.objects.get(rule="limit:special_report")
    assert clock.met_on == date(2026, 2, 5)
    change = Change(milestone=limit.meets_on, day=date(2026, 2, 28))
    shown = actions.preview_correction(project=project, change=change, by=district.clerk)
    assert f"{clock.name}办结日期：2026-02-05 → 2026-02-28（逾期）" in shown
    correct(project, district.clerk, milestone=limit.meets_on, day=date(2026, 2, 28))
    assert Deadline.objects.get(pk=clock.pk).met_on == date(2026, 2, 28)


def test_the_preview_names_the_clocks_of_tasks(head) -> None:
    project = lives.signed(on=date(2026, 2, 10))
    change = Change(milestone="signed", day=date(2026, 2, 9))
    shown = actions.preview_correction(project=project, change=change, by=head)
    title = Assignment.objects.get(case=project.case).title
    assert f"交办“{title}”期限：2026-02-24 → 2026-02-14" in shown
    correct(project, head, milestone="signed", day=date(2026, 2, 9))
    assert lives.clock_of(Assignment.objects.get(case=project.case)).due_on == date(2026, 2, 14)


@pytest.mark.parametrize(
    ("raw", "more", "field"),
    [
        ("10000亿元", {"currency": "USD", "rate": "1e20"}, "rate"),
        ("10000亿元", {"currency": "USD", "rate": "9999"}, "raw"),
        ("1亿元", {"currency": "USD", "rate": "99999"}, "rate"),
        ("1亿元", {"currency": "XXX"}, "currency"),
        (f"1.{'1' * 60}", {"currency": "USD"}, "raw"),
    ],
)
def test_what_no_figure_can_be_is_refused_with_words(head, raw, more, field) -> None:
    with pytest.raises(Refused) as refused:
        pay(lives.signed(), head, raw, **more | {"rate_on": TODAY})
    assert refused.value.unmet[0].field == field
    assert not Money.objects.filter(measure="paid_in").exists()


def test_a_day_without_a_rate_and_a_rate_of_yuan_are_left_out(head) -> None:
    project = lives.signed()
    dated = pay(project, head, "100万", currency="USD", rate_on=TODAY)
    yuan = pay(project, head, "100万元", rate="7.1")
    assert (dated.rate, dated.rate_on, yuan.rate, yuan.rate_on) == ("", None, "", None)


def test_a_milestone_has_no_more_than_99_parts(head) -> None:
    project = lives.signed()
    works = {"project": project, "milestone": "works_completed", "by": head, "on": TODAY}
    with pytest.raises(Refused) as refused:
        actions.reach(**works, part_no=1, parts_total=100, produced=True)
    assert refused.value.unmet[0].field == "parts_total"


def test_who_may_not_correct_is_told_so_before_anything_else() -> None:
    project = lives.signed()
    with pytest.raises(Refused) as refused:
        correct(project, make.user("reviewer"), measure="contract", raw="1亿元")
    assert refused.value.status == "forbidden"


@pytest.fixture
def march() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T02:00:00+00:00", tick=False):
        yield


def text(answer: Any) -> str:
    return make.sent(answer).decode()


def test_each_figure_in_force_is_corrected_from_its_row_on_the_page(march: None, head) -> None:
    project = lives.signed()
    wrong, _other = pay(project, head, "5000万元"), pay(project, head, "3000万元")
    browser = make.pages(head)
    link = f"/projects/{project.pk}/correct/?what=money:{wrong.pk}"
    assert link in text(browser.get(f"/projects/{project.pk}/money/"))
    assert f'value="money:{wrong.pk}" selected' in text(browser.get(link))
    data = {"what": f"money:{wrong.pk}", "raw": "500万元", "reason": "多写一个零"}
    preview = browser.post(f"/projects/{project.pk}/correct/", data)
    assert "到位资金合计：8,000万元 → 3,500万元" in text(preview)
    seen = preview.context["form"]["seen"].value()
    assert browser.post(f"/projects/{project.pk}/correct/", data | {"seen": seen}).status_code == 302
    assert fresh(project).paid_in_fen == 3500 * WAN
    assert link not in text(browser.get(f"/projects/{project.pk}/money/"))


def test_rate_source_and_paper_are_put_right_on_the_page(march: None, head) -> None:
    project = lives.signed()
    paper = lives.paper(project, "other", head)
    wrong = pay(project, head, "3000万", currency="USD", rate="7.1", rate_on=date(2026, 2, 1))
    path, browser = f"/projects/{project.pk}/correct/", make.pages(head)
    data = {"what": f"money:{wrong.pk}", "rate": "7.2", "source": "外汇局牌价", "evidence": paper.pk}
    data |= {"reason": "按缴款日汇率"}
    seen = browser.post(path, data).context["form"]["seen"].value()
    changed = browser.post(path, data | {"rate": "7.3", "seen": seen})
    assert changed.status_code == 200
    assert browser.post(path, data | {"seen": seen}).status_code == 302
    row = Money.objects.get(supersedes=wrong)
    assert (row.raw, row.fen, row.source, row.evidence) == ("3000万", 21600 * WAN, "外汇局牌价", paper)


def test_an_empty_correction_of_a_figure_is_sent_back(march: None, head) -> None:
    project = lives.signed()
    answer = make.pages(head).post(
        f"/projects/{project.pk}/correct/", {"what": "money:contract", "reason": "x"}
    )
    assert answer.status_code == 400
    assert "请填写正确的金额" in text(answer)


def test_who_may_not_correct_finds_no_link(march: None) -> None:
    project = lives.signed()
    pay(project, lives.clerk(), "5000万元")
    assert "/correct/" not in text(make.pages(make.user("leader")).get(f"/projects/{project.pk}/money/"))


def test_the_paper_of_a_ledgers_payment_books_its_credit_as_the_preview_says(head) -> None:
    project = lives.signed()
    paper = lives.paper(project, "other", head)
    row = Money.objects.create(
        project=project, measure="paid_in", raw="5000万元", original="50000000", fen=5000 * WAN,
        on=date(2026, 2, 20), recorded_by=head, evidence_outstanding=True,
    )  # fmt: skip
    change = Change(figure=row.pk, evidence=paper)
    shown = actions.preview_correction(project=project, change=change, by=head)
    assert "区招商投资局到位资金计分：0元 → 5,000万元" in shown
    correct(project, head, figure=row.pk, evidence=paper)
    assert Credit.objects.filter(measure="paid_in_funds").get().after_fen == 5000 * WAN
