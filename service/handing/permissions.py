"""Who hands over, and who acknowledges: the units that the plan names, by their own people."""

from django.utils.translation import gettext as _

from accounts.access import require, units_with
from accounts.models import Unit, User
from accounts.roles import Can
from kernel.refusals import Refused
from policies.schema import HandoverRule
from projects.models import Project
from projects.permissions import require_sight
from service.handing.models import Handing, Receipt


def may_answer(user: User, row: Receipt) -> bool:
    return row.unit_id in units_with(user, Can.REPORT_ASSIGNMENT)


def require_answer(user: User, row: Receipt) -> None:
    """Raises Refused (forbidden) unless the user's unit is the one asked."""
    require(user, Can.REPORT_ASSIGNMENT)
    if not may_answer(user, row):
        message = _("移交由%(unit)s签收，您不能代为签收") % {"unit": row.unit.name}
        raise Refused.forbidden(message, code="not_receiver")
    require_sight(user, row.handing.project)


def may_hand(user: User, unit_id: int) -> bool:
    return unit_id in units_with(user, Can.ASSIGN_PARTS)


def require_handing(user: User, row: Handing) -> None:
    """Raises Refused (forbidden) unless the user works for the unit that hands over."""
    require(user, Can.ASSIGN_PARTS)
    if not may_hand(user, row.from_unit_id):
        message = _("移交由%(unit)s办理") % {"unit": row.from_unit.name}
        raise Refused.forbidden(message, code="not_handing_unit")
    require_sight(user, row.project)


def require_from(user: User, project: Project, rule: HandoverRule) -> None:
    """The same, before there is a hand-over."""
    require(user, Can.ASSIGN_PARTS)
    require_sight(user, project)
    mine = Unit.objects.filter(pk__in=units_with(user, Can.ASSIGN_PARTS), code__in=rule.from_units)
    if not mine.exists():
        raise Refused.forbidden(_("移交由制度指定的单位办理"), code="not_handing_unit")
