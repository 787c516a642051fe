"""批示: written by the leader or entered from paper, each becomes duties with owner and day; led visits."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from approvals.models import Instruction, SpecialReport
from approvals.special import actions, instructing
from assignments import actions as assignments
from assignments.models import Assignment
from cases.models import Event
from cases.visibility import sees
from documents.models import Attachment
from kernel.refusals import Refused
from notices.models import Message
from projects import actions as projects
from projects.models import ContactRecord
from tests.approvals.special import Told
from tests.approvals.story import Story
from tests.documents.files import PNG, upload
from tests.factories import TODAY

LATER = TODAY + timedelta(days=30)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def told(story: Story) -> Told:
    return Told.begin(story)


@pytest.fixture
def report(told: Told) -> SpecialReport:
    return told.issued()


def refused(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def instruct(told: Told, report: SpecialReport, **more: Any) -> Instruction:
    units = [told.story.district.unit("finance"), told.story.district.unit("commerce")]
    more = {"by": told.leader, "on": TODAY, "text": "请财政、商务抓紧研究。", "units": units} | more
    return instructing.instruct(report=report, **more)


def enter(told: Told, report: SpecialReport, **more: Any) -> Instruction:
    units = [told.story.district.unit("finance")]
    common = {"leader": told.leader, "by": told.clerk, "on": TODAY, "text": "抓紧对接。", "units": units}
    return instructing.record_instruction(
        report=report, **{"scan": upload(PNG, "批示.png"), **common, **more}
    )


def test_an_instruction_becomes_one_duty_for_each_unit_with_owner_and_day(told, report) -> None:
    made = instruct(told, report, due_on=LATER)
    rows = list(made.assignments.order_by("pk"))
    assert [row.unit.code for row in rows] == ["finance", "commerce"]
    for row in rows:
        assert (row.kind, row.issued_by, row.clause) == ("instruction", told.leader, "三(二)6")
        assert row.deadline is not None
        assert row.deadline.due_on == LATER
    assert sees(told.story.person("finance"), report.case_id)


def test_without_a_day_the_plans_limit_holds(told, report) -> None:
    row = instruct(told, report).assignments.first()
    assert row is not None
    assert row.deadline is not None
    assert (row.deadline.due_on, row.deadline.count) == (date(2026, 3, 16), 10)  # ten working days


def test_a_unit_named_twice_is_asked_once(told, report) -> None:
    finance = told.story.district.unit("finance")
    assert instruct(told, report, units=[finance, finance]).assignments.count() == 1


def test_who_reported_learns_of_it(told, report) -> None:
    made = instruct(told, report)
    message = Message.objects.get(key=f"instruction:{made.pk}")
    assert message.tells["units"] == [told.story.bureau.pk]
    event = Event.objects.get(case_id=report.case_id, kind="report.instructed")
    assert (event.data["leader"], event.data["marks"]) == (told.leader.name, "")


def test_the_duty_is_answered_and_judged_as_any_other(told, report) -> None:
    row = instruct(told, report).assignments.get(unit__code="finance")
    assignments.report(assignment=row, report="已研究", by=told.story.person("finance"), on=TODAY)
    assert refused(lambda: assignments.close(assignment=row, by=told.clerk, on=TODAY)).status == "forbidden"
    assert assignments.close(assignment=row, by=told.leader, on=TODAY).state == "closed"


@pytest.mark.parametrize("role", ["bureau_clerk", "bureau_head", "reviewer", "inspector", "park_clerk"])
def test_only_leaders_instruct(told, report, role) -> None:
    person = told.story.district.person(role, "investment-bureau")
    assert refused(lambda: instruct(told, report, by=person)).status == "forbidden"
    assert not Assignment.objects.filter(kind="instruction").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "  "}, "text"),
        ({"units": []}, "units"),
        ({"due_on": TODAY}, "due_on"),
        ({"on": TODAY - timedelta(days=3)}, "on"),
    ],
)
def test_an_instruction_that_makes_no_sense_is_refused_and_leaves_nothing(
    told, report, change, field
) -> None:
    no = refused(lambda: instruct(told, report, **change))
    assert (no.status, no.unmet[0].field) == ("invalid", field)
    assert not Instruction.objects.exists()
    assert not Assignment.objects.filter(kind="instruction").exists()


def test_a_draft_and_a_voided_report_take_no_instruction(told) -> None:
    row = told.draft()
    assert refused(lambda: instruct(told, row)).codes == ["not_in_force"]
    told.issue(told.say(row))
    made = instruct(told, row)
    actions.void_report(report=row, by=told.story.district.head, on=TODAY, reason="有误")
    assert refused(lambda: instruct(told, row)).codes == ["not_in_force"]
    assert made.assignments.filter(state="issued").count() == 2  # what was instructed stays


def test_a_clerk_enters_what_the_leader_wrote_on_paper(told, report) -> None:
    made = enter(told, report)
    assert (made.leader, made.recorded_by) == (told.leader, told.clerk)
    assert made.scan is not None
    assert made.scan.kind == "instruction_scan"
    row = made.assignments.get()
    assert row.issued_unit is not None
    assert (row.issued_by, row.issued_unit.code) == (told.leader, "district-government")
    event = Event.objects.get(case_id=report.case_id, kind="report.instructed")
    assert (event.data["marks"], event.by) == ("（代录）", told.clerk)
    assert Message.objects.get(key=f"instruction:{made.pk}").tells["users"] == [told.leader.pk]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scan": None}, "scan_missing"),
        ({"scan": upload(b"MZ\x90\x00", "批示.pdf")}, "executable"),
        ({"given_on": TOMORROW}, "invalid"),
        ({"given_on": TODAY - timedelta(days=5)}, "invalid"),
        ({"text": ""}, "invalid"),
    ],
)
def test_an_entry_wants_scan_day_and_words(told, report, change, code) -> None:
    no = refused(lambda: enter(told, report, **change))
    assert (no.status, no.codes) == ("invalid", [code])
    assert not Instruction.objects.exists()
    assert not Attachment.objects.filter(kind="instruction_scan").exists()


def test_an_entry_is_for_a_leader_by_the_bureau(told, report) -> None:
    assert refused(lambda: enter(told, report, leader=told.story.person("finance"))).codes == ["not_leader"]
    for by in (
        told.story.person("finance"),
        told.leader,
        told.story.district.person("park_clerk", "baitao-park"),
    ):
        assert refused(partial(enter, told, report, by=by)).status == "forbidden"


def contact(told: Told, on: date = TODAY) -> ContactRecord:
    return projects.record_contact(
        project=told.project,
        by=told.clerk,
        on=on,
        today=on,
        channel="visit",
        with_whom="董事长",
        matter="考察",
    )


def test_a_visit_that_a_leader_led_is_linked_to_the_report_once(told, report) -> None:
    row = contact(told)
    made = instructing.link_visit(report=report, contact=row, leader=told.leader, by=told.clerk, on=TODAY)
    assert list(report.visits.all()) == [made]
    no = refused(
        lambda: instructing.link_visit(
            report=report, contact=row, leader=told.leader, by=told.clerk, on=TODAY
        )
    )
    assert no.codes == ["already_linked"]


def test_a_visit_is_of_this_project_after_the_report_and_led_by_a_leader(told) -> None:
    early, report = contact(told), told.issued(on=TOMORROW)
    late = contact(told, on=TOMORROW)
    strange = contact(Told.begin(told.story, "别的项目"), on=TOMORROW)
    common = {"report": report, "by": told.clerk, "on": TOMORROW}
    for row, leader, field in (
        (early, told.leader, "contact"),
        (strange, told.leader, "contact"),
        (late, told.clerk, "leader"),
    ):
        no = refused(partial(instructing.link_visit, contact=row, leader=leader, **common))
        assert (no.status, no.unmet[0].field) == ("invalid", field)
    no = refused(
        lambda: instructing.link_visit(contact=late, leader=told.leader, **common | {"by": told.leader})
    )
    assert no.status == "forbidden"
