"""Who makes a plan and edits it, who keeps the enterprise's list, and who seals for which side."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.access import units_with
from accounts.models import Unit, User
from accounts.roles import Can
from cases.models import Part
from cases.permissions import wide_on
from kernel.refusals import Refused
from policies.schema import PlanRule, PlanSealRule
from projects import reading
from projects.models import Project
from projects.permissions import may_on, require_on
from service.portal.access import speaks_for

PLANS = Can.RECORD_MILESTONE
"""Whoever reports how far the works are also plans them."""
SEALS = Can.CONCLUDE_STEP
"""A seal binds the unit as a conclusion does."""


def may_plan(by: User, project: Project, rule: PlanRule) -> bool:
    """Whether the user makes and edits plans of this kind: one of its parts, or the office of the
    district.
    """
    if not may_on(by, PLANS, project):
        return False
    return wide_on(by, PLANS, project.case) or _plays(by, project, rule.made_by_parts)


def require_planner(by: User, project: Project, rule: PlanRule) -> None:
    """Raises Refused (forbidden) unless ``may_plan``."""
    require_on(by, PLANS, project)
    if not may_plan(by, project, rule):
        message = _("“%(plan)s”由服务专班编制和修改（%(clause)s）") % {
            "plan": rule.name, "clause": rule.clause,
        }  # fmt: skip
        raise Refused.forbidden(message, code="not_planner")


def require_keeper(by: User, project: Project, rule: PlanRule, form: str, on: date) -> bool:
    """Raises Refused (forbidden) unless the user keeps the list; returns whether on the enterprise's behalf.

    The enterprise's list is kept by its account, and by the task force on its behalf.
    """
    if rule.owner_of(form) == "enterprise":
        if speaks_for(by, project, on):
            return False
        require_planner(by, project, rule)
        return True
    if speaks_for(by, project, on):
        message = _("此清单由服务专班填报，企业填报的是项目主体的清单")
        raise Refused.forbidden(message, code="not_keeper")
    require_planner(by, project, rule)
    return False


def require_sealer(by: User, project: Project, side: PlanSealRule, on: date) -> bool:
    """Raises Refused (forbidden) unless the user seals for the side; returns whether it is entered for it.

    The enterprise's account or a person of the unit seals; the task force enters the seal of the enterprise,
    the office of the whole district that of any side, from a scanned paper.
    """
    own = speaks_for(by, project, on) if side.part is None else _plays(by, project, (side.part,), SEALS)
    if own:
        return False
    if wide_on(by, Can.RECORD_ON_BEHALF, project.case):
        return True
    if side.part is None and may_on(by, PLANS, project):
        return True
    message = _("须由%(side)s签章，您的单位不是") % {"side": side.name}
    raise Refused.forbidden(message, code="not_this_side")


def own_side(rule: PlanRule) -> PlanSealRule | None:
    """The enterprise's side of the sealing; None where it does not seal."""
    return next((side for side in rule.seals if side.part is None), None)


def may_seal(by: User, project: Project, side: PlanSealRule, on: date) -> bool:
    try:
        require_sealer(by, project, side, on)
    except Refused:
        return False
    return True


def unit_of_side(project: Project, side: PlanSealRule) -> Unit | None:
    """Which unit plays the side's part now; None for the enterprise, or where nobody does."""
    if side.part is None:
        return None
    return next((row.unit for row in reading.of(project).parts if row.part == side.part), None)


def _plays(by: User, project: Project, parts: tuple[str, ...], what: Can = PLANS) -> bool:
    """Whether the user's own unit, or the user in person, plays one of the parts."""
    page = reading.kept(project)
    rows = page.parts if page else Part.objects.filter(case_id=project.pk, valid_to__isnull=True)
    mine = units_with(by, what)
    return any(
        row.part in parts and (row.user_id == by.pk or (row.user_id is None and row.unit_id in mine))
        for row in rows
    )
