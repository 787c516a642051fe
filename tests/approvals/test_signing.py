"""Signing as a deed: the first passes the gate and counts, later ones add to it; none is deleted."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from approvals import actions
from approvals.actions import Deed
from approvals.models import Signing
from approvals.signing_queries import of_project
from cases.models import Event
from deadlines.models import Deadline
from documents.actions import attach
from kernel.refusals import Refused
from projects import actions as projects
from projects.gates import reached_codes
from projects.models import Money, Project, ReachedMilestone
from scoring.models import Credit
from tests import factories, lives
from tests.approvals.story import Story, settled
from tests.documents.files import upload
from tests.factories import TODAY
from tests.law import open_district

URL = "/api/v1/signings/"
LATER = TODAY + timedelta(days=40)


def refused(run: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        run()
    return caught.value


def ready(story: Story) -> Project:
    """Reviewed and decided; the signed paper is not there yet."""
    project = settled(story, story.ready_for_review())
    story.reach(project, "joint_review_passed", "decided")
    return project


def sign(story: Story, project: Project, on: date = TODAY, by: Any = None, **said: Any) -> Signing:
    deed = Deed(**{"raw": "8亿元", "grade": "agreement", "paper": upload(name="协议.pdf")} | said)
    return actions.sign(project=project, deed=deed, by=by or story.clerk, on=on, today=max(on, LATER))


def add(story: Story, project: Project, raw: str = "5000万元", on: date = LATER, **said: Any) -> Signing:
    paper = upload(b"%PDF-1.7\nmore\n%%EOF\n", name="补充协议.pdf")
    return sign(story, project, on=on, raw=raw, grade="", adds=True, **{"paper": paper} | said)


def test_the_first_signing_brings_figure_grade_paper_milestone_and_portfolio(story: Story) -> None:
    project = ready(story)
    row = sign(story, project, event=" 西洽会  集中签约 ", place="会展中心", counterparty="王董事长")
    project = Project.objects.get(pk=project.pk)
    assert (row.is_first, row.event, row.unit, row.signed_on) == (
        True,
        "西洽会 集中签约",
        story.district.park,
        TODAY,
    )
    assert row.version is not None and row.version.number == 1
    assert (project.batch, project.contract_fen, project.agreement_grade) == (
        "signed",
        80_000_000_000,
        "agreement",
    )
    assert row.paper is not None and row.paper.kind == "investment_agreement"
    assert ReachedMilestone.objects.get(project=project, code="signed").evidence == row.paper
    assert Event.objects.filter(case_id=project.pk, kind="signing.first").count() == 1


def test_signing_before_review_is_refused_with_clause_and_link(story: Story) -> None:
    project = story.ready_for_review()
    why = refused(lambda: sign(story, project))
    assert set(why.codes) == {"milestone:joint_review_passed", "milestone:decided"}
    assert all(item.clause == "三(三)7" and item.url for item in why.unmet)
    assert not Signing.objects.exists() and not Money.objects.filter(measure="contract").exists()


def test_it_is_not_recorded_as_a_bare_milestone(story: Story) -> None:
    project = ready(story)
    why = refused(lambda: projects.reach(project=project, milestone="signed", by=story.clerk, on=TODAY))
    assert why.codes == ["not_recorded_by_hand"]


def test_a_paper_and_a_figure_are_asked_for(story: Story) -> None:
    project = ready(story)
    why = refused(lambda: sign(story, project, raw="", paper=None))
    assert set(why.codes) == {"document:investment_agreement", "field:contract"}


@pytest.mark.parametrize(("role", "unit"), [("reviewer", "finance"), ("leader", "district-government")])
def test_only_whom_the_plan_names_signs(story: Story, role: str, unit: str) -> None:
    project = ready(story)
    assert refused(lambda: sign(story, project, by=story.person(unit, role))).status == "forbidden"


def test_only_the_current_version_is_signed(story: Story) -> None:
    project = ready(story)
    why = refused(lambda: sign(story, project, version=999_999))
    assert (why.codes, why.status, why.unmet[0].clause) == (["superseded_version"], "conflict", "三(三)7")


@pytest.mark.parametrize(("said", "code"), [({"grade": "oath"}, "grade"), ({"raw": "很多"}, "raw")])
def test_what_cannot_be_read_is_refused(story: Story, said: dict[str, str], code: str) -> None:
    project = ready(story)
    assert refused(lambda: sign(story, project, **said)).unmet[0].field == code


def test_a_day_to_come_is_refused(story: Story) -> None:
    project = ready(story)
    why = refused(lambda: actions.sign(project=project, deed=Deed(), by=story.clerk, on=LATER, today=TODAY))
    assert why.codes == ["future"]


def test_a_later_signing_adds_money_on_its_own_day_and_moves_nothing_else(story: Story) -> None:
    project = ready(story)
    first = sign(story, project)
    row = add(story, project)
    project = Project.objects.get(pk=project.pk)
    assert (row.first, row.signed_on, project.contract_fen) == (first, LATER, 85_000_000_000)
    assert ReachedMilestone.objects.get(project=project, code="signed").on == TODAY
    rows, total = of_project(project)
    assert (rows, total.first, total.added) == ([first, row], 80_000_000_000, 5_000_000_000)
    assert total.whole == project.contract_fen


def test_a_second_click_signs_nothing_twice(story: Story) -> None:
    project = ready(story)
    assert refused(lambda: add(story, project)).codes == ["not_signed"]
    sign(story, project)
    why = refused(lambda: sign(story, project))
    assert (why.codes, why.status) == (["already_signed"], "conflict")
    assert Project.objects.get(pk=project.pk).contract_fen == 80_000_000_000


def test_the_contract_stated_anew_keeps_what_was_added(story: Story) -> None:
    project = ready(story)
    first = sign(story, project)
    add(story, project)
    projects.set_money(project=project, measure="contract", raw="9亿元", by=story.clerk, on=LATER)
    first.refresh_from_db()
    assert Project.objects.get(pk=project.pk).contract_fen == 95_000_000_000
    assert first.money is not None and first.money.raw == "9亿元"


def test_an_increment_corrected_goes_on_adding(story: Story) -> None:
    project = ready(story)
    sign(story, project)
    row = add(story, project)
    change = projects.Change(figure=row.money_id, raw="6000万元")
    projects.correct(project=project, change=change, by=story.district.head, on=LATER, reason="笔误")
    row.refresh_from_db()
    assert row.money is not None and row.money.adds
    assert Project.objects.get(pk=project.pk).contract_fen == 86_000_000_000


def test_an_increment_without_sum_or_paper_or_before_the_first_is_refused(story: Story) -> None:
    project = ready(story)
    sign(story, project, on=TODAY)
    assert refused(lambda: add(story, project, raw="")).unmet[0].field == "raw"
    assert refused(lambda: add(story, project, raw="0")).unmet[0].field == "raw"
    assert refused(lambda: add(story, project, paper=None)).unmet[0].field == "paper"
    early = refused(lambda: add(story, project, on=TODAY - timedelta(days=1)))
    assert early.unmet[0].field == "on"
    assert Signing.objects.count() == 1


@pytest.mark.django_db
def test_credit_is_booked_at_the_day_of_each_signing() -> None:
    project = lives.signed()
    by = lives.clerk()
    on = date(2026, 5, 8)
    deed = Deed(raw="1亿元", paper=upload(name="补充协议.pdf"), adds=True)
    row = actions.sign(project=project, deed=deed, by=by, on=on, today=on)
    standing = Credit.objects.standing().filter(case_id=project.pk, measure="agreed_funds")
    assert sorted(standing.values_list("on", flat=True)) == [lives.SIGNED_ON, on]
    actions.void_signing(signing=row, by=lives.clerk("bureau_head"), on=on, reason="未生效")
    assert list(standing.values_list("on", flat=True)) == [lives.SIGNED_ON]


def test_an_increment_voided_stops_counting_and_stays_on_record(story: Story) -> None:
    project = ready(story)
    sign(story, project)
    row = add(story, project)
    row = actions.void_signing(signing=row, by=story.district.head, on=LATER, reason="未生效")
    assert (row.voided_reason, row.voided_by) == ("未生效", story.district.head)
    assert Project.objects.get(pk=project.pk).contract_fen == 80_000_000_000
    again = refused(lambda: actions.void_signing(signing=row, by=story.district.head, on=LATER, reason="再"))
    assert again.codes == ["already_voided"]


def test_the_first_is_voided_with_its_milestone_and_only_once_nothing_rests_on_it(story: Story) -> None:
    project = ready(story)
    first, more = sign(story, project), add(story, project)
    head = story.district.head

    def void(row: Signing) -> Signing:
        return actions.void_signing(signing=row, by=head, on=LATER, reason="协议作废")

    assert refused(lambda: void(first)).codes == ["has_increments"]
    void(more)
    assert void(first).voided_reason == "协议作废"
    assert "signed" not in reached_codes(project)


def test_withdrawing_the_milestone_voids_the_first_signing_and_it_can_be_signed_again(story: Story) -> None:
    project = ready(story)
    first = sign(story, project)
    projects.withdraw(
        project=project, milestone="signed", by=story.district.head, on=TODAY, reason="登记有误"
    )
    first.refresh_from_db()
    assert (first.voided_on, first.voided_reason) == (TODAY, "登记有误")
    second = sign(story, project, raw="")
    assert Signing.objects.standing().get(case_id=project.pk) == second


def test_the_day_corrected_moves_the_signing(story: Story) -> None:
    project = ready(story)
    first = sign(story, project, on=LATER)
    change = projects.Change(milestone="signed", day=LATER - timedelta(days=1))
    projects.correct(project=project, change=change, by=story.district.head, on=LATER, reason="笔误")
    first.refresh_from_db()
    assert first.signed_on == LATER - timedelta(days=1)


def test_voiding_needs_a_reason_and_the_right(story: Story) -> None:
    project = ready(story)
    row = sign(story, project)
    assert (
        refused(lambda: actions.void_signing(signing=row, by=story.district.head, on=TODAY, reason=" "))
        .unmet[0]
        .field
        == "reason"
    )
    stranger = story.person("finance")
    assert (
        refused(lambda: actions.void_signing(signing=row, by=stranger, on=TODAY, reason="x")).status
        == "forbidden"
    )


def test_the_database_holds_one_first_signing_of_a_project(story: Story) -> None:
    project = ready(story)
    sign(story, project)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signing.objects.create(case=project.case, signed_on=TODAY, recorded_by=story.clerk)


def test_an_increment_on_what_only_a_ledger_had_signed_makes_the_first_from_the_milestone(
    story: Story,
) -> None:
    project = ready(story)
    ReachedMilestone.objects.create(
        project=project, code="signed", on=TODAY, recorded_by=story.clerk, evidence_outstanding=True
    )
    row = add(story, project)
    assert row.first is not None and row.first.from_ledger and row.first.signed_on == TODAY


def test_a_double_that_was_merged_is_not_signed(story: Story) -> None:
    kept, gone = ready(story), story.district.project("另一个")
    pair = projects.pair_up(project=kept, other=gone, by=story.clerk, on=TODAY)
    projects.merge(pair=pair, keep=kept, by=story.district.head, on=TODAY, reason="重复登记")
    why = refused(lambda: sign(story, gone))
    assert why.codes == ["merged"] and kept.name in str(why)


@pytest.mark.django_db
def test_entry_in_the_upper_platform_is_due_one_month_after_signing_where_the_plan_says_so() -> None:
    story = Story(open_district(packs=["elsewhere/guizhou-landing-2021"]))
    project = story.district.project()
    story.reach(project, "joint_review_passed")
    attach(case=project.case, kind="investment_agreement", upload=upload(), by=story.clerk, on=TODAY)
    actions.sign(project=project, deed=Deed(raw="8亿元"), by=story.clerk, on=TODAY, today=TODAY)
    clock = Deadline.objects.get(case_id=project.pk, rule="limit:platform_entry")
    assert (clock.clause, clock.due_on) == ("一(五)3", date(2026, 4, 2))
    attach(case=project.case, kind="platform_receipt", upload=upload(), by=story.clerk, on=LATER)
    projects.reach(
        project=project, milestone="entered_in_platform", by=story.clerk, on=LATER, note="平台编号 G-17"
    )
    clock.refresh_from_db()
    assert clock.met_on == LATER


@pytest.fixture
def browser(story: Story) -> Client:
    found = Client()
    found.force_login(story.clerk)
    return found


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_form_shows_the_version_and_what_is_missing(story: Story, browser: Client) -> None:
    project = story.ready_for_review()
    shown = text(browser.get(reverse("signing-new", args=[project.pk])))
    assert "第1版" in shown and "还差 2 项" in shown and "8亿元" in shown


def test_signing_and_adding_on_the_page(story: Story, browser: Client) -> None:
    project = ready(story)
    url = reverse("signing-new", args=[project.pk])
    said = {"on": TODAY, "currency": "CNY", "raw": "8亿元", "grade": "agreement", "event": "西洽会"}
    done = browser.post(url, said | {"paper": upload(name="协议.pdf")})
    assert done.status_code == 302, text(done)
    again = browser.post(url, {"on": TODAY, "currency": "CNY", "raw": "5000万元", "adds": "True"})
    assert again.status_code == 400 and "登记为增量" in text(again)
    more = upload(b"%PDF-1.7\nmore\n%%EOF\n", name="补充.pdf")
    assert (
        browser.post(
            url, {"on": TODAY, "currency": "CNY", "raw": "5000万元", "paper": more, "adds": "True"}
        ).status_code
        == 302
    )
    shown = text(browser.get(reverse("signings-of", args=[project.pk])))
    assert ("首次" in shown and "增量" in shown and "8.5亿元" in shown.replace(" ", "")) or "85,000" in shown
    assert "西洽会" in text(browser.get(reverse("signings"), {"event": "西洽会", "from": "2026-01-01"}))
    assert "没有符合条件的签约" in text(browser.get(reverse("signings"), {"event": "别的"}))


def test_a_refusal_on_the_page_keeps_the_input(story: Story, browser: Client) -> None:
    project = story.ready_for_review()
    said = {"on": TODAY, "currency": "CNY", "raw": "8亿元", "event": "西洽会"}
    answer = browser.post(reverse("signing-new", args=[project.pk]), said | {"paper": upload()})
    assert answer.status_code == 409 and "西洽会" in text(answer) and "三(三)7" in text(answer)


def test_voiding_on_the_page_is_for_the_head(story: Story, browser: Client) -> None:
    row = sign(story, ready(story))
    url = reverse("signing-void", args=[row.pk])
    browser.force_login(story.person("finance"))
    assert browser.post(url, {"reason": "x"}).status_code in (403, 404)
    browser.force_login(story.district.head)
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"reason": "协议作废"}).status_code == 302
    assert "已作废" in text(browser.get(reverse("signings-of", args=[row.case_id])))


def test_the_ledger_takes_the_same_statements_however_many_rows(
    story: Story, browser: Client, django_assert_max_num_queries: Any
) -> None:
    project = ready(story)
    sign(story, project)
    for _ in range(5):
        add(story, project)
    with django_assert_max_num_queries(14):
        browser.get(reverse("signings"))


def test_rest_signs_lists_and_voids(story: Story) -> None:
    caller, project = APIClient(), ready(story)
    caller.force_authenticate(story.clerk)
    body = {"project": project.pk, "raw": "8亿元", "grade": "agreement", "on": TODAY.isoformat()}
    missing = caller.post(URL, body, format="json")
    assert missing.status_code == 409
    assert missing.data["unmet"][0]["code"] == "document:investment_agreement"
    paper = attach(case=project.case, kind="investment_agreement", upload=upload(), by=story.clerk, on=TODAY)
    made = caller.post(URL, body | {"paper": paper.pk, "event": "西洽会"}, format="json")
    assert (made.status_code, made.data["fen"], made.data["first"]) == (201, 80_000_000_000, None)
    assert [row["id"] for row in caller.get(URL, {"event": "西洽会"}).data["results"]] == [made.data["id"]]
    caller.force_authenticate(story.district.head)
    void = caller.post(f"{URL}{made.data['id']}/void/", {"reason": "误签"}, format="json")
    assert (void.status_code, void.data["voided_reason"]) == (200, "误签")
    caller.force_authenticate(story.person("meteorology"))
    assert caller.get(f"{URL}{made.data['id']}/").status_code == 404


# ---- the ledger as a sheet


def test_the_signings_are_exported_as_the_filters_leave_them(story: Story) -> None:
    project = ready(story)
    sign(story, project, event="集中签约活动", place="会展中心", counterparty="=1+1")
    sign(story, project, LATER, raw="1.5亿元", adds=True, event="增资签约")
    browser = factories.pages(story.clerk)
    with time_machine.travel(f"{LATER}T02:00:00+00:00", tick=False):
        answer: Any = browser.get(reverse("signings-export") + "?kind=first")
    head, *rows = (
        CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))
        .get_sheet_by_index(0)
        .to_python()
    )
    (row,) = (dict(zip(map(str, head), line, strict=True)) for line in rows)
    assert (row["项目编号"], row["首次或增量"], row["协议资金（万元）"]) == (project.case.code, "首次", 80000)
    assert (row["签约活动"], row["对方签署人"], row["签约日期"]) == ("集中签约活动", "=1+1", TODAY)
    entry = AuditEntry.objects.get(kind="signings.exported")
    assert (entry.user, entry.detail) == (story.clerk, {"rows": 1, "kind": "first"})


def test_who_may_not_export_gets_no_sheet(story: Story) -> None:
    stranger = factories.pages(story.person("finance"))
    assert stranger.get(reverse("signings-export")).status_code == 403
    assert "导出" not in stranger.get(reverse("signings")).content.decode().split("<main")[1]
