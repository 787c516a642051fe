"""Raising alarms: each rung once for each clock, with its event and its message, or not at all."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases.models import Case, Event
from deadlines import escalation, sweep_orm, sweep_sql
from deadlines.actions import meet, resume
from deadlines.models import Alarm, Deadline
from deadlines.sweep import sweep
from deadlines.tasks import sweep_deadlines
from notices.actions import deliver
from notices.models import Message, Notice
from tests import factories as make
from tests.deadlines.making import BLACK, LADDER, START, YELLOW, clock, pair, pause

pytestmark = pytest.mark.django_db

DUE = date(2026, 3, 9)
YELLOW_DAY, RED_DAY, BLACK_DAY = date(2026, 3, 5), date(2026, 3, 10), date(2026, 3, 16)
LONG_AFTER = date(2026, 3, 31)


def alarm_events() -> list[dict[str, Any]]:
    return list(Event.objects.filter(kind="deadline.alarm").order_by("id").values_list("data", flat=True))


def test_nothing_rings_before_its_day() -> None:
    clock()
    assert sweep(YELLOW_DAY - timedelta(days=1)).total == 0
    assert not Message.objects.exists()


def test_a_rung_rings_on_its_day_with_event_and_message() -> None:
    handler = make.user("reviewer")
    case = make.case(title="涪陵铝材")
    row = clock(case, responsible_user=handler)
    assert sweep(YELLOW_DAY).raised == {"yellow": 1}
    event = Event.objects.get(kind="deadline.alarm")
    assert (event.case, event.on, event.data["deadline"], event.data["level"]) == (
        case,
        YELLOW_DAY,
        row.pk,
        "黄灯",
    )
    message = Message.objects.get()
    assert message.text == "【黄灯】涪陵铝材：“研判”将于 2026-03-09 到期（依据：三(二)5）"
    assert (message.key, message.tells) == (f"deadline:{row.pk}:yellow", {"users": [handler.pk]})


def test_the_text_knows_the_due_day_itself_and_what_is_overdue() -> None:
    clock(clause="")
    sweep(DUE)
    assert Message.objects.get().text.endswith("“研判”今日（2026-03-09）到期")
    sweep(RED_DAY)
    assert Message.objects.latest("id").text.endswith("“研判”已于 2026-03-09 到期，尚未办结")


def test_a_provisional_due_day_says_so() -> None:
    clock(started_on=date(2026, 12, 28))
    sweep(date(2027, 6, 1))
    assert "（暂定）" in Message.objects.order_by("id")[0].text
    assert "（暂定）" in alarm_events()[0]["due"]


def test_a_title_with_percent_signs_and_quotes_is_taken_as_it_is() -> None:
    clock(make.case(title="100%s “甲'乙” {x}"))
    sweep(YELLOW_DAY)
    assert "100%s “甲'乙” {x}" in Message.objects.get().text


def test_sweeping_twice_raises_nothing_twice() -> None:
    clock()
    assert (sweep(RED_DAY).total, sweep(RED_DAY).total) == (2, 0)
    assert (Message.objects.count(), len(alarm_events())) == (2, 2)


def test_after_a_gap_of_three_weeks_every_passed_rung_rings_once() -> None:
    clock()
    sweep(YELLOW_DAY)
    assert sweep(LONG_AFTER).raised == {"red": 1, "black": 1}
    assert [data["code"] for data in alarm_events()] == ["yellow", "red", "black"]
    assert list(Event.objects.filter(kind="deadline.alarm").order_by("id").values_list("on", flat=True)) == [
        YELLOW_DAY,
        RED_DAY,
        BLACK_DAY,
    ]


@pytest.mark.parametrize("chunk", [1, 2, 7, 1000])
def test_chunks_of_any_size_raise_everything(chunk: int) -> None:
    case = make.case()
    for _n in range(7):
        clock(case)
    assert sweep(LONG_AFTER, chunk=chunk).total == 21
    assert Message.objects.count() == 21


def test_a_met_clock_is_silent() -> None:
    meet(deadline=clock(), on=START, by=None)
    assert sweep(LONG_AFTER).total == 0


def test_a_stopped_clock_is_silent_until_it_runs_again() -> None:
    clerk, head = pair()
    row = pause(deadline=clock(), reason="x", approved_by=head, by=clerk, on=date(2026, 3, 4))
    assert sweep(LONG_AFTER).total == 0
    resume(deadline=row, by=clerk, on=date(2026, 3, 30))
    assert sweep(date(2026, 3, 30)).raised == {}
    assert sweep(date(2026, 4, 20)).raised == {"yellow": 1, "red": 1, "black": 1}


def test_a_rung_raised_before_a_stop_does_not_ring_again_after_it() -> None:
    clerk, head = pair()
    row = clock()
    sweep(YELLOW_DAY)
    row = pause(deadline=row, reason="x", approved_by=head, by=clerk, on=date(2026, 3, 6))
    resume(deadline=row, by=clerk, on=date(2026, 3, 20))
    assert sweep(date(2026, 6, 1)).raised == {"red": 1, "black": 1}


def test_each_rung_tells_whom_the_plan_names() -> None:
    park, lead = make.unit("park", kind="park"), make.unit("lead")
    row = clock(make.case(parts={"lead": lead, "landing": make.unit("x")}), responsible_unit=park)
    sweep(LONG_AFTER)
    told = dict(Message.objects.order_by("id").values_list("key", "tells"))
    assert told == {
        f"deadline:{row.pk}:yellow": {"units": [park.pk]},
        f"deadline:{row.pk}:red": {"units": sorted([park.pk, lead.pk]), "heads": [park.pk]},
        f"deadline:{row.pk}:black": {"roles": ["bureau_head", "bureau_clerk", "leader", "inspector"]},
    }


def test_a_clock_without_anybody_responsible_tells_the_lead_units() -> None:
    lead, introducing = make.unit("lead"), make.unit("introducing")
    case = make.case(parts={"lead": lead, "introducing": introducing})
    make.part(case, "lead", make.unit("former"), until=date(2021, 1, 1))
    clock(case, ladder=(YELLOW,))
    sweep(LONG_AFTER)
    assert Message.objects.get().tells == {"units": sorted([lead.pk, introducing.pk])}


def test_alarms_arrive_in_the_inboxes() -> None:
    bureau = make.unit("bureau", kind="bureau")
    head = make.user("bureau_head", unit=bureau)
    make.user("audit_admin", unit=bureau)
    clock(ladder=(BLACK,))
    sweep(LONG_AFTER)
    deliver(on=LONG_AFTER)
    assert list(Notice.objects.values_list("user", flat=True)) == [head.pk]


def test_what_a_rung_opens_is_opened_once(handlers: dict[str, Any]) -> None:
    opened: list[tuple[int, date]] = []
    escalation.register(
        "urge", lambda alarms, on: opened.extend((alarm.deadline.case_id, on) for alarm in alarms)
    )
    row = clock()
    assert sweep(RED_DAY).handed == 1
    assert sweep(LONG_AFTER).handed == 0
    assert opened == [(row.case_id, RED_DAY)]


def test_one_code_has_one_handler(handlers: dict[str, Any]) -> None:
    escalation.register("urge", _nobody)
    escalation.register("urge", _nobody)
    with pytest.raises(ValueError, match="urge"):
        escalation.register("urge", lambda alarms, on: None)


def _nobody(alarms: Sequence[Alarm], on: date) -> None:
    """Takes everything and opens nothing."""


def test_a_handler_that_fails_on_one_alarm_keeps_no_other_from_ringing(
    handlers: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = clock(), clock()
    opened: list[int] = []

    def picky(alarms: Sequence[Alarm], on: date) -> None:
        for alarm in alarms:
            if alarm.deadline_id == bad.pk:
                raise TypeError("no such unit")
        opened.extend(alarm.deadline_id for alarm in alarms)

    escalation.register("urge", picky)
    result = sweep(RED_DAY)
    assert (result.raised["red"], result.handed, opened) == (2, 1, [good.pk])
    assert "urge" in caplog.text
    handlers.clear()
    escalation.register("urge", lambda alarms, on: opened.extend(alarm.deadline_id for alarm in alarms))
    assert sweep(RED_DAY).handed == 1
    assert opened == [good.pk, bad.pk]


def test_what_was_raised_before_anybody_could_open_it_is_opened_later(handlers: dict[str, Any]) -> None:
    clock()
    assert sweep(RED_DAY).handed == 0
    escalation.register("urge", _nobody)
    assert sweep(RED_DAY).handed == 1


def test_a_sweep_that_dies_in_a_chunk_leaves_that_chunk_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    clock()

    def die(*args: object, **kwargs: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("deadlines.sweep.escalation.hand_over", die)
        with pytest.raises(KeyboardInterrupt):
            sweep(LONG_AFTER, chunk=2)
    assert (Message.objects.count(), alarm_events()) == (0, [])
    assert sweep(LONG_AFTER).total == 3


def test_the_task_sweeps_for_the_business_date(time_machine: Any) -> None:
    clock()
    time_machine.move_to("2026-03-04T16:30:00Z", tick=False)  # half past midnight of 3-5 in Shanghai
    assert sweep_deadlines() == 1


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    clock()
    call_command("sweep_deadlines", today="2026-03-31")
    assert "发出预警 3 条" in capsys.readouterr().out


def test_the_command_refuses_a_date_that_is_none() -> None:
    with pytest.raises(CommandError, match="2026-02-30"):
        call_command("sweep_deadlines", today="2026-02-30")


def varied() -> list[Deadline]:
    """Clocks of every shape that the two dialects could treat differently."""
    park, lead = make.unit("park", kind="park"), make.unit("lead")
    person = make.user("commissioner", unit=park)
    case = make.case(parts={"lead": lead, "introducing": park}, title="甲%sб'")
    bare = make.case()
    return [
        clock(case, responsible_unit=park, responsible_user=person),
        clock(case, responsible_unit=lead),
        clock(case, clause=""),
        clock(bare, name="“引号” %(x)s"),
        clock(case, started_on=date(2026, 12, 28)),
        clock(case, past=True),
        clock(bare, ladder=()),
    ]


def _written() -> tuple[list[Any], list[Any], list[Any]]:
    first = Deadline.objects.order_by("id")[0].pk
    events = Event.objects.filter(kind="deadline.alarm").order_by("id")
    alarms = Alarm.objects.order_by("id").values_list("level", "on", "raised_at", "handed_at")
    return (
        [
            (e.case.code, e.on, e.at, e.by, e.unit, e.data | {"deadline": e.data["deadline"] - first})
            for e in events
        ],
        [
            (m.topic, m.case_id, m.text, m.url, m.tells, m.delivered_at)
            for m in Message.objects.order_by("id")
        ],
        list(alarms),
    )


@pytest.mark.postgres
@pytest.mark.parametrize("today", [YELLOW_DAY, DUE, RED_DAY, date(2027, 2, 1)])
def test_both_dialects_write_the_same_rows(today: date, time_machine: Any) -> None:
    from django.db import transaction

    time_machine.move_to("2026-11-01T00:00:00Z", tick=False)
    varied()
    written = []
    for raise_chunk in (sweep_sql.raise_chunk, sweep_orm.raise_chunk):
        point = transaction.savepoint()
        raise_chunk(today, timezone.now(), 1000)
        written.append(_written())
        transaction.savepoint_rollback(point)
    assert written[0] == written[1]
    assert written[0][1]


def test_ladders_differ_by_deadline() -> None:
    clock(ladder=(YELLOW,))
    clock(ladder=LADDER)
    assert sweep(LONG_AFTER).raised == {"yellow": 2, "red": 1, "black": 1}
    assert Case.objects.count() == 2
