"""Where a pack asks a condition of a project, and what lies nested in one."""

from collections.abc import Iterator
from typing import NamedTuple

from kernel.conditions import Condition
from policies.schema import Pack, Step


class Asked(NamedTuple):
    """A condition and where it stands."""

    table: str
    key: str
    condition: Condition


def conditions(pack: Pack) -> Iterator[Asked]:
    """Every condition in the pack."""
    for step in pack.steps:
        yield Asked("steps", f"{step.code}.when", step.when)
        yield from (Asked("steps", f"{step.code}.{a.code}.when", a.when) for a in step.aspects)
        yield from _of_permit(step)
    yield from (Asked("green_channels", f"{one.code}.when", one.when) for one in pack.green_channels)
    yield from (Asked("limits", f"{rule.code}.when", rule.when) for rule in pack.limits)
    yield from (Asked("assignments", f"{rule.code}.when", rule.when) for rule in pack.assignments)
    yield from (
        Asked("plans", f"{plan.code}.items.{i.code}.when", i.when) for plan in pack.plans for i in plan.items
    )
    yield from (Asked("classes", f"{rule.code}.when", rule.when) for rule in pack.classes)
    yield from (Asked("benefits", f"{rule.code}.when", rule.when) for rule in pack.benefits)
    yield from (Asked("scopes", f"{one.code}.when", one.when) for one in pack.scopes if one.when)
    for handover in pack.handovers:
        yield from (Asked("handovers", f"{handover.code}.triggers", one.when) for one in handover.triggers)
    yield from (Asked("cadences", f"{rule.code}.when", rule.when) for rule in pack.cadences)
    for credit in pack.credit:
        for place, weight in enumerate(credit.weights, 1):
            yield Asked("credit", f"{credit.code}.weights[{place}]", weight.when)


def _of_permit(step: Step) -> Iterator[Asked]:
    for key in ("commitment", "delegated"):
        part = getattr(step.permit, key, None)
        if part:
            yield Asked("steps", f"{step.code}.permit.{key}.when", part.when)


def nodes(condition: Condition) -> Iterator[Condition]:
    """The condition and everything nested in it."""
    yield condition
    for inner in (condition.all_of or ()) + (condition.any_of or ()) + (condition.none_of or ()):
        yield from nodes(inner)
