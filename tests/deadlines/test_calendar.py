"""Working-day arithmetic against a naive walker and against values checked by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deadlines.calendar import (
    FIRST_DAY,
    LAST_DAY,
    Calendar,
    CalendarError,
    Limit,
    add_months,
    days_from,
    merged,
)
from deadlines.wording import lines
from tests.deadlines.official import CALENDAR, exceptions_2026

DAY = timedelta(days=1)
dates = st.dates(date(2025, 6, 1), date(2027, 6, 30))
weekdays_off = st.dates(date(2025, 1, 1), date(2027, 12, 31)).filter(lambda day: day.weekday() < 5)
weekend_worked = st.dates(date(2025, 1, 1), date(2027, 12, 31)).filter(lambda day: day.weekday() >= 5)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    off = draw(st.lists(weekdays_off, max_size=30))
    worked = draw(st.lists(weekend_worked, max_size=15))
    flags = dict.fromkeys(off, False) | dict.fromkeys(worked, True)
    years = {year: {d: w for d, w in flags.items() if d.year == year} for year in (2025, 2026, 2027)}
    return Calendar(years)


pauses = st.lists(
    st.tuples(dates, st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1] * DAY)), max_size=4
)


def walk(
    calendar: Calendar, start: date, count: int, stopped: list[tuple[date, date]], *, by_work: bool
) -> date:
    """The naive way: one day after the other."""
    day, left = start, count
    while left:
        day += DAY
        paused = any(a <= day < b for a, b in stopped)
        if not paused and (calendar.is_working(day) or not by_work):
            left -= 1
    return day


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2026-02-13", 7, "2026-03-02"),
        ("2026-09-18", 7, "2026-09-29"),
        ("2026-09-30", 7, "2026-10-15"),
        ("2026-04-30", 7, "2026-05-13"),
        ("2026-02-14", 3, "2026-02-26"),
    ],
)
def test_the_checked_values_come_out(start: str, count: int, due: str) -> None:
    found = CALENDAR.due(date.fromisoformat(start), Limit(count))
    assert (found.on.isoformat(), found.provisional) == (due, False)


def test_2026_has_248_working_days() -> None:
    assert CALENDAR.working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_a_start_on_a_rest_day_is_not_rolled_forward_first() -> None:
    assert CALENDAR.due(date(2026, 2, 15), Limit(1)).on == date(2026, 2, 24)


@given(calendars(), dates, st.integers(1, 60), pauses)
def test_working_days_agree_with_walking(
    calendar: Calendar, start: date, count: int, stopped: list[tuple[date, date]]
) -> None:
    found = calendar.due(start, Limit(count), stopped)
    assert found.on == walk(calendar, start, count, stopped, by_work=True)


@given(calendars(), dates, st.integers(1, 90), pauses)
def test_natural_days_agree_with_walking(
    calendar: Calendar, start: date, count: int, stopped: list[tuple[date, date]]
) -> None:
    found = calendar.due(start, Limit(count, "natural_day"), stopped)
    assert found.on == walk(calendar, start, count, stopped, by_work=False)


@given(calendars(), dates, st.integers(1, 13), pauses)
def test_a_week_is_seven_natural_days_and_a_day_24_hours(
    calendar: Calendar, start: date, count: int, stopped: list[tuple[date, date]]
) -> None:
    days = calendar.due(start, Limit(count * 7, "natural_day"), stopped)
    assert calendar.due(start, Limit(count, "week"), stopped) == days
    assert calendar.due(start, Limit(count * 7 * 24, "hour"), stopped) == days


@pytest.mark.parametrize(("hours", "due"), [(1, 14), (24, 14), (25, 15), (48, 15), (72, 16)])
def test_hours_run_on_over_rest_days_and_end_with_the_day_of_the_last(hours: int, due: int) -> None:
    """2026-02-13 is the Friday before the Spring Festival."""
    assert CALENDAR.due(date(2026, 2, 13), Limit(hours, "hour")).on == date(2026, 2, due)


@given(calendars(), dates, st.integers(1, 24), st.booleans(), pauses)
def test_months_end_on_the_same_day_and_roll_only_when_told(
    calendar: Calendar, start: date, count: int, roll: bool, stopped: list[tuple[date, date]]
) -> None:
    assume(start.year + count // 12 + 1 <= LAST_DAY.year)
    same_day = add_months(start, count)
    expected = walk(calendar, start, (same_day - start).days, stopped, by_work=False)
    while roll and (not calendar.is_working(expected) or any(a <= expected < b for a, b in stopped)):
        expected += DAY
    assert calendar.due(start, Limit(count, "month", roll_forward=roll), stopped).on == expected


@given(calendars(), dates, st.integers(-60, 60))
def test_moving_there_and_back_from_a_working_day_returns(calendar: Calendar, day: date, count: int) -> None:
    day = calendar.next_working(day)
    assert calendar.add_working(calendar.add_working(day, count), -count) == day


@given(calendars(), dates, dates)
def test_days_between_are_those_that_are_worked(calendar: Calendar, first: date, last: date) -> None:
    low, high = sorted((first, last))
    naive = sum(calendar.is_working(day) for day in days_from(low + DAY, high))
    assert calendar.working_days_between(low, high) == naive
    assert calendar.working_days_between(high, low) == -naive


@given(calendars(), dates, st.integers(1, 40), pauses)
def test_the_explanation_adds_up(
    calendar: Calendar, start: date, count: int, stopped: list[tuple[date, date]]
) -> None:
    told = calendar.explain(start, Limit(count), stopped)
    assert len(told.counted) == count
    assert told.due == calendar.due(start, Limit(count), stopped)
    assert set(told.makeup_days) <= set(told.counted)
    every = set(days_from(start + DAY, told.due.on))
    assert set(told.counted) | set(told.rest_days) | set(told.paused_days) == every
    assert len(told.counted) + len(told.rest_days) + len(told.paused_days) == len(every)


def test_the_explanation_names_skipped_and_taken_days() -> None:
    told = CALENDAR.explain(date(2026, 2, 13), Limit(7))
    assert told.makeup_days == (date(2026, 2, 14), date(2026, 2, 28))
    assert told.rest_days == (*days_from(date(2026, 2, 15), date(2026, 2, 23)), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [("2026-01-31", 1, "2026-02-28"), ("2027-12-31", 2, "2028-02-29"), ("2026-08-31", 1, "2026-09-30")],
)
def test_a_month_without_that_day_ends_on_its_last(start: str, count: int, due: str) -> None:
    assert CALENDAR.due(date.fromisoformat(start), Limit(count, "month")).on.isoformat() == due


def test_a_natural_limit_that_ends_on_a_rest_day_rolls_only_if_the_policy_says_so() -> None:
    start = date(2026, 9, 21)  # 2026-10-01 opens the National Day holiday
    assert CALENDAR.due(start, Limit(10, "natural_day")).on == date(2026, 10, 1)
    assert CALENDAR.due(start, Limit(10, "natural_day", roll_forward=True)).on == date(2026, 10, 8)


def test_a_working_day_limit_ignores_roll_forward() -> None:
    assert CALENDAR.due(date(2026, 2, 13), Limit(7, roll_forward=True)).on == date(2026, 3, 2)


def test_the_day_of_stopping_is_lost_and_the_day_of_resuming_counts() -> None:
    monday, thursday = date(2026, 3, 2), date(2026, 3, 5)
    found = CALENDAR.due(date(2026, 2, 27), Limit(5), [(monday, thursday)])
    assert found.on == date(2026, 3, 10)  # counted: 2-28 (make-up), 3-5, 3-6, 3-9, 3-10


def test_overlapping_pauses_are_not_taken_twice() -> None:
    once = [(date(2026, 3, 2), date(2026, 3, 12))]
    twice = [(date(2026, 3, 2), date(2026, 3, 9)), (date(2026, 3, 5), date(2026, 3, 12))]
    assert merged(twice) == once
    assert CALENDAR.due(date(2026, 2, 27), Limit(5), twice) == CALENDAR.due(date(2026, 2, 27), Limit(5), once)


def test_what_reaches_an_unpublished_year_is_provisional() -> None:
    assert CALENDAR.due(date(2026, 12, 25), Limit(3)).provisional is False
    assert CALENDAR.due(date(2026, 12, 25), Limit(9)).provisional is True
    assert CALENDAR.due(date(2026, 12, 25), Limit(9, "natural_day")).provisional is True
    assert CALENDAR.explain(date(2026, 12, 25), Limit(9)).unpublished_years == (2027,)


def test_a_count_through_an_unpublished_year_is_provisional() -> None:
    gap = Calendar({2026: exceptions_2026(), 2028: {}})
    assert gap.due(date(2026, 12, 1), Limit(300)).provisional is True


def test_an_unpublished_year_rests_on_weekends_only() -> None:
    assert CALENDAR.is_working(date(2027, 10, 1)) is True
    assert CALENDAR.is_working(date(2027, 10, 2)) is False


@pytest.mark.parametrize("count", [0, -3])
def test_a_limit_below_one_is_refused(count: int) -> None:
    with pytest.raises(CalendarError):
        CALENDAR.due(date(2026, 3, 2), Limit(count))


@pytest.mark.parametrize("unit", ["working_day", "natural_day", "hour", "week", "month"])
@pytest.mark.parametrize(
    ("start", "count"),
    [(FIRST_DAY - DAY, 3), (LAST_DAY, 9), (date(2026, 1, 1), 10**7), (date.max, 3)],
)
def test_a_count_out_of_range_is_refused_not_guessed(unit: str, start: date, count: int) -> None:
    with pytest.raises(CalendarError):
        CALENDAR.due(start, Limit(count, unit))


def test_counting_back_out_of_range_is_refused_not_wrapped_round() -> None:
    with pytest.raises(CalendarError):
        CALENDAR.add_working(FIRST_DAY, -10)


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(CalendarError):
        CALENDAR.due(date(2026, 3, 2), Limit(3, "fortnight"))


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        # Monday 2 March 2026: a week on is Monday the 9th, the Friday after it the 13th.
        (date(2026, 3, 2), Limit(1, "week", weekday=5), date(2026, 3, 13)),
        # A week after a Friday is a Friday: it stays.
        (date(2026, 3, 6), Limit(1, "week", weekday=5), date(2026, 3, 13)),
        # Five working days after Monday is Monday, its Wednesday the 11th.
        (date(2026, 3, 2), Limit(5, weekday=3), date(2026, 3, 11)),
        # Friday 1 May 2026 is a holiday: it stays the last day, or rolls to the first working day after it.
        (date(2026, 4, 20), Limit(1, "week", weekday=5), date(2026, 5, 1)),
        (date(2026, 4, 20), Limit(1, "week", roll_forward=True, weekday=5), date(2026, 5, 6)),
    ],
)
def test_a_limit_may_end_on_a_fixed_weekday(start: date, limit: Limit, expected: date) -> None:
    assert CALENDAR.due(start, limit).on == expected


def test_the_arithmetic_says_how_the_weekday_was_reached() -> None:
    found = CALENDAR.explain(date(2026, 3, 2), Limit(1, "week", weekday=5))
    assert (found.nominal, found.ended, found.due.on) == (date(2026, 3, 9), *[date(2026, 3, 13)] * 2)
    assert found.counted[-1] == date(2026, 3, 9)
    text = "\n".join(lines(found))
    assert "1周（逢周五截止）" in text and "期末 2026-03-09，逢周五截止，顺延至 2026-03-13" in text
