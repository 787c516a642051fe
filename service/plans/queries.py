"""Reads: the plan of a project, its versions, the enterprise's list, what is worth a warning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from deadlines import calendars
from deadlines.calendar import CalendarError
from kernel.money import show_fen
from kernel.phones import mask
from kernel.refusals import Refused
from policies.schema import PlanRule
from projects.facts import facts_of, rules_of
from projects.models import Project
from service.plans.models import WHOLE, Plan, PlanItem, PlanSeal, PlanTarget, PlanTick, PlanVersion
from service.plans.network import applicable, count_back
from service.plans.permissions import may_seal, unit_of_side
from service.plans.rules import plan_rule
from service.plans.scheduling import Schedule
from service.plans.standing import Line, standing


def plan_of(project: Project, code: str = "") -> Plan | None:
    """The project's plan of a kind, the pack's first by default; None before it is made."""
    rules = rules_of(project)
    rule = rules.plan(code) if code else next(iter(rules.plans), None)
    if rule is None:
        return None
    return Plan.objects.filter(project=project, code=rule.code).for_reading().first()


def versions_of(plan: Plan) -> list[PlanVersion]:
    """Every version, the newest first, with its figures."""
    rows = PlanVersion.objects.filter(plan=plan).select_related("drafted_by", "filed")
    return list(rows.order_by("-number"))


def enterprise_list(project: Project, today: date) -> list[Line]:
    """项目主体任务清单: the lines that the enterprise keeps, as they stand; [] before the plan is made."""
    plan = plan_of(project)
    if plan is None or plan.current is None:
        return []
    rule = plan_rule(project, plan.code)
    return [line for line in standing(plan, plan.current, rule, today).lines if line.by_enterprise]


def figures_of(version: PlanVersion, year: int = WHOLE) -> PlanTarget | None:
    return next((row for row in version.targets.all() if row.year == year), None)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the sealing: who it is now, and its seal if it has given one."""

    code: str
    name: str
    signer: str
    unit: str
    seal: PlanSeal | None
    may: bool


def sides_of(project: Project, version: PlanVersion, rule: PlanRule, user: User, today: date) -> list[Side]:
    """The sides in the plan's order; ``may``: this user can seal the draft for it now."""
    rows = version.seals.filter(voided_on__isnull=True).select_related("unit", "by", "paper")
    given = {row.side: row for row in rows}
    found = []
    for side in rule.seals:
        seal = given.get(side.code)
        unit = seal.unit if seal else unit_of_side(project, side)
        name = version.frame.get("enterprise", "") if side.part is None else str(unit or "")
        open_ = seal is None and version.sealed_on is None
        may = open_ and may_seal(user, project, side, today)
        found.append(Side(side.code, side.name, side.signer, name, seal, may))
    return found


def contacts_of(version: PlanVersion, rule: PlanRule) -> list[tuple[str, str, str]]:
    """Whom to call: name of the side, the person, the number with its middle hidden; blank ones left out."""
    known = version.frame.get("contacts", {})
    rows = [(side.name, known.get(side.code, {})) for side in rule.seals]
    return [
        (name, one.get("name", ""), mask(one.get("phone", "")))
        for name, one in rows
        if one.get("name") or one.get("phone")
    ]


def warnings(project: Project, version: PlanVersion) -> list[str]:
    """What is allowed and yet worth a look: more than was agreed, days accepted although they cannot be
    met.
    """
    found = []
    whole = figures_of(version)
    agreed = project.contract_fen or project.total_fen
    if whole and whole.invest_fen and agreed and whole.invest_fen > agreed:
        words = {"plan": show_fen(whole.invest_fen), "agreed": show_fen(agreed)}
        found.append(_("计划总投资%(plan)s超出协议金额%(agreed)s，请核对") % words)
    if version.accepted_late:
        found.append(_("日期无法按工序实现，仍按此编制：%(why)s") % {"why": version.accepted_late})
    return found


def open_doubts(plan: Plan, version: PlanVersion, rule: PlanRule, today: date) -> bool:
    """Whether the first seal on a version has to say why its contradictions stand."""
    if version.seals.filter(voided_on__isnull=True).exists():
        return False
    return any(not one.reason for one in standing(plan, version, rule, today).doubts)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions; "" for what is not there."""

    what: str
    before: str
    after: str


def compare(old: PlanVersion, new: PlanVersion, rule: PlanRule) -> list[Change]:
    """What differs between two versions: agreed days, figures, contacts, items with their words and days."""
    changes = [
        Change(anchor.name, str(old.agreed.get(anchor.code, "")), str(new.agreed.get(anchor.code, "")))
        for anchor in rule.anchors
        if old.agreed.get(anchor.code) != new.agreed.get(anchor.code)
    ]
    changes += _figure_changes(old, new, rule) + _contact_changes(old, new, rule)
    before = {row.code: row for row in old.items.all()}
    after = {row.code: row for row in new.items.all()}
    for code in [*before, *(code for code in after if code not in before)]:
        sides = before.get(code), after.get(code)
        reworded = len({row.name for row in sides if row}) > 1
        a, b = (_said(row, named=reworded) for row in sides)
        if a != b:
            row = after.get(code) or before[code]
            changes.append(Change(row.name, a, b))
    return changes


def _said(item: PlanItem | None, *, named: bool = False) -> str:
    """The day and the words beside it; ``named``: with the item's own wording, where that differs."""
    if item is None:
        return ""
    said = str(item.planned_on or item.timing)
    more = "；".join(text for text in (item.goal, item.note) if text)
    said = f"{said}（{more}）" if more else said
    return f"{item.name}：{said}" if named else said


def _contact_changes(old: PlanVersion, new: PlanVersion, rule: PlanRule) -> list[Change]:
    """Who is called on each side; numbers with their middle hidden, so that a change there is said."""
    found = []
    for side in rule.seals:
        a, b = (version.frame.get("contacts", {}).get(side.code, {}) for version in (old, new))
        if any(a.get(key, "") != b.get(key, "") for key in ("name", "phone")):
            before, after = (_contact_text(one) for one in (a, b))
            if before == after:
                after = _("%(contact)s（号码有改动）") % {"contact": after}
            found.append(Change(_("%(side)s联络人") % {"side": side.name}, before, after))
    return found


def _contact_text(one: Mapping[str, str]) -> str:
    return f"{one.get('name', '')} {mask(one.get('phone', ''))}".strip()


def _figure_changes(old: PlanVersion, new: PlanVersion, rule: PlanRule) -> list[Change]:
    sides: Sequence[Mapping[int, PlanTarget]] = [
        {row.year: row for row in version.targets.all()} for version in (old, new)
    ]
    found = []
    for year in sorted({*sides[0], *sides[1]}):
        a, b = (figures_text(rows.get(year), rule) for rows in sides)
        if a != b:
            found.append(
                Change(_("总建设计划") if year == WHOLE else _("%(y)s年建设计划") % {"y": year}, a, b)
            )
    return found


def figures_text(row: PlanTarget | None, rule: PlanRule) -> str:
    """ "6,000万元，厂房2栋，12,000㎡"."""
    if row is None:
        return ""
    said = [show_fen(row.invest_fen)] if row.invest_fen is not None else []
    kinds = rule.table.buildings if rule.table else ()
    said += [
        _("%(kind)s%(n)s栋") % {"kind": kind.name, "n": row.buildings[kind.code]}
        for kind in kinds
        if row.buildings.get(kind.code)
    ]
    said += [f"{row.floor_area:,}㎡"] if row.floor_area is not None else []
    return "，".join(said)


def preview(project: Project, rule: PlanRule, agreed: Mapping[str, date], begin: date) -> Schedule:
    """What a plan with these days would say; writes nothing. Raises Refused (invalid)."""
    codes = [item.code for item in applicable(rule, facts_of(project))]
    plan = plan_of(project, rule.code)
    done = (
        dict(PlanTick.objects.filter(plan=plan, withdrawn_on__isnull=True).values_list("code", "on"))
        if plan
        else {}
    )
    try:
        return count_back(rule, codes, agreed, calendars.current(), begin=begin, done=done)
    except CalendarError as error:
        raise Refused.invalid("start_on", _("日期超出工作日历的范围，请核对年份")) from error
