"""交办 from issue to closing: who may, in which order, and what the clock does."""

from datetime import date, timedelta

import pytest

from accounts.models import User
from assignments import actions, handing
from assignments.models import Assignment, State
from cases.models import Event, Part
from cases.visibility import sees
from deadlines.models import Deadline
from kernel.refusals import Refused
from notices.models import Message
from projects.models import Project
from tests import factories as make
from tests import lives

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
LATER = TODAY + timedelta(days=10)


@pytest.fixture
def project() -> Project:
    return lives.registered()


@pytest.fixture
def clerk() -> User:
    return lives.clerk()


@pytest.fixture
def reviewer() -> User:
    return make.user("reviewer", unit=make.unit("finance", name="区财政局"))


def issued(project: Project, by: User, to: User, **more) -> Assignment:
    fields = {"kind": "problem", "title": "协调用气指标", "due_on": LATER} | more
    unit = to.memberships.get().unit
    return actions.issue(case=project.case, unit=unit, by=by, on=TODAY, **fields)


def kinds(row: Assignment) -> list[str]:
    events = Event.objects.filter(case=row.case, kind__startswith="assignment.").order_by("id")
    return [event.kind.removeprefix("assignment.") for event in events]


def test_a_duty_goes_its_whole_way(project, clerk, reviewer) -> None:
    row = issued(project, clerk, reviewer)
    row = actions.accept(assignment=row, by=reviewer, on=TODAY)
    row = actions.report(assignment=row, report="指标已落实", by=reviewer, on=TODAY + timedelta(days=3))
    row = actions.close(assignment=row, by=clerk, on=TODAY + timedelta(days=4), note="属实")
    row = Assignment.objects.get(pk=row.pk)
    assert (row.state, row.reported_by, row.ended_by, row.ended_note) == ("closed", reviewer, clerk, "属实")
    assert kinds(row) == ["issued", "accepted", "reported", "closed"]
    assert lives.clock_of(row).met_on == TODAY + timedelta(days=3)


def test_being_asked_opens_the_case_to_the_unit_and_only_once(project, clerk, reviewer) -> None:
    assert not sees(reviewer, project.pk)
    issued(project, clerk, reviewer)
    issued(project, clerk, reviewer, title="再报一项")
    assert sees(reviewer, project.pk)
    assert Part.objects.filter(case=project.case, unit=reviewer.memberships.get().unit).count() == 1


def test_a_person_without_unit_wide_sight_sees_the_case_when_named(project, clerk) -> None:
    person = make.user("commissioner", unit=make.unit("baitao-park", kind="park"))
    row = issued(project, clerk, person, user=person)
    assert sees(person, project.pk)
    assert actions.accept(assignment=row, by=person, on=TODAY).state == State.ACCEPTED


def test_the_due_day_chosen_is_the_due_day_of_the_clock_with_the_ladder_of_the_pack(
    project, clerk, reviewer
) -> None:
    clock = lives.clock_of(issued(project, clerk, reviewer))
    assert clock.due_on == LATER
    assert clock.responsible_unit == reviewer.memberships.get().unit
    assert set(clock.alarms.values_list("level", flat=True)) == {"yellow", "red", "supervise", "bulletin"}


def test_the_unit_and_the_issuer_hear_of_it(project, clerk, reviewer) -> None:
    row = issued(project, clerk, reviewer)
    actions.report(assignment=row, report="已办", by=reviewer, on=TODAY)
    told = list(
        Message.objects.filter(topic__startswith="assignment.").order_by("id").values_list("tells", flat=True)
    )
    assert told == [{"units": [row.unit_id]}, {"users": [clerk.pk]}]


@pytest.mark.parametrize("bad", ["", "   "])
def test_a_report_without_words_is_refused(project, clerk, reviewer, bad) -> None:
    row = issued(project, clerk, reviewer)
    with pytest.raises(Refused) as refused:
        actions.report(assignment=row, report=bad, by=reviewer, on=TODAY)
    assert refused.value.status == "invalid"


def test_evidence_of_another_case_is_refused(project, clerk, reviewer) -> None:
    other = lives.registered(by=clerk, name="别的项目")
    row = issued(project, clerk, reviewer)
    with pytest.raises(Refused, match="不在本档案中"):
        paper = lives.paper(other, "other", clerk)
        actions.report(assignment=row, report="已办", by=reviewer, on=TODAY, evidence=paper)


def test_another_unit_can_neither_accept_nor_report(project, clerk, reviewer) -> None:
    row = issued(project, clerk, reviewer)
    stranger = make.user("reviewer")
    for act in (
        lambda: actions.accept(assignment=row, by=stranger, on=TODAY),
        lambda: actions.report(assignment=row, report="我办的", by=stranger, on=TODAY),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.status == "forbidden"


def test_the_answerable_unit_cannot_strike_off_its_own_duty(project, clerk) -> None:
    park_clerk = make.user("park_clerk", unit=make.unit("baitao-park", kind="park"))
    row = issued(project, clerk, park_clerk)
    actions.report(assignment=row, report="已办", by=park_clerk, on=TODAY)
    with pytest.raises(Refused) as refused:
        actions.close(assignment=row, by=park_clerk, on=TODAY)
    assert refused.value.status == "forbidden"


def test_accepting_twice_tells_the_second_one_how_it_stands(project, clerk, reviewer) -> None:
    row = issued(project, clerk, reviewer)
    actions.accept(assignment=row, by=reviewer, on=TODAY)
    with pytest.raises(Refused, match="办理中") as refused:
        actions.accept(assignment=row, by=reviewer, on=TODAY)
    assert refused.value.status == "conflict"


def test_what_is_not_reported_cannot_be_struck_off(project, clerk, reviewer) -> None:
    row = issued(project, clerk, reviewer)
    with pytest.raises(Refused) as refused:
        actions.close(assignment=row, by=clerk, on=TODAY)
    assert refused.value.unmet[0].code == "wrong_state"


def test_a_report_sent_back_runs_against_the_same_clock_again(project, clerk, reviewer) -> None:
    row = issued(project, clerk, reviewer)
    actions.report(assignment=row, report="已办", by=reviewer, on=TODAY)
    row = actions.return_(assignment=row, reason="缺佐证", by=clerk, on=TODAY + timedelta(days=1))
    assert (row.state, row.returned_times, row.report) == (State.ISSUED, 1, "")
    clock = lives.clock_of(row)
    assert clock.is_open
    assert clock.due_on == LATER


def test_what_is_not_its_own_a_unit_gives_back_and_another_gets_it(project, clerk, reviewer) -> None:
    row = issued(project, clerk, reviewer)
    row = actions.return_(assignment=row, reason="不属本单位职责", by=reviewer, on=TODAY)
    assert row.state == State.RETURNED
    other = make.unit("gas-company", kind="utility", name="涪陵燃气公司")
    row = actions.reissue(assignment=row, unit=other, due_on=LATER, by=clerk, on=TODAY + timedelta(days=1))
    assert (row.state, row.unit) == (State.ISSUED, other)
    clocks = Deadline.objects.filter(case=project.case).order_by("id")
    assert [clock.is_open for clock in clocks] == [False, True]


def test_a_revoked_duty_stops_its_clock(project, clerk, reviewer) -> None:
    row = issued(project, clerk, reviewer)
    row = actions.revoke(assignment=row, reason="企业已自行解决", by=clerk, on=TODAY)
    assert row.state == State.REVOKED
    assert not lives.clock_of(row).is_open
    with pytest.raises(Refused):
        actions.revoke(assignment=row, reason="再撤一次", by=clerk, on=TODAY)


@pytest.mark.parametrize(
    ("kind", "role", "allowed"),
    [
        ("instruction", "leader", True),
        ("instruction", "bureau_clerk", False),
        ("supervise", "inspector", True),
        ("supervise", "bureau_head", False),
        ("task", "bureau_clerk", True),
        ("task", "leader", True),
        ("task", "reviewer", False),
        ("task", "system_admin", False),
        ("task", "commissioner", False),
    ],
)
def test_each_kind_is_issued_by_those_whom_the_table_of_roles_names(
    project, reviewer, kind, role, allowed
) -> None:
    by = make.user(role, unit=lives.bureau())
    if allowed:
        assert issued(project, by, reviewer, kind=kind).issued_by == by
        return
    with pytest.raises(Refused) as refused:
        issued(project, by, reviewer, kind=kind)
    assert refused.value.status == "forbidden"


def test_an_instruction_is_struck_off_by_its_leader_or_an_inspector_not_by_the_bureau(
    project, reviewer
) -> None:
    leader = make.user("leader", unit=make.unit("district-government", kind="leadership"))
    row = issued(project, leader, reviewer, kind="instruction")
    actions.report(assignment=row, report="已落实批示", by=reviewer, on=TODAY)
    with pytest.raises(Refused):
        actions.close(assignment=row, by=lives.clerk("bureau_head"), on=TODAY)
    assert actions.close(assignment=row, by=leader, on=TODAY).state == State.CLOSED


def test_a_case_out_of_sight_cannot_be_given_duties(project, reviewer) -> None:
    foreign = make.user("park_clerk", unit=make.unit("other-park", kind="park"))
    with pytest.raises(Refused, match="看不到"):
        issued(project, foreign, reviewer)


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " "), ("kind", "gossip"), ("due_on", TODAY), ("due_on", date(2026, 1, 1))],
)
def test_nonsense_is_refused_with_the_field_at_fault(project, clerk, reviewer, field, value) -> None:
    with pytest.raises(Refused) as refused:
        issued(project, clerk, reviewer, **{field: value})
    assert refused.value.unmet[0].field == field
    assert not Assignment.objects.exists()


def test_a_unit_no_longer_in_force_is_refused(project, clerk) -> None:
    gone = make.unit("old-park", kind="park", valid_to=date(2024, 1, 1))
    with pytest.raises(Refused, match="承继"):
        actions.issue(case=project.case, kind="task", unit=gone, title="x", by=clerk, on=TODAY)


def test_open_duties_pass_to_the_successor_with_one_event(project, clerk) -> None:
    park = make.unit("baitao-park", kind="park")
    old, new = make.user("commissioner", unit=park), make.user("commissioner", unit=park)
    first, second = (issued(project, clerk, old, user=old, title=t) for t in ("一", "二"))
    actions.report(assignment=second, report="完成", by=old, on=TODAY)
    actions.close(assignment=second, by=clerk, on=TODAY)
    moved = handing.hand_over(case=project.case, old=old, new=new, unit=park, by=clerk, on=TODAY)
    first.refresh_from_db(fields=["user"])
    second.refresh_from_db(fields=["user"])
    assert (moved, first.user, second.user) == (1, new, old)
    assert kinds(first).count("handed_over") == 1
