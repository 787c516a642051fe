"""Stretches of a life as moves with their working days: put together, they lead from lead to production."""

from random import Random

from lifecycle.demo import building, judging, landing, sites, talking
from lifecycle.demo.walk import Move, Plan


def step(rng: Random, low: int, high: int, move: Move) -> tuple[int, Move]:
    return rng.randint(low, high), move


def heard(rng: Random) -> Plan:
    """A lead and its first contacts."""
    plan = [(0, talking.register), step(rng, 0, 3, talking.talk), step(rng, 1, 6, talking.state_total)]
    return plan + [step(rng, 4, 12, talking.talk) for _ in range(rng.randint(0, 2))]


def talks(rng: Random) -> Plan:
    """In negotiation, the first talk not registered yet."""
    more = [step(rng, 4, 12, talking.talk) for _ in range(rng.randint(1, 2))]
    return [*heard(rng), step(rng, 1, 5, talking.advance), *more, step(rng, 0, 3, talking.state_yield)]


def registered(rng: Random) -> Plan:
    """The first talk registered: the assessment is open and its clock runs."""
    return [
        *talks(rng),
        step(rng, 1, 4, talking.call_in_park),
        (0, talking.open_first_talk),
        step(rng, 0, 1, talking.register_first_talk),
    ]


def opinions(rng: Random, low: int = 66) -> Plan:
    """Everybody answers, now and then one by paper, now and then the last ones too late."""
    plan = [step(rng, 1, 2, judging.answer("assessment", 3, low=low))]
    if rng.random() < 0.15:
        plan.append((0, judging.answer_on_paper))
    plan.append(step(rng, 1, 2, judging.answer("assessment", 2, low=low)))
    last = (6, 9) if rng.random() < 0.12 else (1, 2)
    return [*plan, step(rng, *last, judging.answer("assessment", low=low))]


def assessed(rng: Random) -> Plan:
    return [*registered(rng), *opinions(rng), step(rng, 0, 1, judging.find_feasible)]


def reported(rng: Random) -> Plan:
    """Assessed; what looks very good is reported to the district's leaders."""
    special = [step(rng, 1, 3, judging.judge_good), step(rng, 3, 6, judging.report_specially)]
    special += [step(rng, 1, 3, judging.instruct)] if rng.random() < 0.6 else []
    return assessed(rng) + (special if rng.random() < 0.3 else [])


def dispatched(rng: Random) -> Plan:
    return [
        *reported(rng),
        step(rng, 1, 4, judging.propose_park),
        step(rng, 1, 3, judging.answer("dispatch")),  # the leader
        step(rng, 0, 2, judging.answer("dispatch")),  # the parks
        step(rng, 0, 1, judging.recommend),
    ]


def drafted(rng: Random) -> Plan:
    """In the landing phase, the agreement agreed with the firm."""
    plan = [*dispatched(rng), step(rng, 1, 3, talking.advance), step(rng, 5, 15, talking.talk)]
    if rng.random() < 0.3:
        plan.append(step(rng, 1, 6, talking.restate_total))
    return [*plan, step(rng, 4, 12, landing.draft), step(rng, 0, 2, landing.settle)]


def reviewed(rng: Random) -> Plan:
    return [
        *drafted(rng),
        step(rng, 1, 3, landing.open_("joint_review")),
        step(rng, 1, 3, judging.answer("joint_review", 2)),
        step(rng, 1, 3, judging.answer("joint_review")),
        step(rng, 0, 1, landing.conclude("joint_review", "passed")),
    ]


def decided(rng: Random) -> Plan:
    """Through the sittings of as many bodies as its amount demands: one, two or three."""
    return [
        *reviewed(rng),
        step(rng, 1, 3, landing.open_("decision")),
        step(rng, 3, 8, judging.answer("decision")),
        step(rng, 2, 5, judging.answer("decision")),
        step(rng, 2, 5, judging.answer("decision")),
        step(rng, 0, 1, landing.conclude("decision", "approved")),
    ]


def signed(rng: Random) -> Plan:
    helped = [step(rng, 0, 2, landing.support)] if rng.random() < 0.25 else []
    return [*decided(rng), *helped, step(rng, 2, 12, landing.sign)]


def served(rng: Random) -> Plan:
    """In the construction phase, with a service body and a commissioner."""
    return [
        *signed(rng),
        step(rng, 1, 3, talking.advance),
        step(rng, 0, 2, building.name_service_body),
        step(rng, 0, 2, building.name_commissioner),
        (0, building.plan_works),
        step(rng, 2, 7, building.match_elements),
        (0, building.open_permits("company_opening")),
    ]


def applied(rng: Random) -> Plan:
    """Filed, the applications for all permits accepted: the clock of 34 working days runs."""
    return [
        *served(rng),
        (1, building.open_company),
        step(rng, 1, 4, building.open_permits("project_filing")),
        step(rng, 1, 3, building.grant("project_filing")),
        (0, building.seal_works),
        step(rng, 3, 10, building.apply),
        (0, building.open_permits("land_grant", "environment_assessment", "energy_review", "safety_review")),
    ]


def permitted(rng: Random, days: int = 4) -> Plan:
    """All permits granted, each some ``days`` after the one before."""
    granted = [step(rng, 2, days, building.grant(code)) for code in list(building.PERMITS)[2:6]]
    return [
        *applied(rng),
        *granted,
        (0, building.open_permits("planning_permit", "construction_permit", "utilities")),
        step(rng, 2, days, building.grant("planning_permit")),
        step(rng, 0, 1, judging.answer("utilities")),
        (0, building.connect),
        step(rng, 2, days, building.grant("construction_permit")),
    ]


def started(rng: Random, days: int = 4) -> Plan:
    return [
        *permitted(rng, days),
        step(rng, 3, 12, sites.start),
        (0, building.meet_elements),
        step(rng, 2, 12, building.pay_in),
        step(rng, 5, 15, talking.visit),
        step(rng, 1, 10, building.progress),
    ]


def going_up(rng: Random) -> Plan:
    """The building grows: visits and payments."""
    rounds = [step(rng, 12, 25, move) for move in (talking.visit, building.pay_in) * rng.randint(1, 2)]
    return [*started(rng, rng.choice((4, 4, 8))), *rounds, step(rng, 2, 10, building.progress)]


def completed(rng: Random) -> Plan:
    return [*going_up(rng), step(rng, 10, 40, building.complete()), step(rng, 1, 4, talking.advance)]


def accepted(rng: Random) -> Plan:
    return [
        *completed(rng),
        *asked_to_accept(rng),
        step(rng, 1, 2, judging.answer("joint_acceptance")),
        step(rng, 0, 1, building.accept()),
    ]


def asked_to_accept(rng: Random) -> Plan:
    return [
        step(rng, 3, 10, building.ask_acceptance),
        step(rng, 1, 3, judging.answer("joint_acceptance", 2)),
    ]


def producing(rng: Random) -> Plan:
    return [
        *accepted(rng),
        step(rng, 1, 6, building.ask_deed),
        step(rng, 2, 6, building.give_deed),
        step(rng, 5, 20, building.produce),
    ]
