"""Exactly one commissioner for each landed project, and a hand-over that loses nothing."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Unit, User
from assignments.models import Assignment
from cases.models import Event, Part
from deadlines.models import Deadline
from kernel.refusals import Refused
from projects.models import Project, ReachedMilestone
from service import actions
from service.models import HandOver
from service.queries import standing
from tests import factories as make
from tests import lives

pytestmark = pytest.mark.django_db
NAMED = date(2026, 2, 12)
MOVED = date(2026, 3, 2)


@pytest.fixture
def park() -> Unit:
    return make.unit("baitao-park", kind="park", name="白涛工业园区")


@pytest.fixture
def project(park) -> Project:
    return lives.signed(park=park)


@pytest.fixture
def person(park) -> User:
    return make.user("commissioner", unit=park, name="周敏")


@pytest.fixture
def park_clerk(park) -> User:
    return make.user("park_clerk", unit=park)


def name(project: Project, person: User, by: User, on: date = NAMED, **more) -> Part:
    unit = more.pop("unit", None) or person.memberships.get().unit
    return actions.name_commissioner(project=project, user=person, unit=unit, by=by, on=on, **more)


def codes(refused) -> list[str]:
    return [item.code for item in refused.value.unmet]


def test_naming_reaches_the_milestone_and_strikes_off_the_task(project, person, park_clerk) -> None:
    name(project, person, park_clerk)
    assert ReachedMilestone.objects.get(project=project, code="service_commissioner_named").on == NAMED
    task = Assignment.objects.get(case=project.case, rule="name_commissioner")
    assert (task.state, lives.clock_of(task).met_on) == ("closed", NAMED)
    assert Event.objects.filter(case=project.case, kind="service.commissioner_named").count() == 1


def test_the_next_task_of_the_plan_goes_to_the_commissioner_in_person(project, person, park_clerk) -> None:
    name(project, person, park_clerk)
    duty = Assignment.objects.get(case=project.case, rule="element_matching")
    assert (duty.user, lives.clock_of(duty).responsible_user) == (person, person)


def test_before_signing_it_is_refused_with_the_clause(park, person) -> None:
    clerk = lives.clerk()
    project = lives.ready_to_sign(clerk, park)
    with pytest.raises(Refused) as refused:
        name(project, person, clerk)
    assert codes(refused) == ["milestone:signed"]
    assert refused.value.unmet[0].clause
    assert not Part.objects.filter(part="commissioner").exists()


def test_a_second_one_is_refused_and_changes_nothing(project, park, person, park_clerk) -> None:
    name(project, person, park_clerk)
    other = make.user("commissioner", unit=park)
    with pytest.raises(Refused) as refused:
        name(project, other, park_clerk)
    assert (refused.value.status, codes(refused)) == ("conflict", ["already_named"])
    assert Part.objects.get(part="commissioner").user == person


@pytest.mark.parametrize("exclusive", [True, False])
def test_the_database_itself_keeps_a_second_one_out(project, park, person, park_clerk, exclusive) -> None:
    name(project, person, park_clerk)
    other = make.user("commissioner", unit=park)
    fields = {"case": project.case, "part": "commissioner", "unit": park, "user": other}
    with pytest.raises(IntegrityError), transaction.atomic():
        Part.objects.create(**fields, exclusive=exclusive, valid_from=NAMED)


def test_a_person_of_another_park_is_refused_with_the_clause(project, park_clerk) -> None:
    stranger = make.user("commissioner", unit=make.unit("qingxi-park", kind="park"))
    with pytest.raises(Refused) as refused:
        name(project, stranger, park_clerk)
    assert (codes(refused), refused.value.unmet[0].clause) == (["not_service_body"], "三(四)8")


def test_a_township_named_as_service_body_takes_over_from_the_park(project, person, park_clerk) -> None:
    town = make.unit("lidu-street", kind="township", name="李渡街道")
    Part.objects.create(
        case=project.case, part="service_body", unit=town, exclusive=True, valid_from=lives.SIGNED_ON
    )
    with pytest.raises(Refused, match="李渡街道"):
        name(project, person, park_clerk)
    theirs = make.user("commissioner", unit=town)
    assert name(project, theirs, lives.clerk()).unit == town


def test_whoever_is_no_commissioner_that_day_cannot_be_named(project, park, park_clerk) -> None:
    clerk_only = make.user("park_clerk", unit=park)
    later = make.user()
    make.member(later, "commissioner", park, since=date(2026, 4, 1))
    for somebody in (clerk_only, later):
        with pytest.raises(Refused) as refused:
            name(project, somebody, park_clerk, unit=park)
        assert codes(refused) == ["no_commissioner"]


@pytest.mark.parametrize("role", ["reviewer", "leader", "inspector", "commissioner", "system_admin"])
def test_roles_that_do_not_name_are_refused(project, park, person, role) -> None:
    with pytest.raises(Refused) as refused:
        name(project, person, make.user(role, unit=park))
    assert refused.value.status == "forbidden"


def test_the_introducing_park_does_not_name_for_the_one_where_it_settles(project, person) -> None:
    other = make.unit("linjiang", kind="park")
    make.part(project.case, "supporting", other)
    with pytest.raises(Refused, match="服务主体"):
        name(project, person, make.user("park_clerk", unit=other))


def test_a_day_in_the_future_is_refused(project, person, park_clerk) -> None:
    with pytest.raises(Refused) as refused:
        name(project, person, park_clerk, on=MOVED, today=NAMED)
    assert refused.value.unmet[0].field == "on"


def test_a_hand_over_ends_the_old_one_the_day_before_and_moves_every_open_duty(
    project, park, person, park_clerk
) -> None:
    name(project, person, park_clerk)
    heir = make.user("commissioner", unit=park, name="吴强")
    row = actions.hand_over(
        project=project, to_user=heir, unit=park, by=park_clerk, on=MOVED, reason="岗位调整"
    )
    assert (row.from_part.valid_to, row.to_part.valid_from) == (date(2026, 3, 1), MOVED)
    assert (row.deadlines_moved, row.assignments_moved) == (1, 1)
    assert not Deadline.objects.filter(responsible_user=person).open().exists()
    assert Assignment.objects.get(rule="element_matching").user == heir
    assert Deadline.history.filter(responsible_user=heir).count() == 1


def test_the_old_commissioner_no_longer_sees_the_case(project, park, person, park_clerk) -> None:
    name(project, person, park_clerk)
    heir = make.user("commissioner", unit=park)
    actions.hand_over(project=project, to_user=heir, unit=park, by=park_clerk, on=MOVED, reason="调岗")
    assert not Project.objects.visible_to(person).exists()
    assert Project.objects.visible_to(heir).get() == project


def test_who_was_named_in_error_passes_it_on_the_same_day(project, park, person, park_clerk) -> None:
    name(project, person, park_clerk)
    heir = make.user("commissioner", unit=park)
    row = actions.hand_over(project=project, to_user=heir, unit=park, by=park_clerk, on=NAMED, reason="误选")
    assert (row.from_part.valid_to, row.to_part.valid_from) == (NAMED, NAMED)
    assert Part.objects.get(case=project.case, part="commissioner", valid_to=None).user == heir


@pytest.mark.parametrize(
    ("change", "field"),
    [({"reason": " "}, "reason"), ({"on": NAMED - timedelta(days=1)}, "on"), ({"to_user": None}, "user")],
)
def test_a_hand_over_without_sense_is_refused(project, park, person, park_clerk, change, field) -> None:
    name(project, person, park_clerk)
    fields = {"to_user": make.user("commissioner", unit=park), "on": MOVED, "reason": "调岗"} | change
    fields["to_user"] = fields["to_user"] or person
    with pytest.raises(Refused) as refused:
        actions.hand_over(project=project, unit=park, by=park_clerk, **fields)
    assert refused.value.unmet[0].field == field
    assert not HandOver.objects.exists()


def test_nobody_hands_over_where_nobody_is(project, park, person, park_clerk) -> None:
    with pytest.raises(Refused) as refused:
        actions.hand_over(project=project, to_user=person, unit=park, by=park_clerk, on=MOVED, reason="x")
    assert codes(refused) == ["none_named"]


def test_after_a_withdrawn_milestone_the_standing_commissioner_stays_and_is_not_missing(
    project, person, park_clerk
) -> None:
    assert standing(project).missing
    name(project, person, park_clerk)
    assert not standing(project).missing


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_name_at_the_same_moment_leave_one_commissioner(park) -> None:
    project = lives.signed(park=park)
    people = [make.user("commissioner", unit=park) for _ in range(2)]
    clerks = [make.user("park_clerk", unit=park) for _ in range(2)]
    gate, outcomes = threading.Barrier(2), []

    def run(person: User, by: User) -> None:
        try:
            gate.wait()
            name(project, person, by)
            outcomes.append("named")
        except Refused as refused:
            outcomes.append(refused.status)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(people, clerks, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "named"]
    assert Part.objects.filter(case=project.case, part="commissioner", valid_to__isnull=True).count() == 1
