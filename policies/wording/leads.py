"""Leads in sentences: likeness, claims, contacts, standing still, tags."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from policies.schema import GRADES, Cadence, ClaimRule, Dormancy, LeadTag, Likeness, Topic
from policies.spans import span_text
from policies.wording.words import Names, when_text


def likeness_lines(rule: Likeness, names: Names) -> list[str]:
    if rule.code in GRADES:
        return [_("合计%(points)s分及以上") % {"points": rule.points}]
    lines = [_("计%(points)s分") % {"points": f"{rule.points:+d}"}]
    if rule.within is None:
        return lines
    text = _("相差%(n)s%%以内") if rule.code == "same_amount" else _("相差超过%(n)s%%")
    return [*lines, text % {"n": rule.within}]


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


def claiming_lines(rule: ClaimRule, names: Names) -> list[str]:
    part = names.one("parts", rule.part)
    lines = [_("登记线索或首次对接即为认领，无争议的担任“%(part)s”") % {"part": part}]
    lines.append(_("适用阶段：%(phases)s") % {"phases": names.many("phases", rule.phases)})
    if rule.until:
        lines.append(_("保护至“%(milestone)s”") % {"milestone": names.one("milestones", rule.until)})
    if rule.window:
        lines.append(_("保护期：自认领之日起%(span)s") % {"span": span_text(rule.window)})
    if rule.kept_by:
        milestone = names.one("milestones", rule.kept_by)
        lines.append(_("期内完成“%(milestone)s”的，保护继续") % {"milestone": milestone})
    return lines if rule.until or rule.window else [*lines, _("不设保护期")]


def cadence_lines(rule: Cadence, names: Names) -> list[str]:
    return [
        _asked_text(rule, names.one("parts", rule.part)),
        _("计入的方式：%(channels)s") % {"channels": channels_text(rule.channels)},
        *([_("须由本人联系，同单位的人联系不计入")] if rule.by == "person" else []),
        _("适用阶段：%(phases)s") % {"phases": names.many("phases", rule.phases)},
        *when_text(rule.when),
    ]


def _asked_text(rule: Cadence, part: str) -> str:
    if rule.asks == "on_request":
        return _("“%(part)s”不主动打扰企业，企业提出时到场服务") % {"part": part}
    if rule.every is None:
        return _("“%(part)s”定期或不定期联系企业，未定间隔") % {"part": part}
    words = {"part": part, "span": span_text(rule.every)}
    if rule.counted == "calendar":
        text = _("“%(part)s”每%(span)s（按日历）至少联系企业一次，最后一个工作日截止；全为休息日的跳过")
        return text % words
    text = _("“%(part)s”每%(span)s至少联系企业一次") % words
    return text + (_("（末日为休息日的顺延）") if rule.roll_forward else "")


def topic_lines(rule: Topic, names: Names) -> list[str]:
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


def dormancy_lines(rule: Dormancy, names: Names) -> list[str]:
    words = {"states": names.many("portfolio", rule.states), "span": span_text(rule.after)}
    lines = [_("%(states)s项目%(span)s没有进展的，须说明原因，否则标为休眠") % words]
    if rule.warn:
        lines.append(_("此前%(span)s提醒") % {"span": span_text(rule.warn)})
    lines.append(_("计为进展：%(what)s") % {"what": movements_text(rule.movements)})
    return [*lines, _("说明的有效期最长与上述期限相同；休眠的线索仍在库中，一有进展即恢复")]


def tag_lines(rule: LeadTag, names: Names) -> list[str]:
    return [_("标签组：%(group)s") % {"group": rule.group}]
