"""Numbered documents, reports and agreements in sentences."""

from django.utils.translation import gettext as _

from policies.schema import AgreementKind, ClauseTemplate, ReportRule, ReportSection, Series, Term
from policies.wording.words import Names, limit_text, who_text


def series_lines(rule: Series, names: Names) -> list[str]:
    lines = [_("文号格式：%(format)s") % {"format": rule.written(2026, 1, _("某单位"))}]
    lines.append(_("每年从1号起连续编号") if rule.restarts == "yearly" else _("连续编号，不按年重起"))
    return [*lines, _("存为：%(what)s") % {"what": names.one("documents", rule.document)}]


def report_lines(rule: ReportRule, names: Names) -> list[str]:
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


def agreement_lines(rule: AgreementKind, names: Names) -> list[str]:
    data = {
        "settled": names.one("milestones", rule.settled_by),
        "signed": names.one("milestones", rule.signed_by),
    }
    lines = [_("“%(settled)s”时商定，“%(signed)s”时签订") % data]
    lines.append(_("文本：%(what)s") % {"what": names.many("documents", rule.documents)})
    if rule.conditions_to_parts:
        who = who_text(names, rule.conditions_to_parts)
        lines.append(_("有条件通过的，签订后由%(who)s落实所附条件") % {"who": who})
    text = _("未写明日期的部门承诺，签订后%(limit)s落实")
    return lines + ([text % {"limit": limit_text(rule.commitment_limit)}] if rule.commitment_limit else [])


def term_lines(rule: Term, names: Names) -> list[str]:
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


def template_lines(rule: ClauseTemplate, names: Names) -> list[str]:
    grades = names.many("grades", rule.grades)
    return [rule.text] + ([_("适用等级：%(grades)s") % {"grades": grades}] if grades else [])
