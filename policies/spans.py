"""Stretches of time and limits in words, the same wherever they stand."""

from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Span(Protocol):
    @property
    def count(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def weekday(self) -> int | None: ...


def span_text(span: Span) -> str:
    """ "7个工作日", "10个自然日", "48小时", "2周", "3个月"; with the weekday on which it ends."""
    count = span.count
    units = {
        "working_day": ngettext("%(n)s个工作日", "%(n)s个工作日", count),
        "natural_day": ngettext("%(n)s个自然日", "%(n)s个自然日", count),
        "hour": ngettext("%(n)s小时", "%(n)s小时", count),
        "week": ngettext("%(n)s周", "%(n)s周", count),
        "month": ngettext("%(n)s个月", "%(n)s个月", count),
    }
    text = units[span.unit] % {"n": count}
    if span.weekday is None:
        return text
    return _("%(span)s（逢%(day)s截止）") % {"span": text, "day": weekday_text(span.weekday)}


def weekday_text(number: int) -> str:
    """1 is Monday, 7 Sunday (ISO 8601)."""
    names = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return names[number - 1]
