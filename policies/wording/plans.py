"""Plans in sentences: what they count back from, who makes and seals them, what stands in their forms."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from policies.schema import PlanItemRule, PlanList, PlanRule
from policies.spans import span_text
from policies.wording.words import Names, when_text, who_text


def plan_lines(rule: PlanRule, names: Names) -> list[str]:
    lines = [
        _("倒排依据：%(days)s") % {"days": "、".join(anchor.name for anchor in rule.anchors)},
        _("由%(who)s编制和修改") % {"who": who_text(names, rule.made_by_parts)},
        _("由%(who)s签章后生效，变更须另成一版并重新签章") % {"who": "、".join(s.name for s in rule.seals)},
    ]
    if rule.needs:
        lines.append(_("须已完成：%(what)s") % {"what": names.many("milestones", rule.needs)})
    if rule.filed_with_parts:
        lines.append(_("报%(who)s存档") % {"who": who_text(names, rule.filed_with_parts)})
    lines.append(_("存为：%(what)s") % {"what": names.one("documents", rule.document)})
    return lines + [_form(rule, code) for code in rule.forms]


def _form(rule: PlanRule, code: str) -> str:
    form = rule.forms[code]
    number = sum(item.form == code for item in rule.items)
    words = {"form": form.name, "n": number}
    if isinstance(form, PlanList) and form.owner == "enterprise":
        return _("%(form)s：预设%(n)s项，由企业填报") % words
    return _("%(form)s：预设%(n)s项") % words


def plan_parts(rule: PlanRule, names: Names) -> Iterator[tuple[str, str, str, list[str]]]:
    """Forms and items with a clause of their own: clause, code, title, what is demanded there."""
    titles = {item.code: item.name for item in rule.items}
    for code, form in rule.forms.items():
        lines = [_item(item, titles, names, rule) for item in rule.items if item.form == code]
        yield form.clause, code, f"{rule.name} · {form.name}", lines
    for item in rule.items:
        if item.clause and item.clause != rule.forms[item.form].clause:
            yield item.clause, item.code, f"{rule.name} · {item.name}", []


def _item(item: PlanItemRule, titles: dict[str, str], names: Names, rule: PlanRule) -> str:
    said = [item.timing] if item.timing else []
    if item.after:
        said.append(_("在“%(what)s”之后") % {"what": "”“".join(titles[code] for code in item.after)})
    if item.lasts:
        said.append(_("需%(span)s") % {"span": span_text(item.lasts)})
    if anchor := rule.anchor(item.ends_on) if item.ends_on else None:
        said.append(_("止于%(day)s") % {"day": anchor.name})
    if item.milestone:
        milestone = names.one("milestones", item.milestone)
        said.append(_("随里程碑“%(name)s”自动完成") % {"name": milestone})
    said += when_text(item.when)
    return f"{item.name}（{'；'.join(said)}）" if said else item.name
