"""Who may ask that a clock stop, and let it run again."""

from django.utils.translation import gettext as _

from accounts.access import require, units_with
from accounts.models import User
from accounts.roles import Can
from cases.permissions import wide_on
from cases.visibility import sees
from deadlines.models import Deadline
from kernel.refusals import Refused


def may_stop(user: User, row: Deadline) -> bool:
    """Whoever answers for the duty (the unit that leads a step, for its clock), and the bureau."""
    units = units_with(user, Can.PAUSE_DEADLINES)
    if row.responsible_unit_id in units or (units and row.responsible_user_id == user.pk):
        return True
    return wide_on(user, Can.PAUSE_DEADLINES, row.case)


def require_stop(user: User, row: Deadline) -> None:
    """Raises Refused (forbidden) unless the user sees the case and may stop this clock, or let it run."""
    require(user, Can.PAUSE_DEADLINES)
    if not sees(user, row.case_id):
        raise Refused.forbidden(_("您看不到该档案"))
    if not may_stop(user, row):
        unit = row.responsible_unit
        words = {"name": row.name, "unit": unit.name if unit else _("招商局")}
        message = _("期限“%(name)s”由%(unit)s负责，停表和恢复由其或招商局办理") % words
        raise Refused.forbidden(message, code="not_responsible")
