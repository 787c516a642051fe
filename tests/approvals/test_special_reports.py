"""招商专报: drafted from the case in seven working days, numbered, kept, sent, final; or voided."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from docx import Document

from approvals.models import SpecialReport
from approvals.special import actions
from cases.models import Event, Part
from deadlines.models import Deadline
from documents.actions import withdraw_attachment
from documents.models import Attachment, IssuedDocument
from kernel.refusals import Refused
from notices.models import Message
from projects import actions as projects
from projects.gates import reached_codes
from projects.models import Project, ReachedMilestone
from tests.approvals.special import DUE, Told
from tests.approvals.story import Story
from tests.approvals.test_races import at_once, refusals
from tests.factories import TODAY
from tests.law import open_district

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def told(story: Story) -> Told:
    return Told.begin(story)


def refused(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def clock(told: Told) -> Deadline:
    return Deadline.objects.get(case_id=told.project.pk, rule="limit:special_report", cancelled_on=None)


def test_seven_working_days_run_from_the_judgement_and_stop_with_the_report(told: Told) -> None:
    assert (clock(told).started_on, clock(told).due_on, clock(told).clause) == (TODAY, DUE, "三(二)6")
    told.issued()
    assert clock(told).met_on == TODAY


def test_a_draft_brings_what_the_case_knows(story: Story) -> None:
    project = story.district.project()
    step = story.assessment(project)
    story.answer_all(step)
    story.conclude(step, "feasible")
    projects.reach(project=project, milestone="judged_good", by=story.clerk, on=TODAY)
    row = Told(story, project).draft()
    assert (row.title, row.addressee) == ("关于年产5万吨新材料项目有关情况的报告", "区委、区政府")
    said = next(one["text"] for one in row.body if one["code"] == "assessment")
    assert "条件成熟" in said
    assert "1. " in said
    assert "（评分80）" in said
    assert row.unit == story.bureau


def test_contacts_are_told_without_telephone_numbers(told: Told) -> None:
    text = told.section(told.draft(), "talks")["text"]
    assert "2026年3月2日，上门走访（杭州）" in text
    assert "洽谈选址；下周再访" in text
    assert "13812345678" not in text


def test_figures_are_the_cases_own_until_the_report_is_issued(told: Told) -> None:
    row = told.say(told.draft())
    projects.set_money(project=told.project, measure="total", raw="9亿元", by=told.clerk, on=TODAY)
    row = told.issue(row)
    assert ["投资总额", "9亿元"] in told.section(row, "basics")["rows"]
    projects.set_money(project=told.project, measure="total", raw="10亿元", by=told.clerk, on=TODAY)
    row.refresh_from_db()
    assert ["投资总额", "9亿元"] in told.section(row, "basics")["rows"]


def test_before_the_judgement_there_is_no_report(story: Story) -> None:
    told = Told(story, story.district.project())
    no = refused(told.draft)
    assert (no.status, no.codes, no.unmet[0].clause) == ("unmet", ["milestone:judged_good"], "三(二)6")


def test_one_report_at_a_time(told: Told) -> None:
    row = told.draft()
    no = refused(told.draft)
    assert (no.codes, no.unmet[0].url) == (["report_there"], f"/special-reports/{row.pk}/")


def test_issuing_numbers_renders_keeps_sends_and_reaches(told: Told) -> None:
    row = told.issued()
    document = row.document
    assert document is not None
    assert (document.text_number, document.year, document.number) == ("涪招专报〔2026〕1号", 2026, 1)
    assert (row.state, row.year) == ("issued", 2026)
    reached = ReachedMilestone.objects.get(project=told.project, code="specially_reported")
    assert (reached.on, reached.evidence) == (TODAY, document.attachment)
    assert document.attachment.kind == "special_report"
    with document.attachment.file.open() as file:
        words = Document(BytesIO(file.read()))
    texts = [one.text for one in words.paragraphs]
    assert "涪招专报〔2026〕1号" in texts
    assert "一、项目基本情况" in texts
    assert ["投资总额", "8亿元"] in [[c.text for c in r.cells] for r in words.tables[0].rows]
    message = Message.objects.get(key=f"report:{row.pk}:issued")
    assert message.tells["roles"] == ["leader"]
    assert len(message.tells["units"]) == 2
    told_units = Part.objects.filter(case_id=told.project.pk, part="asked", valid_to=None)
    assert {part.unit.code for part in told_units} == {"party-office", "government-office"}


def test_each_action_leaves_one_event_of_its_own(told: Told) -> None:
    row = told.issued()
    actions.void_report(report=row, by=told.story.district.head, on=TODAY, reason="数据有误")
    kinds = Event.objects.filter(case_id=told.project.pk, kind__startswith="report.").order_by("pk")
    assert [event.kind for event in kinds] == [
        "report.drafted", "report.edited", "report.issued", "report.voided",
    ]  # fmt: skip
    assert kinds[2].data["number"] == "涪招专报〔2026〕1号"


def test_the_numbers_of_several_projects_follow_one_another(told: Told) -> None:
    told.issued()
    other = Told.begin(told.story, "另一个装备项目").issued()
    assert other.document is not None
    assert other.document.text_number == "涪招专报〔2026〕2号"


def test_a_section_with_nothing_in_it_is_not_sent(told: Told) -> None:
    row = told.draft()
    no = refused(lambda: told.issue(row))
    assert (no.status, no.codes) == ("unmet", ["section:assessment"])
    assert no.unmet[0].url == f"/special-reports/{row.pk}/edit/#id_assessment"
    assert not IssuedDocument.objects.exists()
    assert not Attachment.objects.exists()


def test_issued_twice_is_a_conflict_and_takes_no_number(told: Told) -> None:
    row = told.issued()
    assert refused(lambda: told.issue(row)).codes == ["already_issued"]
    assert IssuedDocument.objects.count() == 1


def test_what_is_issued_is_never_changed(told: Told) -> None:
    row = told.issued()
    no = refused(lambda: actions.edit_draft(report=row, by=told.clerk, on=TODAY, title="改题"))
    assert (no.status, no.codes) == ("conflict", ["already_issued"])
    assert "涪招专报〔2026〕1号" in str(no)
    paper = row.document.attachment  # type: ignore[union-attr]
    head = told.story.district.head
    no = refused(lambda: withdraw_attachment(attachment=paper, by=head, on=TODAY, reason="误传"))
    assert no.codes == ["issued_document"]


def test_of_two_editors_the_slower_is_told(told: Told) -> None:
    row = told.draft()
    actions.edit_draft(report=row, by=told.clerk, on=TODAY, title="新标题", expected_version=1)
    head = told.story.district.head
    no = refused(
        lambda: actions.edit_draft(report=row, by=head, on=TODAY, title="别的标题", expected_version=1)
    )
    assert no.status == "conflict"
    assert SpecialReport.objects.get(pk=row.pk).title == "新标题"


def test_an_edit_that_changes_nothing_leaves_no_trace(told: Told) -> None:
    row = told.draft()
    same = actions.edit_draft(report=row, by=told.clerk, on=TODAY, title=row.title)
    assert same.version == 1
    assert not Event.objects.filter(kind="report.edited").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"addressee": "长" * 121}, "addressee"),
        ({"texts": {"nonsense": "x"}}, "texts"),
        ({"texts": {"suggestions": "长" * 8001}}, "suggestions"),
    ],
)
def test_edits_that_make_no_sense_are_refused_at_their_field(told: Told, change, field) -> None:
    row = told.draft()
    no = refused(lambda: actions.edit_draft(report=row, by=told.clerk, on=TODAY, **change))
    assert (no.status, no.unmet[0].field) == ("invalid", field)


@pytest.mark.parametrize(
    ("role", "unit"),
    [
        ("leader", "district-government"),
        ("inspector", "government-office"),
        ("park_clerk", "baitao-park"),
        ("reviewer", "finance"),
        ("system_admin", "investment-bureau"),
    ],
)
def test_only_the_roles_of_the_plan_draft_edit_and_issue(told: Told, role: str, unit: str) -> None:
    person = told.story.district.person(role, unit)
    assert refused(lambda: told.draft(by=person)).status == "forbidden"
    row = told.draft()
    for act in (
        lambda: actions.edit_draft(report=row, by=person, on=TODAY, title="改"),
        lambda: told.issue(row, by=person),
        lambda: actions.void_report(report=row, by=person, on=TODAY, reason="无"),
    ):
        assert refused(act).status == "forbidden"


def test_no_day_to_come_and_none_before_the_judgement(told: Told) -> None:
    assert refused(lambda: told.draft(on=TOMORROW)).unmet[0].field == "on"
    row = told.say(told.draft())
    assert refused(lambda: told.issue(row, on=TOMORROW)).unmet[0].code == "future"
    assert refused(lambda: told.issue(row, on=date(2026, 2, 27))).unmet[0].field == "on"
    assert not IssuedDocument.objects.exists()


def test_a_shelved_project_is_not_reported(told: Told) -> None:
    row = told.say(told.draft())
    Project.objects.filter(pk=told.project.pk).update(
        shelved_on=TODAY, shelved_by=told.clerk, shelved_reason="企业暂缓"
    )
    assert refused(lambda: told.issue(row)).codes == ["shelved"]


def test_voiding_keeps_the_number_withdraws_the_milestone_and_lets_the_clock_run_again(told: Told) -> None:
    row = told.issued()
    head = told.story.district.head
    row = actions.void_report(report=row, by=head, on=TOMORROW, reason="数据有误")
    assert row.state == "voided"
    assert "specially_reported" not in reached_codes(told.project)
    assert clock(told).met_on is None
    document = IssuedDocument.objects.get()
    assert (document.voided_reason, document.attachment.withdrawn_on) == ("数据有误", TOMORROW)
    assert Message.objects.filter(key=f"report:{row.pk}:voided").exists()
    again = told.issued(on=TOMORROW)
    assert again.document is not None
    assert again.document.text_number == "涪招专报〔2026〕2号"


def test_voiding_wants_a_reason_a_head_and_a_report_in_force(told: Told) -> None:
    head = told.story.district.head
    row = told.draft()

    def void(**more: object) -> object:
        more = {"by": head, "on": TODAY, "reason": "错"} | more
        return actions.void_report(report=row, **more)

    assert refused(void).codes == ["not_issued"]
    told.say(row)
    told.issue(row)
    assert refused(lambda: void(reason=" ")).unmet[0].field == "reason"
    assert refused(lambda: void(on=date(2026, 2, 27))).unmet[0].field == "on"
    assert refused(lambda: void(by=told.clerk)).status == "forbidden"
    void()
    assert refused(void).codes == ["already_voided"]


def test_what_an_old_ledger_said_stands_and_needs_no_report(story: Story) -> None:
    project = story.district.project()
    projects.reach(project=project, milestone="judged_good", by=story.clerk, on=TODAY)
    ReachedMilestone.objects.create(
        project=project,
        code="specially_reported",
        on=TODAY,
        recorded_by=story.clerk,
        evidence_outstanding=True,
    )
    assert refused(Told(story, project).draft).codes == ["already_reached"]


def test_nobody_records_the_milestone_by_hand(told: Told) -> None:
    no = refused(
        lambda: projects.reach(
            project=told.project, milestone="specially_reported", by=told.clerk, on=TODAY, today=TODAY
        )
    )
    assert no.codes == ["not_recorded_by_hand"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_issue_at_once_one_does(transactional_db: None) -> None:
    told = Told.begin(Story(open_district()))
    row = told.say(told.draft())
    head = told.story.district.head
    outcomes = at_once(lambda: told.issue(row), lambda: told.issue(row, by=head))
    (no,) = refusals(outcomes)
    assert no.codes == ["already_issued"]
    assert IssuedDocument.objects.count() == 1
