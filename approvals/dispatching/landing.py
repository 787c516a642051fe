"""What passes with a project from one park to the next: parts, clocks, duties, what is asked and led."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Move:
    """A project passing from one unit to another by a rule of the plan, on a business date."""

    project: Project
    rule: StepRule
    old: Unit
    new: Unit
    by: User
    on: date

    @property
    def carries(self) -> tuple[str, ...]:
        return self.rule.proposing.carries if self.rule.proposing else ()


def follow(move: Move) -> None:
    """Everything unfinished that the old holder of the project answered for is the new one's from today.

    What a person answers for (the commissioner's duties) is handed over by its own action. The caller holds
    the project's lock and has moved the part itself.
    """
    case, old, new, by, on = move.project.case, move.old, move.new, move.by, move.on
    data = {
        "from": old.name, "to": new.name, "name": move.rule.name, "clause": move.rule.clause,
        "parts": _carry(move),
        "asked": _questions(move),
        "led": Step.objects.filter(case=case, lead_unit=old).running().update(lead_unit=new),
        "deadlines": reassign_unit(case=case, old=old, new=new, by=by, on=on),
        "assignments": hand_over_unit(case=case, old=old, new=new, by=by, on=on),
    }  # fmt: skip
    _let_go(move)
    cases.record(case=case, kind="landing.moved", by=by, on=on, data=data)
    _tell(move)


def _carry(move: Move) -> list[str]:
    """The other parts that pass with the project, where the old holder plays them as a unit."""
    held = Part.objects.filter(case=move.project.case, unit=move.old, user=None, valid_to=None)
    codes = list(held.filter(part__in=move.carries).order_by("pk").values_list("part", flat=True))
    for code in codes:
        projects.set_parts(
            project=move.project, part=code, unit=move.new, by=move.by, on=move.on, reason=move.rule.name,
            produced=True,
        )  # fmt: skip
    return codes


def _questions(move: Move) -> int:
    """Questions put to the old holder as the holder, and not answered, are the new one's."""
    passing = {move.rule.names_part, *move.carries}
    asked = Opinion.objects.filter(step__case=move.project.case)
    there = set(asked.in_force().filter(unit=move.new).values_list("step", "aspect"))
    rows = asked.filter(unit=move.old).waiting().select_related("step__case")
    moved = [row.pk for row in rows if _asks(row, passing) and (row.step_id, row.aspect) not in there]
    return Opinion.objects.filter(pk__in=moved).update(unit=move.new)


def _asks(row: Opinion, parts: set[str | None]) -> bool:
    aspects = {aspect.code: aspect for aspect in rule_of(row.step).aspects}
    return row.aspect in aspects and bool(parts & set(aspects[row.aspect].asks_parts))


def _let_go(move: Move) -> None:
    """Whoever gave the project up no longer sees it for having been asked; as introducer it still does."""
    case, old = move.project.case, move.old
    if Opinion.objects.waiting().filter(step__case=case, unit=old).exists():
        return
    works = [code for code, rule in rules_of(move.project).parts.items() if rule.works]
    rows = Part.objects.filter(case=case, unit=old, user=None, valid_to=None).exclude(part__in=works)
    cases.end_parts(parts=rows, on=move.on, reason=move.rule.name)


@house_language()
def _tell(move: Move) -> None:
    project, names = move.project, {"old": move.old, "new": move.new, "name": move.rule.name}
    text = _("“%(title)s”已由%(old)s移交%(new)s（%(name)s），未办结事项一并转移") % {
        "title": project.name,
        **names,
    }
    part = Part.objects.filter(case=project.case, part=move.rule.names_part or "", unit=move.new).latest("pk")
    post(
        key=f"landing:{part.pk}", topic="landing.moved", case=project.case, text=text,
        url=f"/projects/{project.pk}/", units=[move.old.pk, move.new.pk],
    )  # fmt: skip
