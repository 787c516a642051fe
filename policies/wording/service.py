"""Service after the signing in sentences: scopes, posts, hand-overs, problems."""

from django.utils.translation import gettext as _

from kernel.conditions import explain
from policies.facts import labels
from policies.schema import HandoverRule, Matter, Post, ProblemLevel, Scope, Trigger
from policies.wording.words import Names, limit_text, when_text, who_text


def scope_lines(rule: Scope, names: Names) -> list[str]:
    if rule.milestone:
        return [_("登记“%(milestone)s”的项目") % {"milestone": names.one("milestones", rule.milestone)}]
    return [explain(rule.when, labels())] if rule.when else []


def scopes_text(codes: tuple[str, ...], names: Names) -> list[str]:
    return [_("适用：%(when)s") % {"when": names.many("scopes", codes)}] if codes else []


def post_lines(rule: Post, names: Names) -> list[str]:
    since = {"milestone": names.one("milestones", rule.from_milestone)}
    lines = [_("“%(milestone)s”后须有") % since, *scopes_text(rule.scopes, names)]
    if rule.document:
        lines.append(_("以“%(what)s”为凭") % {"what": names.one("documents", rule.document)})
    if rule.part:
        words = {"part": names.one("parts", rule.part), "n": rule.least}
        lines.append(_("由担任“%(part)s”的承担，至少%(n)s个") % words)
    if rule.units:
        lines.append(_("依制度参加：%(units)s") % {"units": names.many("units", rule.units)})
    lines += [_("人选：%(rank)s") % {"rank": rule.rank}] if rule.rank else []
    if rule.limit:
        who = who_text(names, rule.to_parts, rule.to_units)
        lines.append(_("由%(who)s配备，%(limit)s") % {"who": who, "limit": limit_text(rule.limit)})
    lines += [_("负总责")] if rule.overall else []
    lines += [rule.answers] if rule.answers else []
    return [*lines, *rule.duties]


def handover_lines(rule: HandoverRule, names: Names) -> list[str]:
    lines = [_trigger(trigger, names) for trigger in rule.triggers]
    lines += scopes_text(rule.scopes, names)
    lines.append(_("移交单位：%(units)s") % {"units": names.many("units", rule.from_units)})
    receivers = [names.one("units", one.unit) if one.unit else names.one("parts", one.part)
                 for one in rule.receivers]  # fmt: skip
    words = {"who": "、".join(receivers), "limit": limit_text(rule.limit)}
    lines.append(_("同时推送%(who)s，%(limit)s签收") % words)
    if rule.reaches:
        lines.append(_("全部签收后达成：%(what)s") % {"what": names.one("milestones", rule.reaches)})
    return lines


def _trigger(rule: Trigger, names: Names) -> str:
    text = _("“%(all)s”后自动移交") % {"all": names.many("milestones", rule.milestones)}
    return "；".join([text, *when_text(rule.when)])


def level_lines(rule: ProblemLevel, names: Names) -> list[str]:
    lines = [_("由%(who)s协调") % {"who": who_text(names, rule.to_parts, rule.to_units)}]
    if rule.tells_roles:
        lines.append(_("同时告知%(who)s") % {"who": who_text(names, (), (), rule.tells_roles)})
    return lines + ([_("时限：%(limit)s") % {"limit": limit_text(rule.limit)}] if rule.limit else [])


def matter_lines(rule: Matter, names: Names) -> list[str]:
    who = who_text(names, rule.to_parts, rule.to_units)
    lines = [_("未指明承办单位的，由%(who)s受理") % {"who": who}] if who else []
    if rule.limit:
        lines.append(_("未写明时限的，%(limit)s办结") % {"limit": limit_text(rule.limit)})
    return lines + ([_("须明确到责任人")] if rule.person else [])
