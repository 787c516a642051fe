"""Counting backwards, worked by hand on the calendar of 2026; and forwards, and what cannot be met."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.calendar import Calendar
from deadlines.calendars import shipped_years
from service.plans.scheduling import Network, Task, back, on

CALENDAR = Calendar(shipped_years())
BEGIN = date(2026, 1, 5)


def days(count: int, code: str, *after: str, ends_on: str = "") -> Task:
    return Task(code, count, "working_day", after, ends_on)


def test_a_chain_is_counted_back_from_its_agreed_day_over_the_national_day() -> None:
    network = Network(
        [days(5, "permit"), days(7, "ready", "permit"), Task("start", after=("ready",), ends_on="start")]
    )
    found = network.schedule(CALENDAR, {"start": date(2026, 10, 15)}, BEGIN).slots
    assert found["start"].latest == date(2026, 10, 15)
    assert found["ready"].latest == date(2026, 10, 15)
    # 2026-09-30 + 7 working days = 2026-10-15; five before that: 9-25 to 27 rests, 9-20 is worked
    assert found["permit"].latest == date(2026, 9, 30)
    assert found["permit"].starts_on == date(2026, 9, 22)


def test_a_chain_is_counted_back_over_the_spring_festival() -> None:
    network = Network([days(7, "a", ends_on="start")])
    assert network.schedule(CALENDAR, {"start": date(2026, 3, 2)}, BEGIN).slots["a"].starts_on == date(
        2026, 2, 13
    )


def test_of_several_that_wait_the_one_that_begins_first_decides() -> None:
    tasks = [
        days(1, "a"),
        days(10, "long", "a"),
        days(2, "short", "a"),
        days(0, "end", "long", "short", ends_on="start"),
    ]
    found = Network(tasks).schedule(CALENDAR, {"start": date(2026, 6, 30)}, BEGIN).slots
    assert found["a"].latest == found["long"].starts_on
    assert found["short"].starts_on > found["a"].latest


def test_what_nothing_waits_for_is_counted_on_from_what_it_follows() -> None:
    tasks = [days(0, "end", ends_on="finish"), Task("filing", 15, "natural_day", ("end",))]
    found = Network(tasks).schedule(CALENDAR, {"finish": date(2026, 6, 30)}, BEGIN).slots
    assert found["filing"].latest == date(2026, 7, 15)


def test_days_that_cannot_be_met_name_the_earliest_one_and_what_leads_to_it() -> None:
    tasks = [days(10, "a"), days(2, "b"), days(10, "c", "a", "b"), days(0, "end", "c", ends_on="start")]
    found = Network(tasks).schedule(CALENDAR, {"start": date(2026, 1, 9)}, BEGIN)
    (missed,) = found.missed
    assert (missed.agreed, missed.earliest) == (date(2026, 1, 9), date(2026, 2, 2))
    assert missed.path == ("a", "c", "end")
    assert found.critical == {"a", "c", "end"}
    assert found.slots["end"].latest == date(2026, 1, 9)  # nothing is shifted
    assert found.slots["end"].slack == -24


def test_what_is_done_holds_nothing_up() -> None:
    tasks = [days(10, "a"), days(10, "c", "a"), days(0, "end", "c", ends_on="start")]
    done = {"a": date(2025, 12, 1)}
    found = Network(tasks).schedule(CALENDAR, {"start": date(2026, 1, 19)}, BEGIN, done)
    assert not found.missed
    assert found.slots["end"].earliest == date(2026, 1, 19)


def test_an_agreed_day_is_not_anticipated() -> None:
    tasks = [
        days(0, "start", ends_on="start"),
        Task("works", 6, "month", ("start",)),
        days(0, "end", "works", ends_on="finish"),
    ]
    agreed = {"start": date(2026, 6, 1), "finish": date(2026, 9, 1)}
    (missed,) = Network(tasks).schedule(CALENDAR, agreed, BEGIN).missed
    assert (missed.anchor, missed.earliest) == ("finish", date(2026, 12, 1))
    assert missed.path == ("start", "works", "end")


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="wait for one another"):
        Network([days(1, "a", "b"), days(1, "b", "a")])


def test_a_rest_day_stands_for_the_last_working_day_before_it() -> None:
    sunday = date(2026, 3, 8)
    assert back(CALENDAR, sunday, 3, "working_day") == back(CALENDAR, date(2026, 3, 6), 3, "working_day")


@pytest.mark.parametrize(
    ("end", "begin"),
    [
        (date(2026, 2, 28), date(2026, 1, 31)),
        (date(2026, 3, 31), date(2026, 2, 28)),
        (date(2026, 3, 30), date(2026, 2, 28)),
        (date(2028, 2, 28), date(2028, 1, 28)),
    ],
)
def test_the_end_of_a_month_answers_to_the_end_of_a_month(end: date, begin: date) -> None:
    assert back(CALENDAR, end, 1, "month") == begin


@given(
    day=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    count=st.integers(1, 60),
    unit=st.sampled_from(["working_day", "natural_day", "week", "month"]),
)
def test_counted_back_and_on_again_a_duration_never_passes_its_end(day: date, count: int, unit: str) -> None:
    begin = back(CALENDAR, day, count, unit)
    assert on(CALENDAR, begin, count, unit) <= day
    later = begin + timedelta(days=1)
    if unit in ("natural_day", "week"):
        assert on(CALENDAR, later, count, unit) > day


@given(st.data())
def test_a_day_that_can_be_met_leaves_no_task_behind(data: st.DataObject) -> None:
    """Where nothing is missed, every task on the way can end by its planned day."""
    number = data.draw(st.integers(1, 8))
    tasks = []
    for place in range(number):
        after = data.draw(st.lists(st.sampled_from(range(place)), unique=True)) if place else []
        tasks.append(days(data.draw(st.integers(0, 20)), f"t{place}", *(f"t{one}" for one in after)))
    tasks.append(days(0, "end", *(task.code for task in tasks), ends_on="start"))
    agreed = BEGIN + timedelta(days=data.draw(st.integers(0, 400)))
    found = Network(tasks).schedule(CALENDAR, {"start": agreed}, BEGIN)
    worst = min(slot.slack for slot in found.slots.values())
    assert bool(found.missed) is (found.slots["end"].slack < 0)
    if not found.missed:
        assert worst >= 0
