"""存量补录: which milestones a running project has behind it, and from which day they are known."""

from datetime import date
from functools import lru_cache

from policies.rulebook import Rulebook, rulebook
from projects.importing.entries import Entry, day_of
from projects.models import Batch, Phase

_BATCHES = dict(zip(Phase, Batch, strict=True))


@lru_cache(maxsize=256)
def behind(policy_set_id: int, phase: str) -> tuple[str, ...]:
    """The milestones that a project in this phase must have behind it, deepest first.

    Those of every gate up to the phase and of the batch that a ledger of this phase counts in, with
    all that they rest on.
    """
    rules = rulebook(policy_set_id)
    order = list(Phase)
    passed = [rules.phase(code) for code in order[: order.index(Phase(phase)) + 1]]
    wanted = [code for rule in passed if rule.gate for code in rule.gate.milestones]
    wanted += [
        row.from_milestone
        for row in rules.portfolio
        if row.code == _BATCHES[Phase(phase)] and row.from_milestone
    ]
    found: dict[str, None] = {}
    for code in wanted:
        _deepest_first(rules, code, found)
    return tuple(found)


def _deepest_first(rules: Rulebook, code: str, found: dict[str, None]) -> None:
    if code in found:
        return
    for needed in rules.milestone(code).guard.milestones:
        _deepest_first(rules, needed, found)
    found[code] = None


def days(entry: Entry, milestones: tuple[str, ...]) -> list[tuple[str, date, str]]:
    """(milestone, day, precision) for those whose day the ledger gives; the others stay "unknown"."""
    return [(code, *known) for code in milestones if (known := day_of(entry, code))]
