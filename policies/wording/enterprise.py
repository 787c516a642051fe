"""The enterprise's account in sentences: what it sees, what it may ask for, which policies concern it."""

from django.utils.translation import gettext as _

from policies.schema import Benefit, OutsidePlatform, PortalRule, RequestRule
from policies.wording.words import Names, limit_text, when_text, who_text


def portal_lines(rule: PortalRule, names: Names) -> list[str]:
    told = (
        (_("企业可见阶段：%(what)s"), "phases", rule.phases),
        (_("企业可见进展：%(what)s"), "milestones", rule.milestones),
        (_("企业可见材料：%(what)s"), "documents", rule.documents),
        (_("企业可上传：%(what)s"), "documents", rule.uploads),
        (_("企业可联系：%(what)s"), "parts", rule.contacts),
    )
    lines = [text % {"what": names.many(table, codes)} for text, table, codes in told if codes]
    return [*lines, _("企业自己提交的材料和诉求，企业始终可见")]


def request_lines(rule: RequestRule, names: Names) -> list[str]:
    lines = [_("由%(who)s答复企业") % {"who": who_text(names, rule.to_parts, rule.to_units)}]
    lines += [_("时限：%(limit)s") % {"limit": limit_text(rule.limit)}] if rule.limit else []
    if rule.phases:
        lines.append(_("适用阶段：%(phases)s") % {"phases": names.many("phases", rule.phases)})
    lines += [_("上一件办结后方可再提")] if rule.once else []
    return [*lines, *([rule.text] if rule.text else [])]


def benefit_lines(rule: Benefit, names: Names) -> list[str]:
    lines = [rule.text]
    if rule.phases:
        lines.append(_("适用阶段：%(phases)s") % {"phases": names.many("phases", rule.phases)})
    lines += [_("咨询：%(office)s") % {"office": rule.office}] if rule.office else []
    return lines + when_text(rule.when)


def platform_lines(rule: OutsidePlatform, names: Names) -> list[str]:
    lines = [_("录入阶段：%(phases)s") % {"phases": names.many("phases", rule.phases)}]
    lines.append(_("录入项目：%(columns)s") % {"columns": "、".join(one.heading for one in rule.columns)})
    return [*lines, *([rule.text] if rule.text else [])]
