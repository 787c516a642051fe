"""Filling, passing on and ending a post: one door, nothing left behind, never two where the plan wants
one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from assignments import actions as assignments
from assignments.models import Assignment
from cases.models import Event, Part
from deadlines.models import Deadline
from kernel.refusals import Refused
from notices.models import Message
from projects import actions as projects
from projects.models import Project
from service.models import HandOver
from service.team import actions
from tests.factories import TODAY
from tests.service.district import NEXT, OPTIMISATION, Served, signed

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=10)


@pytest.fixture
def found() -> Served:
    return signed()


def fill(found: Served, post: str, unit: str, user: User | None = None, **more) -> Part:
    said = {"by": found.clerk, "on": TODAY, "today": NEXT} | more
    return actions.fill(project=found.project, post=post, unit=found.unit(unit), user=user, **said)


def codes(refused) -> list[str]:
    return [item.code for item in refused.value.unmet]


def guarantee(found: Served) -> Part:
    return fill(found, "lead_department", "economy-information")


def test_filling_a_post_meets_its_clock_and_opens_the_case_to_the_unit(found) -> None:
    part = guarantee(found)
    clock = Deadline.objects.get(case=found.project.case, rule="post:lead_department")
    assert clock.met_on == TODAY
    assert part.exclusive
    reader = found.person("reviewer", "economy-information")
    assert Project.objects.visible_to(reader).filter(pk=found.project.pk).exists()


def test_the_one_who_takes_it_hears_of_it(found) -> None:
    leader = found.person("leader", "district-government")
    part = fill(found, "city_leader", "district-government", leader)
    message = Message.objects.get(key=f"post:{part.pk}")
    assert message.tells == {"users": [leader.pk]}
    assert "一名市领导" in message.text


def test_a_second_holder_of_a_post_of_one_is_refused_and_nothing_changes(found) -> None:
    first = guarantee(found)
    with pytest.raises(Refused) as refused:
        fill(found, "lead_department", "commerce")
    assert (refused.value.status, codes(refused)) == ("conflict", ["already_filled"])
    assert refused.value.unmet[0].clause == "四(一)"
    assert found.holder("guarantee") == first


def test_the_database_itself_keeps_a_second_one_out(found) -> None:
    guarantee(found)
    with pytest.raises(IntegrityError), transaction.atomic():
        Part.objects.create(
            case=found.project.case, part="guarantee", unit=found.unit("commerce"), exclusive=True,
            valid_from=TODAY,
        )  # fmt: skip


def test_several_may_hold_a_post_of_several_but_each_once() -> None:
    found = signed(OPTIMISATION, total="12亿元")
    people = [found.person("bureau_clerk", "investment-bureau") for _ in range(3)]
    for person in people:
        fill(found, "group", "investment-bureau", person)
    assert Part.objects.filter(part="leading_group", valid_to=None).count() == len(people)
    assert Deadline.objects.get(rule="post:group").met_on == TODAY
    with pytest.raises(Refused) as refused:
        fill(found, "group", "investment-bureau", people[0])
    assert codes(refused) == ["already_filled"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"post": "city_leader", "unit": "district-government"}, "user"),
        ({"post": "city_leader", "unit": "commerce"}, "unit"),
        ({"post": "nobody", "unit": "commerce"}, "post"),
        ({"post": "lead_department", "unit": "commerce", "on": NEXT, "today": TODAY}, "on"),
    ],
)
def test_what_will_not_do_is_refused_at_its_field(found, said, field) -> None:
    leader = found.person("leader", "commerce") if said["unit"] == "commerce" else None
    with pytest.raises(Refused) as refused:
        fill(found, user=leader if said["post"] == "city_leader" else None, **said)
    assert (refused.value.status, refused.value.unmet[0].field) == ("invalid", field)


def test_a_person_who_does_not_work_in_the_unit_is_refused(found) -> None:
    stranger = found.person("leader", "district-party-committee")
    with pytest.raises(Refused) as refused:
        fill(found, "city_leader", "district-government", stranger)
    assert codes(refused) == ["not_of_unit"]


def test_what_a_paper_fills_is_not_filled_by_a_person_and_the_link_leads_to_the_upload(found) -> None:
    with pytest.raises(Refused) as refused:
        fill(found, "work_plan", "commerce")
    assert codes(refused) == ["filled_by_paper"]
    assert refused.value.unmet[0].url.endswith("?kind=service_plan")


@pytest.mark.parametrize("role", ["reviewer", "leader", "inspector", "commissioner", "system_admin"])
def test_roles_that_give_no_parts_are_refused(found, role) -> None:
    guarantee(found)
    with pytest.raises(Refused) as refused:
        fill(found, "city_leader", "district-government", by=found.person(role, "economy-information"))
    assert refused.value.status == "forbidden"


def test_a_park_that_only_settles_the_project_does_not_name_the_leader(found) -> None:
    leader = found.person("leader", "district-government")
    with pytest.raises(Refused) as refused:
        fill(
            found,
            "city_leader",
            "district-government",
            leader,
            by=found.person("park_clerk", found.park.code),
        )
    assert codes(refused) == ["not_setter"]


def test_the_commissioner_is_named_by_the_same_door(found) -> None:
    person = found.person("commissioner", found.park.code)
    fill(found, "agent", found.park.code, person, by=found.person("park_clerk", found.park.code))
    assert Deadline.objects.get(case=found.project.case, rule="post:agent").met_on == TODAY
    assert Event.objects.filter(kind="service.commissioner_named").count() == 1


def test_whoever_takes_over_a_post_takes_every_open_duty_and_clock(found) -> None:
    old = guarantee(found)
    duty = assignments.issue(
        case=found.project.case, kind="task", unit=old.unit, title="制定两单一表", by=found.clerk, on=TODAY,
        due_on=LATER,
    )  # fmt: skip
    row = actions.replace(
        project=found.project,
        part=old,
        unit=found.unit("commerce"),
        by=found.clerk,
        on=NEXT,
        reason="机构调整",
    )
    duty = Assignment.objects.get(pk=duty.pk)
    assert (duty.unit.code, row.assignments_moved, row.deadlines_moved) == ("commerce", 1, 1)
    clock = Deadline.objects.get(pk=duty.deadline_id or 0)
    assert clock.responsible_unit == found.unit("commerce")
    old.refresh_from_db()
    assert (old.valid_to, found.holder("guarantee")) == (TODAY, row.to_part)
    assert Event.objects.filter(kind="team.passed_on").count() == 1


def test_duties_of_a_person_pass_to_the_person_who_follows() -> None:
    found = signed(OPTIMISATION)
    first, heir = (found.person("bureau_clerk", "investment-bureau") for _ in range(2))
    old = fill(found, "secretary", "investment-bureau", first)
    duty = assignments.issue(
        case=found.project.case, kind="task", unit=old.unit, user=first, title="填续回执单",
        by=found.district.head, on=TODAY, due_on=LATER,
    )  # fmt: skip
    actions.replace(
        project=found.project, part=old, unit=old.unit, user=heir, by=found.clerk, on=NEXT, reason="调岗"
    )
    assert Assignment.objects.get(pk=duty.pk).user == heir


def test_a_unit_that_plays_another_working_part_keeps_what_it_has_in_hand(found) -> None:
    old = fill(found, "lead_department", found.park.code)
    duty = assignments.issue(
        case=found.project.case, kind="task", unit=found.park, title="场地平整", by=found.clerk, on=TODAY,
        due_on=LATER,
    )  # fmt: skip
    row = actions.replace(
        project=found.project,
        part=old,
        unit=found.unit("commerce"),
        by=found.clerk,
        on=NEXT,
        reason="分工调整",
    )
    assert (row.assignments_moved, Assignment.objects.get(pk=duty.pk).unit) == (0, found.park)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"on": TODAY - timedelta(days=1)}, "on"),
        ({"unit": "economy-information"}, "unit"),
    ],
)
def test_a_replacement_without_sense_is_refused(found, change, field) -> None:
    old = guarantee(found)
    said = {"unit": "commerce", "on": NEXT, "reason": "调整"} | change
    said["unit"] = found.unit(said["unit"])
    with pytest.raises(Refused) as refused:
        actions.replace(project=found.project, part=old, by=found.clerk, **said)
    assert refused.value.unmet[0].field == field
    assert not HandOver.objects.exists()


def test_who_was_named_in_error_is_replaced_the_same_day(found) -> None:
    said = {"unit": found.unit("commerce"), "on": TODAY, "reason": "误选"}
    actions.replace(project=found.project, part=guarantee(found), by=found.clerk, **said)
    assert HandOver.objects.get().on == TODAY


def test_what_was_replaced_is_not_replaced_again(found) -> None:
    old = guarantee(found)
    said = {"project": found.project, "by": found.clerk, "reason": "调整"}
    actions.replace(part=old, unit=found.unit("commerce"), on=NEXT, **said)
    with pytest.raises(Refused) as refused:
        actions.replace(part=old, unit=found.unit("finance"), on=NEXT + timedelta(days=1), **said)
    assert codes(refused) == ["part_ended"]


def test_an_ended_post_is_missing_again_and_its_clock_starts_anew(found) -> None:
    old = guarantee(found)
    actions.end(project=found.project, part=old, by=found.clerk, on=NEXT, reason="单位撤并")
    clock = Deadline.objects.open().get(case=found.project.case, rule="post:lead_department")
    assert clock.started_on == NEXT


def test_whoever_still_has_duties_is_replaced_and_not_ended(found) -> None:
    old = guarantee(found)
    assignments.issue(
        case=found.project.case, kind="task", unit=old.unit, title="跟踪进展", by=found.clerk, on=TODAY,
        due_on=LATER,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        actions.end(project=found.project, part=old, by=found.clerk, on=NEXT, reason="调整")
    assert codes(refused) == ["has_duties"]


def test_the_page_of_parts_neither_ends_nor_passes_a_post_with_something_in_hand(found) -> None:
    old = guarantee(found)
    assignments.issue(
        case=found.project.case, kind="task", unit=old.unit, title="跟踪进展", by=found.clerk, on=TODAY,
        due_on=LATER,
    )  # fmt: skip
    said = {"project": found.project, "by": found.clerk, "on": NEXT}
    with pytest.raises(Refused) as refused:
        projects.set_parts(part="guarantee", unit=found.unit("commerce"), **said)
    assert refused.value.unmet[0].url == f"/projects/{found.project.pk}/team/"
    with pytest.raises(Refused) as refused:
        projects.end_part(part=old, reason="x", **said)
    assert codes(refused) == ["by_its_own_action"]
    assert found.holder("guarantee") == old


def test_a_post_given_on_the_page_of_parts_meets_its_clock_all_the_same(found) -> None:
    projects.set_parts(
        project=found.project, part="guarantee", unit=found.unit("commerce"), by=found.clerk, on=TODAY
    )
    assert Deadline.objects.get(case=found.project.case, rule="post:lead_department").met_on == TODAY


def test_the_team_of_a_shelved_project_is_left_as_it_is(found) -> None:
    projects.shelve(
        project=found.project,
        by=found.clerk,
        on=TODAY,
        reason="企业资金未到位",
        approved_by=found.district.head,
    )
    with pytest.raises(Refused) as refused:
        guarantee(found)
    assert codes(refused) == ["shelved"]
