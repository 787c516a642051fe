"""Who keeps a body's docket and minutes, and who reads them."""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import memberships, require, see_all, units_of, units_with
from accounts.models import Unit, User
from accounts.roles import ROLES, Can, Role, Scope
from approvals.sittings.models import Sitting, SittingQuerySet
from cases.visibility import division_prefix
from kernel.refusals import Refused


def _wide(by: User, body: Unit) -> bool:
    """A role of the whole district that enters other units' papers, in the body's division."""
    for held in memberships(by):
        rule = ROLES[Role(held.role)]
        code = division_prefix(held.unit.division_code)
        wide = rule.scope is Scope.DISTRICT and Can.RECORD_ON_BEHALF in rule.can and code
        if wide and (not body.division_code or body.division_code.startswith(code)):
            return True
    return False


def may_keep(body: Unit, by: User) -> bool:
    """The body's own office, and the office of the whole district."""
    return body.pk in units_with(by, Can.GIVE_OPINION) or _wide(by, body)


def require_keeper(body: Unit, by: User) -> None:
    """Raises Refused (forbidden) unless the user keeps this body's docket and minutes."""
    require(by, Can.GIVE_OPINION)
    if not may_keep(body, by):
        message = _("%(body)s的会议由其办公室或招商局安排和记录") % {"body": body}
        raise Refused.forbidden(message, code="not_keeper")


def visible(user: User) -> SittingQuerySet:
    """Sittings of the bodies one works in; bureau, leaders and inspection see those of their division."""
    rows: SittingQuerySet = Sitting.objects.select_related("body")
    if not see_all(user):
        return rows.filter(body__in=units_of(user))
    codes = {
        division_prefix(held.unit.division_code)
        for held in memberships(user)
        if ROLES[Role(held.role)].scope is Scope.DISTRICT and held.unit.division_code
    }
    found = Q(body__in=units_of(user)) | Q(body__division_code="")
    for code in codes:
        found |= Q(body__division_code__startswith=code)
    return rows.filter(found)
