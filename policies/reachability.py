"""Can every milestone be reached, every gate met, every class be somebody's?"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from kernel.conditions import Condition, holds
from policies.asked import nodes
from policies.facts import FACTS
from policies.schema import Milestone, Pack, Step

MOST_SAMPLES = 50_000


def unreachable(pack: Pack, packs: Sequence[Pack]) -> Iterator[tuple[str, str, str, str]]:
    """Faults of the pack's own milestones, steps and gates that wait for one another for ever."""
    milestones = {m.code: m for one in packs for m in one.milestones}
    steps = {s.code: s for one in packs for s in one.steps}
    done = _closure(milestones, steps)
    for milestone in pack.milestones:
        if milestone.code not in done:
            waits = "、".join(sorted(_waits_for(milestone, steps) - done)) or milestone.code
            zh, en = f"永远无法达成，它等待：{waits}", f"can never be reached; it waits for {waits}"
            yield "milestones", f"{milestone.code}.guard", zh, en
    for step in pack.steps:
        if f"step:{step.code}" not in done:
            waits = "、".join(sorted(_step_waits(step, steps) - done))
            zh, en = f"永远无法办结，它等待：{waits}", f"can never conclude; it waits for {waits}"
            yield "steps", f"{step.code}.needs", zh, en
    for phase in pack.phases:
        missing = [code for code in (phase.gate.milestones if phase.gate else ()) if code not in done]
        if missing:
            listed = "、".join(missing)
            zh, en = f"门槛永远无法满足：{listed}", f"the gate can never be met: {listed}"
            yield "phases", f"{phase.code}.gate.milestones", zh, en


def _closure(milestones: dict[str, Milestone], steps: dict[str, Step]) -> set[str]:
    """Everything that can come about, from nothing, by repeated application of the rules."""
    done: set[str] = set()
    while True:
        new = {f"step:{s.code}" for s in steps.values() if _step_waits(s, steps) <= done}
        new |= {m.code for m in milestones.values() if _can_come(m, steps, done)}
        if new <= done:
            return done
        done |= new


def _step_waits(step: Step, steps: Mapping[str, Step]) -> set[str]:
    """What must be there first; of mutual prerequisites, which end together, what each waits for beside."""
    partners = {c for c in step.prerequisites if c != step.code and step.code in _prerequisites(c, steps)}
    waits = _own_waits(step) | {wait for code in partners for wait in _own_waits(steps[code])}
    return waits - {f"step:{code}" for code in (*partners, *([step.code] if partners else ()))}


def _prerequisites(code: str, steps: Mapping[str, Step]) -> tuple[str, ...]:
    return steps[code].prerequisites if code in steps else ()


def _own_waits(step: Step) -> set[str]:
    opener = {step.opens_on.milestone} if step.opens_on.milestone else set()
    return opener | set(step.needs.milestones) | {f"step:{code}" for code in step.prerequisites}


def _can_come(milestone: Milestone, steps: dict[str, Step], done: set[str]) -> bool:
    if not set(milestone.guard.milestones) <= done:
        return False
    if milestone.produced_by != "step":
        return True
    return any(milestone.code in s.milestones and f"step:{s.code}" in done for s in steps.values())


def _waits_for(milestone: Milestone, steps: dict[str, Step]) -> set[str]:
    makers = {f"step:{s.code}" for s in steps.values() if milestone.code in s.milestones}
    return set(milestone.guard.milestones) | (makers if milestone.produced_by == "step" else set())


def unreachable_conditions(rows: Sequence[Condition]) -> list[int]:
    """Places of the conditions that are never the first to hold, over every case that the rows tell apart.

    Comparisons only change at their literals, so the literals and their neighbours are all there is to
    try. A list with too many combinations is taken as sound.
    """
    values = _samples(rows)
    size = 1
    for options in values.values():
        size *= len(options)
    if size > MOST_SAMPLES:
        return []
    first: set[int] = set()
    for combination in product(*values.values()):
        facts = dict(zip(values, combination, strict=True))
        first.add(next((n for n, row in enumerate(rows) if holds(row, facts)), -1))
    return [n for n in range(len(rows)) if n not in first]


def _samples(rows: Sequence[Condition]) -> dict[str, list[object]]:
    found: dict[str, set[object]] = {}
    for row in rows:
        for node in nodes(row):
            if node.field:
                found.setdefault(node.field, {None}).update(_around(node))
    return {field: sorted(options, key=repr) for field, options in found.items()}


def _around(node: Condition) -> set[object]:
    fact = FACTS.get(node.field)
    options: set[object] = set(fact.words) if fact else set()
    if fact and fact.kind == "flag":
        options |= {True, False}
    if node.equals is not None:
        options.add(node.equals)
    options |= set(node.one_of or ())
    for literal in (node.at_least, node.below):
        if literal is not None:
            options |= {literal - 1, literal}
    if node.present is not None:
        options.add("x" if fact is None or fact.kind in ("text", "word") else 1)
    return options
