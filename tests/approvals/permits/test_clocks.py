"""The clocks of permits, checked against the calendar of 2026 worked out by hand (field facts, 2).

Rest days: 2-15 … 2-23, 9-25 … 9-27, 10-1 … 10-7; worked weekend days: 2-14, 2-28, 9-20, 10-10.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from approvals.models import Permit, Step
from approvals.permits import actions
from deadlines import actions as deadlines
from deadlines.models import Deadline, PauseRequest
from kernel.refusals import Refused
from tests.approvals.permits.story import FULING, Permits, tell
from tests.law import Rewording

pytestmark = pytest.mark.django_db
Opened = Callable[[date], Permits]
MATTER = "project_approval"
REGISTER, LICENCE = "项目申请报告或备案申请表", "企业营业执照"


def stop(told: Permits, permit: Permit, on: date, today: date | None = None, **more: Any) -> Permit:
    """Asked for by the authority, granted by the head of the bureau."""
    said = {"cause": "higher", "body": "省发展改革委", "note": "已转报"} | more
    made = actions.stop(
        permit=permit, by=told.authority(permit), approved_by=told.head, on=on, today=today or on, **said
    )
    deadlines.approve_pause(
        request=PauseRequest.objects.get(pk=made.request_id), by=told.head, on=today or on
    )
    return Permit.objects.get(pk=permit.pk)


def resume(told: Permits, permit: Permit, on: date) -> None:
    actions.go_on(permit=permit, by=told.authority(permit), on=on, today=on)


@pytest.mark.parametrize(
    ("complete_on", "due"),
    [
        (date(2026, 2, 12), date(2026, 2, 24)),  # 13 Fri, 14 Sat (worked), then after the Spring Festival 24
        (date(2026, 2, 13), date(2026, 2, 25)),  # 14, 24, 25
        (date(2026, 2, 14), date(2026, 2, 26)),  # 24, 25, 26
        (date(2026, 9, 24), date(2026, 9, 30)),  # Mid-autumn 25–27 rests: 28, 29, 30
        (date(2026, 9, 30), date(2026, 10, 10)),  # National Day 1–7 rests: 8, 9, 10 Sat (worked)
        (date(2026, 9, 29), date(2026, 10, 9)),  # 30, 8, 9
    ],
)
def test_three_working_days_from_complete_material(opened_on: Opened, complete_on: date, due: date) -> None:
    told = opened_on(complete_on)
    assert told.due(told.apply(MATTER)) == due


def test_the_clock_counts_from_the_day_the_last_material_came(opened_on: Opened) -> None:
    told = opened_on(date(2026, 2, 9))
    permit = told.apply(MATTER, handed=[LICENCE])
    assert told.due(permit) is None, "what is missing starts no clock"
    told.supplement(permit, REGISTER, on=date(2026, 2, 14))  # a Saturday that is worked
    permit.refresh_from_db()
    assert (permit.complete_on, told.due(permit)) == (date(2026, 2, 14), date(2026, 2, 26))


def test_material_withdrawn_takes_the_clock_back_and_it_counts_anew(opened_on: Opened) -> None:
    told = opened_on(date(2026, 9, 28))
    permit = told.apply(MATTER)
    first = Step.objects.get(pk=permit.pk).deadline
    assert first is not None
    told.withdraw(permit, REGISTER, on=date(2026, 9, 29))
    permit.refresh_from_db()
    assert (permit.complete_on, told.due(permit)) == (None, None)
    assert Deadline.objects.get(pk=first.pk).cancelled_on == date(2026, 9, 29)
    told.supplement(permit, REGISTER, on=date(2026, 9, 30))
    assert told.due(permit) == date(2026, 10, 10)


def test_a_special_case_counts_ten_working_days_from_the_same_day_and_keeps_the_first(
    opened_on: Opened,
) -> None:
    told = opened_on(date(2026, 2, 12))
    permit = told.apply(MATTER)
    asked = actions.ask_special(
        permit=permit,
        reason="涉及跨区协调",
        approver=told.head,
        by=told.authority(permit),
        on=date(2026, 2, 13),
    )
    assert told.due(permit) == date(2026, 2, 24), "until it is granted the first limit runs"
    actions.grant_special(special=asked, by=told.head, on=date(2026, 2, 14))
    permit.refresh_from_db()
    # 13, 14, 24, 25, 26, 27, 28 (Sat, worked), 3-2, 3-3, 3-4
    assert (permit.first_due_on, told.due(permit)) == (date(2026, 2, 24), date(2026, 3, 4))


def test_a_stop_over_the_spring_festival_is_not_counted(opened_on: Opened) -> None:
    told = opened_on(date(2026, 2, 11))
    permit = told.apply(MATTER)  # 12, 13, 14
    assert told.due(permit) == date(2026, 2, 14)
    permit = stop(told, permit, date(2026, 2, 13))
    assert permit.stage == "stopped"
    resume(told, permit, date(2026, 2, 25))
    # 12 counted; stopped 13 … 24; 25, 26
    assert told.due(permit) == date(2026, 2, 26)


def test_resumed_on_a_rest_day_the_next_working_day_counts(opened_on: Opened) -> None:
    told = opened_on(date(2026, 9, 28))
    permit = stop(told, told.apply(MATTER), date(2026, 9, 29))
    resume(told, permit, date(2026, 10, 4))
    # nothing counted before the stop; 8, 9, 10 (Sat, worked)
    assert told.due(permit) == date(2026, 10, 10)


def test_stopped_twice_it_is_refused(opened_on: Opened) -> None:
    told = opened_on(date(2026, 9, 21))
    permit = stop(told, told.apply(MATTER), date(2026, 9, 22))
    with pytest.raises(Refused) as refused:
        stop(told, permit, date(2026, 9, 23))
    assert refused.value.codes == ["deadline_paused"]


def test_resumed_twice_or_before_the_stop_it_is_refused(opened_on: Opened) -> None:
    told = opened_on(date(2026, 9, 21))
    permit = stop(told, told.apply(MATTER), date(2026, 9, 23))
    with pytest.raises(Refused, match="恢复日不能早于停表日"):
        actions.go_on(permit=permit, by=told.authority(permit), on=date(2026, 9, 22), today=date(2026, 9, 23))
    resume(told, permit, date(2026, 9, 24))
    with pytest.raises(Refused) as refused:
        resume(told, permit, date(2026, 9, 24))
    assert refused.value.codes == ["deadline_not_paused"]


def test_an_overdue_clock_is_neither_stopped_nor_made_longer_nor_taken_back(opened_on: Opened) -> None:
    told = opened_on(date(2026, 9, 21))
    permit, late = told.apply(MATTER), date(2026, 9, 28)
    assert told.due(permit) == date(2026, 9, 24)
    for act in (
        lambda: stop(told, permit, date(2026, 9, 24), late),
        lambda: actions.ask_special(
            permit=permit, reason="复杂", approver=told.head, by=told.authority(permit), on=late
        ),
        lambda: told.tell(permit, late, **{REGISTER: "未盖章"}),
        lambda: told.withdraw(permit, REGISTER, on=late),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.codes == ["deadline_overdue"]


def test_a_cause_that_the_plan_does_not_list_stops_nothing(opened_on: Opened) -> None:
    told = opened_on(date(2026, 9, 21))
    permit = told.apply(MATTER)
    with pytest.raises(Refused, match="上报有关部门审批"):
        stop(told, permit, told.day, cause="holiday")
    with pytest.raises(Refused, match="请写明由哪个上级机关办理"):
        stop(told, permit, told.day, body=" ")
    assert not PauseRequest.objects.exists()


def test_the_overall_clock_stands_beside_the_single_ones_and_early_help_counts_in_neither() -> None:
    """34 working days from the first acceptance (三(四)9)."""
    told = tell(FULING, on=date(2026, 1, 5))
    actions.help_early(
        project=told.project,
        step="planning_permit",
        by=told.park_clerk,
        on=told.day,
        today=told.day,
        note="预审图纸",
    )
    assert not Deadline.objects.filter(case_id=told.pk, rule__contains="planning_permit").exists()
    day = date(2026, 1, 26)
    told.rest_on("project_filed", "land_granted", on=day)
    permit = told.apply("planning_permit", on=day)
    overall = Deadline.objects.get(case_id=told.pk, rule="limit:approval_general")
    assert overall.started_on == day == permit.complete_on
    # January 27–30: 4; February 2–6, 9–14, 24–28: 5 + 6 + 5 = 16; March 2–6, 9–13: 10; March 16–19: 4
    assert overall.due_on == date(2026, 3, 19)
    # 27, 28, 29, 30, 2-2, 3, 4, 5, 6, 9
    assert told.due(permit) == date(2026, 2, 9)


def test_the_second_acceptance_does_not_start_the_overall_clock_again(fuling: Permits) -> None:
    fuling.apply("planning_permit")
    later = fuling.day + timedelta(days=3)
    fuling.apply("construction_permit", on=later, handed=None)
    overall = Deadline.objects.get(case_id=fuling.pk, rule="limit:approval_general")
    assert overall.started_on == fuling.day


GREEN: tuple[Rewording, ...] = (
    (
        'accepts = "approvals_applied"\nlegal = { count = 20',
        'green = { count = 5, unit = "working_day" }\naccepts = "approvals_applied"\nlegal = { count = 20',
    ),
)


def test_where_the_plan_gives_the_green_channel_its_own_limit_it_holds_for_its_classes(db: None) -> None:
    told = tell(FULING, reworded=GREEN)
    told.rest_on("project_filed", "land_granted")
    permit = told.apply("planning_permit")
    assert permit.green == "招商引资项目绿色通道", "26亿元 is a major project"
    assert told.due(permit) == date(2026, 3, 9)  # 3-3, 4, 5, 6, 9


def test_a_permit_without_a_limit_is_accepted_and_has_no_clock(tianmen: Permits) -> None:
    permit = tianmen.apply("company_opening")
    assert (permit.complete_on, tianmen.due(permit)) == (tianmen.day, None)
    with pytest.raises(Refused) as refused:
        stop(tianmen, permit, tianmen.day)
    assert refused.value.codes == ["no_clock"]


def test_material_withdrawn_during_a_stop_ends_no_stop(opened_on: Opened) -> None:
    """Handed in again while a higher authority holds the case, the clock goes on standing still."""
    told = opened_on(date(2026, 9, 21))
    permit = stop(told, told.apply(MATTER), date(2026, 9, 22))
    before = Deadline.objects.open().get(case_id=told.pk, rule=f"step:{MATTER}")
    told.withdraw(permit, LICENCE, on=date(2026, 9, 23))
    permit.refresh_from_db()
    assert (permit.complete_on, permit.step.deadline_id) == (None, before.pk)
    told.supplement(permit, LICENCE, on=date(2026, 9, 24))
    clock = Deadline.objects.open().get(case_id=told.pk, rule=f"step:{MATTER}")
    assert (clock.pk, clock.paused_from) == (before.pk, date(2026, 9, 22))
    resume(told, permit, date(2026, 9, 28))
    clock.refresh_from_db()
    assert (clock.paused_from, clock.due_on) == (None, date(2026, 9, 30))  # 28, 29, 30


def test_a_stop_ends_no_earlier_than_the_material_taken_back_has_come_again(opened_on: Opened) -> None:
    told = opened_on(date(2026, 9, 21))
    permit = stop(told, told.apply(MATTER), date(2026, 9, 22))
    told.withdraw(permit, LICENCE, on=date(2026, 9, 23))
    with pytest.raises(Refused, match=LICENCE) as refused:
        resume(told, permit, date(2026, 9, 23))
    assert (refused.value.codes, refused.value.unmet[0].url) == (["incomplete"], f"/permits/{permit.pk}/")
    told.supplement(permit, LICENCE, on=date(2026, 9, 28))
    with pytest.raises(Refused, match="恢复日不能早于材料齐备日期 2026-09-28"):
        actions.go_on(permit=permit, by=told.authority(permit), on=date(2026, 9, 24), today=date(2026, 9, 28))
    resume(told, permit, date(2026, 9, 28))
