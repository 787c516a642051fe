"""存量补录: which milestones a running project has behind it, and from which day they are known."""

from datetime import date
from functools import lru_cache

from policies.rulebook import Rulebook, rulebook
from projects.importing.entries import Entry, day_of
from projects.models import Batch, Phase
from projects.models.records import Precision

_BATCHES = dict(zip(Phase, Batch, strict=True))
_DAYS = {
    "first_talk_registered": "first_contact",
    "signed": "signed",
    "construction_started": "started",
    "in_production": "produced",
}


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


def days(entry: Entry, milestones: tuple[str, ...], on: date) -> list[tuple[str, date, str]]:
    """(milestone, day, precision) for each; a day that the ledger lacks is the import's, "unknown"."""
    found = []
    for code in milestones:
        known = day_of(entry, _DAYS[code]) if code in _DAYS else None
        found.append((code, *known) if known else (code, on, Precision.UNKNOWN.value))
    return found
