"""Stopping and resuming: two persons, days left out, alarms silent."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from cases.models import Event
from deadlines.actions import (
    approve_pause,
    decline_pause,
    meet,
    request_pause,
    resume,
)
from deadlines.calendar import Limit
from deadlines.models import Alarm, Deadline, Pause, PauseRequest
from kernel.refusals import Refused
from notices.actions import deliver
from notices.models import Notice
from tests import factories as make
from tests.deadlines.making import clock, pair, pause
from tests.deadlines.test_clocks import kinds, ringing

pytestmark = pytest.mark.django_db

WEDNESDAY, THURSDAY, SUNDAY = date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 8)


def stopped(on: date = WEDNESDAY) -> tuple[Deadline, User, User]:
    clerk, head = pair()
    row = pause(deadline=clock(), reason="等待上级批复", approved_by=head, by=clerk, on=on)
    return row, clerk, head


def test_a_stopped_clock_is_grey_and_silent() -> None:
    row, clerk, head = stopped()
    assert (row.state(WEDNESDAY), row.light(date(2026, 5, 1))) == ("paused", "grey")
    assert set(ringing(row).values()) == {None}
    assert kinds(row) == ["deadline.opened", "deadline.pause_asked", "deadline.paused"]
    stop = Pause.objects.get(deadline=row)
    assert (stop.by, stop.approved_by, stop.from_on, stop.to_on) == (clerk, head, WEDNESDAY, None)
    assert not Deadline.objects.late(date(2026, 5, 1)).exists()


def test_resuming_on_a_rest_day_counts_on_from_the_next_working_day() -> None:
    row, clerk, _head = stopped()
    row = resume(deadline=row, by=clerk, on=SUNDAY)
    # Counted: 3-3; stopped 3-4 … 3-7; then 3-9, 3-10, 3-11, 3-12.
    assert row.due_on == date(2026, 3, 12)
    assert ringing(row) == {"yellow": date(2026, 3, 10), "red": date(2026, 3, 13), "black": date(2026, 3, 19)}
    event = Event.objects.get(case=row.case, kind="deadline.resumed")
    assert (event.data["was"], event.data["due"]) == ("2026-03-09", "2026-03-12")


def test_resuming_the_same_day_changes_nothing() -> None:
    row, clerk, _head = stopped()
    assert resume(deadline=row, by=clerk, on=WEDNESDAY).due_on == date(2026, 3, 9)


def test_two_stops_add_up() -> None:
    row, clerk, head = stopped()
    row = resume(deadline=row, by=clerk, on=THURSDAY)
    row = pause(deadline=row, reason="补正材料", approved_by=head, by=clerk, on=date(2026, 3, 6))
    row = resume(deadline=row, by=clerk, on=date(2026, 3, 10))
    assert row.due_on == date(2026, 3, 12)


def test_a_natural_day_clock_loses_the_stopped_days_too() -> None:
    clerk, head = pair()
    row = clock(limit=Limit(10, "natural_day"))
    row = pause(deadline=row, reason="等待", approved_by=head, by=clerk, on=WEDNESDAY)
    assert resume(deadline=row, by=clerk, on=SUNDAY).due_on == date(2026, 3, 16)


def test_stopping_twice_is_refused() -> None:
    row, clerk, head = stopped()
    with pytest.raises(Refused) as told:
        pause(deadline=row, reason="再停", approved_by=head, by=clerk, on=THURSDAY)
    assert (told.value.status, told.value.unmet[0].code) == ("conflict", "deadline_paused")
    assert Pause.objects.count() == 1


def test_resuming_a_running_clock_is_refused() -> None:
    clerk, _head = pair()
    with pytest.raises(Refused) as told:
        resume(deadline=clock(), by=clerk, on=THURSDAY)
    assert told.value.unmet[0].code == "deadline_not_paused"


def test_resuming_before_the_stop_is_refused() -> None:
    row, clerk, _head = stopped()
    with pytest.raises(Refused) as told:
        resume(deadline=row, by=clerk, on=date(2026, 3, 3))
    assert told.value.status == "invalid"


def test_nobody_approves_the_own_stop() -> None:
    _clerk, head = pair()
    with pytest.raises(Refused) as told:
        pause(deadline=clock(), reason="自批", approved_by=head, by=head, on=WEDNESDAY)
    assert told.value.unmet[0].code == "two_persons"


def test_the_database_too_wants_two_persons() -> None:
    row, clerk, _head = stopped()
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.filter(deadline=row).update(approved_by=clerk)


def test_an_approver_without_the_right_is_refused() -> None:
    clerk, _head = pair()
    with pytest.raises(Refused) as told:
        pause(deadline=clock(), reason="x", approved_by=make.user("reviewer"), by=clerk, on=WEDNESDAY)
    assert told.value.unmet[0].field == "approved_by"


@pytest.mark.parametrize("role", ["inspector", "system_admin", "audit_admin", "leader"])
def test_a_role_without_the_right_can_neither_stop_nor_resume(role: str) -> None:
    _clerk, head = pair()
    stranger, row = make.user(role), clock()
    with pytest.raises(Refused) as told:
        pause(deadline=row, reason="x", approved_by=head, by=stranger, on=WEDNESDAY)
    assert told.value.status == "forbidden"
    with pytest.raises(Refused):
        resume(deadline=row, by=stranger, on=WEDNESDAY)


def test_a_park_cannot_stop_the_clock_of_a_case_it_does_not_see() -> None:
    _clerk, head = pair()
    with pytest.raises(Refused) as told:
        pause(deadline=clock(), reason="x", approved_by=head, by=make.user("park_clerk"), on=WEDNESDAY)
    assert told.value.status == "forbidden"


@pytest.mark.parametrize(
    ("on", "code"), [(date(2026, 3, 1), "invalid"), (date(2026, 3, 10), "deadline_overdue")]
)
def test_a_stop_before_the_start_or_after_the_due_day_is_refused(on: date, code: str) -> None:
    clerk, head = pair()
    with pytest.raises(Refused) as told:
        pause(deadline=clock(), reason="x", approved_by=head, by=clerk, on=on)
    assert told.value.unmet[0].code == code


def test_a_stop_inside_an_earlier_one_is_refused() -> None:
    row, clerk, head = stopped()
    row = resume(deadline=row, by=clerk, on=SUNDAY)
    with pytest.raises(Refused):
        pause(deadline=row, reason="x", approved_by=head, by=clerk, on=THURSDAY)


def test_a_stop_needs_a_reason() -> None:
    clerk, head = pair()
    with pytest.raises(Refused) as told:
        pause(deadline=clock(), reason=" ", approved_by=head, by=clerk, on=WEDNESDAY)
    assert told.value.unmet[0].field == "reason"


def test_meeting_a_stopped_clock_ends_the_stop_and_is_not_late() -> None:
    row, _clerk, _head = stopped()
    row = meet(deadline=row, on=date(2026, 4, 1), by=None)
    assert row.state(date(2026, 4, 1)) == "met"
    assert Pause.objects.get(deadline=row).to_on == date(2026, 4, 1)
    assert not Alarm.objects.filter(deadline=row, on__isnull=False).exists()
    assert kinds(row)[-1] == "deadline.met"


def test_a_closed_clock_cannot_be_stopped() -> None:
    clerk, head = pair()
    row = meet(deadline=clock(), on=WEDNESDAY, by=None)
    with pytest.raises(Refused):
        pause(deadline=row, reason="x", approved_by=head, by=clerk, on=WEDNESDAY)


DUE, NEXT_DAY = date(2026, 3, 9), date(2026, 3, 10)


def asked(
    row: Deadline, clerk: User, head: User, on: date = WEDNESDAY, today: date = WEDNESDAY
) -> PauseRequest:
    return request_pause(deadline=row, reason="等待批复", approved_by=head, by=clerk, on=on, today=today)


def test_a_clock_overdue_today_is_not_stopped_by_an_earlier_day() -> None:
    clerk, head = pair()
    row = clock()
    with pytest.raises(Refused) as told:
        asked(row, clerk, head, on=date(2026, 3, 6), today=NEXT_DAY)
    assert told.value.unmet[0].code == "deadline_overdue"
    assert row.light(NEXT_DAY) == "red"


def test_on_its_last_day_a_clock_may_still_be_stopped() -> None:
    clerk, head = pair()
    assert asked(clock(), clerk, head, on=DUE, today=DUE).state == "pending"


def test_a_stop_of_a_day_to_come_is_refused() -> None:
    clerk, head = pair()
    with pytest.raises(Refused) as told:
        asked(clock(), clerk, head, on=THURSDAY, today=WEDNESDAY)
    assert told.value.unmet[0].field == "on"


def test_until_it_is_granted_the_clock_runs_and_alarms_ring() -> None:
    clerk, head = pair()
    row = clock()
    asked(row, clerk, head)
    row.refresh_from_db()
    assert (row.paused_from, ringing(row)["yellow"]) == (None, THURSDAY)
    assert row.state(NEXT_DAY) == "late"


def test_the_one_who_is_asked_hears_of_it_and_the_asker_of_the_decision() -> None:
    clerk, head = pair()
    request = asked(clock(), clerk, head)
    deliver(on=WEDNESDAY)
    told = Notice.objects.get(user=head).message
    assert (told.topic, told.url) == ("deadline.pause_asked", "/deadlines/pauses/")
    approve_pause(request=request, by=head, on=THURSDAY)
    deliver(on=THURSDAY)
    assert "停表已批准" in Notice.objects.get(user=clerk).message.text


def test_granted_later_it_stops_from_the_day_asked_for() -> None:
    clerk, head = pair()
    row = approve_pause(request=asked(clock(), clerk, head), by=head, on=date(2026, 3, 6))
    assert row.paused_from == WEDNESDAY
    stop = Pause.objects.get(deadline=row)
    assert (stop.by, stop.approved_by) == (clerk, head)


def test_what_ran_out_while_it_waited_is_not_stopped_any_more() -> None:
    clerk, head = pair()
    request = asked(clock(), clerk, head)
    with pytest.raises(Refused) as told:
        approve_pause(request=request, by=head, on=NEXT_DAY)
    assert told.value.unmet[0].code == "deadline_overdue"
    assert not Pause.objects.exists()


def test_declined_the_clock_runs_on_and_may_be_asked_for_again() -> None:
    clerk, head = pair()
    row = clock()
    decline_pause(request=asked(row, clerk, head), reason="材料已齐", by=head, on=WEDNESDAY)
    assert kinds(row)[-1] == "deadline.pause_declined"
    assert not Pause.objects.exists()
    assert asked(row, clerk, head).state == "pending"


def test_a_refusal_to_stop_needs_a_reason() -> None:
    clerk, head = pair()
    with pytest.raises(Refused) as told:
        decline_pause(request=asked(clock(), clerk, head), reason=" ", by=head, on=WEDNESDAY)
    assert told.value.unmet[0].field == "reason"


def test_asking_twice_is_refused() -> None:
    clerk, head = pair()
    row = clock()
    asked(row, clerk, head)
    with pytest.raises(Refused) as told:
        asked(row, clerk, head)
    assert told.value.unmet[0].code == "pause_asked"


def test_nobody_grants_what_they_asked_for_themselves() -> None:
    _clerk, head = pair()
    other = make.user("leader")
    request = asked(clock(), head, other)
    with pytest.raises(Refused) as told:
        approve_pause(request=request, by=head, on=WEDNESDAY)
    assert told.value.unmet[0].code == "two_persons"
    with pytest.raises(IntegrityError), transaction.atomic():
        PauseRequest.objects.update(state="approved", decided_by=head, decided_on=WEDNESDAY)


def test_another_holder_of_the_right_may_stand_in() -> None:
    clerk, head = pair()
    leader = make.user("leader")
    approve_pause(request=asked(clock(), clerk, head), by=leader, on=WEDNESDAY)
    assert Pause.objects.get().approved_by == leader


@pytest.mark.parametrize("role", ["bureau_clerk", "reviewer", "inspector", "park_clerk"])
def test_whoever_may_not_approve_decides_nothing(role: str) -> None:
    clerk, head = pair()
    with pytest.raises(Refused) as told:
        approve_pause(request=asked(clock(), clerk, head), by=make.user(role), on=WEDNESDAY)
    assert told.value.status == "forbidden"


def test_decided_twice_is_a_conflict() -> None:
    clerk, head = pair()
    request = asked(clock(), clerk, head)
    approve_pause(request=request, by=head, on=WEDNESDAY)
    with pytest.raises(Refused) as told:
        decline_pause(request=request, reason="x", by=make.user("leader"), on=WEDNESDAY)
    assert told.value.unmet[0].code == "pause_decided"


def test_a_request_for_a_clock_met_meanwhile_is_moot() -> None:
    clerk, head = pair()
    row = clock()
    request = asked(row, clerk, head)
    meet(deadline=row, on=WEDNESDAY, by=clerk)
    assert not PauseRequest.objects.pending().exists()
    with pytest.raises(Refused):
        approve_pause(request=request, by=head, on=WEDNESDAY)


def test_only_who_answers_for_the_clock_or_the_bureau_asks_for_a_stop() -> None:
    _clerk, head = pair()
    answering, other = make.unit("planning"), make.unit("finance")
    case = make.case(parts={"asked": answering, "lead": other})
    row = clock(case, responsible_unit=answering)
    with pytest.raises(Refused) as told:
        asked(row, make.user("reviewer", unit=other), head)
    assert told.value.unmet[0].code == "not_responsible"
    assert "planning" in told.value.unmet[0].message
    assert asked(row, make.user("reviewer", unit=answering), head).state == "pending"


def test_only_who_answers_for_the_clock_or_the_bureau_lets_it_run_again() -> None:
    clerk, head = pair()
    answering, other = make.unit("planning"), make.unit("finance")
    case = make.case(parts={"asked": answering, "lead": other})
    row = pause(
        deadline=clock(case, responsible_unit=answering),
        reason="补正", approved_by=head, by=clerk, on=WEDNESDAY,
    )  # fmt: skip
    with pytest.raises(Refused) as told:
        resume(deadline=row, by=make.user("reviewer", unit=other), on=THURSDAY)
    assert told.value.unmet[0].code == "not_responsible"
    row.refresh_from_db()
    assert row.paused_from == WEDNESDAY
    assert resume(deadline=row, by=make.user("reviewer", unit=answering), on=THURSDAY).paused_from is None
