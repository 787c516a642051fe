"""Who may: a user's memberships of the day, read once per request."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import Membership, Unit, User
from accounts.roles import ROLES, Can, Role, Scope
from accounts.succession import links, with_predecessors
from kernel.clock import today
from kernel.prepared import Kept
from kernel.refusals import Refused

_CACHE = "_memberships"
_ENDED = "_ended_units"
_WITH = "_units_with"


def memberships(user: User | AnonymousUser, on: date | None = None) -> list[Membership]:
    """The roles a user holds today (Asia/Shanghai) or on a day; empty for the inactive and anonymous."""
    if not isinstance(user, User) or not user.is_active:
        return []
    if on is not None:
        return list(_select(user, on))
    if _CACHE not in user.__dict__:
        user.__dict__[_CACHE] = list(_select(user, today()))
    return cast(list[Membership], user.__dict__[_CACHE])


def _select(user: User, on: date) -> "list[Membership]":
    return _held().ask(user=user.pk, on=on)


@cache
def _held() -> Kept[Membership]:
    someone, someday = -1, date(1900, 1, 1)
    rows = Membership.objects.filter(user=someone).in_force(someday).select_related("unit").order_by("id")
    ended = Unit.objects.filter(successor=OuterRef("unit"), valid_to__lt=someday)
    return Kept(rows.annotate(succeeds=Exists(ended)), {"user": someone, "on": someday}, planned=True)


def forget(user: User) -> None:
    """Drop the cached memberships, after they changed in the same request."""
    user.__dict__.pop(_CACHE, None)
    user.__dict__.pop(_ENDED, None)


def roles_of(user: User | AnonymousUser) -> set[Role]:
    return {Role(m.role) for m in memberships(user)}


def can(user: User | AnonymousUser, what: Can) -> bool:
    return any(what in ROLES[role].can for role in roles_of(user))


def require(user: User, what: Can) -> None:
    """Raises Refused (forbidden) unless one of the user's roles carries the capability."""
    if not can(user, what):
        raise Refused.forbidden(_("您的角色不能办理此事"), code=f"needs_{what.value}")


def scopes(user: User | AnonymousUser) -> dict[Scope, list[Membership]]:
    """The user's memberships by how far they see."""
    found: dict[Scope, list[Membership]] = {}
    for membership in memberships(user):
        found.setdefault(ROLES[Role(membership.role)].scope, []).append(membership)
    return found


def units_of(user: User | AnonymousUser, scope: Scope | None = None) -> set[int]:
    """The units a user works in (under roles of one scope, if named), with the ended ones they succeed."""
    held = memberships(user)
    return units_under(user, [m for m in held if scope is None or ROLES[Role(m.role)].scope is scope])


def units_under(user: User | AnonymousUser, held: Iterable[Membership]) -> set[int]:
    """The units of some of the user's memberships, with the ended ones they succeed."""
    rows = list(held)
    own = {m.unit_id for m in rows}
    if not any(m.succeeds for m in rows):  # type: ignore[attr-defined]  # annotated by _held
        return own
    if _ENDED not in user.__dict__:
        user.__dict__[_ENDED] = links(today())
    return with_predecessors(own, user.__dict__[_ENDED])


def units_with(user: User | AnonymousUser, *what: Can) -> set[int]:
    """The units in which the user's roles carry one of the capabilities, and the ended units they succeed."""
    held = memberships(user)
    known, cache = user.__dict__.get(_WITH, (None, {}))
    if known is not held:  # the memberships were read anew
        cache = {}
        user.__dict__[_WITH] = held, cache
    if what not in cache:
        cache[what] = units_under(user, [m for m in held if ROLES[Role(m.role)].can.intersection(what)])
    return set(cache[what])


def acting_unit(user: User) -> Unit | None:
    """The unit a user acts for: that of the oldest membership in force."""
    held = memberships(user)
    return held[0].unit if held else None


def see_all(user: User | AnonymousUser) -> bool:
    return Scope.DISTRICT in scopes(user)
