"""What opens by itself: tasks on milestones, 催办 and 督办 on clocks that ran out."""

from datetime import date, timedelta

import pytest

from approvals import actions as approvals
from assignments import actions
from assignments.models import Assignment
from assignments.openers import urge
from cases.models import Event
from deadlines.actions import cancel, meet
from deadlines.models import Alarm
from deadlines.sweep import sweep
from kernel.clock import now
from notices.models import Message
from projects import actions as projects
from tests import factories as make
from tests import lives

pytestmark = pytest.mark.django_db


def test_signing_asks_the_park_to_name_the_commissioner_within_five_working_days() -> None:
    row = Assignment.objects.get(case=lives.signed(on=date(2026, 2, 10)).case)
    assert (row.rule, row.unit.code, row.clause) == ("name_commissioner", "baitao-park", "三(四)8")
    # Spring Festival: 14 and 28 February are worked, 15 to 23 February rest.
    assert lives.clock_of(row).due_on == date(2026, 2, 24)
    version = lives.clock_of(row).policy_version
    assert version and version.policy.code.startswith("fuling-lifecycle")
    assert row.issued_by is None


def test_a_withdrawn_milestone_takes_its_tasks_back() -> None:
    project = lives.signed()
    projects.withdraw(
        project=project,
        milestone="signed",
        by=lives.clerk("bureau_head"),
        on=date(2026, 2, 12),
        reason="重签",
    )
    row = Assignment.objects.get(case=project.case)
    assert (row.state, lives.clock_of(row).is_open) == ("revoked", False)


def test_a_milestone_reached_again_asks_again() -> None:
    project, head = lives.signed(), lives.clerk("bureau_head")
    projects.withdraw(project=project, milestone="signed", by=head, on=date(2026, 2, 12), reason="重签")
    day = date(2026, 2, 13)
    approvals.sign(project=project, deed=approvals.Deed(), by=head, on=day, today=day)
    assert sorted(Assignment.objects.values_list("state", flat=True)) == ["issued", "revoked"]


def test_a_corrected_day_moves_the_clock_of_the_task() -> None:
    project, head = lives.signed(on=date(2026, 2, 10)), lives.clerk("bureau_head")
    change = projects.Change(milestone="signed", day=date(2026, 2, 9))
    projects.correct(project=project, change=change, by=head, on=date(2026, 2, 12), reason="笔误")
    row = Assignment.objects.select_related("deadline").get(case=project.case)
    assert (lives.clock_of(row).started_on, lives.clock_of(row).due_on) == (
        date(2026, 2, 9),
        date(2026, 2, 14),
    )


def test_a_missed_clock_is_urged_then_supervised_each_once() -> None:
    project = lives.signed(on=date(2026, 2, 10))
    task = Assignment.objects.get(case=project.case)
    for day in (date(2026, 2, 25), date(2026, 2, 25), date(2026, 2, 28), date(2026, 3, 2)):
        sweep(day)
    rows = list(Assignment.objects.exclude(pk=task.pk).order_by("id"))
    assert [(row.kind, row.parent_id) for row in rows] == [("urge", task.pk), ("supervise", rows[0].pk)]
    assert {row.unit_id for row in rows} == {task.unit_id}
    assert {row.deadline_id for row in rows} == {task.deadline_id}


def test_an_urge_reported_leaves_the_missed_clock_running() -> None:
    lives.signed(on=date(2026, 2, 10))
    sweep(date(2026, 2, 25))
    row = Assignment.objects.get(kind="urge")
    park_clerk = make.user("park_clerk", unit=row.unit)
    actions.report(assignment=row, report="本周内明确人选", by=park_clerk, on=date(2026, 2, 26))
    assert lives.clock_of(row).is_open


def test_a_rung_handed_over_twice_opens_one_thing() -> None:
    lives.signed(on=date(2026, 2, 10))
    sweep(date(2026, 2, 25))
    alarms = list(Alarm.objects.filter(level="red").select_related("deadline__case"))
    urge(alarms, date(2026, 2, 25))
    assert Assignment.objects.filter(kind="urge").count() == 1
    assert Message.objects.filter(key__startswith="assignment:alarm:").count() == 1
    assert Event.objects.filter(kind="assignment.issued", data__title__startswith="催办").count() == 1


def test_many_missed_clocks_cost_no_more_statements_than_one(django_assert_max_num_queries) -> None:
    by = lives.clerk()
    first = lives.signed(by=by)
    for number in range(4):
        case = make.case(policy_set=first.case.policy_set)
        actions.issue(
            case=case, kind="task", unit=make.unit(f"unit-{number}"), title="x", by=by, on=date(2026, 2, 10),
            due_on=date(2026, 2, 11),
        )  # fmt: skip
    day = date(2026, 2, 25)
    alarms = list(Alarm.objects.filter(level="red").select_related("deadline__case"))
    assert len(alarms) == 5
    with django_assert_max_num_queries(12):
        urge(alarms, day)
    assert Assignment.objects.filter(kind="urge").count() == 5


def test_a_clock_that_nobody_answers_for_urges_nobody() -> None:
    project = lives.registered()
    from deadlines.actions import open_deadline
    from policies.rulebook import rulebook
    from policies.schema import Limit

    open_deadline(
        case=project.case, rule="x", name="x", limit=Limit(count=1, unit="natural_day"),
        started_on=make.TODAY,
        ladder=rulebook(project.case.policy_set_id).escalation, by=None, on=make.TODAY,
    )  # fmt: skip
    sweep(make.TODAY + timedelta(days=10))
    assert not Assignment.objects.exists()


def urged() -> tuple[Assignment, Assignment]:
    """催办 and 督办 of a task that nobody did in time."""
    lives.signed(on=date(2026, 2, 10))
    for day in (date(2026, 2, 25), date(2026, 3, 2)):
        sweep(day)
    return Assignment.objects.get(kind="urge"), Assignment.objects.get(kind="supervise")


def test_what_urged_a_clock_is_struck_off_when_it_is_met() -> None:
    urge_, supervise = urged()
    answering = make.user("park_clerk", unit=urge_.unit)
    actions.report(assignment=urge_, report="正在物色", by=answering, on=date(2026, 3, 2))
    meet(deadline=lives.clock_of(urge_), on=date(2026, 3, 3), by=answering)
    rows = Assignment.objects.filter(alarm__isnull=False).order_by("pk")
    for row in rows:
        assert (row.state, row.ended_on, row.ended_by) == ("closed", date(2026, 3, 3), None)
        assert row.ended_note == "原事项已于 2026-03-03 办结"
    assert [row.report for row in rows] == ["正在物色", ""]
    struck = Event.objects.filter(kind="assignment.settled").order_by("pk")
    assert [event.data["assignment"] for event in struck] == [urge_.pk, supervise.pk]


def test_what_urged_a_clock_is_taken_back_when_it_falls_away() -> None:
    urge_, supervise = urged()
    cancel(deadline=lives.clock_of(urge_), reason="改由管委会办理", by=None, on=date(2026, 3, 3))
    for row in Assignment.objects.filter(pk__in=(urge_.pk, supervise.pk)):
        assert (row.state, row.ended_note) == ("revoked", "改由管委会办理")


def test_a_task_reported_at_last_takes_its_urging_with_it() -> None:
    urge_, _supervise = urged()
    task = Assignment.objects.get(rule="name_commissioner")
    answering = make.user("park_clerk", unit=task.unit)
    actions.report(assignment=task, report="已明确", by=answering, on=date(2026, 3, 3))
    assert not Assignment.objects.undone().exists()
    assert Assignment.objects.get(pk=urge_.pk).state == "closed"


def test_an_alarm_handed_over_after_its_clock_was_met_urges_nobody() -> None:
    task = Assignment.objects.get(case=lives.signed(on=date(2026, 2, 10)).case)
    Alarm.objects.filter(level="red").update(raised_at=now())
    meet(deadline=lives.clock_of(task), on=date(2026, 2, 26), by=None)
    urge(list(Alarm.objects.filter(level="red").select_related("deadline__case")), date(2026, 2, 26))
    assert not Assignment.objects.filter(kind="urge").exists()


def test_meeting_a_clock_asks_only_once_what_urged_it(django_assert_max_num_queries) -> None:
    task = Assignment.objects.get(case=lives.signed(on=date(2026, 2, 10)).case)
    clock = lives.clock_of(task)
    with django_assert_max_num_queries(7):
        meet(deadline=clock, on=date(2026, 2, 11), by=None)
