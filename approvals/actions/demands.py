"""What a verdict asks for before it may be given; each item with its clause and unit."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from approvals.binding import standing_vetoes
from approvals.models import Opinion, Step
from approvals.rules import aspect_of
from approvals.scores import score_of
from approvals.turns import agreed_alternative, refusals, to_come
from cases.models import Part
from kernel.refusals import Refused, Unmet
from policies.schema import Step as StepRule
from projects.facts import rules_of
from projects.models import Project


def waiting(step: Step) -> list[Opinion]:
    """The opinions asked for and not given."""
    rows = step.opinions.filter(in_force=True, given_on__isnull=True)
    return list(rows.select_related("unit"))


def outstanding(step: Step) -> list[dict[str, Any]]:
    """What is still missing, as it is kept with the conclusion."""
    asked = [{"aspect": row.aspect_name, "unit": row.unit.name} for row in waiting(step)]
    return asked + [{"aspect": gap["name"], "unit": ""} for gap in step.gaps]


def opinions(step: Step, rule: StepRule, on: date) -> list[Unmet]:
    """The opinions that the plan wants before any verdict: all of them, or all until the last day."""
    if rule.concludes == "any_time" or (rule.concludes == "all_opinions_or_limit" and step.limit_passed(on)):
        return []
    if agreed_alternative(step, rule):
        return []
    url = reverse("step", args=[step.pk])
    found = []
    for row in waiting(step):
        message = _("%(unit)s尚未就“%(aspect)s”出具意见") % {"unit": row.unit, "aspect": row.aspect_name}
        found.append(Unmet(f"opinion:{row.aspect}:{row.unit.code}", message, _clause(rule, row.aspect), url))
    for aspect in to_come(step, rule):
        message = _("“%(aspect)s”尚未轮到，须待前一环节同意") % {"aspect": aspect.name}
        found.append(Unmet(f"turn:{aspect.code}", message, _clause(rule, aspect.code), url))
    for gap in step.gaps:
        message = _("“%(aspect)s”尚未确定征求单位") % {"aspect": gap["name"]}
        found.append(Unmet(f"nobody:{gap['aspect']}", message, _clause(rule, gap["aspect"]), url))
    return found


def no_veto(step: Step, rule: StepRule) -> list[Unmet]:
    """Where one veto is enough: every opinion that stands against a favourable verdict.

    One given on an earlier version of the agreement stands until its unit has answered anew.
    """
    if rule.veto != "any" or agreed_alternative(step, rule):
        return []
    found = []
    for row in [*refusals(step, rule), *standing_vetoes(step)]:
        data = {
            "unit": row.unit.name,
            "aspect": row.aspect_name,
            "answer": row.get_answer_display(),
            "words": row.words[:100],
        }
        message = _("%(unit)s就“%(aspect)s”%(answer)s：%(words)s") % data
        found.append(Unmet(f"veto:{row.aspect}:{row.unit.code}", message, _clause(rule, row.aspect)))
    return found


def changes_made(step: Step, rule: StepRule) -> list[Unmet]:
    """What was approved with changes (修改后同意) counts once the changes are made."""
    if agreed_alternative(step, rule):
        return []
    rows = step.opinions.in_force().to_be_followed()
    message = _("%(unit)s要求修改后同意，尚未落实：%(words)s")
    return [
        Unmet(
            f"amended:{row.aspect}",
            message % {"unit": row.unit, "words": row.words[:100]},
            _clause(rule, row.aspect),
            reverse("step", args=[step.pk]),
        )
        for row in rows.select_related("unit")
    ]


def pass_mark(step: Step, rule: StepRule) -> list[Unmet]:
    """Where the plan has a pass mark: that the scores reach it."""
    if rule.pass_mark is None:
        return []
    total = score_of(rule, step.opinions.filter(in_force=True, score__isnull=False))
    if total is None:
        message = _("尚无评分，须达到 %(mark)s 分") % {"mark": rule.pass_mark}
    elif total.points < rule.pass_mark:
        data = {"mark": rule.pass_mark, "points": total.points, "sum": total.sum}
        message = _("综合得分 %(points)s 分，未达到 %(mark)s 分：%(sum)s") % data
    else:
        return []
    return [Unmet("below_pass_mark", message, rule.clause, reverse("step", args=[step.pk]))]


def checks(rule: StepRule, ticked: Collection[str]) -> list[Unmet]:
    return [
        Unmet(
            f"check:{one.code}",
            _("未确认：%(name)s") % {"name": one.name},
            one.clause or rule.clause,
            field="checks",
        )
        for one in rule.checks
        if one.code not in ticked
    ]


def steps_before(project: Project, step: Step, rule: StepRule, jointly: set[str]) -> list[Unmet]:
    """Steps that the plan wants concluded before or with this one, unless they end in the same stroke."""
    wanted = [code for code in (*rule.prerequisites, *rule.together_with) if code not in jointly]
    if not wanted:
        return []
    done = _favourable(project, wanted)
    rules = rules_of(project)
    found = []
    for code in dict.fromkeys(wanted):
        if code not in done:
            other = rules.steps[code]
            how = _("须与“%(name)s”一并办结") if code in rule.together_with else _("须先办结“%(name)s”")
            found.append(Unmet(f"step:{code}", how % {"name": other.name}, rule.clause, _file(project)))
    return found


def _favourable(project: Project, codes: Iterable[str]) -> set[str]:
    rules = rules_of(project)
    rows = Step.objects.filter(case_id=project.pk, code__in=codes, concluded_on__isnull=False).order_by(
        "round"
    )
    latest = dict(rows.values_list("code", "verdict"))
    return {
        code
        for code, verdict in latest.items()
        if any(one.code == verdict and one.reaches for one in rules.steps[code].verdicts)
    }


def _file(project: Project) -> str:
    return reverse("project-detail", args=[project.pk])


def named(
    project: Project, step: Step, rule: StepRule, who: Sequence[tuple[Unit, User | None]]
) -> list[Unmet]:
    """Who plays the part that the verdict names: exactly one, unless somebody holds it already (R024).

    With ``named_from`` only who agreed on that aspect may be named. Raises Refused (invalid) for more than
    one where the part has one holder.
    """
    if rule.names_part is None:
        return []
    part = rules_of(project).part(rule.names_part)
    if len(who) > 1 and part.exclusive:
        message = _("“%(part)s”只能有一名，现填了 %(n)s 名") % {"part": part.name, "n": len(who)}
        raise Refused.because("named_twice", message, clause=part.clause, field="named", status="invalid")
    if rule.named_from and (who or rule.proposing):
        return _not_agreed(step, rule, [unit for unit, _user in who])
    if who or Part.objects.filter(case_id=project.pk, part=part.code, valid_to__isnull=True).exists():
        return []
    message = _("须确定“%(part)s”") % {"part": part.name}
    return [Unmet(f"part:{part.code}", message, part.clause, field="named")]


def _not_agreed(step: Step, rule: StepRule, units: Sequence[Unit]) -> list[Unmet]:
    rows = step.opinions.in_force().agreeing().filter(aspect=rule.named_from)
    agreed = set(rows.values_list("unit_id", flat=True))
    aspect = aspect_of(rule, rule.named_from or "")
    name = aspect.name if aspect else ""
    clause = _clause(rule, rule.named_from or "")
    if rule.proposing and not agreed:
        message = _("没有单位就“%(aspect)s”表示同意，只能作出不通过的结论") % {"aspect": name}
        return [Unmet("all_declined", message, clause)]
    if not units:
        message = _("须从就“%(aspect)s”表示同意的单位中确定一个") % {"aspect": name}
        return [Unmet(f"part:{rule.names_part}", message, clause, field="named")]
    return [
        Unmet(
            f"not_agreed:{unit.code}",
            _("%(unit)s未就“%(aspect)s”表示同意，不能确定为它") % {"unit": unit, "aspect": name},
            clause,
            field="named",
        )
        for unit in units
        if unit.pk not in agreed
    ]


def _clause(rule: StepRule, aspect: str) -> str:
    found = aspect_of(rule, aspect)
    return (found.clause if found else "") or rule.clause
