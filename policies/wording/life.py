"""Phases, parts, duties, milestones, clocks and tasks in sentences."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import UnitKind
from policies.schema import Duty, Milestone, OverallLimit, PartKind, PortfolioState, Rung, TaskRule
from policies.wording.words import Names, limit_text, needs_text, when_text, who_text


def _kinds(kinds: Iterable[str]) -> list[str]:
    return [_("各%(kind)s") % {"kind": UnitKind(kind).label} for kind in kinds]


def portfolio_lines(rule: PortfolioState, names: Names) -> list[str]:
    if rule.from_milestone is None:
        return [_("起始状态")]
    return [_("自“%(milestone)s”起") % {"milestone": names.one("milestones", rule.from_milestone)}]


def part_lines(rule: PartKind, names: Names) -> list[str]:
    lines = [_("同一时间只有一个")] if rule.exclusive else []
    lines += [_("须指定到人")] if rule.person else []
    kinds = "、".join(str(UnitKind(kind).label) for kind in rule.kinds)
    lines += [_("可由%(kinds)s担任") % {"kinds": kinds}] if kinds else []
    lines.append(_("承办角色，可以办理本项目") if rule.works else _("只查阅和答复，不承办"))
    who = who_text(names, (), (), rule.set_by_roles)
    return lines + ([_("由程序结论产生，或由%(who)s指定、终止") % {"who": who}] if who else [])


def duty_lines(rule: Duty, names: Names) -> list[str]:
    lead = [names.one("units", code) for code in rule.lead] + _kinds(rule.lead_kinds)
    others = [names.one("units", code) for code in rule.responsible] + _kinds(rule.responsible_kinds)
    lines = [_("牵头单位：%(units)s") % {"units": "、".join(lead)}] if lead else []
    return lines + ([_("责任单位：%(units)s") % {"units": "、".join(others)}] if others else [])


def _mechanism(action: str) -> str:
    by_named = {
        "sign_agreement": _("由%(who)s登记签约时达成"),
        "recognise": _("由%(who)s按认定依据登记"),
        "deliver_land": _("由%(who)s登记交地即交证时达成"),
    }
    return by_named.get(action) or _("由系统办理时达成")


def milestone_lines(rule: Milestone, names: Names) -> list[str]:
    who = who_text(names, rule.recorded_by_parts, (), rule.recorded_by_roles)
    made = {
        "record": _("由%(who)s登记") % {"who": who},
        "step": _("由程序步骤的结论达成"),
        "action": _mechanism(rule.action) % {"who": who},
    }
    lines = [made[rule.produced_by], *needs_text(rule.guard, names)]
    if rule.documents:
        lines.append(_("登记时附：%(what)s") % {"what": names.many("documents", rule.documents)})
    if rule.fields:
        lines.append(_("登记时填：%(what)s") % {"what": names.many("facts", rule.fields)})
    if rule.years_ahead:
        span = {"first": rule.years_ahead.first, "last": rule.years_ahead.last}
        lines.append(_("谋划年度为当年之后第%(first)s年至第%(last)s年") % span)
    lines += [_("可分期达成")] if rule.staged else []
    return lines + ([rule.note] if rule.note else [])


def overall_limit_lines(rule: OverallLimit, names: Names) -> list[str]:
    span = {
        "first": names.one("milestones", rule.starts_on),
        "last": names.one("milestones", rule.meets_on),
        "limit": limit_text(rule.limit),
    }
    lines = [_("自“%(first)s”起，至“%(last)s”止，%(limit)s") % span, *when_text(rule.when)]
    who = who_text(names, rule.responsible_parts, rule.responsible_units)
    return lines + ([_("责任：%(who)s") % {"who": who}] if who else [])


def task_lines(rule: TaskRule, names: Names) -> list[str]:
    words = {
        "milestone": names.one("milestones", rule.on_milestone),
        "who": who_text(names, rule.to_parts, rule.to_units),
    }
    lines = [_("“%(milestone)s”后自动交办%(who)s") % words, *when_text(rule.when)]
    return lines + ([_("时限：%(limit)s") % {"limit": limit_text(rule.limit)}] if rule.limit else [])


def rung_lines(rule: Rung, names: Names) -> list[str]:
    told = {
        "handler": _("经办人"),
        "unit_head": _("责任单位负责人"),
        "lead_unit": _("牵头单位"),
        "bureau": _("招商部门"),
        "leader": _("区领导"),
        "inspector": _("督查部门"),
    }
    day = _("个工作日") if rule.at.unit == "working_day" else _("个自然日")
    words = {"n": abs(rule.at.offset), "day": day, "who": "、".join(told[who] for who in rule.tells)}
    before = rule.at.before_due is not None
    text = _("到期前%(n)s%(day)s提醒%(who)s") if before else _("逾期%(n)s%(day)s告知%(who)s")
    opens = {"urge": [_("同时发出催办")], "supervise": [_("同时发出督办")], None: []}
    return [text % words, *opens[rule.opens]]
