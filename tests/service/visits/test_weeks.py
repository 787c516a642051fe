"""Weekly call, monthly visit by calendar weeks and months, reckoned by hand over 2026's holidays (003)."""

from datetime import date

import pytest

from cases.models import Part
from deadlines import turns
from deadlines.calendar import Calendar
from deadlines.calendars import shipped_years
from kernel.refusals import Refused
from projects import actions
from projects.facts import rules_of
from service.team import actions as team
from service.visits.keeping import Kept, marks_of
from tests import law
from tests.service.visits.tianmen import BEGUN, Town, building

CALENDAR = Calendar(shipped_years())


def day(month: int, number: int) -> date:
    return date(2026, month, number)


@pytest.fixture
def town(db: None) -> Town:
    return building()


def due(town: Town, code: str = "weekly_call") -> date:
    (clock,) = [row for row in town.clocks(code) if row.is_open]
    return clock.due_on


# ---- pure


@pytest.mark.parametrize(
    ("unit", "since", "first", "last", "working"),
    [
        ("week", day(3, 4), day(3, 9), day(3, 15), 5),
        ("week", day(2, 5), day(2, 9), day(2, 15), 6),  # 14 February is worked
        ("week", day(2, 11), day(2, 23), day(3, 1), 5),  # 16 to 22 February is all holiday; 28 is worked
        ("week", day(9, 22), day(9, 28), day(10, 4), 3),
        ("week", day(9, 29), day(10, 5), day(10, 11), 3),  # 8, 9 and the Saturday 10 October
        ("month", day(1, 15), day(2, 1), day(2, 28), 16),
        ("month", day(12, 1), date(2027, 1, 1), date(2027, 1, 31), 21),
    ],
)
def test_the_next_turn_is_the_first_with_a_working_day_in_it(unit, since, first, last, working) -> None:
    assert turns.after(CALENDAR, since, unit) == (first, last, working)


# ---- the clocks


def test_the_first_call_is_due_in_the_first_whole_week(town: Town) -> None:
    assert (due(town), BEGUN) == (day(2, 14), day(2, 5))
    assert due(town, "monthly_visit") == day(3, 31)


def test_the_week_of_the_spring_festival_asks_for_nothing(town: Town) -> None:
    town.call(day(2, 11))
    assert due(town) == day(2, 28)


def test_a_call_within_the_holidays_counts_for_no_other_week(town: Town) -> None:
    town.call(day(2, 11))
    town.call(day(2, 18))
    assert due(town) == day(2, 28)


def test_a_call_told_after_a_later_one_counts_for_its_own_week(town: Town) -> None:
    town.call(day(2, 11))
    town.call(day(3, 4))  # the call of 26 February is still on the phone
    town.call(day(2, 26))
    (rule,) = [rule for rule in rules_of(town.project).cadences if rule.code == "weekly_call"]
    told = [
        mark for clock in town.clocks("weekly_call") for mark in marks_of(clock, rule, day(3, 5), CALENDAR)
    ]
    assert sorted((mark.first, mark.kept, mark.on) for mark in told if mark.first > day(2, 15)) == [
        (day(2, 23), Kept.DONE, day(2, 26)), (day(3, 2), Kept.DONE, day(3, 4)), (day(3, 9), Kept.AHEAD, None),
    ]  # fmt: skip
    assert due(town) == day(3, 13)


def test_a_call_told_late_of_the_same_week_changes_nothing(town: Town) -> None:
    town.call(day(2, 11))
    before = [(row.pk, row.met_on) for row in town.clocks("weekly_call")]
    town.call(day(2, 10))
    assert [(row.pk, row.met_on) for row in town.clocks("weekly_call")] == before


def test_the_weeks_around_the_national_day_end_on_their_last_working_day(db: None) -> None:
    town = building(begun=day(9, 17))
    found = []
    for called in (day(9, 22), day(9, 28), day(10, 8)):
        found.append(due(town))
        town.call(called)
    assert [*found, due(town)] == [day(9, 24), day(9, 30), day(10, 10), day(10, 16)]


def test_a_second_call_in_the_week_does_not_count_for_the_next(town: Town) -> None:
    town.call(day(2, 10))
    town.call(day(2, 12))
    assert [(row.met_on, row.due_on) for row in town.clocks()] == [
        (day(2, 10), day(2, 14)),
        (None, day(2, 28)),
    ]


def test_a_visit_is_a_call_too_but_a_call_is_no_visit(town: Town) -> None:
    town.call(day(3, 3))
    assert town.clocks("monthly_visit")[0].is_open
    town.call(day(3, 10), channel="visit")
    assert town.clocks("monthly_visit")[0].met_on == day(3, 10)
    assert due(town, "monthly_visit") == day(4, 30)


def test_missed_weeks_are_shown_and_asked_for_once(town: Town) -> None:
    town.call(day(2, 26))
    town.call(day(3, 18))
    missed = town.clocks()[-2]
    rule = town.district.rules.cadences[0]
    marks = marks_of(missed, rule, day(3, 18), CALENDAR)
    assert [(mark.due, mark.kept, mark.on) for mark in marks] == [
        (day(3, 6), Kept.MISSED, None),
        (day(3, 13), Kept.MISSED, None),
        (day(3, 20), Kept.DONE, day(3, 18)),
    ]
    assert due(town) == day(3, 27)


def test_a_call_at_the_weekend_still_belongs_to_its_week(town: Town) -> None:
    town.call(day(2, 26))
    town.call(day(3, 8))
    (mark,) = marks_of(town.clocks()[-2], town.district.rules.cadences[0], day(3, 9), CALENDAR)
    assert (mark.kept, mark.on) == (Kept.DONE, day(3, 8))


def test_an_open_clock_tells_the_weeks_that_went_by_and_the_one_that_runs(town: Town) -> None:
    (clock,) = town.clocks()
    marks = marks_of(clock, town.district.rules.cadences[0], day(3, 4), CALENDAR)
    assert [mark.kept for mark in marks] == [Kept.MISSED, Kept.MISSED, Kept.RUNNING]


def test_before_its_week_a_clock_only_lies_ahead(town: Town) -> None:
    (clock,) = town.clocks()
    assert [mark.kept for mark in marks_of(clock, town.district.rules.cadences[0], BEGUN, CALENDAR)] == [
        Kept.AHEAD
    ]


def test_a_colleague_of_the_unit_answers_for_it_a_stranger_does_not(town: Town) -> None:
    town.call(day(2, 10), by=town.district.clerk)
    assert town.clocks()[0].is_open
    town.call(day(2, 11), by=town.district.person("reviewer", "economy-information"))
    assert town.clocks()[0].met_on == day(2, 11)


def test_the_leaders_visits_have_no_clock(town: Town) -> None:
    leader = town.district.person("leader", "district-government")
    actions.set_parts(
        project=town.project,
        part="contact_leader",
        unit=town.district.unit("district-government"),
        user=leader,
        by=town.district.clerk,
        on=BEGUN,
    )
    assert town.clocks("leader_visit") == []


def test_another_guaranteeing_unit_gets_a_clock_of_its_own(town: Town) -> None:
    held = Part.objects.get(case_id=town.project.pk, part="guarantee", valid_to__isnull=True)
    commerce = town.district.unit("commerce")
    team.replace(
        project=town.project,
        part=held,
        unit=commerce,
        by=town.district.clerk,
        on=day(2, 11),
        reason="分工调整",
    )
    old, new = town.clocks()
    assert old.cancelled_on == day(2, 11)
    assert (str(new.responsible_unit), new.due_on) == (str(town.district.unit("commerce")), day(2, 28))


def test_a_shelved_project_is_not_called_and_begins_again_with_the_next_week(town: Town) -> None:
    head = town.district.head
    other = town.district.person("bureau_head", "investment-bureau")
    actions.shelve(project=town.project, by=head, on=day(2, 10), reason="资金未到", approved_by=other)
    assert not any(row.is_open for row in town.clocks())
    actions.resume(project=town.project, by=head, on=day(3, 3))
    assert due(town) == day(3, 13)


def test_the_record_survives_a_cancelled_clock(town: Town) -> None:
    head = town.district.head
    other = town.district.person("bureau_head", "investment-bureau")
    actions.shelve(project=town.project, by=head, on=day(3, 4), reason="资金未到", approved_by=other)
    marks = marks_of(town.clocks()[0], town.district.rules.cadences[0], day(3, 30), CALENDAR)
    assert [(mark.due, mark.kept) for mark in marks] == [
        (day(2, 14), Kept.MISSED),
        (day(2, 28), Kept.MISSED),
    ]


# ---- what another locality writes


def reworded(old: str, new: str) -> Town:
    return building(district=law.open_district(packs=[PACK_NAME], reworded=[(old, new)]))


PACK_NAME = "elsewhere/tianmen-construction-2024"
WEEK = 'every = { count = 1, unit = "week" }\ncounted = "calendar"'


def test_rolling_weeks_run_from_the_last_call_and_roll_past_the_holidays(db: None) -> None:
    town = reworded(WEEK, 'every = { count = 1, unit = "week" }\nroll_forward = true')
    town.call(day(2, 12))
    town.call(day(2, 13))
    assert due(town) == day(2, 24)  # Friday 20 February lies in the holidays, which end on the 23rd


def test_the_person_alone_may_be_asked(db: None) -> None:
    town = reworded(WEEK, WEEK + '\nby = "person"')
    town.call(day(2, 10))
    assert town.clocks()[0].is_open  # the part is the unit's: nobody in person


def test_a_cadence_may_be_for_large_projects_only(db: None) -> None:
    large = WEEK + '\nwhen = { field = "fixed_asset", at_least = "5亿元" }'
    town = reworded(WEEK, large)
    assert len(town.clocks()) == 1  # unknown: asked rather than forgotten
    by = town.district.clerk
    actions.set_money(project=town.project, measure="fixed_asset", raw="1亿元", by=by, on=day(2, 9))
    assert not any(row.is_open for row in town.clocks())
    actions.set_money(project=town.project, measure="fixed_asset", raw="6亿元", by=by, on=day(2, 10))
    assert due(town) == day(2, 28)


def test_a_future_day_is_refused(town: Town) -> None:
    with pytest.raises(Refused) as refused:
        actions.record_contact(
            project=town.project, by=town.caller, on=day(2, 12), today=day(2, 11), channel="phone",
            with_whom="陈总", matter="x",
        )  # fmt: skip
    assert refused.value.unmet[0].field == "on"
