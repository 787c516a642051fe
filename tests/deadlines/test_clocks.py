"""Opening, meeting, cancelling, reopening and correcting a clock."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.models import Event
from deadlines.actions import Opening, cancel, meet, open_many, preview_restart, reopen, restart
from deadlines.calendar import Limit
from deadlines.models import Alarm, Deadline
from kernel.refusals import Refused
from tests import factories as make
from tests.deadlines.making import LADDER, START, YELLOW, clock, terms

pytestmark = pytest.mark.django_db


def ringing(deadline: Deadline) -> dict[str, date | None]:
    return dict(Alarm.objects.filter(deadline=deadline).values_list("level", "on"))


def kinds(deadline: Deadline) -> list[str]:
    return list(Event.objects.filter(case=deadline.case).order_by("id").values_list("kind", flat=True))


def test_opening_a_clock_plans_its_ladder_and_writes_one_event() -> None:
    row = clock()
    assert (row.due_on, row.provisional, row.warn_on) == (date(2026, 3, 9), False, date(2026, 3, 5))
    assert ringing(row) == {
        "yellow": date(2026, 3, 5),
        "red": date(2026, 3, 10),
        "black": date(2026, 3, 16),
    }
    assert kinds(row) == ["deadline.opened"]
    assert row.history.count() == 1


def test_a_clock_taken_over_from_a_ledger_plans_no_alarm_and_shows_grey() -> None:
    row = clock(past=True)
    assert ringing(row) == {}
    assert row.light(date(2027, 1, 1)) == "grey"
    assert not Deadline.objects.late(date(2027, 1, 1)).exists()


def test_a_rung_never_rings_before_the_clock_starts() -> None:
    row = clock(limit=Limit(1))
    assert ringing(row)["yellow"] == START


def test_a_due_day_in_an_unpublished_year_is_provisional() -> None:
    assert clock(started_on=date(2026, 12, 28), on=date(2026, 12, 28)).provisional


def test_a_limit_that_leaves_the_calendar_is_refused() -> None:
    with pytest.raises(Refused) as told:
        clock(limit=Limit(3000, "month"))
    assert told.value.status == "invalid"


def test_the_light_goes_green_yellow_red() -> None:
    row = clock()
    days = {4: "green", 5: "yellow", 9: "yellow", 10: "red"}
    for day, light in days.items():
        today = date(2026, 3, day)
        assert row.light(today) == light
        annotated: Any = Deadline.objects.with_light(today).get(pk=row.pk)
        assert annotated.light_now == light
        assert [x for x in ("grey", "green", "yellow", "red") if _has(x, today)] == [light]


def _has(light: str, today: date) -> bool:
    return Deadline.objects.all().with_light_of(light, today).exists()


def test_meeting_in_time_silences_the_alarms() -> None:
    row = meet(deadline=clock(), on=date(2026, 3, 9), by=None)
    assert (row.state(date(2026, 4, 1)), row.light(date(2026, 4, 1))) == ("met", "grey")
    assert set(ringing(row).values()) == {None}
    assert kinds(row) == ["deadline.opened", "deadline.met"]
    assert row.history.count() == 2


def test_meeting_after_the_due_day_is_late() -> None:
    row = meet(deadline=clock(), on=date(2026, 3, 10), by=None)
    assert row.state(date(2026, 3, 10)) == "met_late"
    assert kinds(row)[-1] == "deadline.met_late"


@pytest.mark.parametrize("closing", ["meet", "cancel"])
def test_a_closed_clock_cannot_be_closed_again(closing: str) -> None:
    row = clock()
    if closing == "meet":
        meet(deadline=row, on=START, by=None)
    else:
        cancel(deadline=row, reason="撤回", on=START, by=None)
    with pytest.raises(Refused) as told:
        meet(deadline=row, on=START, by=None)
    assert told.value.unmet[0].code == "deadline_closed"
    with pytest.raises(Refused):
        cancel(deadline=row, reason="重复", on=START, by=None)


def test_cancelling_needs_a_reason() -> None:
    row = clock()
    with pytest.raises(Refused) as told:
        cancel(deadline=row, reason="  ", by=None, on=START)
    assert told.value.unmet[0].field == "reason"
    assert Deadline.objects.open().filter(pk=row.pk).exists()


def test_a_withdrawn_outcome_lets_the_clock_run_on_from_its_first_start() -> None:
    row = meet(deadline=clock(), on=date(2026, 3, 4), by=None)
    row = reopen(deadline=row, reason="结论撤回", by=None, on=date(2026, 3, 12))
    assert (row.due_on, row.state(date(2026, 3, 12))) == (date(2026, 3, 9), "late")
    assert ringing(row)["red"] == date(2026, 3, 10)
    with pytest.raises(Refused):
        reopen(deadline=row, reason="再撤", by=None, on=date(2026, 3, 12))


def test_a_corrected_start_moves_due_day_and_alarms_and_says_so_beforehand() -> None:
    row = clock()
    assert preview_restart(row, date(2026, 3, 4)).on == date(2026, 3, 11)
    assert Deadline.objects.get(pk=row.pk).due_on == date(2026, 3, 9)
    row = restart(deadline=row, started_on=date(2026, 3, 4), by=None, on=date(2026, 3, 5))
    assert (row.due_on, ringing(row)["red"]) == (date(2026, 3, 11), date(2026, 3, 12))
    event = Event.objects.get(case=row.case, kind="deadline.restarted")
    assert (event.data["was"], event.data["due"]) == ("2026-03-09", "2026-03-11")


def test_correcting_the_start_of_a_met_clock_measures_it_anew() -> None:
    row = meet(deadline=clock(), on=date(2026, 3, 10), by=None)
    row = restart(deadline=row, started_on=date(2026, 3, 3), by=None, on=date(2026, 3, 11))
    assert row.state(date(2026, 3, 11)) == "met"
    assert set(ringing(row).values()) == {None}


def test_a_cancelled_clock_cannot_be_restarted() -> None:
    row = cancel(deadline=clock(), reason="不再适用", by=None, on=START)
    with pytest.raises(Refused):
        restart(deadline=row, started_on=START, by=None, on=START)


def test_a_start_outside_the_calendar_is_refused_before_anything_moves() -> None:
    row = clock()
    with pytest.raises(Refused):
        preview_restart(row, date(1900, 1, 1))
    with pytest.raises(Refused):
        restart(deadline=row, started_on=date(1900, 1, 1), by=None, on=START)
    assert Deadline.objects.get(pk=row.pk).started_on == START


def test_one_by_one_and_in_bulk_leave_identical_rows() -> None:
    case, clerk = make.case(), make.user("bureau_clerk")
    limits = [Limit(n, unit) for n in (1, 7, 30) for unit in ("working_day", "natural_day", "month")]
    many = [
        terms(case, limit=limit, responsible_user=clerk, past=n % 4 == 3) for n, limit in enumerate(limits)
    ]
    single = [clock(by=clerk, **fields) for fields in many]
    bulk = open_many(openings=[Opening(**fields) for fields in many], by=clerk, on=START)
    assert [shape(row) for row in single] == [shape(row) for row in bulk]


def shape(row: Deadline) -> list[object]:
    """All that hangs on a clock, without ids and moments."""
    own = ("id", "deadline_id", "history_id", "history_date", "at", "data")
    events = [event for event in Event.objects.filter(case=row.case) if event.data["deadline"] == row.pk]
    sets = (
        [Deadline.objects.get(pk=row.pk)],
        row.alarms.order_by("id"),
        row.history.order_by("history_id"),
        events,
    )
    plain = [[_plain(item, own) for item in found] for found in sets]
    return [*plain, [event.data | {"deadline": None} for event in events]]


def _plain(item: object, own: tuple[str, ...]) -> dict[str, object]:
    return {f.attname: getattr(item, f.attname) for f in item._meta.concrete_fields if f.attname not in own}  # type: ignore[attr-defined]


def test_opening_costs_the_same_for_one_and_for_twenty(django_assert_max_num_queries: object) -> None:
    case = make.case()
    twenty = [Opening(**terms(case)) for _n in range(20)]
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        open_many(openings=twenty[:1], by=None, on=START)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        open_many(openings=twenty, by=None, on=START)


def test_opening_none_is_nothing() -> None:
    assert open_many(openings=[], by=None, on=START) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"due_on": date(2026, 3, 1)},
        {"count": 0},
        {"unit": "fortnight"},
        {"cancelled_on": START},
        {"cancel_reason": "无日期"},
        {"met_on": START, "cancelled_on": START, "cancel_reason": "两者"},
        {"met_on": START, "paused_from": START},
    ],
)
def test_the_database_refuses_clocks_that_cannot_be(broken: dict[str, object]) -> None:
    row = clock()
    with pytest.raises(IntegrityError), transaction.atomic():
        Deadline.objects.filter(pk=row.pk).update(**broken)


def test_a_deadline_has_one_alarm_a_level() -> None:
    row = clock(ladder=(YELLOW,))
    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.create(
            deadline=row, level="yellow", name="黄灯", offset=0, unit="working_day", tells=""
        )


def test_a_park_sees_the_clocks_of_its_cases_only() -> None:
    park = make.unit("park", kind="park")
    own, other = clock(make.case(parts={"landing": park})), clock()
    seen = Deadline.objects.visible_to(make.user("park_clerk", unit=park))
    assert (own in seen, other in seen) == (True, False)
    assert LADDER
