"""How far projects have come, as rows for SQL: taken from the rules in force, not written down twice.

A stage is a place in a life: a phase, the milestones behind it in order, the clock that runs there. What a
pack does not know is left out, so another district's plan gives thinner lives, not wrong ones.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from accounts.models import Unit
from approvals.models import ANSWERS, Answer
from kernel.conditions import Condition, holds
from policies.rulebook import Rulebook
from policies.schema import Aspect, OverallLimit
from policies.schema import Step as StepRule
from policies.schema.base import Limit
from projects.facts import batch_of
from projects.models import AgreementGrade, Phase

LIFE: tuple[tuple[Phase, int, tuple[str, ...]], ...] = (
    (Phase.PLANNING, 28, ()),
    (Phase.PLANNING, 8, ("planned",)),
    (Phase.NEGOTIATION, 8, ()),
    (Phase.NEGOTIATION, 9, ("first_talk_registered",)),
    (Phase.NEGOTIATION, 6, ("assessed",)),
    (Phase.NEGOTIATION, 3, ("dispatched",)),
    (Phase.LANDING, 6, ()),
    (Phase.LANDING, 3, ("agreement_settled",)),
    (Phase.LANDING, 3, ("joint_review_passed", "decided")),
    (Phase.CONSTRUCTION, 3, ("signed",)),
    (Phase.CONSTRUCTION, 5, ("service_body_named", "approvals_applied")),
    (Phase.CONSTRUCTION, 6, ("service_commissioner_named", "construction_permitted", "construction_started")),
    (Phase.PRODUCTION, 4, ("works_completed",)),
    (Phase.PRODUCTION, 3, ("accepted",)),
    (Phase.PRODUCTION, 5, ("in_production",)),
)
"""Phase, how many of a hundred projects stand there, and the milestones that stage adds to those before it."""  # noqa: E501
ALONE = ("planned",)
STEPS = (
    ("first_talk", "first_talk_registered", "first_talk_registered"),
    ("assessment", "first_talk_registered", "assessed"),
    ("dispatch", "assessed", "dispatched"),
    ("joint_review", "agreement_settled", "joint_review_passed"),
    ("decision", "agreement_settled", "decided"),
    ("construction_permit", "approvals_applied", "construction_permitted"),
)
"""A step, the milestone with which it opens and the one that it reaches."""
APPLIED_FOR = ("construction_permit",)
"""Of these the ones that run only where somebody applied: with those that went through the steps here."""


@dataclass(frozen=True, slots=True)
class Stage:
    """``slots`` of a hundred projects stand here; ``reached`` lists milestones in the order of their days."""

    number: int
    phase: Phase
    slots: int
    batch: str
    reached: tuple[str, ...]

    @property
    def rank(self) -> int:
        return list(Phase).index(self.phase)

    def place(self, milestone: str) -> int:
        """Which of the milestones, from 1; 0 when it is not reached here."""
        return self.reached.index(milestone) + 1 if milestone in self.reached else 0

    @property
    def grade(self) -> str:
        return AgreementGrade.CONTRACT if self.place("signed") else AgreementGrade.NONE


def stages(rules: Rulebook) -> list[Stage]:
    found: list[Stage] = []
    behind: tuple[str, ...] = ()
    for number, (phase, slots, adds) in enumerate(LIFE):
        reached = (*behind, *(code for code in adds if code in rules.milestones))
        found.append(Stage(number, phase, slots, batch_of(reached, rules), reached))
        behind = tuple(code for code in reached if code not in ALONE)
    return found


def milestone_rows(life: list[Stage]) -> Iterator[tuple[object, ...]]:
    """stage, place, code"""
    for stage in life:
        for place, code in enumerate(stage.reached, 1):
            yield stage.number, place, code


def event_rows(rules: Rulebook, life: list[Stage]) -> Iterator[tuple[object, ...]]:
    """stage, number, place (of the milestone with which it happened), kind, data as JSON: in their order"""
    for stage in life:
        found = [*_reached(rules, stage), *_advanced(rules, stage)]
        for seq, (place, kind, data) in enumerate(sorted(found, key=lambda event: event[0])):
            yield stage.number, seq, place, kind, json.dumps(data, ensure_ascii=False)


def _reached(rules: Rulebook, stage: Stage) -> Iterator[tuple[int, str, dict[str, str]]]:
    for place, code in enumerate(stage.reached, 1):
        rule = rules.milestone(code)
        data = {"name": rule.name, "milestone": code, "clause": rule.clause, "part": ""}
        yield place, "milestone.reached", data


def _advanced(rules: Rulebook, stage: Stage) -> Iterator[tuple[int, str, dict[str, str]]]:
    for before, after in list(pairwise(rules.phases))[: stage.rank]:
        gate = after.gate.milestones if after.gate else ()
        data = {"from": before.name, "to": after.name, "phase": after.code, "clause": after.clause}
        yield max((stage.place(code) for code in gate), default=0), "project.advanced", data


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of the plan between two milestones; ``step`` is the code of the step that it times, or ""."""

    code: str
    rule: StepRule | OverallLimit
    limit: Limit
    start: str
    end: str
    step: str


def clocks(rules: Rulebook) -> list[Clock]:
    """Every clock that a life meets: of the steps, then those between milestones for ordinary projects."""
    found = []
    for code, start, end in STEPS:
        rule = rules.steps.get(code)
        if rule and rule.limit:
            found.append(Clock(f"step:{code}", rule, rule.limit, start, end, code))
    for row in rules.limits:
        if holds(row.when, {"small_low_risk": False}) is not False:
            found.append(Clock(f"limit:{row.code}", row, row.limit, row.starts_on, row.meets_on, ""))  # noqa: PERF401
    return found


def clock_rows(found: list[Clock], life: list[Stage]) -> Iterator[tuple[object, ...]]:
    """stage, rule, name, clause, policy version, start event, place of start, place of end (0: runs), count,
    unit, strength, roll forward, weekday, step"""
    for stage in life:
        for clock in found:
            rule, limit = clock.rule, clock.limit
            if stage.place(clock.start):
                yield (
                    stage.number, clock.code, rule.name, rule.clause, rule.source.id, clock.start,
                    stage.place(clock.start), stage.place(clock.end), limit.count, str(limit.unit),
                    str(limit.strength), limit.roll_forward, limit.weekday, clock.step,
                )  # fmt: skip


def step_rows(rules: Rulebook, life: list[Stage], units: dict[str, Unit]) -> Iterator[tuple[object, ...]]:
    """stage, number, code, name, kind, clause, policy version, place of opening, place of conclusion (0: runs),
    verdict, its name, opening milestone, lead unit"""  # noqa: E501
    for stage in life:
        for number, (code, start, end) in enumerate(STEPS):
            rule = rules.steps.get(code)
            if rule is None or not stage.place(start):
                continue
            verdict = next(one for one in rule.verdicts if end in one.reaches)
            lead = next((units[name].pk for name in rule.led_by_units if name in units), None)
            yield (
                stage.number, number, code, rule.name, rule.kind, rule.clause, rule.source.id, stage.place(start),  # noqa: E501
                stage.place(end), verdict.code, verdict.name, rule.opens_on.milestone or "", lead,
            )  # fmt: skip


def aspect_rows(rules: Rulebook, units: dict[str, Unit]) -> Iterator[tuple[object, ...]]:
    """step, number, aspect, name, group, unit (None: the landing unit), form, answer"""
    for code, _start, _end in STEPS:
        rule = rules.steps.get(code)
        parts = _of_the_park(rule) if rule else frozenset()
        asked = [pair for aspect in rule.aspects for pair in _asked(aspect, units, parts)] if rule else []
        for number, (aspect, unit) in enumerate(asked):
            yield (
                code,
                number,
                aspect.code,
                aspect.name,
                aspect.group,
                unit,
                str(aspect.answer),
                _answer(aspect),
            )


def _of_the_park(rule: StepRule) -> frozenset[str]:
    """The parts that the landing unit plays: it is also who was proposed."""
    return frozenset({"landing"} | ({rule.proposing.part} if rule.proposing else set()))


def _asked(aspect: Aspect, units: dict[str, Unit], parts: frozenset[str]) -> list[tuple[Aspect, int | None]]:
    if aspect.when != Condition():
        return []  # asked about some projects only
    if aspect.asks_units:
        return [(aspect, units[code].pk) for code in aspect.asks_units if code in units]
    return [(aspect, None)] if parts & set(aspect.asks_parts) else []


def _answer(aspect: Aspect) -> Answer:
    return ANSWERS[str(aspect.answer)][0]


def rung_rows(rules: Rulebook) -> Iterator[tuple[object, ...]]:
    """number, level, name, offset, unit, whom it tells, what it opens"""
    for number, rung in enumerate(rules.escalation):
        tells, opens = " ".join(rung.tells), rung.opens or ""
        yield number, rung.level, rung.name, rung.at.offset, str(rung.at.unit), tells, opens
