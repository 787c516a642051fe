"""Who may open, answer and conclude: the role's capability, within a unit that the plan names."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.access import memberships, require, roles_of, units_of
from accounts.models import User
from accounts.roles import ROLES, Can, Role
from accounts.succession import links, with_predecessors
from approvals.models import Asks, Opinion, Step
from approvals.rules import cast_for, rule_of
from cases.models import Part
from kernel.clock import today
from kernel.refusals import Refused
from policies.schema import Step as StepRule
from projects.models import Project
from projects.permissions import require_on

_CACHE = "_units_with"


def units_with(user: User | AnonymousUser, *what: Can) -> set[int]:
    """The units in which the user's roles carry one of the capabilities, and the ended units they succeed."""
    held = memberships(user)
    known, cache = user.__dict__.get(_CACHE, (None, {}))
    if known is not held:  # the memberships were read anew
        cache = {}
        user.__dict__[_CACHE] = held, cache
    if what not in cache:
        own = {m.unit_id for m in held if ROLES[Role(m.role)].can.intersection(what)}
        cache[what] = with_predecessors(own, links(today())) if own else own
    return set(cache[what])


def require_opener(project: Project, rule: StepRule, by: User) -> None:
    """Raises Refused (forbidden) unless the plan lets this person open the step.

    Where the plan names nobody, whoever leads the step opens it.
    """
    require_on(by, Can.OPEN_STEP, project)
    if not may_open(project.pk, rule, by):
        message = _("“%(name)s”须由制度指定的单位启动（%(clause)s）")
        raise Refused.forbidden(message % {"name": rule.name, "clause": rule.clause}, code="not_opener")


def may_open(case_id: int, rule: StepRule, by: User, held: "dict[str, list[Part]] | None" = None) -> bool:
    """Whether the plan names this person as an opener. ``held``: the open parts of the case, if known."""
    if roles_of(by) & set(rule.opened_by_roles):
        return True
    if not (rule.opened_by_roles or rule.opened_by_parts):
        return _plays(case_id, rule.led_by_parts, by, held) or leads(case_id, rule, by)
    return _plays(case_id, rule.opened_by_parts, by, held)


def _plays(case_id: int, codes: "tuple[str, ...]", by: User, held: "dict[str, list[Part]] | None") -> bool:
    if not codes:
        return False
    if held is None:
        rows = Part.objects.filter(case_id=case_id, part__in=codes, valid_to__isnull=True)
        return any(_is(by, row) for row in rows)
    return any(_is(by, row) for code in codes for row in held.get(code, ()))


def _is(by: User, part: Part) -> bool:
    return part.user_id == by.pk or part.unit_id in units_of(by)


def leads(case_id: int, rule: StepRule, by: User) -> bool:
    """Whether one of the user's units leads such a step in the case, with the right to conclude."""
    mine = units_with(by, Can.CONCLUDE_STEP)
    return bool(mine) and any(unit.pk in mine for unit in cast_for([rule], case_id, today()).leads(rule))


def may_conclude(step: Step, by: User) -> bool:
    mine = units_with(by, Can.CONCLUDE_STEP)
    return step.lead_unit_id in mine or leads(step.case_id, rule_of(step), by)


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


def require_recorder(step: Step, by: User) -> None:
    """Raises Refused (forbidden) unless the user may enter other units' written opinions in this case."""
    require(by, Can.RECORD_ON_BEHALF)
    require_sight(step, by)
