"""After the signature: service, permits in parallel, start, acceptance, production (方案三(四)、三(五))."""

from datetime import date
from functools import partial

from approvals import actions as approvals
from assignments import actions as assignments
from assignments.models import Assignment
from lifecycle.demo import words
from lifecycle.demo.walk import Move, Walk
from projects import actions as projects
from service import actions as service

PERMITS = {
    "project_filing": "development-reform",
    "land_grant": "planning-natural-resources",
    "environment_assessment": "ecology-environment",
    "energy_review": "development-reform",
    "safety_review": "emergency-management",
    "planning_permit": "planning-natural-resources",
    "construction_permit": "housing-construction",
}
"""Permits with the authority that grants each, in the order in which they usually come."""


def name_service_body(walk: Walk, on: date) -> None:
    approvals.conclude(
        step=walk.step("service_body"),
        verdict="named",
        by=walk.park_clerk,
        on=on,
        checks=("where_it_settles",),
        named=[approvals.Named(walk.park)],
    )


def name_commissioner(walk: Walk, on: date) -> None:
    service.name_commissioner(
        project=walk.row, user=walk.commissioner, unit=walk.park, by=walk.park_clerk, on=on, today=on
    )


def match_elements(walk: Walk, on: date) -> None:
    """The commissioner reports what the firm needs; the park strikes the task off."""
    for row in Assignment.objects.undone().filter(case_id=walk.pk, rule="element_matching"):
        assignments.report(assignment=row, report=walk.rng.choice(words.REPORTS), by=walk.commissioner, on=on)
        assignments.close(assignment=row, by=walk.clerk, on=on, note="情况属实")


def mark_small(walk: Walk, on: date) -> None:
    projects.edit(project=walk.row, by=walk.clerk, on=on, changes={"small_low_risk": True})


def apply(walk: Walk, on: date) -> None:
    """The applications are accepted: 34 working days, or 11 days for small projects, begin."""
    projects.reach(project=walk.row, milestone="approvals_applied", by=walk.park_clerk, on=on)


def open_permits(*codes: str) -> Move:
    """Several permits begin side by side."""
    return partial(_open_permits, codes=codes)


def _open_permits(walk: Walk, on: date, *, codes: tuple[str, ...]) -> None:
    for code in codes:
        approvals.open_step(project=walk.row, step=code, by=walk.park_clerk, on=on)


def grant(code: str) -> Move:
    """The authority grants a permit."""
    return partial(_grant, code=code)


def _grant(walk: Walk, on: date, *, code: str) -> None:
    by = walk.people.at(PERMITS[code])
    approvals.conclude(step=walk.step(code), verdict="granted", by=by, on=on)


def connect(walk: Walk, on: date) -> None:
    approvals.conclude(step=walk.step("utilities"), verdict="connected", by=walk.park_clerk, on=on)


def pay_in(walk: Walk, on: date) -> None:
    """Funds arrive; each payment is a row of its own."""
    projects.set_money(
        project=walk.row,
        measure="paid_in",
        raw=walk.share(8, 22),
        by=walk.commissioner,
        on=on,
        source="银行进账单",
    )


def progress(walk: Walk, on: date) -> None:
    """The clerk brings the ledger's progress up to date."""
    text = walk.rng.choice(
        ("完成场平，基础施工中。", "主体厂房完成七成，设备已订货。", "主体封顶，设备陆续进场安装。")
    )
    projects.edit(project=walk.row, by=walk.clerk, on=on, changes={"progress": f"{on:%Y年%m月}：{text}"})


def complete(part_no: int = 1, parts_total: int = 1) -> Move:
    """The works are completed, whole or in a stage."""
    return partial(_complete, part_no=part_no, parts_total=parts_total)


def _complete(walk: Walk, on: date, *, part_no: int, parts_total: int) -> None:
    projects.reach(
        project=walk.row,
        milestone="works_completed",
        by=walk.commissioner,
        on=on,
        part_no=part_no,
        parts_total=parts_total,
    )


def ask_acceptance(walk: Walk, on: date) -> None:
    approvals.open_step(
        project=walk.row, step="joint_acceptance", by=walk.park_clerk, on=on, reason="申请联合验收"
    )


def accept(verdict: str = "passed", part_no: int = 1, parts_total: int = 1) -> Move:
    """The joint acceptance is concluded, whole or for a stage."""
    return partial(_accept, verdict=verdict, part_no=part_no, parts_total=parts_total)


def _accept(walk: Walk, on: date, *, verdict: str, part_no: int, parts_total: int) -> None:
    approvals.conclude(
        step=walk.step("joint_acceptance"),
        verdict=verdict,
        reason="消防设施需整改" if verdict == "rectify" else "",
        by=walk.people.at("housing-construction"),
        on=on,
        part_no=part_no,
        parts_total=parts_total,
    )


def ask_deed(walk: Walk, on: date) -> None:
    approvals.open_step(project=walk.row, step="property_registration", by=walk.park_clerk, on=on)


def give_deed(walk: Walk, on: date) -> None:
    by = walk.people.at("planning-natural-resources")
    approvals.conclude(step=walk.step("property_registration"), verdict="registered", by=by, on=on)


def produce(walk: Walk, on: date) -> None:
    projects.reach(project=walk.row, milestone="in_production", by=walk.commissioner, on=on)
