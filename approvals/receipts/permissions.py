"""Who keeps a project's slip (回执单): the parts and roles that the plan names."""

from django.utils.translation import gettext as _

from accounts.access import units_of
from accounts.models import User
from accounts.roles import Role
from cases.models import Part
from kernel.refusals import Refused
from policies.schema import ReceiptRule
from projects import reading
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import require_sight, roles_on


def rule_for(project: Project) -> ReceiptRule:
    """How the plan keeps slips. Raises Refused (unmet) where it does not."""
    rule = rules_of(project).receipt
    if rule is None:
        raise Refused.because("no_receipts", _("所适用的制度没有办理回执单的规定"))
    return rule


def may_keep(project: Project, rule: ReceiptRule, by: User) -> bool:
    if roles_on(by, project) & {Role(role) for role in rule.kept_by_roles}:
        return True
    page = reading.kept(project)
    rows = page.parts if page else Part.objects.filter(case_id=project.pk, valid_to__isnull=True)
    mine = units_of(by)
    return any(
        row.part in rule.kept_by_parts
        and (row.user_id == by.pk or (row.user_id is None and row.unit_id in mine))
        for row in rows
    )


def require_keeper(project: Project, rule: ReceiptRule, by: User) -> None:
    """Raises Refused (forbidden) unless the plan lets this person keep the slip."""
    require_sight(by, project)
    if not may_keep(project, rule, by):
        parts = rules_of(project).parts
        names = [parts[code].name for code in rule.kept_by_parts if code in parts]
        names += [str(Role(role).label) for role in rule.kept_by_roles]
        message = _("%(name)s由%(who)s填写（%(clause)s）")
        data = {"name": rule.name, "who": "、".join(names), "clause": rule.clause}
        raise Refused.forbidden(message % data, code="not_keeper")
