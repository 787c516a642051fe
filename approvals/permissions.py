"""Who may open, answer and conclude: the role's capability, within a unit that the plan names."""

from django.utils.translation import gettext as _

from accounts.access import require, units_with
from accounts.models import User
from accounts.roles import Can
from approvals.models import Asks, Opinion, Step
from approvals.rules import cast_for, rule_of
from cases.models import Part
from cases.permissions import wide_on
from kernel.clock import today
from kernel.refusals import Refused
from policies.schema import Step as StepRule
from projects.models import Project
from projects.permissions import require_sight as require_case
from projects.permissions import roles_on


def require_opener(project: Project, rule: StepRule, by: User) -> None:
    """Raises Refused (forbidden) unless the plan lets this person open the step.

    Where the plan names nobody, whoever leads the step opens it.
    """
    require(by, Can.OPEN_STEP)
    require_case(by, project)
    if not may_open(project, rule, by):
        message = _("“%(name)s”须由制度指定的单位启动（%(clause)s）")
        raise Refused.forbidden(message % {"name": rule.name, "clause": rule.clause}, code="not_opener")


def may_open(project: Project, rule: StepRule, by: User, held: "dict[str, list[Part]] | None" = None) -> bool:
    """Whether the plan names this person as an opener. ``held``: the open parts of the case, if known.

    A role that the plan names counts only where it takes the case in itself.
    """
    if rule.opened_by_roles and roles_on(by, project) & set(rule.opened_by_roles):
        return True
    if not (rule.opened_by_roles or rule.opened_by_parts):
        return _plays(project.pk, rule.led_by_parts, by, held) or leads(project.pk, rule, by)
    return _plays(project.pk, rule.opened_by_parts, by, held)


def _plays(case_id: int, codes: "tuple[str, ...]", by: User, held: "dict[str, list[Part]] | None") -> bool:
    if not codes:
        return False
    mine = units_with(by, Can.OPEN_STEP)
    if held is None:
        rows = list(Part.objects.filter(case_id=case_id, part__in=codes, valid_to__isnull=True))
    else:
        rows = [row for code in codes for row in held.get(code, ())]
    return any(row.user_id == by.pk or row.unit_id in mine for row in rows)


def leads(case_id: int, rule: StepRule, by: User) -> bool:
    """Whether one of the user's units leads such a step in the case, with the right to conclude."""
    mine = units_with(by, Can.CONCLUDE_STEP)
    return bool(mine) and any(unit.pk in mine for unit in cast_for([rule], case_id, today()).leads(rule))


def may_conclude(step: Step, by: User) -> bool:
    mine = units_with(by, Can.CONCLUDE_STEP)
    if step.lead_unit_id in mine:
        return True
    rule = rule_of(step)
    # Where the power is delegated, only the unit that holds it decides, be it the park or the authority.
    delegated = rule.permit is not None and rule.permit.delegated is not None
    return not delegated and leads(step.case_id, rule, by)


def require_lead(step: Step, by: User) -> None:
    """Raises Refused (forbidden) unless the user concludes for a unit that leads the step."""
    require(by, Can.CONCLUDE_STEP)
    require_sight(step, by)
    if not may_conclude(step, by):
        message = _("“%(name)s”由%(unit)s作出结论") % {"name": step.name, "unit": step.lead_unit or "—"}
        raise Refused.forbidden(message, code="not_lead")


def require_sight(step: Step, by: User) -> None:
    if not Step.objects.visible_to(by).filter(pk=step.pk).exists():
        raise Refused.forbidden(_("您看不到此项目"), code="not_visible")


def may_answer(opinion: Opinion, by: User) -> bool:
    """For the unit asked; a leader's consent answers for what a deciding body is asked."""
    if opinion.unit_id in units_with(by, Can.GIVE_OPINION):
        return True
    return opinion.asks == Asks.OUTCOME and opinion.unit_id in units_with(by, Can.CONSENT)


def require_asked(opinion: Opinion, by: User) -> None:
    """Raises Refused (forbidden) unless the user answers for the unit that was asked."""
    require_sight(opinion.step, by)
    if not may_answer(opinion, by):
        message = _("“%(aspect)s”征求的是%(unit)s的意见")
        data = {"aspect": opinion.aspect_name, "unit": opinion.unit}
        raise Refused.forbidden(message % data, code="not_asked")


def may_record(step: Step, by: User) -> bool:
    """代录 is for whoever leads the step, and for the office of the whole district."""
    if wide_on(by, Can.RECORD_ON_BEHALF, step.case):
        return True
    mine = units_with(by, Can.RECORD_ON_BEHALF)
    return bool(mine) and (step.lead_unit_id in mine or leads(step.case_id, rule_of(step), by))


def require_recorder(step: Step, by: User) -> None:
    """Raises Refused (forbidden) unless the user may enter other units' written opinions in this step."""
    require(by, Can.RECORD_ON_BEHALF)
    require_sight(step, by)
    if not may_record(step, by):
        message = _("书面意见由牵头单位%(unit)s或招商局代录") % {"unit": step.lead_unit or "—"}
        raise Refused.because("not_recorder", message, clause=step.clause, status="forbidden")
