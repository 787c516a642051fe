"""Who gives and ends the parts of a project, and ending one: what a unit saw through it alone, it no longer
sees."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.roles import Can, Role
from cases import actions as cases
from cases.models import Part
from deadlines.models import Deadline
from kernel.refusals import Refused
from policies.schema import PartKind
from projects import cadences, hooks
from projects.actions import saving
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import lock, require_on, roles_on

# The parts whose units share the credit: who counts it is told when they change.
CREDITED = ("introducing", "supporting")
COMMISSIONER = "commissioner"
CACHED = {"landing": "landing_unit", "introducing": "introducing_unit"}


def require_setter(project: Project, rule: PartKind, by: User) -> None:
    """Raises Refused unless this person gives and ends such a part by hand.

    The commissioner is named and handed over by actions of their own, or duties stay behind; parts that carry
    credit or the landing (``set_by_roles``) come from a step's verdict or from whom the plan names.
    """
    if rule.code == COMMISSIONER:
        message = _("项目服务专员请在“项目服务”中配备或移交，以免遗漏其未办结的事项")
        raise Refused.because(
            "by_its_own_action", message, clause=rule.clause, field="part", status="invalid"
        )
    _require_no_procedure(project, rule)
    if rule.set_by_roles and not roles_on(by, project) & set(rule.set_by_roles):
        who = "、".join(str(Role(role).label) for role in rule.set_by_roles)
        message = _("“%(part)s”由程序结论产生，或由%(who)s指定、终止") % {"part": rule.name, "who": who}
        raise Refused.because("not_setter", message, clause=rule.clause, status="forbidden")


def _require_no_procedure(project: Project, rule: PartKind) -> None:
    """A part for which the plan proposes units with reasons passes by that procedure alone."""
    steps = rules_of(project).proposing(rule.code)
    if steps:
        names = "、".join(f"“{step.name}”" for step in steps)
        message = _("“%(part)s”须经%(steps)s产生、变更，不能直接指定或终止") % {
            "part": rule.name,
            "steps": names,
        }
        url = reverse("proposals-of", args=[project.pk])
        raise Refused.because(
            "by_its_own_action", message, clause=steps[0].clause, url=url, status="conflict"
        )


def require_no_successor(project: Project, rule: PartKind, unit: Unit, user: User | None) -> None:
    """Raises Refused where this would pass a post of the service team to another without what is in hand."""
    if not (rule.exclusive and rules_of(project).posts_of(rule.code)):
        return
    held = Part.objects.filter(case_id=project.pk, part=rule.code, valid_to__isnull=True)
    if any(_has_clocks(row) for row in held.exclude(unit=unit, user=user)):
        raise _by_the_team(project, rule)


def require_ender(project: Project, rule: PartKind, part: Part, by: User) -> None:
    """Raises Refused unless this person ends such a part by hand; what a post has in hand is passed on by the
    service team."""
    require_setter(project, rule, by)
    if rules_of(project).posts_of(rule.code) and _has_clocks(part):
        raise _by_the_team(project, rule)


def _has_clocks(part: Part) -> bool:
    """Whether clocks still run for the holder, as the person or as the unit."""
    clocks = Deadline.objects.open().filter(case_id=part.case_id, responsible_user=part.user_id)
    return (clocks if part.user_id else clocks.filter(responsible_unit=part.unit_id)).exists()


def _by_the_team(project: Project, rule: PartKind) -> Refused:
    message = _("“%(part)s”是服务团队的岗位，请在“服务团队”中更换或终止，以免遗漏其未办结的事项")
    url = reverse("team", args=[project.pk])
    words = message % {"part": rule.name}
    return Refused.because("by_its_own_action", words, clause=rule.clause, url=url, status="conflict")


def may_set(project: Project, rule: PartKind, by: User) -> bool:
    """Whether the page offers to give or end such a part."""
    try:
        require_setter(project, rule, by)
    except Refused:
        return False
    return True


@transaction.atomic
def end_part(
    *, project: Project, part: Part, by: User, on: date, reason: str, produced: bool = False
) -> Part:
    """End a part on a day with a reason; the project's cache of it follows.

    ``produced``: a procedure ends it, which has checked its own rights. Raises Refused: forbidden; invalid
    without a reason or before its start, or for a part that is handed over by its own action; conflict when
    it has ended, or passes by a procedure of the plan alone.
    """
    project = lock(project)
    if not produced:
        require_on(by, Can.ASSIGN_PARTS, project)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写原因"))
    row = (
        Part.objects.select_for_update(of=("self",))
        .select_related("case", "unit", "user")
        .get(pk=part.pk, case_id=project.pk)
    )
    rules = rules_of(project)
    rule = rules.parts.get(row.part)
    if rule is not None and not produced:
        require_ender(project, rule, row, by)
    ended = cases.end_part(part=row, by=by, on=on, reason=reason.strip())
    cached = CACHED.get(row.part)
    if cached and getattr(project, f"{cached}_id") == row.unit_id:
        setattr(project, cached, None)
        saving.save(project, by, reason.strip())
    if row.part in CREDITED:
        hooks.tell_money(project, by, on)
    cadences.on_part(project, rules, row.part, by=by, on=on)
    hooks.tell_part(hooks.PartChange(project, row.part, on, by))
    return ended
