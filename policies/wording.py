"""Rules as sentences for people, in the active language: what the policy pages and commands show."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import UnitKind
from accounts.roles import Role
from kernel.conditions import Condition, explain
from policies.facts import labels
from policies.schema import (
    GRADES,
    AgreementKind,
    Aspect,
    Cadence,
    ClaimRule,
    ClauseTemplate,
    CreditRule,
    Dormancy,
    Duty,
    Every,
    Guide,
    LeadTag,
    Likeness,
    Limit,
    Milestone,
    Needs,
    OverallLimit,
    Pack,
    PartKind,
    PortfolioState,
    ProjectClass,
    ReportRule,
    ReportSection,
    Rung,
    Series,
    Step,
    TaskRule,
    Term,
    Topic,
    Verdict,
)


@dataclass(frozen=True)
class Names:
    """Names by table and code, so that a sentence reads "区财政局" and not "finance"."""

    by_table: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, packs: Iterable[Pack], units: Mapping[str, str]) -> "Names":
        tables: dict[str, dict[str, str]] = {"units": dict(units), "facts": labels()}
        for pack in packs:
            for table, rule in pack.rules():
                tables.setdefault(table, {})[rule.key] = rule.name
        return cls(tables)

    def one(self, table: str, code: str) -> str:
        return self.by_table.get(table, {}).get(code, code)

    def many(self, table: str, codes: Iterable[str]) -> str:
        return "、".join(self.one(table, code) for code in codes)


def span_text(limit: Limit) -> str:
    """ "7个工作日"."""
    count = limit.count
    units = {
        "working_day": ngettext("%(n)s个工作日", "%(n)s个工作日", count),
        "natural_day": ngettext("%(n)s个自然日", "%(n)s个自然日", count),
        "hour": ngettext("%(n)s小时", "%(n)s小时", count),
        "week": ngettext("%(n)s周", "%(n)s周", count),
        "month": ngettext("%(n)s个月", "%(n)s个月", count),
    }
    return units[limit.unit] % {"n": count}


def limit_text(limit: Limit) -> str:
    """ "力争7个工作日内", with roll-forward said where it applies."""
    span = span_text(limit)
    text = (_("力争%(span)s内") if limit.strength == "strive" else _("%(span)s内")) % {"span": span}
    return text + (_("（末日为休息日的顺延）") if limit.roll_forward else "")


def needs_text(needs: Needs, names: Names) -> list[str]:
    """Each kind of need as one sentence; empty for no needs."""
    lines = []
    if needs.milestones:
        lines.append(_("须已完成：%(what)s") % {"what": names.many("milestones", needs.milestones)})
    if needs.fields:
        lines.append(_("须已填写：%(what)s") % {"what": names.many("facts", needs.fields)})
    if needs.documents:
        lines.append(_("须已具备材料：%(what)s") % {"what": names.many("documents", needs.documents)})
    return lines


def when_text(when: Condition) -> list[str]:
    return [_("适用：%(when)s") % {"when": explain(when, labels())}] if when != Condition() else []


def who_text(names: Names, parts: Iterable[str], units: Iterable[str] = (), roles: Iterable[str] = ()) -> str:
    """Units, parts and roles in one enumeration."""
    said = [names.one("units", code) for code in units] + [names.one("parts", code) for code in parts]
    return "、".join(said + [str(Role(role).label) for role in roles])


def _kinds(kinds: Iterable[str]) -> list[str]:
    return [_("各%(kind)s") % {"kind": UnitKind(kind).label} for kind in kinds]


def _portfolio(rule: PortfolioState, names: Names) -> list[str]:
    if rule.from_milestone is None:
        return [_("起始状态")]
    return [_("自“%(milestone)s”起") % {"milestone": names.one("milestones", rule.from_milestone)}]


def _part(rule: PartKind, names: Names) -> list[str]:
    lines = [_("同一时间只有一个")] if rule.exclusive else []
    lines += [_("须指定到人")] if rule.person else []
    kinds = "、".join(str(UnitKind(kind).label) for kind in rule.kinds)
    lines += [_("可由%(kinds)s担任") % {"kinds": kinds}] if kinds else []
    lines.append(_("承办角色，可以办理本项目") if rule.works else _("只查阅和答复，不承办"))
    who = who_text(names, (), (), rule.set_by_roles)
    return lines + ([_("由程序结论产生，或由%(who)s指定、终止") % {"who": who}] if who else [])


def _duty(rule: Duty, names: Names) -> list[str]:
    lead = [names.one("units", code) for code in rule.lead] + _kinds(rule.lead_kinds)
    others = [names.one("units", code) for code in rule.responsible] + _kinds(rule.responsible_kinds)
    lines = [_("牵头单位：%(units)s") % {"units": "、".join(lead)}] if lead else []
    return lines + ([_("责任单位：%(units)s") % {"units": "、".join(others)}] if others else [])


def _milestone(rule: Milestone, names: Names) -> list[str]:
    who = who_text(names, rule.recorded_by_parts, (), rule.recorded_by_roles)
    made = {
        "record": _("由%(who)s登记") % {"who": who},
        "step": _("由程序步骤的结论达成"),
        "action": _("由%(who)s登记签约时达成") % {"who": who}
        if rule.action == "sign_agreement"
        else _("由系统办理时达成"),
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


def _step(rule: Step, names: Names) -> list[str]:
    lines = [_opening(rule, names), *needs_text(rule.needs, names), *when_text(rule.when)]
    leads = who_text(names, rule.led_by_parts, rule.led_by_units)
    lines.append(_("由%(who)s作出结论") % {"who": leads})
    if rule.limit:
        lines.append(_("时限：%(limit)s") % {"limit": limit_text(rule.limit)})
    lines += [_("须确认：%(check)s") % {"check": check.name} for check in rule.checks]
    if rule.names_part:
        lines.append(_("结论时确定“%(part)s”") % {"part": names.one("parts", rule.names_part)})
    if rule.named_from:
        agreed = next(aspect.name for aspect in rule.aspects if aspect.code == rule.named_from)
        lines.append(_("只能从就“%(aspect)s”表示同意的单位中确定") % {"aspect": agreed})
    for text, steps in (
        (_("须先办结：%(what)s"), rule.prerequisites),
        (_("一并办结：%(what)s"), rule.together_with),
    ):
        lines += [text % {"what": names.many("steps", steps)}] if steps else []
    if rule.bound_to:
        lines.append(_("审议“%(what)s”的一个版本") % {"what": names.one("agreements", rule.bound_to)})
        again = _("新版本改动后，撤回已达成的里程碑并自动再次办理")
        lines.append(again if rule.new_version == "reopen" else _("新版本改动后，撤回已达成的里程碑"))
    order = {"in_turn": _("依次征求，前一环节同意后征求下一环节"), "any_one": _("择一办理：一方同意即可")}
    lines += [order[rule.asked]] if rule.asked in order else []
    lines += [_aspect(aspect, names) for aspect in rule.aspects]
    lines += [_verdict(verdict, names) for verdict in rule.verdicts]
    return lines + _concluding(rule) + (guide_text(rule.guide, names) if rule.guide else [])


def guide_text(guide: Guide, names: Names) -> list[str]:
    """A service guide, sentence by sentence: what the step page shows at length."""
    lines = [
        _("办理程序：%(text)s") % {"text": guide.procedure},
        _("审查标准：%(text)s") % {"text": guide.standard},
        _("申请材料：%(what)s") % {"what": "、".join(item.name for item in guide.materials)},
    ]
    if guide.fields:
        lines.append(_("申请表由档案带出，不再填报：%(what)s") % {"what": names.many("facts", guide.fields)})
    return lines


def _opening(rule: Step, names: Names) -> str:
    if rule.opens_on.milestone:
        return _("“%(milestone)s”后自动启动") % {
            "milestone": names.one("milestones", rule.opens_on.milestone)
        }
    return _("由%(who)s启动") % {"who": who_text(names, rule.opened_by_parts, (), rule.opened_by_roles)}


def _concluding(rule: Step) -> list[str]:
    waits = {
        "all_opinions": _("意见收齐后方可作出结论"),
        "all_opinions_or_limit": _("意见收齐或时限届满后方可作出结论"),
        "any_time": "",
    }
    lines = [waits[rule.concludes]] if waits[rule.concludes] else []
    if rule.pass_mark is not None:
        lines.append(_("加权综合得分不低于 %(mark)s 分（百分制）方可通过") % {"mark": rule.pass_mark})
    return lines + ([_("任何一项被否决即不得通过（一票否决）")] if rule.veto == "any" else [])


def _aspect(aspect: Aspect, names: Names) -> str:
    answers = {
        "words": _("书面意见"),
        "words_and_score": _("书面意见，可评分"),
        "pass_or_veto": _("通过或否决"),
        "outcome": _("同意或不同意"),
    }
    name = f"{aspect.group} · {aspect.name}" if aspect.group else aspect.name
    who = who_text(names, aspect.asks_parts, aspect.asks_units)
    text = _("%(name)s：征求%(who)s（%(answer)s）") % {
        "name": name,
        "who": who,
        "answer": answers[aspect.answer],
    }
    more = [_("权重 %(weight)s") % {"weight": f"{aspect.weight:f}"}] if aspect.weight != 1 else []
    more += [_("答复时限：%(limit)s") % {"limit": limit_text(aspect.limit)}] if aspect.limit else []
    more += [] if aspect.binding else [_("不同意不构成否决")]
    return "；".join([text, *more, *when_text(aspect.when), *_reopened(aspect, names)])


def _reopened(aspect: Aspect, names: Names) -> list[str]:
    """What of a new version asks the aspect again."""
    if aspect.every_version:
        return [_("每个新版本重新征求")]
    own = {"grade": _("协议等级"), "commitments": _("部门承诺")}
    terms = "、".join(own.get(code) or names.one("terms", code) for code in aspect.reopened_by)
    return [_("改动以下条款时重新征求：%(terms)s") % {"terms": terms}] if terms else []


def _verdict(verdict: Verdict, names: Names) -> str:
    parts = [_("结论“%(name)s”") % {"name": verdict.name}]
    if verdict.reaches:
        parts.append(_("达成：%(what)s") % {"what": names.many("milestones", verdict.reaches)})
    if verdict.withdraws:
        parts.append(_("撤回：%(what)s") % {"what": names.many("milestones", verdict.withdraws)})
    if verdict.needs_reason:
        parts.append(_("须写明理由"))
    return "，".join(parts)


def _overall_limit(rule: OverallLimit, names: Names) -> list[str]:
    span = {
        "first": names.one("milestones", rule.starts_on),
        "last": names.one("milestones", rule.meets_on),
        "limit": limit_text(rule.limit),
    }
    lines = [_("自“%(first)s”起，至“%(last)s”止，%(limit)s") % span, *when_text(rule.when)]
    who = who_text(names, rule.responsible_parts, rule.responsible_units)
    return lines + ([_("责任：%(who)s") % {"who": who}] if who else [])


def _task(rule: TaskRule, names: Names) -> list[str]:
    words = {
        "milestone": names.one("milestones", rule.on_milestone),
        "who": who_text(names, rule.to_parts, rule.to_units),
    }
    lines = [_("“%(milestone)s”后自动交办%(who)s") % words, *when_text(rule.when)]
    return lines + ([_("时限：%(limit)s") % {"limit": limit_text(rule.limit)}] if rule.limit else [])


def _series(rule: Series, names: Names) -> list[str]:
    lines = [_("文号格式：%(format)s") % {"format": rule.written(2026, 1)}]
    lines.append(_("每年从1号起连续编号") if rule.restarts == "yearly" else _("连续编号，不按年重起"))
    return [*lines, _("存为：%(what)s") % {"what": names.one("documents", rule.document)}]


def _report(rule: ReportRule, names: Names) -> list[str]:
    lines = [
        _("主送：%(who)s") % {"who": rule.addressee},
        _("落款：%(unit)s") % {"unit": names.one("units", rule.signed_by)},
        _("由%(who)s起草、印发") % {"who": who_text(names, (), (), rule.issued_by_roles)},
        _("达成：%(what)s") % {"what": names.one("milestones", rule.reaches)},
    ]
    told = who_text(names, (), rule.tells_units, rule.tells_roles)
    lines += [_("印发后送：%(who)s") % {"who": told}] if told else []
    if rule.instruction_limit:
        limit = limit_text(rule.instruction_limit)
        lines.append(_("批示未写明时限的，%(limit)s反馈") % {"limit": limit})
    return lines + [_section(section, names) for section in rule.sections]


def _section(section: ReportSection, names: Names) -> str:
    what = [names.many("facts", section.facts)] if section.facts else []
    what += [names.one("steps", section.step)] if section.step else []
    what += [_("最近%(n)s次对接") % {"n": section.contacts}] if section.contacts else []
    heading = {"heading": section.heading, "what": "；".join(what) or _("由起草人填写")}
    return _("“%(heading)s”一节：%(what)s") % heading


def _agreement(rule: AgreementKind, names: Names) -> list[str]:
    data = {
        "settled": names.one("milestones", rule.settled_by),
        "signed": names.one("milestones", rule.signed_by),
    }
    lines = [_("“%(settled)s”时商定，“%(signed)s”时签订") % data]
    lines.append(_("文本：%(what)s") % {"what": names.many("documents", rule.documents)})
    text = _("未写明日期的部门承诺，签订后%(limit)s落实")
    return lines + ([text % {"limit": limit_text(rule.commitment_limit)}] if rule.commitment_limit else [])


def _term(rule: Term, names: Names) -> list[str]:
    kinds = {
        "money": _("金额"), "date": _("日期"), "number": _("数量"), "text": _("文字"), "ratio": _("百分比"),
    }  # fmt: skip
    owed = _("企业承诺") if rule.party == "enterprise" else _("政府承诺")
    measure = f"（{rule.measure}）" if rule.measure else ""
    lines = [_("%(party)s，按%(kind)s%(measure)s约定") % {"party": owed, "kind": kinds[rule.kind],
             "measure": measure}]  # fmt: skip
    if rule.required_for:
        lines.append(_("以下等级必须约定：%(grades)s") % {"grades": names.many("grades", rule.required_for)})
    if rule.party == "government":
        who = who_text(names, rule.to_parts, rule.to_units)
        lines.append(_("签订后交办%(who)s") % {"who": who})
        lines += [_("时限：%(limit)s") % {"limit": limit_text(rule.limit)}] if rule.limit else []
    return lines


def _template(rule: ClauseTemplate, names: Names) -> list[str]:
    grades = names.many("grades", rule.grades)
    return [rule.text] + ([_("适用等级：%(grades)s") % {"grades": grades}] if grades else [])


def _class(rule: ProjectClass, names: Names) -> list[str]:
    return [explain(rule.when, labels())]


def percent(factor: Decimal) -> str:
    """0.2 as "20%", exactly."""
    text = f"{factor * 100:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def _credit(rule: CreditRule, names: Names) -> list[str]:
    words = labels()
    told = [{"when": explain(w.when, words), "percent": percent(w.factor)} for w in rule.weights]
    lines = [_("%(when)s：按%(percent)s计") % one for one in told]
    if rule.joint is None:
        return [*lines, _("联合招商的，全部计入牵头单位")]
    shares = {"lead": percent(rule.joint.lead), "supporting": percent(rule.joint.supporting)}
    text = _("联合招商的，牵头单位%(lead)s、配合单位合计%(supporting)s（多个配合单位平均分配）")
    return [*lines, text % shares]


def _rung(rule: Rung, names: Names) -> list[str]:
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


def _likeness(rule: Likeness, names: Names) -> list[str]:
    if rule.code in GRADES:
        return [_("合计%(points)s分及以上") % {"points": rule.points}]
    lines = [_("计%(points)s分") % {"points": f"{rule.points:+d}"}]
    if rule.within is None:
        return lines
    text = _("相差%(n)s%%以内") if rule.code == "same_amount" else _("相差超过%(n)s%%")
    return [*lines, text % {"n": rule.within}]


def every_text(every: Every) -> str:
    """ "1个月", also in weeks."""
    if every.unit == "week":
        return ngettext("%(n)s周", "%(n)s周", every.count) % {"n": every.count}
    units = {
        "working_day": ngettext("%(n)s个工作日", "%(n)s个工作日", every.count),
        "natural_day": ngettext("%(n)s个自然日", "%(n)s个自然日", every.count),
        "month": ngettext("%(n)s个月", "%(n)s个月", every.count),
    }
    return units[every.unit] % {"n": every.count}


def channels_text(codes: Iterable[str]) -> str:
    names = {
        "phone": _("电话"),
        "wechat": _("微信"),
        "visit": _("上门走访"),
        "reception": _("来访接待"),
        "meeting": _("会议"),
        "mail": _("邮件"),
        "other": _("其他"),
    }
    return "、".join(names[code] for code in codes)


def _claiming(rule: ClaimRule, names: Names) -> list[str]:
    part = names.one("parts", rule.part)
    lines = [_("登记线索或首次对接即为认领，无争议的担任“%(part)s”") % {"part": part}]
    lines.append(_("适用阶段：%(phases)s") % {"phases": names.many("phases", rule.phases)})
    if rule.until:
        lines.append(_("保护至“%(milestone)s”") % {"milestone": names.one("milestones", rule.until)})
    if rule.window:
        lines.append(_("保护期：自认领之日起%(span)s") % {"span": every_text(rule.window)})
    if rule.kept_by:
        milestone = names.one("milestones", rule.kept_by)
        lines.append(_("期内完成“%(milestone)s”的，保护继续") % {"milestone": milestone})
    return lines if rule.until or rule.window else [*lines, _("不设保护期")]


def _cadence(rule: Cadence, names: Names) -> list[str]:
    words = {"part": names.one("parts", rule.part), "span": every_text(rule.every)}
    return [
        _("“%(part)s”每%(span)s至少联系企业一次") % words,
        _("计入的方式：%(channels)s") % {"channels": channels_text(rule.channels)},
        _("适用阶段：%(phases)s") % {"phases": names.many("phases", rule.phases)},
    ]


def _topic(rule: Topic, names: Names) -> list[str]:
    words = {"channels": channels_text(rule.channels), "phases": names.many("phases", rule.phases)}
    return [_("%(phases)s阶段以%(channels)s方式对接时记录") % words]


def movements_text(codes: Iterable[str]) -> str:
    names = {
        "contact": _("对接联系"),
        "step": _("程序启动或办结"),
        "milestone": _("达成里程碑"),
        "phase": _("进入下一阶段"),
        "money": _("登记资金"),
    }
    return "、".join(names[code] for code in codes)


def _dormancy(rule: Dormancy, names: Names) -> list[str]:
    words = {"states": names.many("portfolio", rule.states), "span": span_text(rule.after)}
    lines = [_("%(states)s项目%(span)s没有进展的，须说明原因，否则标为休眠") % words]
    if rule.warn:
        lines.append(_("此前%(span)s提醒") % {"span": every_text(rule.warn)})
    lines.append(_("计为进展：%(what)s") % {"what": movements_text(rule.movements)})
    return [*lines, _("说明的有效期最长与上述期限相同；休眠的线索仍在库中，一有进展即恢复")]


def _tag(rule: LeadTag, names: Names) -> list[str]:
    return [_("标签组：%(group)s") % {"group": rule.group}]


_WORDING: dict[type, Callable[[Any, Names], list[str]]] = {
    PortfolioState: _portfolio,
    PartKind: _part,
    Duty: _duty,
    Milestone: _milestone,
    Step: _step,
    OverallLimit: _overall_limit,
    TaskRule: _task,
    Series: _series,
    ReportRule: _report,
    AgreementKind: _agreement,
    Term: _term,
    ClauseTemplate: _template,
    ProjectClass: _class,
    CreditRule: _credit,
    Rung: _rung,
    Likeness: _likeness,
    ClaimRule: _claiming,
    Cadence: _cadence,
    Topic: _topic,
    Dormancy: _dormancy,
    LeadTag: _tag,
}


def rule_lines(rule: object, names: Names) -> list[str]:
    """What the rule demands, sentence by sentence; a rule that only names something says nothing more."""
    wording = _WORDING.get(type(rule))
    return wording(rule, names) if wording else []
