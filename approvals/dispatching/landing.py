"""What passes with a project from one park to the next: parts, clocks, duties, what is being asked and led."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Unit, User
from approvals.models import Opinion, Step
from approvals.rules import rule_of
from assignments.handing import hand_over_unit
from cases import actions as cases
from cases.models import Part
from deadlines.reassigning import reassign_unit
from kernel.language import house_language
from notices.actions import post
from policies.schema import Step as StepRule
from projects import actions as projects
from projects.facts import rules_of
from projects.models import Project


def follow(project: Project, rule: StepRule, old: Unit, new: Unit, by: User, on: date) -> None:
    """Everything unfinished that ``old`` answered for as the holder of the project is ``new``'s from today.

    What a person answers for (the commissioner's duties) is handed over by its own action. The caller holds
    the project's lock and has moved the part itself.
    """
    carried = _carry(project, rule, old, new, by, on)
    case = project.case
    data = {
        "from": old.name, "to": new.name, "name": rule.name, "clause": rule.clause, "parts": carried,
        "asked": _questions(project, rule, old, new),
        "led": Step.objects.filter(case=case, lead_unit=old).running().update(lead_unit=new),
        "deadlines": reassign_unit(case=case, old=old, new=new, by=by, on=on),
        "assignments": hand_over_unit(case=case, old=old, new=new, by=by, on=on),
    }  # fmt: skip
    _let_go(project, old, rule.name, on)
    cases.record(case=case, kind="landing.moved", by=by, on=on, data=data)
    _tell(project, rule, old, new)


def _carry(project: Project, rule: StepRule, old: Unit, new: Unit, by: User, on: date) -> list[str]:
    """The other parts that pass with the project, where the old holder plays them as a unit."""
    carries = rule.proposing.carries if rule.proposing else ()
    held = Part.objects.filter(case=project.case, unit=old, user=None, part__in=carries, valid_to=None)
    codes = list(held.order_by("pk").values_list("part", flat=True))
    for code in codes:
        projects.set_parts(
            project=project, part=code, unit=new, by=by, on=on, reason=rule.name, produced=True
        )
    return codes


def _questions(project: Project, rule: StepRule, old: Unit, new: Unit) -> int:
    """Questions put to the old holder as the holder, and not answered, are the new one's."""
    passing = {rule.names_part, *(rule.proposing.carries if rule.proposing else ())}
    rows = Opinion.objects.filter(step__case=project.case, unit=old).waiting().select_related("step__case")
    moved = [row.pk for row in rows if _asks(row, passing)]
    return Opinion.objects.filter(pk__in=moved).update(unit=new)


def _asks(row: Opinion, parts: set[str | None]) -> bool:
    aspects = {aspect.code: aspect for aspect in rule_of(row.step).aspects}
    return row.aspect in aspects and bool(parts & set(aspects[row.aspect].asks_parts))


def _let_go(project: Project, old: Unit, reason: str, on: date) -> None:
    """Whoever gave the project up no longer sees it for having been asked; as introducer it still does."""
    if Opinion.objects.waiting().filter(step__case=project.case, unit=old).exists():
        return
    works = [code for code, rule in rules_of(project).parts.items() if rule.works]
    rows = Part.objects.filter(case=project.case, unit=old, user=None, valid_to=None).exclude(part__in=works)
    cases.end_parts(parts=rows, on=on, reason=reason)


@house_language()
def _tell(project: Project, rule: StepRule, old: Unit, new: Unit) -> None:
    data = {"title": project.name, "old": old, "new": new, "name": rule.name}
    text = _("“%(title)s”已由%(old)s移交%(new)s（%(name)s），未办结事项一并转移") % data
    moved = Part.objects.filter(case=project.case, part=rule.names_part or "", unit=new).latest("pk")
    post(
        key=f"landing:{moved.pk}", topic="landing.moved", case=project.case, text=text,
        url=f"/projects/{project.pk}/", units=[old.pk, new.pk],
    )  # fmt: skip
