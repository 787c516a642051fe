"""停滞与休眠: whether a lead moves, and since when it does not (``[[dormancy]]`` of a pack).

A project keeps the day of its last movement; the limit is reckoned from it whenever somebody asks, so that
another pack, or a newly loaded calendar, needs no recounting. The actions that move a project call ``moved``
with the word for what they did; a pack says which words count. The sweep (``projects.dormancy``) marks.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import User
from cases import actions as cases
from deadlines import calendars
from deadlines.calendar import FIRST_DAY, Calendar
from kernel.clock import now
from kernel.language import house_language
from policies.schema import Dormancy, Limit
from projects.facts import rules_of
from projects.models import Project
from projects.models.project import STILLNESS

DAY = timedelta(days=1)
WOKEN = "project.woken"


def rule_of(project: Project) -> Dormancy | None:
    """How long the plan lets this project stand still in its state; None where it does not say."""
    return rules_of(project).dormancy_of(project.batch)


def moved(project: Project, word: str, *, by: User, on: date) -> None:
    """Note a movement; a dormant project wakes. The caller holds the lock and records its own event.

    ``word``: contact, step, milestone, phase or money, as packs list them. ``on``: the day of the
    movement, which may lie in the past: what was already known to be later stays.
    """
    before = project.moved_on
    woken = note(project, word, on)
    if woken or project.moved_on != before:
        store(project)
    if woken:
        record_woken(project, word, by=by, on=on)


def note(project: Project, word: str, on: date) -> bool:
    """What ``moved`` changes, in memory alone: whether the project wakes."""
    rule = rule_of(project)
    if rule is not None and word not in rule.movements:
        return False
    if on > project.moved_on:
        project.moved_on, project.still_warned_on = on, None
    if project.dormant_on is None or (rule and last_day(rule, project.moved_on) < project.dormant_on):
        return False
    project.dormant_on = None
    return True


def restart(project: Project, on: date) -> None:
    """Count anew from a day, in memory: taken up again, woken by hand, given back after a merge."""
    project.moved_on = max(project.moved_on, on)
    project.still_warned_on = project.dormant_on = None


def leave_out(project: Project) -> None:
    """Shelved, given up or merged: nobody asks it to move, and it is not dormant but that. In memory."""
    project.still_warned_on = project.dormant_on = None


def store(project: Project) -> None:
    """Write the four days alone. No new version: they tell of the project and change nothing in it."""
    values: dict[str, Any] = {name: getattr(project, name) for name in STILLNESS}
    values["moved_on"] = Greatest("moved_on", Value(project.moved_on))  # whoever was told of a later one
    Project.objects.filter(pk=project.pk).update(**values, updated_at=now())


def record_woken(project: Project, word: str, *, by: User, on: date) -> None:
    cases.record(case=project.case, kind=WOKEN, by=by, on=on, data=woken_data(word))


@house_language()
def woken_data(word: str) -> dict[str, str]:
    return {"why": movement_name(word)}


def movement_name(word: str) -> str:
    """What a movement is called, in the active language."""
    names = {
        "contact": _("对接联系"),
        "step": _("办理程序"),
        "milestone": _("达成里程碑"),
        "phase": _("进入下一阶段"),
        "money": _("登记资金"),
    }
    return names[word]


def last_day(rule: Dormancy, moved_on: date) -> date:
    """The last day of the limit from a movement: the day after, the project counts as dormant."""
    return calendars.current().due(moved_on, rule.after).on


@dataclass(frozen=True, slots=True)
class Bounds:
    """Last movements up to ``dormant`` have run out by a day; of those up to ``warned`` (or None) one warns.

    ``soon``: an explanation that ends on this day or before no longer keeps the warning off.
    """

    dormant: date
    warned: date | None
    soon: date


def bounds(rule: Dormancy, today: date) -> Bounds:
    """The rule turned round, for a sweep: which last movements are too long ago on a day."""
    calendar = calendars.current()
    dormant = _latest(calendar, rule.after, before=today)
    if rule.warn is None:
        return Bounds(dormant, None, today)
    soon = calendar.due(today, rule.warn.limit).on
    return Bounds(dormant, _latest(calendar, rule.after, before=soon + DAY), soon)


def _latest(calendar: Calendar, limit: Limit, *, before: date) -> date:
    """The latest day from which the limit has run out before a day; limits never overtake one another."""
    first = FIRST_DAY.toordinal()
    days = range(first, before.toordinal())
    at = bisect_left(days, before, key=lambda day: calendar.due(date.fromordinal(day), limit).on)
    return date.fromordinal(first + at) - DAY


@dataclass(frozen=True, slots=True)
class Standing:
    """How a lead stands on a day, for people. ``days``: since its last movement; ``due``: the last day."""

    days: int
    due: date | None
    state: str

    @property
    def label(self) -> str:
        """The badge; "" for a lead that moves."""
        return state_names().get(self.state, "")


def standing(project: Project, today: date) -> Standing:
    rule = rule_of(project)
    due = max(filter(None, (last_day(rule, project.moved_on), project.explained_until))) if rule else None
    days = max((today - project.moved_on).days, 0)
    return Standing(days, due, state_on(project, today))


def state_on(project: Project, today: date) -> str:
    """As ``state_of``, of a project."""
    return state_of(project.dormant_on, project.still_warned_on, project.explained_until, today)


def state_of(
    dormant_on: date | None, warned_on: date | None, explained_until: date | None, today: date
) -> str:
    """ "dormant", "warned" (to be explained), "explained", or "" for one that moves."""
    if dormant_on is not None:
        return "dormant"
    if warned_on is not None:
        return "warned"
    return "explained" if explained_until is not None and explained_until >= today else ""


STATES: dict[str, Callable[[date], Q]] = {
    "dormant": lambda today: Q(dormant_on__isnull=False),
    "warned": lambda today: Q(still_warned_on__isnull=False, dormant_on__isnull=True),
    "explained": lambda today: Q(
        explained_until__gte=today, still_warned_on__isnull=True, dormant_on__isnull=True
    ),
}
"""The same states as conditions, for lists."""


def state_names() -> dict[str, str]:
    return {"dormant": _("休眠"), "warned": _("待说明"), "explained": _("已说明")}


def longest(rule: Dormancy, on: date) -> date:
    """How far an explanation given on a day may reach: the plan's limit again."""
    return calendars.current().due(on, rule.after).on


def many_moved(projects: Iterable[Project], word: str, on: date) -> list[Project]:
    """``note`` for many, in memory; returns those that wake, whose event the caller writes."""
    return [project for project in projects if note(project, word, on)]
