"""The plan behind a step: the rule it was opened under, and whom the plan means by codes and parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from accounts.models import Unit
from approvals.models import Step
from cases.models import Part
from kernel.conditions import Facts, holds
from policies.models import PolicyVersion
from policies.rulebook import pack_of, ref_of, rulebook
from policies.schema import Aspect, Verdict
from policies.schema import Step as StepRule

SUCCESSIONS = 5
"""How many mergers in a row are followed from a unit that a plan names to the one that answers today."""


def rule_of(step: Step) -> StepRule:
    """The rule under which the step was opened, whatever the case's plan says since. Needs ``step.case``."""
    found = rulebook(step.case.policy_set_id).steps.get(step.code)
    if found is not None and found.source.id == step.policy_version_id:
        return found
    return _rules_of_version(step.policy_version_id)[step.code]


@lru_cache(maxsize=16)
def _rules_of_version(version_id: int) -> Mapping[str, StepRule]:
    version = PolicyVersion.objects.select_related("policy").get(pk=version_id)
    ref = ref_of(version)
    return {rule.code: rule.sourced(ref) for rule in pack_of(version.body).steps}


def verdict_of(rule: StepRule, code: str) -> Verdict | None:
    return next((verdict for verdict in rule.verdicts if verdict.code == code), None)


def aspect_of(rule: StepRule, code: str) -> Aspect | None:
    return next((aspect for aspect in rule.aspects if aspect.code == code), None)


def concerning(rule: StepRule, facts: Facts) -> list[Aspect]:
    """The aspects asked about for such a project; an unknown fact leaves the aspect in."""
    return [aspect for aspect in rule.aspects if holds(aspect.when, facts) is not False]


@dataclass(frozen=True, slots=True)
class Cast:
    """Units by the codes and parts that a rule names, as they stand on a day: read with two queries."""

    units: Mapping[str, Unit]
    parts: Mapping[str, list[Unit]]

    def named(self, codes: Iterable[str], parts: Iterable[str]) -> list[Unit]:
        """The units meant, each once, in the plan's order."""
        found = [self.units[code] for code in codes if code in self.units]
        found += [unit for part in parts for unit in self.parts.get(part, ())]
        return list(dict.fromkeys(found))

    def asked(self, aspect: Aspect) -> list[Unit]:
        return self.named(aspect.asks_units, aspect.asks_parts)

    def with_part(self, part: str, units: Sequence[Unit]) -> "Cast":
        """The same, but for who plays one part."""
        return Cast(self.units, {**self.parts, part: list(units)})

    def leads(self, rule: StepRule) -> list[Unit]:
        return self.named(rule.led_by_units, rule.led_by_parts)


def leads_of(rule: StepRule, cast: Cast, facts: Facts) -> list[Unit]:
    """Who leads such a step in a project: for a permit with delegated power (赋权事项) who holds it."""
    delegated = rule.permit.delegated if rule.permit else None
    if delegated and holds(delegated.when, facts) is True:
        held = cast.parts.get(delegated.part, ())
        found = [unit for unit in held if not delegated.units or unit.code in delegated.units]
        if found:
            return found
    return cast.leads(rule)


def cast_for(rules: Iterable[StepRule], case_id: int, on: date, held: Iterable[Part] | None = None) -> Cast:
    """Who is meant by the given rules in a case on a business date; ``held``: its open parts, if known."""
    codes: set[str] = set()
    parts: set[str] = set()
    for rule in rules:
        codes |= {*rule.led_by_units, *(code for aspect in rule.aspects for code in aspect.asks_units)}
        parts |= {*rule.led_by_parts, *(part for aspect in rule.aspects for part in aspect.asks_parts)}
        parts |= {rule.permit.delegated.part} if rule.permit and rule.permit.delegated else set()
    return Cast(_units(codes, on), _parts(case_id, parts, held))


def answering(units: Iterable[str], parts: Iterable[str], case_id: int, on: date) -> list[Unit]:
    """The units meant by codes and parts in a case on a business date, each once, in their order."""
    codes, played = list(units), list(parts)
    return Cast(_units(set(codes), on), _parts(case_id, set(played))).named(codes, played)


def _units(codes: set[str], on: date) -> dict[str, Unit]:
    """The units of today behind the plan's codes: who took over answers for what merged or was renamed."""
    path = "__".join(["successor"] * SUCCESSIONS)
    rows = Unit.objects.filter(code__in=codes).select_related(path) if codes else []
    found = {row.code: _heir(row, on) for row in rows}
    return {code: unit for code, unit in found.items() if unit is not None}


def _heir(unit: Unit, on: date) -> Unit | None:
    for _step in range(SUCCESSIONS + 1):
        if unit.valid_to is None or unit.valid_to >= on:
            return unit if unit.valid_from <= on else None
        if unit.successor is None:
            return None
        unit = unit.successor
    return None


def _parts(case_id: int, codes: set[str], held: Iterable[Part] | None = None) -> dict[str, list[Unit]]:
    if not codes:
        return {}
    if held is None:
        open_ones = Part.objects.filter(case_id=case_id, part__in=codes, valid_to__isnull=True)
        held = open_ones.select_related("unit")
    found: dict[str, list[Unit]] = {}
    for part in held:
        if part.part in codes:
            found.setdefault(part.part, []).append(part.unit)
    return found
