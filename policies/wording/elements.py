"""Elements in sentences: who sees to them, until when, through which platform."""

from django.utils.translation import gettext as _

from policies.schema import Element
from policies.wording.words import Names, limit_text, who_text


def element_lines(rule: Element, names: Names) -> list[str]:
    lines = [_("由%(who)s保障") % {"who": who_text(names, rule.asks_parts, rule.asks_units)}]
    if rule.measure:
        lines.append(_("计量单位：%(measure)s") % {"measure": rule.measure})
    if rule.limit:
        lines.append(_("需求登记后%(limit)s落实") % {"limit": limit_text(rule.limit)})
    if rule.platforms:
        platforms = "、".join(one.name for one in rule.platforms)
        lines.append(_("对接平台：%(platforms)s") % {"platforms": platforms})
    return lines
