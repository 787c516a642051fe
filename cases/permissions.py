"""Who works on a case: a capability counts only from a role whose own scope takes the case in.

A role of the whole district takes in every case of its division. A role in a unit takes in the cases in which
that unit plays a working part, the role of a person those in which the person plays one; which parts work,
the plan says (``works``). Being asked opens a case to read and to answer, not to write.
"""

from collections.abc import Iterable
from functools import cache

from django.contrib.auth.models import AnonymousUser

from accounts.access import memberships, units_under
from accounts.models import Membership, User
from accounts.roles import ROLES, Can, Role, RoleRule, Scope
from cases.models import Case, Part
from cases.visibility import division_prefix
from kernel.prepared import Kept
from policies.rulebook import rulebook

FOR_THE_ASKED = frozenset({Can.ATTACH, Can.GIVE_OPINION, Can.REPORT_ASSIGNMENT})
"""What every part carries, also one that does not work: to answer, and the papers of the answer."""


def may_on(user: User | AnonymousUser, what: Can, case: Case, parts: Iterable[Part] | None = None) -> bool:
    """Whether one of the user's roles that carry the capability takes the case in today.

    ``parts``: the open parts of the case, if they are known; at most one query else.
    """
    if wide_on(user, what, case):
        return True
    held = [m for m in memberships(user) if what in _rule(m).can]
    return bool(_narrow(user, held, case, parts, asked=what in FOR_THE_ASKED))


def wide_on(user: User | AnonymousUser, what: Can, case: Case) -> bool:
    """Whether a role of the whole district carries the capability over the case."""
    return any(_takes_in(m, case) for m in memberships(user) if what in _rule(m).can)


def roles_on(user: User | AnonymousUser, case: Case, parts: Iterable[Part] | None = None) -> set[Role]:
    """The user's roles that take the case in, where a plan names roles."""
    held = memberships(user)
    wide = [m for m in held if _takes_in(m, case)]
    return {Role(m.role) for m in [*wide, *_narrow(user, held, case, parts)]}


def _rule(membership: Membership) -> RoleRule:
    return ROLES[Role(membership.role)]


def _takes_in(membership: Membership, case: Case) -> bool:
    """A district role, and a valid case of its division; a unit of no division takes in none."""
    if _rule(membership).scope is not Scope.DISTRICT or case.voided_on is not None:
        return False
    code = division_prefix(membership.unit.division_code)
    return bool(code) and case.division.startswith(code)


def _narrow(
    user: User | AnonymousUser,
    held: Iterable[Membership],
    case: Case,
    parts: Iterable[Part] | None,
    *,
    asked: bool = False,
) -> list[Membership]:
    """Of these memberships those that play a working part; with ``asked`` any part."""
    narrow = [m for m in held if _rule(m).scope in (Scope.UNIT, Scope.PERSON)]
    if not narrow:
        return []
    rules = rulebook(case.policy_set_id).parts
    rows = _open().ask(case=case.pk) if parts is None else parts
    played = [row for row in rows if asked or (row.part in rules and rules[row.part].works)]
    units, people = {row.unit_id for row in played}, {row.user_id for row in played}
    return [m for m in narrow if _plays(user, m, units, people)]


def _plays(
    user: User | AnonymousUser, membership: Membership, units: set[int], people: set[int | None]
) -> bool:
    if _rule(membership).scope is Scope.PERSON:
        return user.pk in people
    return bool(units & units_under(user, [membership]))


@cache
def _open() -> Kept[Part]:
    nothing = -1
    rows = Part.objects.filter(case=nothing, valid_to__isnull=True).order_by("id")
    return Kept(rows, {"case": nothing}, planned=True)
