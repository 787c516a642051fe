"""Roles and what each may do: one table, tested for totality.

等保2.0 asks for three separated administrators; none of them sees business content.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    BUREAU_CLERK = "bureau_clerk", _("招商经办")
    BUREAU_HEAD = "bureau_head", _("招商局负责人")
    PARK_CLERK = "park_clerk", _("园区经办")
    REVIEWER = "reviewer", _("部门审核人")
    COMMISSIONER = "commissioner", _("项目服务专员")
    LEADER = "leader", _("区领导")
    INSPECTOR = "inspector", _("督查人员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


class Scope(StrEnum):
    """Which cases a role sees: all of its district, those its unit has a part in, its own, none."""

    DISTRICT = "district"
    UNIT = "unit"
    PERSON = "person"
    NONE = "none"


class Can(StrEnum):
    REGISTER_PROJECT = "register_project"
    EDIT_PROJECT = "edit_project"
    CORRECT_PROJECT = "correct_project"
    MERGE_PROJECTS = "merge_projects"
    ADVANCE_PROJECT = "advance_project"
    SHELVE_PROJECT = "shelve_project"
    EXIT_PROJECT = "exit_project"
    RECORD_MILESTONE = "record_milestone"
    WITHDRAW_MILESTONE = "withdraw_milestone"
    RECORD_CONTACT = "record_contact"
    MATCH_ELEMENTS = "match_elements"
    RECORD_MONEY = "record_money"
    ATTACH = "attach"
    ASSIGN_PARTS = "assign_parts"
    OPEN_STEP = "open_step"
    GIVE_OPINION = "give_opinion"
    RECORD_ON_BEHALF = "record_on_behalf"
    CONCLUDE_STEP = "conclude_step"
    CONSENT = "consent"
    RULE_ON_CLAIMS = "rule_on_claims"
    PAUSE_DEADLINES = "pause_deadlines"
    APPROVE_PAUSE = "approve_pause"
    ISSUE_ASSIGNMENT = "issue_assignment"
    REPORT_ASSIGNMENT = "report_assignment"
    CLOSE_ASSIGNMENT = "close_assignment"
    INSTRUCT = "instruct"
    SUPERVISE = "supervise"
    EDIT_CHAINS = "edit_chains"
    IMPORT_LEDGER = "import_ledger"
    EXPORT_LEDGER = "export_ledger"
    SHOW_PHONE = "show_phone"
    NAME_COMMISSIONER = "name_commissioner"
    SERVE_PROJECT = "serve_project"
    OPEN_PORTAL = "open_portal"
    PUSH_POLICIES = "push_policies"
    SEE_SCORING = "see_scoring"
    BOOK_CREDIT = "book_credit"
    LOAD_POLICIES = "load_policies"
    PUBLISH_POLICIES = "publish_policies"
    LOAD_CALENDAR = "load_calendar"
    MANAGE_UNITS = "manage_units"
    MANAGE_ACCOUNTS = "manage_accounts"
    ASSIGN_ROLES = "assign_roles"
    READ_AUDIT = "read_audit"


@dataclass(frozen=True, slots=True)
class RoleRule:
    scope: Scope
    can: frozenset[Can]


def _rule(scope: Scope, *can: Can) -> RoleRule:
    return RoleRule(scope, frozenset(can))


_FIELD_WORK = (
    Can.RECORD_CONTACT,
    Can.RECORD_MONEY,
    Can.ATTACH,
    Can.RECORD_MILESTONE,
    Can.REPORT_ASSIGNMENT,
    Can.MATCH_ELEMENTS,
)
_PROJECT_WORK = (
    *_FIELD_WORK,
    Can.REGISTER_PROJECT,
    Can.EDIT_PROJECT,
    Can.ADVANCE_PROJECT,
    Can.SHELVE_PROJECT,
    Can.OPEN_STEP,
    Can.CONCLUDE_STEP,
    Can.ASSIGN_PARTS,
    Can.IMPORT_LEDGER,
    Can.EXPORT_LEDGER,
    Can.SHOW_PHONE,
    Can.GIVE_OPINION,
    Can.RECORD_ON_BEHALF,
    Can.ISSUE_ASSIGNMENT,
    Can.CLOSE_ASSIGNMENT,
    Can.PAUSE_DEADLINES,
    Can.NAME_COMMISSIONER,
    Can.OPEN_PORTAL,
    Can.PUSH_POLICIES,
    Can.SEE_SCORING,
)

ROLES: dict[Role, RoleRule] = {
    Role.BUREAU_CLERK: _rule(
        Scope.DISTRICT,
        *_PROJECT_WORK,
        Can.CORRECT_PROJECT,
        Can.MERGE_PROJECTS,
        Can.EDIT_CHAINS,
        Can.BOOK_CREDIT,
    ),
    Role.BUREAU_HEAD: _rule(
        Scope.DISTRICT,
        *_PROJECT_WORK,
        Can.CORRECT_PROJECT,
        Can.MERGE_PROJECTS,
        Can.EXIT_PROJECT,
        Can.RULE_ON_CLAIMS,
        Can.WITHDRAW_MILESTONE,
        Can.APPROVE_PAUSE,
        Can.EDIT_CHAINS,
        Can.BOOK_CREDIT,
        Can.LOAD_POLICIES,
        Can.PUBLISH_POLICIES,
        Can.LOAD_CALENDAR,
    ),
    Role.PARK_CLERK: _rule(Scope.UNIT, *_PROJECT_WORK),
    Role.REVIEWER: _rule(
        Scope.UNIT,
        Can.OPEN_STEP,
        Can.GIVE_OPINION,
        Can.CONCLUDE_STEP,
        Can.ATTACH,
        Can.RECORD_CONTACT,
        Can.REGISTER_PROJECT,
        Can.EDIT_PROJECT,
        Can.REPORT_ASSIGNMENT,
        Can.PAUSE_DEADLINES,
        Can.RECORD_MILESTONE,
        Can.SHOW_PHONE,  # of the projects that the unit works on: whoever guarantees one calls the firm
    ),
    Role.COMMISSIONER: _rule(
        Scope.PERSON, *_FIELD_WORK, Can.OPEN_STEP, Can.SHOW_PHONE, Can.SERVE_PROJECT, Can.OPEN_PORTAL
    ),
    Role.LEADER: _rule(
        Scope.DISTRICT,
        Can.INSTRUCT,
        Can.CONSENT,
        Can.APPROVE_PAUSE,
        Can.ISSUE_ASSIGNMENT,
        Can.EXPORT_LEDGER,
        Can.SEE_SCORING,
    ),
    Role.INSPECTOR: _rule(
        Scope.DISTRICT,
        Can.SUPERVISE,
        Can.ISSUE_ASSIGNMENT,
        Can.CLOSE_ASSIGNMENT,
        Can.EXPORT_LEDGER,
        Can.SEE_SCORING,
    ),
    Role.SYSTEM_ADMIN: _rule(Scope.NONE, Can.MANAGE_UNITS, Can.MANAGE_ACCOUNTS, Can.LOAD_CALENDAR),
    Role.SECURITY_ADMIN: _rule(Scope.NONE, Can.ASSIGN_ROLES),
    Role.AUDIT_ADMIN: _rule(Scope.NONE, Can.READ_AUDIT),
}

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
