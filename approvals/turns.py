"""In what order a step asks: all aspects at once, one after the other, or as alternatives."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from approvals.models import AGAINST, Opinion, Step
from approvals.rules import concerning
from policies.schema import Aspect
from policies.schema import Step as StepRule
from projects.facts import facts_of
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Turn:
    """Where the asking stands: ``now`` is to be asked, ``later`` only once what runs has been agreed to.

    ``too_early``: questions put whose turn is gone again, because an earlier answer was taken back.
    """

    now: list[Aspect]
    later: list[Aspect]
    too_early: list[Opinion]


def turn(rule: StepRule, aspects: Sequence[Aspect], rows: Iterable[Opinion]) -> Turn:
    """Whose turn it is, from the opinions in force; ``aspects`` are those that concern the project.

    Where the plan asks in no order, it is everybody's, whoever has been asked.
    """
    by_aspect: dict[str, list[Opinion]] = {}
    for row in rows:
        by_aspect.setdefault(row.aspect, []).append(row)
    if rule.asked != "in_turn":
        return Turn(list(aspects), [], [])
    for place, aspect in enumerate(aspects):
        found, after = by_aspect.get(aspect.code, []), list(aspects[place + 1 :])
        if not found or not _agreed(aspect, found):
            waiting = [row for one in after for row in by_aspect.get(one.code, ()) if row.given_on is None]
            now = [] if found else [aspect]
            return Turn(now, [one for one in after if one.code not in by_aspect], waiting)
    return Turn([], [], [])


def has_turn(rule: StepRule, aspects: Sequence[Aspect], rows: Iterable[Opinion], code: str) -> bool:
    """Whether everybody whose turn is before that of the aspect ``code`` has agreed; always where all are
    asked at once."""
    if rule.asked != "in_turn":
        return True
    found = list(rows)
    before = takewhile(lambda aspect: aspect.code != code, aspects)
    asked = [(aspect, [row for row in found if row.aspect == aspect.code]) for aspect in before]
    return all(mine and _agreed(aspect, mine) for aspect, mine in asked)


def _agreed(aspect: Aspect, rows: Collection[Opinion]) -> bool:
    if aspect.binding:
        return all(row.agrees for row in rows)
    return all(row.given_on is not None for row in rows)


def to_come(step: Step, rule: StepRule) -> list[Aspect]:
    """Aspects of a running step that have not had their turn; [] once somebody asked before has refused."""
    rows = list(step.opinions.filter(in_force=True))
    binding = {aspect.code for aspect in rule.aspects if aspect.binding}
    if rule.asked != "in_turn" or any(row.answer in AGAINST and row.aspect in binding for row in rows):
        return []
    at = turn(rule, concerning(rule, facts_of(Project.objects.get(pk=step.case_id))), rows)
    known = {gap["aspect"] for gap in step.gaps}
    return [aspect for aspect in (*at.now, *at.later) if aspect.code not in known]


def agreed_alternative(step: Step, rule: StepRule) -> bool:
    """Whether one of several that may decide has agreed already."""
    if rule.asked != "any_one":
        return False
    return step.opinions.in_force().agreeing().exists()


def refusals(step: Step, rule: StepRule) -> list[Opinion]:
    """The opinions that stand against a favourable verdict where one veto is enough."""
    advisory = [aspect.code for aspect in rule.aspects if not aspect.binding]
    rows = step.opinions.filter(in_force=True, answer__in=AGAINST).exclude(aspect__in=advisory)
    return list(rows.select_related("unit"))
