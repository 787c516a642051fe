"""Who drafts and issues a report, who writes an instruction on it, and who enters one for a leader."""

from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.roles import ROLES, Can, Role
from approvals.special.models import SpecialReport
from cases.permissions import may_on as may_on_case
from cases.permissions import wide_on
from cases.visibility import sees
from kernel.refusals import Refused
from policies.schema import ReportRule
from projects.models import Project
from projects.permissions import require_sight, roles_on


def may_write(project: Project, rule: ReportRule, by: User) -> bool:
    """Whether one of the roles that the plan names takes the project in."""
    return bool(roles_on(by, project) & {Role(role) for role in rule.issued_by_roles})


def require_author(project: Project, rule: ReportRule, by: User) -> None:
    """Raises Refused (forbidden) unless the plan lets this person draft and issue the report."""
    require_sight(by, project)
    if not may_write(project, rule, by):
        who = "、".join(str(Role(role).label) for role in rule.issued_by_roles)
        message = _("%(name)s由%(who)s起草、印发（%(clause)s）")
        words = {"name": rule.name, "who": who, "clause": rule.clause}
        raise Refused.forbidden(message % words, code="not_author")


LEADING = tuple(role.value for role, rule in ROLES.items() if Can.INSTRUCT in rule.can)
"""Roles whose holders may be named as leaders."""


def may_instruct(report: SpecialReport, by: User) -> bool:
    return may_on_case(by, Can.INSTRUCT, report.case)


def require_leader(report: SpecialReport, by: User) -> None:
    """Raises Refused (forbidden) unless the user is a leader whose district the case lies in."""
    _require_report_sight(report, by)
    require(by, Can.INSTRUCT)
    if not may_instruct(report, by):
        raise Refused.forbidden(_("批示由区领导作出"), code="not_leader")


def check_leader(report: SpecialReport, leader: User, field: str = "leader") -> None:
    """Raises Refused (invalid) unless the person named is such a leader."""
    if not may_instruct(report, leader):
        raise Refused.invalid(field, _("%(who)s不是本区领导") % {"who": leader.name}, code="not_leader")


def may_record(report: SpecialReport, by: User) -> bool:
    """代录 is for the office of the whole district."""
    return wide_on(by, Can.RECORD_ON_BEHALF, report.case)


def require_recorder(report: SpecialReport, by: User) -> None:
    """Raises Refused (forbidden) unless the user may enter a leader's written instruction."""
    _require_report_sight(report, by)
    require(by, Can.RECORD_ON_BEHALF)
    if not may_record(report, by):
        raise Refused.forbidden(_("书面批示由招商局代录"), code="not_recorder")


def _require_report_sight(report: SpecialReport, by: User) -> None:
    if not sees(by, report.case_id):
        raise Refused.forbidden(_("您看不到此项目"), code="not_visible")
