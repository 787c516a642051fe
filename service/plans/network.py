"""From the pack's preset to the tasks of one plan, and back: what is applicable, and which days it gets."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from deadlines.calendar import Calendar
from kernel.conditions import holds
from policies.schema import PlanItemRule, PlanRule
from service.plans.scheduling import Network, Schedule, Task


def applicable(rule: PlanRule, facts: Mapping[str, Any]) -> list[PlanItemRule]:
    """The preset items that concern a project; where a fact is missing, the item is there."""
    return [item for item in rule.items if holds(item.when, facts) is not False]


def network_of(rule: PlanRule, codes: Collection[str]) -> Network:
    """The dated items of these codes as tasks; one left out passes what it waits for on to what waits for
    it.
    """
    known = {item.code: item for item in rule.items if not item.timing}
    dated = [item for code, item in known.items() if code in codes]
    return Network(_task(item, _through(known, codes, item.after)) for item in dated)


def predecessors(rule: PlanRule, codes: Collection[str]) -> dict[str, tuple[str, ...]]:
    """For each dated item of these codes those among them that it comes after."""
    known = {item.code: item for item in rule.items if not item.timing}
    return {code: _through(known, codes, item.after) for code, item in known.items() if code in codes}


def _task(item: PlanItemRule, after: tuple[str, ...]) -> Task:
    lasts = item.lasts
    if lasts is None:
        return Task(item.code, after=after, ends_on=item.ends_on or "")
    return Task(item.code, lasts.count, lasts.unit, after, item.ends_on or "")


def _through(
    known: Mapping[str, PlanItemRule], codes: Collection[str], after: tuple[str, ...]
) -> tuple[str, ...]:
    found: list[str] = []
    for code in after:
        if code in codes:
            found.append(code)
        elif code in known:
            found += _through(known, codes, known[code].after)
    return tuple(dict.fromkeys(found))


def count_back(
    rule: PlanRule,
    codes: Collection[str],
    agreed: Mapping[str, date],
    calendar: Calendar,
    *,
    begin: date,
    done: Mapping[str, date] | None = None,
) -> Schedule:
    """The schedule of these items; ``agreed`` has at least one day. Raises CalendarError."""
    return network_of(rule, codes).schedule(calendar, agreed, begin, done)
