"""Start, completion and production in sentences: recognition, monthly reports, guidance."""

from django.utils.translation import gettext as _

from policies.schema import GuidanceRule, MonthlyReport, Recognition, StagingRule
from policies.wording.words import Names, who_text


def recognition_lines(rule: Recognition, names: Names) -> list[str]:
    lines = [_("认定“%(milestone)s”") % {"milestone": names.one("milestones", rule.milestone)}]
    if counting := "、".join(one.name for one in rule.counting):
        text = _("具备其一即可：%(what)s") if rule.needs == "any" else _("须全部具备：%(what)s")
        lines.append(text % {"what": counting})
    if others := "、".join(one.name for one in rule.grounds if not one.counts):
        lines.append(_("可以登记、不据以认定：%(what)s") % {"what": others})
    for one in rule.readings:
        who = who_text(names, one.parts, one.units)
        text = _("%(name)s由%(who)s填报（以此为准）") if one.leading else _("%(name)s由%(who)s填报")
        lines.append(text % {"name": one.name, "who": who})
    if rule.readings:
        lines.append(_("各口径相差超过%(n)s天的标为不一致") % {"n": rule.tolerance})
    return lines


def ceilings_text(rule: MonthlyReport) -> str:
    names = {"total": _("总投资"), "fixed_asset": _("固定资产投资"), "contract": _("协议资金")}
    return "、".join(names[code] for code in rule.ceilings)


def monthly_lines(rule: MonthlyReport, names: Names) -> list[str]:
    span = {
        "first": names.one("milestones", rule.from_milestone),
        "last": names.one("milestones", rule.until_milestone),
        "day": rule.due_day,
    }
    who = who_text(names, rule.parts)
    if rule.by_enterprise:
        who = "、".join(one for one in (who, _("企业")) if one)
    lines = [
        _("自“%(first)s”当月至“%(last)s”当月，每月进度次月%(day)s日前填报") % span,
        _("填报：%(who)s") % {"who": who},
        _("形象进度：%(stages)s") % {"stages": "—".join(one.name for one in rule.stages)},
    ]
    if rule.ceilings:
        lines.append(_("累计完成投资超过%(what)s的须说明") % {"what": ceilings_text(rule)})
    return lines


def guidance_lines(rule: GuidanceRule, names: Names) -> list[str]:
    who = who_text(names, rule.parts)
    if rule.by_enterprise:
        who = "、".join(one for one in (_("企业"), who) if one)
    units = names.many("units", rule.units)
    lines = [_("由%(who)s提出，%(units)s提供") % {"who": who, "units": units}]
    if rule.from_milestone:
        milestone = names.one("milestones", rule.from_milestone)
        lines.append(_("自“%(milestone)s”起") % {"milestone": milestone})
    return [*lines, _("自愿、无偿，不起算任何期限")]


def staging_lines(rule: StagingRule, names: Names) -> list[str]:
    lines = [_("“%(step)s”可以分期申请、各期并行") % {"step": names.one("steps", rule.step)}]
    if rule.along_with:
        others = names.many("steps", rule.along_with)
        lines.append(_("与%(steps)s一次申请、并联办理") % {"steps": others})
    return lines
