"""Steps in sentences: who is asked what, in which order, and what is concluded."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies.schema import Aspect, Guide, Proposing, Step, Verdict
from policies.wording.permits import permit_lines
from policies.wording.words import Names, limit_text, needs_text, when_text, who_text


def step_lines(rule: Step, names: Names) -> list[str]:
    lines = [_opening(rule, names), *needs_text(rule.needs, names), *when_text(rule.when)]
    leads = who_text(names, rule.led_by_parts, rule.led_by_units)
    lines.append(_("由%(who)s作出结论") % {"who": leads})
    if rule.limit:
        lines.append(_("时限：%(limit)s") % {"limit": limit_text(rule.limit)})
    lines += permit_lines(rule.permit, names) if rule.permit else []
    lines += [_("须确认：%(check)s") % {"check": check.name} for check in rule.checks]
    if rule.names_part:
        lines.append(_("结论时确定“%(part)s”") % {"part": names.one("parts", rule.names_part)})
    if rule.named_from:
        agreed = next(aspect.name for aspect in rule.aspects if aspect.code == rule.named_from)
        lines.append(_("只能从就“%(aspect)s”表示同意的单位中确定") % {"aspect": agreed})
    lines += _proposing(rule.proposing, names) if rule.proposing else []
    for text, steps in (
        (_("须先办结：%(what)s"), rule.prerequisites),
        (_("不得同时办理：%(what)s"), rule.apart_from),
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


def _proposing(rule: Proposing, names: Names) -> list[str]:
    part = {"part": names.one("parts", rule.part)}
    lines = [_("启动时提出“%(part)s”，写明理由") % part]
    if rule.most:
        lines.append(ngettext("一次只提出%(n)s个", "一次最多提出%(n)s个", rule.most) % {"n": rule.most})
    lines += [_("写明所依据的行业")] if rule.by_industry else []
    seen = (
        _("“%(part)s”轮到征求时才能看到项目")
        if rule.sees == "when_asked"
        else _("“%(part)s”提出后即可看到项目")
    )
    lines.append(seen % part)
    if rule.carries:
        lines.append(_("随之转移的角色：%(parts)s") % {"parts": names.many("parts", rule.carries)})
    return lines


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
        "acceptance": _("承接或不承接"),
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
    more += _in_sitting(aspect, names)
    return "；".join([text, *more, *when_text(aspect.when), *_reopened(aspect, names)])


def _in_sitting(aspect: Aspect, names: Names) -> list[str]:
    if not aspect.sitting:
        return []
    papers = "、".join(names.one("documents", code) for code in aspect.papers)
    return [_("须上会审议，以会议纪要为准")] + (
        [_("上会材料：%(papers)s") % {"papers": papers}] if papers else []
    )


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
