"""Leads that do not move: warned of, explained or marked dormant, and woken; nothing disappears."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Event
from kernel.refusals import Refused
from notices.models import Message
from projects import actions, dormancy, stillness
from projects.models import Project, StillnessExplanation
from tests.law import TODAY, District

DAY = timedelta(days=1)
RUNS_OUT = date(2026, 4, 2)  # a month from the first talk on TODAY, 2 March


@pytest.fixture
def lead(district: District) -> Project:
    """Registered and talked about on TODAY: in negotiation, where the plan gives a month."""
    row = district.project()
    actions.reach(project=row, milestone="first_talk_registered", by=district.clerk, on=TODAY, produced=True)
    return again(row)


def again(row: Project) -> Project:
    return Project.objects.get(pk=row.pk)


def contact(row: Project, by: Any, on: date) -> None:
    actions.record_contact(
        project=row, by=by, on=on, today=on, channel="phone", with_whom="王经理", matter="跟进",
        topics={"site": "选址"},
    )  # fmt: skip


def kinds(row: Project) -> list[str]:
    return list(Event.objects.filter(case_id=row.pk).order_by("id").values_list("kind", flat=True))


def test_registering_is_the_first_movement(district: District) -> None:
    assert district.project(on=TODAY).moved_on == TODAY


def test_the_last_day_of_the_limit_is_not_yet_too_late(lead: Project) -> None:
    dormancy.sweep(RUNS_OUT)
    assert again(lead).dormant_on is None


def test_a_lead_without_movement_is_marked_the_day_after(lead: Project) -> None:
    assert dormancy.sweep(RUNS_OUT + DAY).dormant == 1
    assert again(lead).dormant_on == RUNS_OUT + DAY
    assert kinds(lead)[-1] == "project.dormant"


def test_the_mark_changes_no_version_and_no_history(lead: Project) -> None:
    before = lead.version, lead.history.count()
    dormancy.sweep(RUNS_OUT + DAY)
    row = again(lead)
    assert (row.version, row.history.count()) == before


def test_its_lead_unit_is_warned_before_and_told_when_it_is_marked(lead: Project) -> None:
    assert dormancy.sweep(date(2026, 3, 25)).warned == 0  # six working days before the last
    assert dormancy.sweep(date(2026, 3, 26)).warned == 1
    dormancy.sweep(RUNS_OUT + DAY)
    told = Message.objects.filter(case_id=lead.pk, topic__in=("project.still", "project.dormant"))
    assert [row.topic for row in told.order_by("id")] == ["project.still", "project.dormant"]
    assert all(row.tells == {"users": [lead.claims.get().by_id]} or row.tells["units"] for row in told)


def test_the_first_receiver_is_told_where_there_is_one(district: District, lead: Project) -> None:
    contact(lead, district.clerk, TODAY)
    dormancy.sweep(RUNS_OUT + DAY)
    assert Message.objects.get(topic="project.dormant").tells == {"users": [district.clerk.pk]}


def test_a_second_sweep_finds_nothing_to_do(lead: Project) -> None:
    for day in (RUNS_OUT - DAY, RUNS_OUT + DAY):
        dormancy.sweep(day)
        assert dormancy.sweep(day) == dormancy.Swept()
    assert kinds(lead).count("project.dormant") == 1


def test_one_sweep_of_many_takes_the_same_statements_as_of_one(district: District, lead: Project) -> None:
    with CaptureQueriesContext(
        connection,
    ) as one:
        dormancy.sweep(RUNS_OUT + DAY)
    for number in range(5):
        row = district.project(f"第{number}个新材料项目")
        actions.reach(
            project=row, milestone="first_talk_registered", by=district.clerk, on=TODAY, produced=True
        )
    with CaptureQueriesContext(connection) as many:
        assert dormancy.sweep(RUNS_OUT + DAY).dormant == 5
    assert len(many) == len(one)


def test_in_chunks_and_at_one_stroke_leave_the_same_rows(district: District, lead: Project) -> None:
    for number in range(4):
        row = district.project(f"第{number}个新材料项目")
        actions.reach(
            project=row, milestone="first_talk_registered", by=district.clerk, on=TODAY, produced=True
        )
    assert dormancy.sweep(RUNS_OUT + DAY, chunk=2).dormant == 5
    assert Event.objects.filter(kind="project.dormant").count() == 5
    assert Message.objects.filter(topic="project.dormant").count() == 5


@pytest.mark.parametrize("word", ["contact", "phase", "money"])
def test_a_movement_wakes_a_dormant_lead(district: District, lead: Project, word: str) -> None:
    dormancy.sweep(RUNS_OUT + DAY)
    day = RUNS_OUT + 5 * DAY
    if word == "contact":
        contact(lead, district.clerk, day)
    elif word == "money":
        actions.set_money(project=lead, measure="total", raw="20亿元", by=district.clerk, on=day)
    else:
        actions.advance(project=lead, by=district.clerk, on=day)
    row = again(lead)
    assert (row.dormant_on, row.moved_on) == (None, day)
    assert "project.woken" in kinds(lead)


def test_editing_is_no_movement(district: District, lead: Project) -> None:
    dormancy.sweep(RUNS_OUT + DAY)
    actions.edit(project=lead, by=district.clerk, on=RUNS_OUT + 2 * DAY, changes={"site": "李渡"})
    assert again(lead).dormant_on == RUNS_OUT + DAY


def test_what_is_recorded_late_wakes_only_if_it_would_have_kept_the_lead_awake(
    district: District, lead: Project
) -> None:
    dormancy.sweep(date(2026, 5, 20))
    contact(lead, district.clerk, TODAY + DAY)
    assert again(lead).dormant_on == date(2026, 5, 20)
    contact(lead, district.clerk, date(2026, 4, 25))
    assert again(lead).dormant_on is None


def test_an_older_day_never_takes_the_place_of_a_later_one(district: District, lead: Project) -> None:
    contact(lead, district.clerk, TODAY + 9 * DAY)
    contact(lead, district.clerk, TODAY + 2 * DAY)
    assert again(lead).moved_on == TODAY + 9 * DAY


def test_a_movement_takes_the_warning_back_and_a_later_one_comes_again(
    district: District, lead: Project
) -> None:
    dormancy.sweep(RUNS_OUT - DAY)
    contact(lead, district.clerk, RUNS_OUT)
    assert again(lead).still_warned_on is None
    assert dormancy.sweep(date(2026, 4, 30)).warned == 1


def test_an_explanation_holds_for_the_limit_again_unless_it_says_less(
    district: District, lead: Project
) -> None:
    row = actions.explain_stillness(project=lead, by=district.clerk, on=RUNS_OUT, reason="企业内部重组")
    assert row.until == date(2026, 5, 2)
    shorter = actions.explain_stillness(
        project=lead, by=district.clerk, on=RUNS_OUT, reason="等待环评", until=date(2026, 4, 20)
    )
    assert (again(lead).explained_until, shorter.unit) == (date(2026, 4, 20), district.bureau)
    assert StillnessExplanation.objects.filter(project=lead).count() == 2


def test_an_explained_lead_is_marked_only_when_the_explanation_has_run_out(
    district: District, lead: Project
) -> None:
    actions.explain_stillness(project=lead, by=district.clerk, on=RUNS_OUT, reason="企业内部重组")
    assert dormancy.sweep(date(2026, 5, 2)).dormant == 0
    assert again(lead).still_warned_on is not None
    assert dormancy.sweep(date(2026, 5, 3)).dormant == 1


def test_an_explanation_wakes_a_dormant_lead(district: District, lead: Project) -> None:
    dormancy.sweep(RUNS_OUT + DAY)
    actions.explain_stillness(project=lead, by=district.clerk, on=RUNS_OUT + DAY, reason="企业内部重组")
    assert again(lead).dormant_on is None
    assert kinds(lead)[-1] == "project.stillness_explained_awake"
    assert dormancy.sweep(RUNS_OUT + 2 * DAY).dormant == 0


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": "长" * 301}, "reason"),
        ({"until": date(2026, 6, 30)}, "until"),
        ({"until": TODAY}, "until"),
        ({"today": RUNS_OUT - DAY}, "on"),
    ],
)
def test_an_explanation_that_says_nothing_or_reaches_too_far_is_refused(
    district: District, lead: Project, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        actions.explain_stillness(
            **{"project": lead, "by": district.clerk, "on": RUNS_OUT, "reason": "重组"} | said
        )
    assert [item.field for item in refused.value.unmet] == [field]
    assert not StillnessExplanation.objects.exists()


def test_another_unit_cannot_explain(district: District, lead: Project) -> None:
    stranger = district.person("park_clerk", "baitao-park")
    with pytest.raises(Refused) as refused:
        actions.explain_stillness(project=lead, by=stranger, on=RUNS_OUT, reason="重组")
    assert refused.value.status == "forbidden"


def test_a_signed_project_is_not_watched(district: District, lead: Project) -> None:
    Project.objects.filter(pk=lead.pk).update(batch="signed")
    assert dormancy.sweep(RUNS_OUT + DAY).dormant == 0
    with pytest.raises(Refused) as refused:
        actions.explain_stillness(project=lead, by=district.clerk, on=RUNS_OUT, reason="重组")
    assert refused.value.codes == ["not_watched"]


def test_shelved_and_given_up_leads_are_left_out_and_counted_anew_when_taken_up(
    district: District, lead: Project
) -> None:
    dormancy.sweep(RUNS_OUT + DAY)
    actions.shelve(
        project=lead, by=district.head, on=RUNS_OUT + DAY, reason="资金未落实", approved_by=district.clerk
    )
    assert again(lead).dormant_on is None
    assert dormancy.sweep(date(2026, 9, 1)) == dormancy.Swept()
    actions.resume(project=lead, by=district.head, on=date(2026, 9, 1))
    assert again(lead).moved_on == date(2026, 9, 1)
    actions.exit_project(project=lead, by=district.head, on=date(2026, 9, 2), reason="企业放弃")
    assert dormancy.sweep(date(2027, 9, 1)) == dormancy.Swept()


def test_waking_by_hand_wants_a_dormant_lead_a_reason_and_a_right(district: District, lead: Project) -> None:
    day = RUNS_OUT + DAY
    with pytest.raises(Refused) as refused:
        actions.wake(project=lead, by=district.clerk, on=day, reason="企业来电")
    assert refused.value.codes == ["not_dormant"]
    dormancy.sweep(day)
    for by, on, reason, status in (
        (district.clerk, day, "", "invalid"),
        (district.clerk, RUNS_OUT, "企业来电", "invalid"),
        (district.person("leader", "investment-bureau"), day, "企业来电", "forbidden"),
    ):
        with pytest.raises(Refused) as refused:
            actions.wake(project=lead, by=by, on=on, reason=reason)
        assert refused.value.status == status
    assert actions.wake(project=lead, by=district.clerk, on=day, reason="企业来电").moved_on == day
    assert again(lead).dormant_on is None


def test_a_dormant_lead_stays_in_every_list(district: District, lead: Project) -> None:
    from projects.queries import LedgerFilter, ledger

    dormancy.sweep(RUNS_OUT + DAY)
    assert lead in ledger(district.clerk, LedgerFilter())
    assert lead in ledger(district.clerk, LedgerFilter(stillness="dormant"))


def test_bounds_are_the_limit_turned_round(district: District) -> None:
    for rule in district.rules.dormancy:
        for day in (date(2026, 3, 31), date(2026, 5, 31), date(2026, 10, 9)):
            found = stillness.bounds(rule, day)
            assert (
                stillness.last_day(rule, found.dormant) < day <= stillness.last_day(rule, found.dormant + DAY)
            )


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel("2026-03-02T02:00:00Z", tick=False):
        yield
