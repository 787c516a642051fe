"""The table of roles is total, and the three administrators stand apart from everybody."""

from datetime import timedelta
from itertools import combinations

import pytest

from accounts import actions
from accounts.access import can
from accounts.models import AuditEntry, Membership, User
from accounts.roles import ADMINISTRATORS, ROLES, Can, Role, Scope
from kernel.clock import today
from kernel.refusals import Refused
from tests import factories as make

pytestmark = pytest.mark.django_db
MANAGE = {Can.MANAGE_UNITS, Can.MANAGE_ACCOUNTS, Can.ASSIGN_ROLES, Can.READ_AUDIT}
BUSINESS = sorted(set(Role) - ADMINISTRATORS)


def test_every_role_has_a_rule_and_every_capability_a_role() -> None:
    assert set(ROLES) == set(Role)
    assert set().union(*(rule.can for rule in ROLES.values())) == set(Can)


def test_administrators_see_no_case_and_do_no_business() -> None:
    for role in ADMINISTRATORS:
        assert ROLES[role].scope is Scope.NONE
        assert ROLES[role].can <= MANAGE | {Can.LOAD_CALENDAR}


def test_no_business_role_administers() -> None:
    for role in BUSINESS:
        assert not ROLES[role].can & MANAGE
        assert ROLES[role].scope is not Scope.NONE


def test_the_powers_of_the_three_do_not_overlap() -> None:
    for one, other in combinations(ADMINISTRATORS, 2):
        assert not ROLES[one].can & ROLES[other].can


@pytest.fixture
def security() -> User:
    return make.user("security_admin")


def grant(person: User, role: str, by: User) -> Membership:
    return actions.grant_role(user=person, unit=make.unit(), role=role, by=by, on=today())


@pytest.mark.parametrize("wanted", sorted(Role))
@pytest.mark.parametrize("held", sorted(Role))
def test_an_administrator_holds_no_second_kind_of_role(security: User, held: Role, wanted: Role) -> None:
    person = make.user(held)
    apart = held != wanted and (held in ADMINISTRATORS or wanted in ADMINISTRATORS)
    if not apart:
        assert grant(person, wanted, security).role == wanted
        return
    with pytest.raises(Refused) as refused:
        grant(person, wanted, security)
    assert refused.value.unmet[0].code == "administrators_apart"
    assert person.memberships.count() == 1


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMIN}))
def test_only_the_security_administrator_grants_and_ends_roles(role: Role) -> None:
    person, held = make.user(), make.member(make.user(), "reviewer")
    with pytest.raises(Refused) as refused:
        grant(person, "reviewer", make.user(role))
    assert refused.value.status == "forbidden"
    with pytest.raises(Refused) as refused:
        actions.end_role(membership=held, reason="调离", by=make.user(role), on=today())
    assert refused.value.status == "forbidden"


def test_nobody_changes_the_own_roles(security: User) -> None:
    with pytest.raises(Refused) as refused:
        grant(security, "security_admin", security)
    assert refused.value.unmet[0].code == "own_account"
    with pytest.raises(Refused) as refused:
        actions.end_role(membership=security.memberships.get(), reason="x", by=security, on=today())
    assert refused.value.unmet[0].code == "own_account"


def test_a_grant_works_at_once_and_is_noted(security: User) -> None:
    person = make.user()
    row = grant(person, "bureau_clerk", security)
    assert can(User.objects.get(pk=person.pk), Can.REGISTER_PROJECT)
    entry = AuditEntry.objects.get(kind="account.role_granted")
    assert (entry.user, entry.detail["role"], entry.detail["unit"]) == (
        security,
        "bureau_clerk",
        row.unit.code,
    )


def test_an_ended_role_is_gone_at_once_even_on_the_day_it_was_given_and_the_row_stays(security: User) -> None:
    person = make.user()
    row = grant(person, "bureau_clerk", security)
    actions.end_role(membership=row, reason="误授", by=security, on=today())
    assert not can(User.objects.get(pk=person.pk), Can.REGISTER_PROJECT)
    assert Membership.objects.filter(pk=row.pk).exists()
    assert AuditEntry.objects.get(kind="account.role_ended").detail["reason"] == "误授"


def test_a_role_that_ended_may_be_given_again(security: User) -> None:
    person, where = make.user(), make.unit()
    for _ in range(2):
        row = actions.grant_role(user=person, unit=where, role="reviewer", by=security, on=today())
        actions.end_role(membership=row, reason="x", by=security, on=today())
    assert person.memberships.count() == 2


def test_the_same_role_twice_and_an_end_twice_are_refused(security: User) -> None:
    person, where = make.user(), make.unit()
    row = actions.grant_role(user=person, unit=where, role="reviewer", by=security, on=today())
    with pytest.raises(Refused) as refused:
        actions.grant_role(user=person, unit=where, role="reviewer", by=security, on=today())
    assert refused.value.status == "conflict"
    actions.end_role(membership=row, reason="x", by=security, on=today())
    with pytest.raises(Refused) as refused:
        actions.end_role(membership=row, reason="x", by=security, on=today())
    assert refused.value.status == "conflict"


def test_the_last_administrator_of_a_kind_stays_until_there_is_another(security: User) -> None:
    last = make.user("audit_admin").memberships.get()
    with pytest.raises(Refused) as refused:
        actions.end_role(membership=last, reason="x", by=security, on=today())
    assert refused.value.unmet[0].code == "last_administrator"
    make.user("audit_admin")
    actions.end_role(membership=last, reason="x", by=security, on=today())


@pytest.mark.parametrize("what", ["disabled", "ended", "not_yet"])
def test_no_role_for_a_disabled_account_or_in_a_unit_not_in_force(security: User, what: str) -> None:
    yesterday, tomorrow = today() - timedelta(days=1), today() + timedelta(days=1)
    person = make.user(is_active=what != "disabled")
    life = {"ended": {"valid_to": yesterday}, "not_yet": {"valid_from": tomorrow}}.get(what, {})
    with pytest.raises(Refused) as refused:
        actions.grant_role(user=person, unit=make.unit(**life), role="reviewer", by=security, on=today())
    assert refused.value.status == "unmet"


def test_an_end_needs_a_reason(security: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.end_role(membership=make.member(make.user(), "reviewer"), reason=" ", by=security, on=today())
    assert refused.value.unmet[0].field == "reason"
