"""The pages: what each person finds there, and that a list costs the same however long it is."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from assignments import actions
from assignments.models import Assignment
from documents.models import Attachment
from tests import factories as make
from tests import lives

pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 10)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def clerk() -> User:
    return lives.clerk()


@pytest.fixture
def finance() -> Unit:
    return make.unit("finance", name="区财政局")


def duties(count: int, by: User, unit: Unit, **more) -> list[Assignment]:
    case = lives.registered(by=by).case
    fields = {"kind": "problem", "unit": unit, "by": by, "on": make.TODAY, "due_on": DUE} | more
    return [actions.issue(case=case, title=f"问题{n}", **fields) for n in range(count)]


def queries(call) -> int:
    call()  # the first request of a session writes it down
    with CaptureQueriesContext(connection) as found:
        assert call().status_code == 200
    return len(found)


def test_the_list_costs_the_same_for_one_row_and_for_thirty(clerk, finance) -> None:
    duties(1, clerk, finance)
    browser = make.pages(clerk)
    few = queries(lambda: browser.get("/assignments/"))
    duties(30, clerk, finance)
    assert queries(lambda: browser.get("/assignments/")) == few
    assert few <= 12


def test_each_person_finds_only_what_lies_in_cases_in_sight(clerk, finance) -> None:
    duties(1, clerk, finance)
    assert "问题0" in make.pages(make.user("reviewer", unit=finance)).get("/assignments/").content.decode()
    for stranger in (make.user("reviewer"), make.user("system_admin")):
        assert "问题0" not in make.pages(stranger).get("/assignments/").content.decode()


def test_late_ones_are_found_by_lateness_and_by_unit(clerk, finance) -> None:
    duties(1, clerk, finance)
    browser = make.pages(clerk)
    with time_machine.travel("2026-03-12T09:00:00+08:00", tick=False):
        later = make.pages(clerk)
        assert "超 2 天" in later.get("/assignments/?show=late").content.decode()
        assert "问题0" not in later.get("/assignments/?show=late&unit=nobody").content.decode()
    assert "问题0" not in browser.get("/assignments/?show=late").content.decode()


def test_unknown_filters_filter_nothing(clerk, finance) -> None:
    duties(1, clerk, finance)
    browser, query = make.pages(clerk), "/assignments/?kind=gossip&show=nonsense&page=-3"
    assert "问题0" in browser.get(query).content.decode()
    assert "问题0" not in browser.get(f"{query}&project=x").content.decode()  # no project, no duties


def test_a_duty_out_of_sight_is_not_found(clerk, finance) -> None:
    row = duties(1, clerk, finance)[0]
    assert make.pages(make.user("reviewer")).get(f"/assignments/{row.pk}/").status_code == 404


def test_the_answerable_unit_reports_with_a_paper_and_the_issuer_strikes_off(clerk, finance) -> None:
    row = duties(1, clerk, finance)[0]
    theirs = make.pages(make.user("reviewer", unit=finance))
    assert "反馈办理情况" in theirs.get(f"/assignments/{row.pk}/").content.decode()
    upload = SimpleUploadedFile("落实情况.pdf", PDF, content_type="application/pdf")
    answer = theirs.post(f"/assignments/{row.pk}/report/", {"report": "已安排资金", "evidence": upload})
    assert answer.status_code == 302
    ours = make.pages(clerk)
    assert "落实情况.pdf" in ours.get(f"/assignments/{row.pk}/").content.decode()
    assert ours.post(f"/assignments/{row.pk}/close/", {"note": "属实"}).status_code == 302
    assert Assignment.objects.get(pk=row.pk).state == "closed"


def test_a_refused_report_keeps_no_paper(clerk, finance) -> None:
    row = duties(1, clerk, finance)[0]
    answer = make.pages(clerk).post(
        f"/assignments/{row.pk}/report/", {"report": "代办", "evidence": SimpleUploadedFile("x.pdf", PDF)}
    )
    assert answer.status_code == 409
    assert "不能代办" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_an_empty_report_says_what_is_missing(clerk, finance) -> None:
    row = duties(1, clerk, finance)[0]
    page = make.pages(make.user("reviewer", unit=finance)).post(
        f"/assignments/{row.pk}/report/", {"report": ""}
    )
    assert "field-error" in page.content.decode()


def test_issuing_by_form_offers_only_the_kinds_of_the_role(clerk, finance) -> None:
    case = lives.registered(by=clerk).case
    page = make.pages(clerk).get(f"/cases/{case.pk}/assign/").content.decode()
    assert 'value="task"' in page
    assert 'value="instruction"' not in page
    body = {"kind": "task", "unit": finance.pk, "title": "测算财政贡献", "due_on": "2026-03-20", "text": ""}
    assert make.pages(clerk).post(f"/cases/{case.pk}/assign/", body).status_code == 302
    assert lives.clock_of(Assignment.objects.get()).due_on == date(2026, 3, 20)


def test_who_may_not_issue_is_told_so(finance) -> None:
    case = lives.registered().case
    make.part(case, "asked", finance)
    assert make.pages(make.user("reviewer", unit=finance)).get(f"/cases/{case.pk}/assign/").status_code == 403


def test_a_due_day_in_the_past_is_refused_on_the_form(clerk, finance) -> None:
    case = lives.registered(by=clerk).case
    body = {"kind": "task", "unit": finance.pk, "title": "x", "due_on": "2026-03-01"}
    answer = make.pages(clerk).post(f"/cases/{case.pk}/assign/", body)
    assert answer.status_code == 409
    assert "晚于交办日期" in answer.content.decode()


def test_the_panel_of_the_case_file_costs_one_query_for_its_rows(clerk, finance, rf) -> None:
    from assignments.panel import context
    from projects.models import Project

    row = duties(20, clerk, finance)[0]
    request = rf.get("/")
    request.user = clerk
    project = Project.objects.get(pk=row.case_id)
    with CaptureQueriesContext(connection) as found:
        shown = context(request, project)
    assert len(found) <= 2
    assert (len(shown["lines"]), shown["more"]) == (8, True)
