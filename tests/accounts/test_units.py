"""Units are made, corrected, renamed and merged; what was written under the old name stays as it was."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import actions
from accounts.access import units_of
from accounts.actions.units import UnitFields
from accounts.models import AuditEntry, Unit, User
from accounts.succession import unit_by_code
from kernel.clock import today
from kernel.refusals import Refused
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = today()


@pytest.fixture
def admin() -> User:
    return make.user("system_admin")


def fields(**more: Any) -> UnitFields:
    return UnitFields(**({"name": "大数据局", "kind": "department"} | more))


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.unmet[0].code


def test_a_new_unit_is_in_force_from_its_day(admin: User) -> None:
    unit = actions.create_unit(code="big-data", fields=fields(division_code="500102"), by=admin, on=TODAY)
    assert list(Unit.objects.in_force(TODAY).filter(code="big-data")) == [unit]
    assert not Unit.objects.in_force(TODAY - timedelta(days=1)).filter(code="big-data").exists()


@pytest.mark.parametrize(
    ("code", "more", "at"),
    [
        ("taken", {}, "code"),
        ("a b", {}, "code"),
        ("new", {"kind": "castle"}, "kind"),
        ("new", {"division_code": "5001"}, "division_code"),
        ("new", {"name": ""}, "name"),
    ],
)
def test_what_is_wrong_with_a_unit_is_said_at_its_field(
    admin: User, code: str, more: dict[str, str], at: str
) -> None:
    make.unit("taken")
    with pytest.raises(Refused) as refused:
        actions.create_unit(code=code, fields=fields(**more), by=admin, on=TODAY)
    assert [item.field for item in refused.value.unmet] == [at]


def test_a_unit_cannot_stand_below_itself(admin: User) -> None:
    top = make.unit()
    below = make.unit(parent=make.unit(parent=top))
    with pytest.raises(Refused) as refused:
        actions.correct_unit(unit=top, fields=fields(parent=below), reason="x", by=admin)
    assert refused.value.unmet[0].field == "parent"


def test_a_renamed_unit_lives_on_under_the_new_name_with_its_people_and_children(admin: User) -> None:
    old = make.unit("transport-bureau", name="交通局")
    child, clerk = make.unit(parent=old), make.user("reviewer", unit=old)
    new = actions.rename_unit(
        unit=old, code="transport", name="交通运输委", short_name="", reason="机构改革", by=admin, on=TODAY
    )
    old.refresh_from_db()
    assert (old.name, old.valid_to, old.successor) == ("交通局", TODAY - timedelta(days=1), new)
    assert [m.unit for m in clerk.memberships.in_force(TODAY)] == [new]
    assert units_of(User.objects.get(pk=clerk.pk)) == {old.pk, new.pk}
    child.refresh_from_db()
    assert child.parent == new
    kinds = set(AuditEntry.objects.values_list("kind", flat=True))
    assert kinds == {"unit.created", "unit.ended"}


def test_a_merger_moves_people_once_though_they_held_the_role_in_both(admin: User) -> None:
    one, other = make.unit(), make.unit()
    clerk = make.user("reviewer", unit=one)
    make.member(clerk, "reviewer", other)
    actions.end_unit(unit=one, successor=other, reason="合并", by=admin, on=TODAY)
    assert [m.unit for m in clerk.memberships.in_force(TODAY)] == [other]


def test_a_code_in_a_pack_leads_to_whoever_answers_for_it_today(admin: User) -> None:
    old = make.unit("old", valid_from=TODAY - timedelta(days=100))
    middle = actions.rename_unit(
        unit=old, code="middle", name="中", short_name="", reason="x", by=admin, on=TODAY
    )
    later = TODAY + timedelta(days=30)
    new = actions.rename_unit(
        unit=middle, code="new", name="新", short_name="", reason="x", by=admin, on=later
    )
    assert unit_by_code("old", TODAY - timedelta(days=1)) == old
    assert unit_by_code("old", TODAY) == middle
    assert unit_by_code("old", later) == unit_by_code("middle", later) == new
    assert unit_by_code("absent", TODAY) is None


def test_a_unit_that_ended_without_heir_is_nobody() -> None:
    make.unit("gone", valid_to=TODAY - timedelta(days=1))
    assert unit_by_code("gone", TODAY) is None


def test_a_unit_with_people_or_children_does_not_end_without_saying_where_they_go(admin: User) -> None:
    peopled, parent = make.user("reviewer").memberships.get().unit, make.unit()
    make.unit(parent=parent)
    for unit, code in ((peopled, "people_in_it"), (parent, "children_in_force")):
        with pytest.raises(Refused) as refused:
            actions.end_unit(unit=unit, successor=None, reason="撤销", by=admin, on=TODAY)
        assert code_of(refused) == code


@pytest.mark.parametrize("heir", ["itself", "ended"])
def test_an_heir_must_be_another_unit_in_force(admin: User, heir: str) -> None:
    unit = make.unit()
    other = unit if heir == "itself" else make.unit(valid_to=TODAY - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        actions.end_unit(unit=unit, successor=other, reason="x", by=admin, on=TODAY)
    assert refused.value.unmet[0].field == "successor"


def test_a_unit_ends_once(admin: User) -> None:
    unit = make.unit()
    actions.end_unit(unit=unit, successor=None, reason="撤销", by=admin, on=TODAY)
    with pytest.raises(Refused) as refused:
        actions.end_unit(unit=unit, successor=None, reason="撤销", by=admin, on=TODAY)
    assert refused.value.status == "conflict"


@pytest.mark.parametrize("role", ["security_admin", "audit_admin", "bureau_head"])
def test_only_the_system_administrator_touches_units(role: str) -> None:
    person, unit = make.user(role), make.unit()
    for call in (
        lambda: actions.create_unit(code="x", fields=fields(), by=person, on=TODAY),
        lambda: actions.correct_unit(unit=unit, fields=fields(), reason="x", by=person),
        lambda: actions.end_unit(unit=unit, successor=None, reason="x", by=person, on=TODAY),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.status == "forbidden"
