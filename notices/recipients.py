"""Whom a message tells: users, units, heads of units, roles of the district; looked up when delivered."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypedDict

from django.db.models import Q

from accounts.models import Membership, User
from accounts.roles import ADMINISTRATORS, ROLES, Role, Scope
from accounts.succession import heir_of, links
from cases.visibility import division_prefix
from notices.models import Message

HEADS = frozenset({Role.BUREAU_HEAD, Role.REVIEWER})
"""Who answers for a unit; a unit without any of them is told as a whole."""


class Tells(TypedDict, total=False):
    """``units``: everybody who works there; ``heads``: those who answer for the unit; ``roles``: their
    holders in whose district the case lies."""

    users: list[int]
    units: list[int]
    heads: list[int]
    roles: list[str]


def of_many(messages: Sequence[Message], on: date) -> dict[int, set[int]]:
    """The recipients of each message (message id → user ids) on a day, with three queries in all.

    What is told to a unit that has ended reaches those who work in its successor. What concerns a case
    reaches only roles that may see it: no administrators, and a commissioner only when named as a person.
    """
    ended = links(on)
    memberships = _memberships(messages, on, ended)
    active = _active({user for message in messages for user in _ids(message, "users")})
    return {m.pk: _members(m, memberships, ended) | (active & _ids(m, "users")) for m in messages}


def _members(message: Message, memberships: Sequence[Membership], ended: dict[int, int]) -> set[int]:
    units, heads = _units(message, "units", ended), _units(message, "heads", ended)
    roles = set(message.tells.get("roles", ()))
    seeing = [m for m in memberships if message.case is None or _sees_cases(m)]
    leading = [m for m in seeing if m.unit_id in heads and m.role in HEADS]
    headless = heads - {m.unit_id for m in leading}
    found = {m.user_id for m in seeing if m.unit_id in units | headless}
    return (
        found
        | {m.user_id for m in leading}
        | {m.user_id for m in seeing if m.role in roles and _covers(m, message)}
    )


def _sees_cases(membership: Membership) -> bool:
    role = Role(membership.role)
    return role not in ADMINISTRATORS and ROLES[role].scope in (Scope.DISTRICT, Scope.UNIT)


def _covers(membership: Membership, message: Message) -> bool:
    prefix = division_prefix(membership.unit.division_code)
    return message.case is None or (prefix != "" and message.case.division.startswith(prefix))


def _ids(message: Message, key: str) -> set[int]:
    return set(message.tells.get(key, ()))


def _units(message: Message, key: str, ended: dict[int, int]) -> set[int]:
    """The units told, each as whoever answers for it today."""
    return {heir_of(unit, ended) for unit in _ids(message, key)}


def _memberships(messages: Iterable[Message], on: date, ended: dict[int, int]) -> Sequence[Membership]:
    units = {unit for m in messages for key in ("units", "heads") for unit in _units(m, key, ended)}
    roles = {role for m in messages for role in m.tells.get("roles", ())}
    if not units and not roles:
        return []
    rows = Membership.objects.in_force(on).filter(Q(unit__in=units) | Q(role__in=roles), user__is_active=True)
    return list(rows.select_related("unit"))


def _active(users: set[int]) -> set[int]:
    return (
        set(User.objects.filter(pk__in=users, is_active=True).values_list("pk", flat=True))
        if users
        else set()
    )
