"""The fates a project may have, how often each comes, and how long ago its last move was."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from kernel.money import split
from lifecycle.demo import building, judging, landing, stages, talking, turns
from lifecycle.demo.stages import step
from lifecycle.demo.walk import Move, Plan

Planner = Callable[[Random], Plan]


@dataclass(frozen=True, slots=True)
class Fate:
    """``often``: out of 200; ``idle``: working days since the last move, from – to; ``served``: in a park
    that has commissioners."""

    name: str
    often: int
    plan: Planner
    idle: tuple[int, int]
    served: bool = True


def _after(begin: Planner, *moves: tuple[int, int, Move]) -> Planner:
    """A stretch of life, then these moves, each within so many working days from – to."""
    return lambda rng: begin(rng) + [step(rng, low, high, move) for low, high, move in moves]


def _packaged(rng: Random) -> Plan:
    return [(0, talking.plan), step(rng, 2, 10, talking.into_library)]


def _half_answered(*more: tuple[int, int, Move]) -> Planner:
    return _after(stages.registered, (1, 2, judging.answer("assessment", 2)), *more)


def _half_done(rng: Random) -> Plan:
    """The first of two stages completed and accepted."""
    first = (
        step(rng, 10, 30, building.complete(1, 2)),
        *stages.asked_to_accept(rng),
        step(rng, 1, 3, judging.answer("joint_acceptance")),
        step(rng, 0, 1, building.accept(part_no=1, parts_total=2)),
    )
    return [*stages.going_up(rng), *first]


_DOUBTED = _after(
    stages.registered,
    (1, 2, judging.answer("assessment", 2, low=40)),
    (2, 3, judging.answer("assessment", low=40)),
    (0, 1, judging.find_not_feasible),
)
_AGAIN = _after(
    stages.registered,
    (2, 5, judging.answer("assessment")),
    (0, 1, judging.want_more),
    (5, 12, judging.assess_again),
    (1, 2, judging.answer("assessment", 3)),
)
_VETOED = _after(
    stages.drafted,
    (1, 3, landing.open_("joint_review")),
    (2, 4, judging.answer("joint_review", against="veto")),
    (0, 1, landing.conclude("joint_review", "vetoed", "环保事项被否决，调整方案后再行预审")),
)
_MENDED = _after(_VETOED, (3, 8, landing.mend))
_PUT_OFF = _after(
    stages.reviewed,
    (1, 3, landing.open_("decision")),
    (3, 8, judging.answer("decision", against="defer")),
    (0, 1, landing.conclude("decision", "deferred", "有关支持条款需进一步论证")),
)
_SMALL = _after(
    stages.served,
    (0, 2, building.mark_small),
    (1, 1, building.open_company),
    (1, 3, building.open_permits("project_filing")),
    (1, 2, building.grant("project_filing")),
    (1, 3, building.apply),
    (0, 0, building.open_permits("environment_assessment", "planning_permit", "construction_permit")),
)
_CIRCULATING = _after(
    stages.reported,
    (1, 3, judging.propose_all_parks),
    (1, 2, judging.answer("dispatch")),
    (0, 1, judging.one_park_declines),
)
_UNWANTED = _after(
    stages.reported,
    (1, 3, judging.propose_park),
    (1, 2, judging.answer("dispatch")),
    (1, 2, judging.answer("dispatch", against="decline")),
    (0, 1, judging.do_not_recommend),
)
_HANDED_OVER_SOON = _after(
    stages.signed,
    (3, 8, judging.propose_transfer),
    (0, 1, judging.answer("transfer")),
    (1, 2, judging.answer("transfer")),
)
_HANDED_OVER = _after(_HANDED_OVER_SOON, (1, 2, judging.answer("transfer")), (0, 1, judging.transfer))
_HALFWAY = _after(
    stages.applied,
    (2, 5, building.grant("land_grant")),
    (2, 5, building.grant("environment_assessment")),
)
_SECOND_STAGE = _after(
    _half_done,
    (10, 30, building.complete(2, 2)),
    (1, 3, talking.advance),
    (2, 6, building.ask_acceptance),
)

# fmt: off
FATES = (
    Fate("half answered", 15, _half_answered(), (0, 3)),
    Fate("assessed late", 7, _half_answered(), (7, 20)),
    Fate("vetoed", 2, _VETOED, (2, 20)),
    Fate("vetoed, mended", 1, _MENDED, (1, 9)),
    Fate("not feasible", 5, _DOUBTED, (2, 30)),
    Fate("clock stopped", 2, _half_answered((1, 2, turns.pause)), (1, 9)),
    Fate("day corrected", 3, _half_answered((0, 1, turns.correct_day)), (0, 2)),
    Fate("producing", 9, stages.producing, (3, 150)),
    Fate("permits in time", 5, _HALFWAY, (0, 8)),
    Fate("just applied", 3, stages.applied, (0, 3)),
    Fate("permits late", 5, _HALFWAY, (30, 45)),
    Fate("without commissioner", 4, _after(stages.signed, (0, 2, talking.advance)), (1, 12), served=False),
    Fate("packaged", 28, _packaged, (2, 160)),
    Fate("shelved", 4, _after(stages.talks, (5, 20, turns.shelve)), (5, 90)),
    Fate("lead", 18, stages.heard, (0, 12)),
    Fate("in talks", 8, stages.talks, (1, 40)),
    Fate("claimed twice", 2, _after(stages.heard, (1, 3, talking.claim_too)), (0, 4)),
    Fate("ruled on", 1, _after(stages.heard, (1, 3, talking.claim_too), (1, 3, talking.rule)), (0, 9)),
    Fate("offered to a colleague", 1, _after(stages.heard, (1, 3, talking.offer_lead)), (0, 3)),
    Fate("assessed again", 5, _AGAIN, (0, 3)),
    Fate("given up after the assessment", 3, _after(_DOUBTED, (3, 12, turns.give_up)), (5, 120)),
    Fate("waiting for consent", 6, _after(stages.reported, (1, 3, judging.propose_park)), (0, 6)),
    Fate("report in time", 3, _after(stages.assessed, (1, 2, judging.judge_good)), (0, 4)),
    Fate("report late", 3, _after(stages.assessed, (1, 2, judging.judge_good)), (8, 14)),
    Fate("circulating", 2, _CIRCULATING, (0, 1)),
    Fate("no park wanted it", 1, _UNWANTED, (1, 8)),
    Fate("handed over", 1, _HANDED_OVER, (0, 6)),
    Fate("to be handed over", 1, _HANDED_OVER_SOON, (0, 1)),
    Fate("dispatched", 4, stages.dispatched, (0, 6)),
    Fate("drafting", 5, stages.drafted, (0, 10)),
    Fate("under review", 4, _after(stages.drafted, (1, 3, landing.open_("joint_review")),
                                   (1, 2, judging.answer("joint_review", 3))), (0, 9)),
    Fate("before the bodies", 4, _after(stages.reviewed, (1, 3, landing.open_("decision"))), (1, 12)),
    Fate("put off", 2, _PUT_OFF, (2, 25)),
    Fate("ready to sign", 3, stages.decided, (0, 10)),
    Fate("signed", 4, _after(stages.signed, (1, 4, landing.correct_total), (0, 1, landing.sign_more)),
         (0, 4)),
    Fate("shelved before signing", 2, _after(stages.drafted, (4, 15, turns.shelve)), (4, 60)),
    Fate("given up before signing", 2, _after(stages.reviewed, (5, 20, turns.give_up)), (5, 120)),
    Fate("small and quick", 2, _SMALL, (0, 5)),
    Fate("small and late", 2, _SMALL, (12, 20)),
    Fate("going up", 7, _after(stages.going_up, (3, 9, turns.raise_problem)), (0, 14)),
    Fate("instructed", 3, _after(stages.started, (3, 9, turns.instruct)), (1, 20)),
    Fate("taken up again", 1, _after(stages.started, (5, 10, turns.shelve), (20, 40, turns.take_up)),
         (2, 15)),
    Fate("half completed", 2, _half_done, (2, 30)),
    Fate("second stage", 1, _SECOND_STAGE, (0, 10)),
    Fate("under acceptance", 3, _after(stages.completed, (3, 10, building.ask_acceptance)), (0, 10)),
    Fate("to be mended", 1, _after(stages.completed, (3, 10, building.ask_acceptance),
                                   (2, 4, judging.answer("joint_acceptance", against="veto")),
                                   (0, 1, building.accept("rectify"))), (1, 15)),
    Fate("given up while building", 1, _after(stages.applied, (20, 40, turns.give_up)), (10, 60)),
)
# fmt: on
"""In an order in which the first ones matter most: a small demo has no room for all."""


def drawn(count: int) -> list[Fate]:
    """So many fates in their proportions, the same each time."""
    counts = split(count, [Decimal(fate.often) for fate in FATES])
    return [fate for fate, number in zip(FATES, counts, strict=True) for _ in range(number)]
