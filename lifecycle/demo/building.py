"""After the signature: service, permits in parallel, start, acceptance, production (方案三(四)、三(五))."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from approvals import actions as approvals
from approvals.models import Permit
from approvals.permits import actions as permits
from approvals.permits.actions import Application
from approvals.permits.owed import owed
from approvals.permits.rules import lacking
from lifecycle.demo.papers import paper
from lifecycle.demo.walk import Move, Walk
from projects import actions as projects
from projects.facts import rules_of
from service import actions as service
from service.elements import actions as elements
from service.elements.models import ElementNeed
from service.models import Plan
from service.plans import actions as plans
from service.team import actions as team

PERMITS = {
    "company_opening": "market-regulation",
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


def plan_works(walk: Walk, on: date) -> None:
    """The plan counted back from the agreement's days; a tight one stands all the same, which it says."""
    plans.make_plan(
        project=walk.row,
        by=walk.commissioner,
        on=on,
        contacts={
            "enterprise": plans.Contact("项目经理", "13800000000"),
            "landing": plans.Contact("园区经办"),
        },
        accept_late="按协议约定的日期推进，各环节压缩用时",
    )


def seal_works(walk: Walk, on: date) -> None:
    """Two of three plans are sealed by both sides; the firm's seal comes on paper."""
    plan = Plan.objects.get(project=walk.pk)
    if int(walk.row.case.code[-4:]) % 3 == 0:
        return
    scan = paper("倒排工期表签章页", walk.row.name, f"{on:%Y-%m-%d}")
    said: dict[str, Any] = {"plan": plan, "by": walk.park_clerk, "on": on, "today": on}
    said["accept_late"] = "各方商定压缩各环节用时"
    plans.seal_plan(side="enterprise", signatory="企业负责人", upload=scan, **said)
    plans.seal_plan(side="landing", signatory="园区负责人", **said)
    if int(walk.row.case.code[-2:]) % 3:  # the rest still lack somebody to see to the forms
        team.fill(
            project=walk.row,
            post="agency_staff",
            unit=walk.park,
            user=walk.park_clerk,
            by=walk.park_clerk,
            on=on,
        )


def tick(walk: Walk, on: date, *codes: str) -> None:
    """Items of the firm's list are done, which its commissioner notes for it."""
    plan = Plan.objects.filter(project=walk.pk).first()
    if plan is None:
        return
    for code in codes:
        plans.tick_item(plan=plan, code=code, by=walk.commissioner, on=on, today=on)


NEEDS = {
    "power": (800, 1250, 2000, 4000),
    "water": (120, 300, 800),
    "gas": (2000, 6000),
    "labour": (60, 150, 320),
    "financing": (3000, 8000, 20000),
    "energy_capacity": (900, 2600),
}
"""What firms usually need, in the measures of the plan; the other elements they say they do not."""


def match_elements(walk: Walk, on: date) -> None:
    """The commissioner registers what the firm needs, element by element, which strikes the task off."""
    wants = []
    for code in rules_of(walk.row).elements:
        amounts = NEEDS.get(code, ())
        needed = bool(amounts) and walk.rng.random() < 0.6
        amount = Decimal(walk.rng.choice(amounts)) if needed else None
        platform = "长江渝融通" if needed and code == "financing" else ""
        wants.append(elements.Want(element=code, needed=needed, amount=amount, platform=platform))
    elements.register(project=walk.row, wants=wants, by=walk.commissioner, on=on, today=on)


def meet_elements(walk: Walk, on: date) -> None:
    """Most of what was needed is there; the rest is being seen to."""
    for need in ElementNeed.objects.open().filter(project_id=walk.pk).order_by("pk"):
        if walk.rng.random() < 0.7:
            elements.meet(need=need, result="已接通、签约", by=walk.commissioner, on=on, today=on)
        else:
            elements.begin(need=need, by=walk.commissioner, on=on, today=on, note="已现场勘查，方案编制中")


def mark_small(walk: Walk, on: date) -> None:
    projects.edit(project=walk.row, by=walk.clerk, on=on, changes={"small_low_risk": True})


def apply(walk: Walk, on: date) -> None:
    """The applications are accepted: 34 working days, or 11 days for small projects, begin."""
    projects.reach(project=walk.row, milestone="approvals_applied", by=walk.park_clerk, on=on)


def open_permits(*codes: str) -> Move:
    """The commissioner applies for several permits at one stroke; who applies does not decide."""
    return partial(_open_permits, codes=codes)


def _open_permits(walk: Walk, on: date, *, codes: tuple[str, ...]) -> None:
    applications = [Application(step=code, handed=_handed(walk, code)) for code in codes]
    made = permits.apply(project=walk.row, applications=applications, by=walk.commissioner, on=on, today=on)
    for row in made:
        if row.complete_on is None and _lacks(walk, row):
            by = walk.people.at(PERMITS[row.code])
            permits.notify(permit=row, faults={}, by=by, on=on, today=on)


def _lacks(walk: Walk, row: Permit) -> bool:
    """Whether anything is missing beside what other permits give."""
    due = owed(rules_of(walk.row).steps[row.code], walk.row)
    return any(line.name not in due for line in lacking(row.materials.all()))


def _handed(walk: Walk, code: str) -> list[str] | None:
    """Everything; now and then not the first of the materials, which the authority then asks for."""
    guide = rules_of(walk.row).steps[code].guide
    late = (int(walk.row.case.code[-5:]) + len(code)) % 5 == 0
    if guide is None or not late or code not in ("energy_review", "safety_review", "environment_assessment"):
        return None
    return [item.name for item in guide.materials[1:]]


def grant(code: str) -> Move:
    """The authority grants a permit."""
    return partial(_grant, code=code)


def _grant(walk: Walk, on: date, *, code: str) -> None:
    step = walk.step(code)
    by = walk.people.at(step.lead_unit.code if step.lead_unit else PERMITS[code])
    if step.permit.complete_on is None:
        permits.complete(permit=step.permit, by=by, on=on, today=on)
    words = "涪市监登字" if code == "company_opening" else "涪许"
    number = f"{words}〔{on.year}〕{int(walk.row.case.code[-5:])}-{list(PERMITS).index(code) + 1}号"
    approvals.conclude(step=step, verdict="granted", by=by, on=on, result=permits.Result(number=number))


def open_company(walk: Walk, on: date) -> None:
    """The firm is registered; every fourth project is that of a firm long since registered, which is said."""
    tick(walk, on, "firm_registered")
    if int(walk.row.case.code[-5:]) % 4:
        _grant(walk, on, code="company_opening")
        return
    by, reason = walk.people.at(PERMITS["company_opening"]), "以已登记的企业投资，不另设项目公司"
    approvals.conclude(step=walk.step("company_opening"), verdict="not_needed", by=by, on=on, reason=reason)


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
    tick(walk, on, "firm_equipment")
    projects.reach(project=walk.row, milestone="in_production", by=walk.commissioner, on=on)
