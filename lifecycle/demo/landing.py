"""From the park's table to the signed agreement (方案三(三)7)."""

from datetime import date
from functools import partial

from approvals import actions as approvals
from lifecycle.demo import words
from lifecycle.demo.talking import attach
from lifecycle.demo.walk import Move, Walk
from projects import actions as projects


def draft(walk: Walk, on: date) -> None:
    attach(walk, on, "draft_agreement", "投资协议（草案）")


def settle(walk: Walk, on: date) -> None:
    projects.reach(project=walk.row, milestone="agreement_settled", by=walk.park_clerk, on=on)


def open_(code: str) -> Move:
    """A procedure is opened by the clerk."""
    return partial(_open, code=code)


def _open(walk: Walk, on: date, *, code: str) -> None:
    approvals.open_step(project=walk.row, step=code, by=walk.clerk, on=on)


def conclude(code: str, verdict: str, reason: str = "") -> Move:
    """The bureau concludes a procedure that it leads."""
    return partial(_conclude, code=code, verdict=verdict, reason=reason)


def _conclude(walk: Walk, on: date, *, code: str, verdict: str, reason: str) -> None:
    approvals.conclude(step=walk.step(code), verdict=verdict, reason=reason, by=walk.clerk, on=on)


def support(walk: Walk, on: date) -> None:
    """A department helps to bring the project in: credit is divided 80/20 (R147)."""
    unit = walk.people.units[walk.rng.choice(("commerce", "science-technology", "finance", "state-assets"))]
    projects.set_parts(project=walk.row, part="supporting", unit=unit, by=walk.clerk, on=on)


def sign(walk: Walk, on: date) -> None:
    """Figure, grade and paper, then the signature: credit is booked, the commissioner is asked for."""
    row = walk.row
    for measure, low, high in (("fixed_asset", 60, 80), ("contract", 85, 100)):
        raw = walk.share(low, high)
        projects.set_money(project=row, measure=measure, raw=raw, by=walk.clerk, on=on, source="投资协议")
    grade = walk.rng.choice(("agreement", "agreement", "contract"))
    projects.edit(project=row, by=walk.clerk, on=on, changes={"agreement_grade": grade})
    attach(walk, on, "investment_agreement", "投资协议（签署本）")
    projects.reach(project=row, milestone="signed", by=walk.clerk, on=on, note="集中签约")


def correct_total(walk: Walk, on: date) -> None:
    change = projects.Change(measure="total", raw=walk.share(90, 115))
    projects.correct(project=walk.row, change=change, by=walk.clerk, on=on, reason=words.CORRECTED_SUM)
