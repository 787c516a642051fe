"""What opens by itself: tasks on milestones, 催办 and 督办 on clocks that ran out."""

from datetime import date, timedelta

import pytest

from assignments import actions
from assignments.models import Assignment
from assignments.openers import urge
from cases.models import Event
from deadlines.models import Alarm
from deadlines.sweep import sweep
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
    projects.reach(project=project, milestone="signed", by=head, on=date(2026, 2, 13))
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
