"""When a hand-over of the plan comes about for a project, and what it still waits for."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Unit
from approvals.rules import answering
from cases.models import Part
from kernel.conditions import holds
from kernel.refusals import Refused, Unmet
from policies.facts import labels
from policies.schema import HandoverRule, Limit, Needs, ReceiverRule, Trigger
from projects.facts import rules_of
from projects.gates import unmet
from projects.models import Project
from service.scopes import Scopes


@dataclass(frozen=True, slots=True)
class Asked:
    """One receiver on a day: who plays the part, else the unit named; None while there is neither."""

    rule: ReceiverRule
    unit: Unit | None
    limit: Limit


def complete(rule: HandoverRule, scopes: Scopes) -> Trigger | None:
    """The first trigger that is complete for a project which the scheme takes in; None while none is."""
    if scopes.of(rule.scopes).answer is not True:
        return None
    return next((one for one in rule.triggers if _complete(one, scopes)), None)


def _complete(trigger: Trigger, scopes: Scopes) -> bool:
    there = set(trigger.milestones) <= scopes.reached
    return there and holds(trigger.when, scopes.facts) is True


def rests_on(rule: HandoverRule, milestone: str) -> bool:
    return any(milestone in trigger.milestones for trigger in rule.triggers)


def waits_for(project: Project, rule: HandoverRule, scopes: Scopes) -> list[Unmet]:
    """What is missing, by each way that is open to such a project; [] when it may be handed over."""
    taken = scopes.of(rule.scopes)
    if taken.answer is False:
        names = "、".join(scopes.rules.scopes[code].name for code in rule.scopes)
        return [Unmet("out_of_scope", _("本项目不在适用范围内：%(names)s") % {"names": names}, rule.clause)]
    if taken.answer is None:
        names = "、".join(str(labels().get(name, name)) for name in taken.missing)
        return [Unmet("scope_unknown", _("是否适用待定，尚缺：%(names)s") % {"names": names}, rule.clause)]
    if complete(rule, scopes) is not None:
        return []
    ways = [one for one in rule.triggers if holds(one.when, scopes.facts) is not False]
    missing: list[Unmet] = []
    for way in ways or rule.triggers:
        missing += unmet(project, Needs(milestones=way.milestones), rule.clause, scopes.rules)
    if not missing:  # the milestones are there: what kind of project it is, is not known
        names = "、".join(str(labels().get(name, name)) for way in ways for name in way.when.fields())
        missing = [Unmet("kind_unknown", _("尚未填写“%(name)s”") % {"name": names}, rule.clause)]
    return list(dict.fromkeys(missing))


def receivers(project: Project, rule: HandoverRule, on: date) -> list[Asked]:
    """The receivers of the plan on a business date; one query for the parts, one for the units named."""
    held = (
        Part.objects.filter(case_id=project.pk, valid_to__isnull=True).select_related("unit").order_by("id")
    )
    played = {part.part: part.unit for part in held}
    codes = [one.unit for one in rule.receivers if one.unit]
    units = {code: unit for code in codes for unit in answering([code], (), project.pk, on)}
    return [
        Asked(one, played.get(one.part) or units.get(one.unit or ""), one.limit or rule.limit)
        for one in rule.receivers
    ]


def rule_of(project: Project, code: str) -> HandoverRule:
    """Raises Refused (invalid) for a hand-over that the plan does not have."""
    rule = rules_of(project).handovers.get(code)
    if rule is None:
        raise Refused.invalid("rule", _("所适用的制度没有这一移交的规定"), code="not_in_plan")
    return rule
