"""补齐佐证: what an old ledger brought in is shown by its paper; credit follows, nothing else starts."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.models import Signing, Step
from approvals.signing_rules import first_from
from assignments.models import Assignment
from cases.models import Event
from deadlines.models import Deadline
from kernel.refusals import Refused
from projects import actions
from projects.actions.evidence import papers_of
from projects.models import ImportBatch, Project, ReachedMilestone
from scoring.models import Credit
from tests import factories as make
from tests import lives
from tests.law import District
from tests.projects.imports import steps
from tests.projects.imports.steps import row

TODAY = steps.TODAY
LATER = TODAY + timedelta(days=3)
DAY = date(2025, 3, 1)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def a_day_later() -> Iterator[None]:
    with time_machine.travel(f"{LATER}T10:00:00+08:00", tick=False):
        yield


def brought_in(district: District, path: Path, signed: object = "2025年3月1日") -> Project:
    """A project that came in as signed, with its agreed figure and an investor from elsewhere."""
    line = [*row(1, "存量甲", "甲公司", 10, "清溪园区", signed, "已签约"), "浙江杭州", 3000]
    file = steps.ledger(path / "a.xlsx", [line], more=["投资方属地", "合同金额（万元）"])
    steps.imported(district.clerk, file)
    return steps.project("存量甲")


@pytest.fixture
def project(district: District, tmp_path: Path) -> Project:
    return brought_in(district, tmp_path)


@pytest.fixture
def agreement(district: District, project: Project) -> Any:
    return lives.paper(project, "investment_agreement", district.clerk)


def supply(project: Project, by: Any, milestone: str = "signed", **more: Any) -> ReachedMilestone:
    done: ReachedMilestone = actions.supply_evidence(
        project=project, milestone=milestone, by=by, on=LATER, **more
    )
    return done


def outstanding(project: Project, code: str = "signed") -> ReachedMilestone:
    return ReachedMilestone.objects.get(project=project, code=code, withdrawn_on__isnull=True)


def test_the_paper_of_the_signing_books_the_agreed_funds_for_the_day_of_signing(
    district: District, project: Project, agreement: Any
) -> None:
    shown = supply(project, district.clerk)
    assert (shown.evidence_outstanding, shown.evidence, shown.on) == (False, agreement, DAY)
    credit = Credit.objects.get(case_id=project.pk)
    assert (credit.measure, credit.on, credit.before_fen) == ("agreed_funds", DAY, 3000 * 1_000_000)


def test_it_leaves_history_and_one_event_of_its_own(
    district: District, project: Project, agreement: Any
) -> None:
    shown = supply(project, district.clerk)
    past = list(shown.history.order_by("history_id").values_list("evidence_outstanding", "history_user"))
    assert past == [(True, district.clerk.pk), (False, district.clerk.pk)]
    event = Event.objects.get(case_id=project.pk, kind="milestone.evidenced")
    assert (event.on, event.data["day"], event.data["paper"]) == (LATER, "2025-03-01", agreement.name)


def test_nothing_starts_for_what_is_long_over(district: District, project: Project, agreement: Any) -> None:
    def running() -> tuple[int, int, int]:
        return Deadline.objects.count(), Assignment.objects.count(), Step.objects.count()

    before = running()
    supply(project, district.clerk)
    for code in ReachedMilestone.objects.exclude(code="signed").values_list("code", flat=True):
        for kind in papers_of(district.rules.milestone(code)):
            lives.paper(project, kind, district.clerk)
        supply(project, district.clerk, code, day=DAY, document_no="涪招〔2025〕3号")
    assert running() == before
    assert not ReachedMilestone.objects.filter(evidence_outstanding=True).exists()


def test_the_paper_that_the_plan_asks_for_is_named_with_clause_and_link(
    district: District, project: Project
) -> None:
    with pytest.raises(Refused) as refused:
        supply(project, district.clerk, document_no="合同第3号")
    (item,) = refused.value.unmet
    assert (item.code, item.clause) == ("document:investment_agreement", "三(三)7")
    assert item.url == f"/projects/{project.pk}/attach/?kind=investment_agreement"
    assert outstanding(project).evidence_outstanding


def test_where_the_plan_asks_for_no_paper_its_number_will_do(district: District, project: Project) -> None:
    with pytest.raises(Refused, match="文号"):
        supply(project, district.clerk, "decided", day=DAY)
    shown = supply(project, district.clerk, "decided", day=DAY, document_no="涪委常纪〔2025〕3号")
    assert (shown.evidence, shown.note) == (None, "文号：涪委常纪〔2025〕3号")
    assert not shown.evidence_outstanding


def test_a_day_that_the_ledger_did_not_tell_is_asked_for(district: District, project: Project) -> None:
    with pytest.raises(Refused, match="实际日期"):
        supply(project, district.clerk, "decided", document_no="3号")
    with pytest.raises(Refused, match="不能晚于今天"):
        supply(project, district.clerk, "decided", document_no="3号", day=LATER + timedelta(days=1))
    shown = supply(project, district.clerk, "decided", document_no="3号", day=DAY)
    assert (shown.on, shown.precision) == (DAY, "day")


def test_a_month_may_be_made_exact_but_not_moved(district: District, tmp_path: Path) -> None:
    project = brought_in(district, tmp_path, "2025年3月")
    lives.paper(project, "investment_agreement", district.clerk)
    assert outstanding(project).said_on == "2025-03"
    with pytest.raises(Refused, match="2025-03”不符"):
        supply(project, district.clerk, day=date(2025, 4, 2))
    shown = supply(project, district.clerk, day=date(2025, 3, 18))
    assert (shown.on, shown.precision, shown.said_on) == (date(2025, 3, 18), "day", "2025-03-18")


def test_what_is_supplied_cannot_be_supplied_again(
    district: District, project: Project, agreement: Any
) -> None:
    supply(project, district.clerk)
    with pytest.raises(Refused, match="已经补齐"):
        supply(project, district.clerk)
    with pytest.raises(Refused, match="尚未登记"):
        supply(project, district.clerk, "in_production")


def test_another_projects_paper_is_refused(district: District, project: Project, agreement: Any) -> None:
    foreign = lives.paper(district.project("另一个项目"), "investment_agreement", district.clerk)
    with pytest.raises(Refused, match="不在本档案中"):
        supply(project, district.clerk, evidence=foreign)


@pytest.mark.parametrize("role", ["leader", "inspector", "system_admin"])
def test_only_who_records_milestones_supplies_evidence(
    district: District, project: Project, agreement: Any, role: str
) -> None:
    with pytest.raises(Refused) as refused:
        supply(project, make.user(role, unit=district.bureau))
    assert refused.value.status == "forbidden"


def test_a_project_whose_evidence_came_since_is_kept_when_the_import_is_undone(
    district: District, project: Project, agreement: Any
) -> None:
    supply(project, district.clerk)
    report = steps.undo(ImportBatch.objects.get()).undo_report
    assert [line["project"] for line in report["kept"]] == [project.pk]


def test_the_milestones_page_offers_the_form_and_files_the_paper(
    district: District, project: Project
) -> None:
    browser = make.pages(district.clerk)
    path = f"/projects/{project.pk}/milestones/signed/"
    page = make.sent(browser.get(path)).decode()
    assert f'action="{path}evidence/?part=1"' in page and "补齐佐证" in page
    assert 'name="day"' not in page
    upload = SimpleUploadedFile("协议.pdf", PDF, "application/pdf")
    answer = browser.post(f"{path}evidence/?part=1", {"kind": "investment_agreement", "upload": upload})
    assert (answer.status_code, answer["Location"]) == (302, path)
    shown = outstanding(project)
    assert shown.evidence is not None and shown.evidence.name == "协议.pdf"
    assert "补齐佐证" not in make.sent(browser.get(path)).decode().partition("</h1>")[2].replace("补齐“", "")
    assert Credit.objects.filter(case_id=project.pk).count() == 1


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_missing(
    district: District, project: Project
) -> None:
    browser = make.pages(district.clerk)
    path = f"/projects/{project.pk}/milestones/signed/evidence/?part=1"
    answer = browser.post(path, {"kind": "investment_agreement", "note": "合同原件在档案室"})
    page = make.sent(answer).decode()
    assert answer.status_code == 409
    assert "合同原件在档案室" in page and f"/projects/{project.pk}/attach/?kind=investment_agreement" in page
    assert browser.get(path.replace("part=1", "part=7")).status_code == 404
    leader = make.pages(make.user("leader", unit=district.bureau))
    assert leader.get(path).status_code == 403


def test_an_unknown_day_is_not_shown_as_the_day_of_the_import(district: District, tmp_path: Path) -> None:
    project = brought_in(district, tmp_path, "2025年3月")
    browser = make.pages(district.clerk)
    panel = make.sent(browser.get(f"/projects/{project.pk}/panels/milestones/")).decode()
    assert "日期不详" in panel and str(TODAY) not in panel
    assert "2025-03" in panel and "2025-03-01" not in panel
    page = make.sent(browser.get(f"/projects/{project.pk}/milestones/decided/")).decode()
    assert "日期不详" in page and str(TODAY) not in page.partition("登记情况")[2].partition("</table>")[0]


def test_rest_supplies_evidence(district: District, project: Project, agreement: Any) -> None:
    caller = make.api(district.clerk)
    path = f"/api/v1/projects/{project.pk}/milestones/evidence/"
    missing = caller.post(path, {"milestone": "decided"}, format="json")
    assert missing.status_code == 400 and "实际日期" in missing.content.decode()
    answer = caller.post(path, {"milestone": "signed", "evidence": agreement.pk}, format="json")
    assert answer.status_code == 200
    assert answer.json() | {"on": "2025-03-01", "evidence": agreement.pk, "evidence_outstanding": False} == (
        answer.json()
    )
    assert caller.post(path, {"milestone": "signed"}, format="json").status_code == 409
    stranger = make.api(district.person("park_clerk", "baitao-park"))
    assert stranger.post(path, {"milestone": "signed"}, format="json").status_code == 404


def test_the_scoring_panel_says_what_hinders_until_the_paper_is_there(
    district: District, project: Project, agreement: Any
) -> None:
    browser = make.pages(district.head)
    path = f"/projects/{project.pk}/panels/scoring/"
    assert "待补签约佐证" in make.sent(browser.get(path)).decode()
    supply(project, district.clerk)
    assert "待补签约佐证" not in make.sent(browser.get(path)).decode()


@pytest.mark.parametrize(
    ("precision", "words"),
    [("day", "2025-08-01"), ("month", "2025-08"), ("quarter", "2025年第3季度"), ("year", "2025"),
     ("unknown", "日期不详")],
)  # fmt: skip
def test_a_day_is_said_no_more_exactly_than_it_is_known(precision: str, words: str) -> None:
    assert ReachedMilestone(on=date(2025, 8, 1), precision=precision).said_on == words


def _signing(project: Project) -> dict[str, Any]:
    row = Signing.objects.filter(case_id=project.pk, voided_on=None).values().get()
    return {name: value for name, value in row.items() if name not in ("id", "recorded_at")}


def test_an_imported_signing_is_the_row_that_one_by_one_makes(district: District, project: Project) -> None:
    in_bulk = _signing(project)
    assert (in_bulk["from_ledger"], in_bulk["signed_on"]) == (True, DAY)
    Signing.objects.all().delete()
    first_from(project, "signed", district.clerk)
    assert _signing(project) == in_bulk


def test_its_paper_ends_the_wait_of_the_signing(district: District, project: Project, agreement: Any) -> None:
    supply(project, district.clerk, evidence=agreement)
    row = Signing.objects.get(case_id=project.pk)
    assert (row.from_ledger, row.paper) == (False, agreement)
