"""Assessment, special report, and the way to a park (方案三(二)5、6)."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from accounts.models import Unit
from approvals import actions as approvals
from approvals.actions.opinions import Said
from approvals.dispatching import actions as dispatching
from approvals.dispatching.actions import Suggestion
from approvals.models import Asks, Opinion, SpecialReport
from approvals.sittings.shortcut import decide, needs_sitting
from approvals.special import actions as special
from approvals.special import instructing
from lifecycle.demo import words
from lifecycle.demo.papers import paper
from lifecycle.demo.people import PARKS, SERVED
from lifecycle.demo.walk import Move, Walk
from projects import actions as projects


def answer(code: str, one_in: int = 1, *, against: str = "", low: int = 66) -> Move:
    """One in so many of the units still asked give their opinions, rounded up.

    ``against`` is the answer of the first who may say no; ``low`` the lowest score given.
    """
    return partial(_answer, code=code, one_in=one_in, against=against, low=low)


def _answer(walk: Walk, on: date, *, code: str, one_in: int, against: str, low: int) -> None:
    waiting = walk.step(code).opinions.filter(in_force=True, given_on__isnull=True)
    rows = list(waiting.select_related("unit", "step").order_by("id"))
    units = list(dict.fromkeys(row.unit_id for row in rows))
    now = set(units[: -(-len(units) // one_in)])
    for row in rows:
        if row.unit_id in now:
            said = _said(walk, row, against, low)
            _give(walk, row, on, said)
            against = "" if said.answer == against else against


def _said(walk: Walk, row: Opinion, against: str, low: int) -> Said:
    if row.asks in (Asks.WORDS, Asks.WORDS_AND_SCORE):
        score = walk.rng.randint(low, 95) if row.asks == Asks.WORDS_AND_SCORE else None
        return Said(walk.rng.choice(words.OPINIONS[row.aspect]), score)
    if row.asks == Asks.ACCEPTANCE:
        takes = row.unit_id == walk.park.pk and not against
        return Said(answer="accept") if takes else Said(walk.rng.choice(words.DECLINES), answer="decline")
    if against:
        return Said(words.VETO if against == "veto" else words.DEFER, answer=against)
    if (
        row.asks == Asks.PASS_OR_VETO
        and row.aspect in words.CONDITIONS
        and int(walk.row.case.code[-5:]) % 4 == 0
    ):
        return Said(words.CONDITIONS[row.aspect], answer="pass_if")
    return Said(answer="pass" if row.asks == Asks.PASS_OR_VETO else "approve")


def _give(walk: Walk, row: Opinion, on: date, said: Said) -> None:
    """By the unit itself, or entered for a body that has no account (代录), with its paper."""
    if needs_sitting(row):
        said_there, chair = said.words or words.AGREED, words.chair_of(row.aspect)
        decide(opinion=row, by=walk.clerk, on=on, outcome=said.answer, words=said_there, chair=chair)
        return
    person = walk.people.answers.get(row.unit.code)
    if row.unit.code == "district-government":
        person = walk.people["leader"]
    if person is None:
        on_behalf(walk, row, on, said)
        return
    approvals.give_opinion(
        opinion=row, by=person, on=on, words=said.words, score=said.score, answer=said.answer
    )


def on_behalf(walk: Walk, row: Opinion, on: date, said: Said) -> None:
    """The clerk enters a unit's paper with its scan."""
    scan = paper(f"{row.unit}意见", row.step.name, row.aspect_name, said.words or "同意")
    approvals.record_on_behalf(
        opinion=row,
        scan=scan,
        by=walk.clerk,
        on=on,
        given_on=on,
        words=said.words,
        score=said.score,
        answer=said.answer,
    )


def answer_on_paper(walk: Walk, on: date) -> None:
    """One department sends its opinion as a paper, which the clerk enters for it."""
    rows = walk.step("assessment").opinions.filter(in_force=True, given_on__isnull=True)
    row = rows.exclude(unit__kind="bureau").order_by("id").first()
    if row is not None:
        on_behalf(walk, row, on, _said(walk, row, "", 70))


def find_feasible(walk: Walk, on: date) -> None:
    _assess(walk, on, "feasible", walk.rng.choice(words.FEASIBLE))


def find_not_feasible(walk: Walk, on: date) -> None:
    _assess(walk, on, "not_feasible", walk.rng.choice(words.NOT_FEASIBLE))


def want_more(walk: Walk, on: date) -> None:
    _assess(walk, on, "more_work", words.MORE_WORK)


def _assess(walk: Walk, on: date, verdict: str, reason: str) -> None:
    approvals.conclude(step=walk.step("assessment"), verdict=verdict, reason=reason, by=walk.clerk, on=on)


def assess_again(walk: Walk, on: date) -> None:
    approvals.reopen(step=walk.step("assessment"), by=walk.clerk, on=on, reason="企业已补充材料，再次评估")


def judge_good(walk: Walk, on: date) -> None:
    """初步研判情况较好: the seven working days to the special report begin (R035)."""
    projects.reach(project=walk.row, milestone="judged_good", by=walk.people["head"], on=on)


def report_specially(walk: Walk, on: date) -> None:
    """Drafted from the case and issued under the next number of the year (方案三(二)6)."""
    row = special.draft_report(project=walk.row, by=walk.clerk, on=on, today=on)
    special.issue_report(report=row, by=walk.clerk, on=on, today=on)


def instruct(walk: Walk, on: date) -> None:
    """The leader writes on the report, and one unit or two answer for what follows."""
    row = SpecialReport.objects.in_state("issued").get(case_id=walk.pk)
    text, codes = walk.rng.choice(words.ON_REPORTS)
    units = [walk.park, *(walk.people.units[code] for code in codes)]
    instructing.instruct(report=row, by=walk.people["leader"], on=on, text=text, units=units)


def propose_park(walk: Walk, on: date) -> None:
    """Its park, now and then beside another that will not have it."""
    others = [code for code in PARKS if code != walk.park.code]
    _propose(walk, on, [walk.rng.choice(others)] if walk.rng.random() < 0.2 else [])


def propose_all_parks(walk: Walk, on: date) -> None:
    """流转: three parks at once."""
    _propose(walk, on, [code for code in PARKS if code != walk.park.code])


def _propose(walk: Walk, on: date, beside: list[str]) -> None:
    parks = [walk.park, *(walk.people.units[code] for code in beside)]
    suggestions = [_suggestion(walk, park) for park in parks]
    dispatching.propose(project=walk.row, step="dispatch", suggestions=suggestions, by=walk.clerk, on=on)


def _suggestion(walk: Walk, park: Unit, reasons: Sequence[tuple[str, str]] = words.MATCHES) -> Suggestion:
    principle, reason = walk.rng.choice(reasons)
    return Suggestion(park, reason % {"park": park, "industry": walk.idea.industry}, (principle,))


def one_park_declines(walk: Walk, on: date) -> None:
    """Of several asked one says no; the others still think about it."""
    rows = walk.step("dispatch").opinions.filter(aspect="park_answer", in_force=True, given_on__isnull=True)
    row = rows.exclude(unit=walk.park).select_related("unit", "step").order_by("id").first()
    if row is not None:
        _give(walk, row, on, _said(walk, row, "", 0))


def do_not_recommend(walk: Walk, on: date) -> None:
    reason = "拟承接园区不具备条件，另选园区后再行推荐"
    approvals.conclude(
        step=walk.step("dispatch"), verdict="not_recommended", reason=reason, by=walk.clerk, on=on
    )


def propose_transfer(walk: Walk, on: date) -> None:
    """To the other of the two parks that have commissioners."""
    new = walk.people.units[next(code for code in SERVED if code != walk.park.code)]
    why = _suggestion(walk, new, words.HANDS_ON)
    dispatching.propose(project=walk.row, step="transfer", suggestions=[why], by=walk.clerk, on=on)
    walk.park = new


def transfer(walk: Walk, on: date) -> None:
    approvals.conclude(
        step=walk.step("transfer"), verdict="transferred", by=walk.clerk, on=on,
        named=[approvals.Named(walk.park)],
    )  # fmt: skip


def recommend(walk: Walk, on: date) -> None:
    """With the leader's consent the project goes to its park."""
    approvals.conclude(
        step=walk.step("dispatch"),
        verdict="recommended",
        by=walk.clerk,
        on=on,
        checks=("by_industry",),
        named=[approvals.Named(walk.park)],
    )
