"""Permits, the green channel and the running slip in sentences."""

from django.utils.translation import gettext as _

from kernel.conditions import Condition, explain
from policies.facts import labels
from policies.schema import GreenChannel, PermitRule, ReceiptRule
from policies.wording.words import Names, limit_text, when_text, who_text


def permit_key(key: str) -> str:
    """What a part of the table is called."""
    return {
        "told_once": _("一次告知"),
        "special": _("特殊情况"),
        "commitment": _("告知承诺"),
        "delegated": _("赋权事项"),
    }.get(key, key)


def permit_lines(rule: PermitRule, names: Names) -> list[str]:
    """What a permit says beyond any other step."""
    from_ = {"complete": _("自材料齐备之日起算"), "application": _("自申请之日起算")}
    lines = [from_[rule.counts_from]]
    limits = ((_("法定时限：%(limit)s"), rule.legal), (_("绿色通道时限：%(limit)s"), rule.green))
    lines += [text % {"limit": limit_text(limit)} for text, limit in limits if limit]
    if rule.special:
        who = who_text(names, (), (), rule.special.approved_by_roles)
        said = {"limit": limit_text(rule.special.limit), "who": who}
        lines.append(_("特殊情况：%(limit)s，说明理由，经%(who)s批准") % said)
    if rule.stops:
        lines.append(_("可以停表的情形：%(what)s") % {"what": "、".join(cause.name for cause in rule.stops)})
    lines += _commitment(rule) + _delegated(rule, names)
    lines += [_("提前帮：正式申请前可以提前辅导，不计入时限")] if rule.early_help else []
    lines += [_("所缺材料一次告知")] if rule.told_once else []
    if rule.accepts:
        lines.append(_("受理即达成：%(what)s") % {"what": names.one("milestones", rule.accepts)})
    return lines


def _commitment(rule: PermitRule) -> list[str]:
    if rule.commitment is None:
        return []
    line = _("可以告知承诺方式申请")
    if rule.commitment.waives:
        line += _("，免于提交：%(what)s") % {"what": "、".join(rule.commitment.waives)}
    return ["；".join([line, *when_text(rule.commitment.when)])]


def _delegated(rule: PermitRule, names: Names) -> list[str]:
    if rule.delegated is None:
        return []
    part = names.one("parts", rule.delegated.part)
    line = _("赋权事项：由%(part)s办理") % {"part": part}
    if rule.delegated.units:
        line += _("（限%(units)s）") % {"units": names.many("units", rule.delegated.units)}
    return ["；".join([line, *when_text(rule.delegated.when)])]


def green_lines(rule: GreenChannel, names: Names) -> list[str]:
    lines = (
        [_("适用：%(classes)s") % {"classes": names.many("classes", rule.classes)}] if rule.classes else []
    )
    if rule.when != Condition():
        lines.append(_("条件：%(when)s") % {"when": explain(rule.when, labels())})
    lines.append(_("项目资料中标记“绿色通道”的也适用"))
    return lines + ([_("实行：%(what)s") % {"what": "、".join(rule.offers)}] if rule.offers else [])


def receipt_lines(rule: ReceiptRule, names: Names) -> list[str]:
    keepers = who_text(names, rule.kept_by_parts, (), rule.kept_by_roles)
    first = who_text(names, rule.to_parts, rule.to_units, rule.to_roles)
    lines = [_("由%(who)s填写") % {"who": keepers}, _("报送：%(who)s") % {"who": first}]
    if rule.goes_further:
        second = who_text(names, (), rule.then_units, rule.then_roles)
        lines.append(_("必要时报告：%(who)s") % {"who": second})
    return lines
