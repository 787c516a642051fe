"""From the park's table to the signed agreement (方案三(三)7)."""

from datetime import date, timedelta
from functools import partial

from approvals import actions as approvals
from approvals.models import Agreement
from lifecycle.demo import words
from lifecycle.demo.papers import paper
from lifecycle.demo.talking import MU_IN_SQUARE_METRES, attach
from lifecycle.demo.walk import Move, Walk
from projects import actions as projects
from projects.models import Project


def draft(walk: Walk, on: date) -> None:
    """The agreement with what both sides promise; what the firm fixes grows out of its figures."""
    title = f"{walk.row.name}投资协议"
    approvals.draft_agreement(
        project=walk.row,
        title=title[:120],
        draft=_wording(walk, on, "投资协议（草案）"),
        by=walk.clerk,
        on=on,
    )


def mend(walk: Walk, on: date) -> None:
    """A further version: cleaner and with less energy, so that those reviews alone are asked again."""
    agreement = Agreement.objects.living().get(case_id=walk.pk)
    wording = _wording(walk, on, "投资协议（修改稿）", share=6)
    approvals.revise_agreement(agreement=agreement, draft=wording, by=walk.clerk, on=on)


def _wording(walk: Walk, on: date, title: str, share: int = 10) -> approvals.AgreementDraft:
    """``share``: how much energy and emission, in tenths of what such a firm would use."""
    row = Project.objects.get(pk=walk.pk)
    wan = int(walk.yuan / 10_000)
    mu = max(10, (row.land_square_metres or 0) // MU_IN_SQUARE_METRES)
    values = {
        "content": row.content,
        "total_investment": walk.total,
        "fixed_investment": f"{wan * 7 // 10}万元",
        "intensity": f"{wan * 7 // 10 // mu}",
        "progress": f"{on.year}年完成三成，{on.year + 1}年完成全部投资",
        "start_on": f"{on + timedelta(days=150)}",
        "finish_on": f"{on + timedelta(days=600)}",
        "production_on": f"{on + timedelta(days=690)}",
        "energy_use": f"{max(1, wan * share // 100)}",
        "emission": f"氮氧化物、化学需氧量合计不超过{max(1, wan * share // 4_000)}吨/年",
        "safety_duty": "建立双重预防机制，安全设施与主体工程同时投用",
        "jobs": f"{row.jobs or 20}",
        "land": f"{mu}",
        "land_ready_on": f"{on + timedelta(days=120)}",
    }
    paper_of = paper(title, row.name, f"{on:%Y-%m-%d}")
    return approvals.AgreementDraft(
        grade="agreement", values=values, commitments=_promised(walk, on), paper=paper_of
    )


def _promised(walk: Walk, on: date) -> list[approvals.Commitment]:
    """What departments promise beside the terms."""
    units = walk.people.units
    return [
        approvals.Commitment(units["economy-information"], "协调双回路供电方案", on + timedelta(days=180)),
        approvals.Commitment(units["finance"], "按进度兑现设备购置奖补"),
    ]


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
    deed = approvals.Deed(
        place="涪陵区会展中心", event=words.SIGNING_EVENTS[on.month % len(words.SIGNING_EVENTS)],
        counterparty="董事长", note="集中签约",
    )  # fmt: skip
    approvals.sign(project=row, deed=deed, by=walk.clerk, on=on, today=on)


def sign_more(walk: Walk, on: date) -> None:
    """A supplementary agreement: the investor adds to what was agreed."""
    row = walk.row
    deed = approvals.Deed(
        raw="5000万元", adds=True, event="企业增资扩产签约", counterparty="董事长", note="补充协议",
        paper=paper("投资协议（补充协议）", row.name, f"{on:%Y-%m-%d}"),
    )  # fmt: skip
    approvals.sign(project=row, deed=deed, by=walk.clerk, on=on, today=on)


def correct_total(walk: Walk, on: date) -> None:
    change = projects.Change(measure="total", raw=walk.share(90, 115))
    projects.correct(project=walk.row, change=change, by=walk.clerk, on=on, reason=words.CORRECTED_SUM)
