"""Who sees which case: every role against every relation to the case."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.access import memberships
from accounts.models import User
from accounts.roles import ROLES, Role, Scope
from cases.models import Case, Part
from cases.visibility import sees
from kernel.clock import today
from tests import factories as make

pytestmark = pytest.mark.django_db

RELATIONS = ("none", "unit", "unit_ended", "person", "person_ended", "other_division")
SEEN: dict[Scope, set[str]] = {
    Scope.DISTRICT: {"none", "unit", "unit_ended", "person", "person_ended"},
    Scope.UNIT: {"unit", "person"},
    Scope.PERSON: {"person"},
    Scope.NONE: set(),
}


def related(person: User, relation: str) -> Case:
    """A case to which the person stands in this relation."""
    yesterday = today() - timedelta(days=1)
    row = make.case(division="500103" if relation == "other_division" else make.DIVISION)
    make.part(row, "lead", make.unit("somebody-else"))
    if relation.startswith("unit"):
        make.part(
            row, "landing", memberships(person)[0].unit, until=yesterday if "ended" in relation else None
        )
    if relation.startswith("person"):
        make.part(row, "commissioner", person, until=yesterday if "ended" in relation else None)
    return row


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_what_its_scope_says_and_nothing_more(role: Role, relation: str) -> None:
    person = make.user(role)
    row = related(person, relation)
    expected = relation in SEEN[ROLES[role].scope]
    assert sees(person, row.pk) is expected
    assert Part.objects.visible_to(person).filter(case=row).exists() is expected


def test_a_case_with_several_parts_of_my_unit_is_listed_once() -> None:
    park = make.unit(kind="park")
    row = make.case(parts={"landing": park, "introducing": park})
    assert list(Case.objects.visible_to(make.user("park_clerk", unit=park))) == [row]


def test_a_city_unit_sees_all_districts_of_the_city() -> None:
    city = make.unit(level="city", division_code="500100")
    row, elsewhere = make.case(division="500103"), make.case(division="510104")
    assert list(Case.objects.visible_to(make.user("leader", unit=city))) == [row]
    assert elsewhere.pk


def test_a_unit_without_division_code_opens_no_district() -> None:
    nowhere = make.unit(division_code="")
    make.case()
    assert not Case.objects.visible_to(make.user("leader", unit=nowhere)).exists()


def test_nobody_and_strangers_see_nothing() -> None:
    row = make.case()
    assert not sees(AnonymousUser(), row.pk)
    assert not sees(make.user(), row.pk)


def test_a_disabled_user_sees_nothing() -> None:
    row = make.case()
    assert not sees(make.user("bureau_clerk", is_active=False), row.pk)


def test_an_ended_membership_opens_nothing_on_its_first_day_without() -> None:
    row, person = make.case(), make.user()
    held = make.member(person, "bureau_clerk", until=today() + timedelta(days=1))
    assert sees(person, row.pk)
    held.valid_to = today()
    held.save()
    assert not sees(User.objects.get(pk=person.pk), row.pk)


def test_two_roles_add_up() -> None:
    park = make.unit(kind="park")
    person = make.user("park_clerk", unit=park)
    make.member(person, "commissioner", park)
    mine, ours, neither = make.case(parts={"x": person}), make.case(parts={"landing": park}), make.case()
    assert set(Case.objects.visible_to(person)) == {mine, ours}
    assert neither.pk


def test_memberships_are_read_once_for_all_filters_of_a_request(django_assert_num_queries) -> None:
    person = make.user("park_clerk")
    with django_assert_num_queries(3):  # memberships, and the two lists: no unit was succeeded
        list(Case.objects.visible_to(person))
        list(Part.objects.visible_to(person))


def test_who_works_in_the_successor_sees_the_cases_of_the_unit_that_ended() -> None:
    yesterday = today() - timedelta(days=1)
    heir = make.unit()
    middle = make.unit(valid_to=yesterday, successor=heir)
    old = make.unit(valid_to=yesterday, successor=middle)
    row, other = make.case(parts={"opinion": old}), make.case(parts={"opinion": make.unit()})
    reviewer = make.user("reviewer", unit=heir)
    assert list(Case.objects.visible_to(reviewer)) == [row]
    assert other.pk


def test_a_successor_named_for_later_sees_nothing_before() -> None:
    heir = make.unit()
    old = make.unit(valid_to=today(), successor=heir)
    make.case(parts={"opinion": old})
    assert not Case.objects.visible_to(make.user("reviewer", unit=heir)).exists()
