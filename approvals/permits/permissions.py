"""Who acts on a permit: its agent (whoever may open the step), its authority, who grants a special case."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from approvals.models import Permit
from approvals.permissions import may_conclude, may_open, require_lead, require_opener
from approvals.permits.rules import permit_of
from approvals.rules import rule_of
from cases.visibility import sees
from kernel.refusals import Refused
from projects.models import Project
from projects.permissions import roles_on

__all__ = [
    "may_act",
    "may_decide",
    "require_agent",
    "require_authority",
    "require_decider",
    "require_either",
]


def require_agent(project: Project, permit: Permit, by: User) -> None:
    """Raises Refused (forbidden) unless the plan lets this person apply for the permit (代办)."""
    require_opener(project, rule_of(permit.step), by)


def require_authority(permit: Permit, by: User) -> None:
    """Raises Refused (forbidden) unless the user concludes for the unit that grants the permit."""
    require_lead(permit.step, by)


def require_either(project: Project, permit: Permit, by: User) -> None:
    """The agent or the authority."""
    if not may_conclude(permit.step, by):
        require_agent(project, permit, by)


def may_act(project: Project, permit: Permit, by: User) -> dict[str, bool]:
    """For buttons: whether the reader acts as agent, as authority, or decides on a special case."""
    return {
        "agent": may_open(project, rule_of(permit.step), by) and project.is_running,
        "authority": may_conclude(permit.step, by),
        "decider": may_decide(project, permit, by),
    }


def may_decide(project: Project, permit: Permit, by: User) -> bool:
    """Whether one of the roles that the plan names for special cases takes the project in."""
    special = permit_of(rule_of(permit.step)).special
    return special is not None and bool(
        roles_on(by, project) & {Role(role) for role in special.approved_by_roles}
    )


def require_decider(project: Project, permit: Permit, by: User) -> None:
    """Raises Refused (forbidden) unless the user may grant a special case of this permit."""
    if not sees(by, permit.case_id):
        raise Refused.forbidden(_("您看不到此项目"), code="not_visible")
    if not may_decide(project, permit, by):
        special = permit_of(rule_of(permit.step)).special
        who = "、".join(str(Role(role).label) for role in (special.approved_by_roles if special else ()))
        message = _("特殊情况由%(who)s批准") % {"who": who or "—"}
        raise Refused.forbidden(message, code="not_approver")
