"""Which projects a scheme of the plan takes in (适用范围, R203–R205)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kernel.conditions import Condition, holds
from policies.asked import nodes
from policies.rulebook import Rulebook
from policies.schema import Scope
from projects.facts import facts_of, rules_of
from projects.gates import reached_codes
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether a project is taken in: yes (``by`` which scope), no, or None while facts are ``missing``."""

    answer: bool | None
    by: Scope | None = None
    missing: tuple[str, ...] = ()


def taken_in(
    codes: Collection[str], rules: Rulebook, facts: Mapping[str, object], reached: Collection[str]
) -> Taken:
    """The first scope that holds decides; no scopes named take in everything."""
    if not codes:
        return Taken(answer=True)
    missing: list[str] = []
    for rule in (rules.scopes[code] for code in codes if code in rules.scopes):
        told = rule.milestone in reached if rule.when is None else holds(rule.when, facts)
        if told:
            return Taken(answer=True, by=rule)
        if told is None and rule.when is not None:
            missing += _unknown(rule.when, facts)
    return Taken(answer=None if missing else False, missing=tuple(dict.fromkeys(missing)))


def _unknown(condition: Condition, facts: Mapping[str, object]) -> list[str]:
    fields = [node.field for node in nodes(condition) if node.field]
    return [name for name in fields if facts.get(name) in (None, "")]


class Scopes:
    """The same for one project, whose facts and milestones are read once."""

    def __init__(self, project: Project) -> None:
        self.rules, self.facts, self.reached = rules_of(project), facts_of(project), reached_codes(project)

    def of(self, codes: Collection[str]) -> Taken:
        return taken_in(codes, self.rules, self.facts, self.reached)
