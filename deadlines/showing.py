"""A clock as pages show it: its light with words, and the sum that led to its last day."""

from datetime import date

from django.utils.translation import gettext as _

from deadlines import calendars, wording
from deadlines.models import Deadline
from deadlines.planning import stops

Shown = tuple[str, str]
"""Colour of the light (green, yellow, red, grey, paused, met) and the words beside it."""


def light_of(clock: Deadline | None, on: date) -> Shown | None:
    """Light and words of a clock on a business date (Asia/Shanghai); None where there is no clock."""
    if clock is None:
        return None
    if clock.met_on:
        return ("met", _("按期办结")) if clock.met_on <= clock.due_on else ("met", _("逾期办结"))
    if clock.cancelled_on:
        return "grey", _("已撤销")
    if clock.paused_from:
        return "paused", _("停表中")
    if clock.past:
        return "grey", _("存量")
    return _running(clock, on)


def _running(clock: Deadline, on: date) -> Shown:
    left = (clock.due_on - on).days
    if left < 0:
        return "red", _("超期 %(n)s 天") % {"n": -left}
    words = _("今日到期") if left == 0 else _("还剩 %(n)s 天") % {"n": left}
    return str(clock.light(on)), words


def sum_of(clock: Deadline) -> list[str]:
    """How the last day was reckoned, one sentence a line; the due day last."""
    calendar = calendars.current()
    return wording.lines(calendar.explain(clock.started_on, clock, stops(clock.pauses.all())))
