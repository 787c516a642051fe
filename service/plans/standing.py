"""A plan as it stands on a day: each item with what was planned, what came of it, and how far it slipped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from deadlines import calendars
from deadlines.calendar import CalendarError
from policies.schema import PlanRule
from service.plans.doubts import Doubt, doubts_of, worst
from service.plans.models import Plan, PlanItem, PlanTick, PlanVersion
from service.plans.network import count_back
from service.plans.scheduling import Missed, Schedule

SOON_DAYS = 7
State = Literal["done", "late", "soon", "ahead", "open"]


@dataclass(frozen=True, slots=True)
class Line:
    """One item on a day. ``slip_first``/``slip_last``: days behind the first and the last seal (negative:
    ahead), None where that version has no day for it. ``earliest`` is the earliest possible day; ``squeezed``
    where it lies behind the planned one; ``provisional`` (暂定) in a year without a calendar."""

    item: PlanItem
    tick: PlanTick | None
    state: State
    slip_first: int | None
    slip_last: int | None
    earliest: date | None
    critical: bool
    provisional: bool
    by_enterprise: bool

    @property
    def early_first(self) -> str:
        return _early(self.slip_first)

    @property
    def early_last(self) -> str:
        return _early(self.slip_last)

    @property
    def squeezed(self) -> bool:
        planned = self.item.planned_on
        return self.tick is None and bool(planned and self.earliest and self.earliest > planned)


def _early(slip: int | None) -> str:
    return _("提前 %(n)s 天") % {"n": -slip} if slip is not None and slip < 0 else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """``version`` is the one shown, ``missed`` its agreed days that cannot be met from today on, ``doubts``
    where a draft contradicts itself."""

    version: PlanVersion
    lines: tuple[Line, ...]
    missed: tuple[Missed, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def open_doubts(self) -> list[Doubt]:
        """What must be mended or accepted before the first seal."""
        return worst(one for one in self.doubts if not one.reason)

    @property
    def accepted_doubts(self) -> list[Doubt]:
        return worst(one for one in self.doubts if one.reason)

    @property
    def doubtful(self) -> frozenset[str]:
        """The items that contradict others, by code."""
        return frozenset(one.item.code for one in self.doubts)

    def of_form(self, code: str) -> list[Line]:
        return [line for line in self.lines if line.item.form == code]

    @property
    def late(self) -> int:
        return sum(line.state == "late" for line in self.lines)

    @property
    def done(self) -> int:
        return sum(line.tick is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Known:
    """What every line is told by."""

    rule: PlanRule
    ticks: Mapping[str, PlanTick]
    first: Mapping[str, date]
    last: Mapping[str, date]
    schedule: Schedule | None
    today: date
    published: frozenset[int]


def standing(plan: Plan, version: PlanVersion, rule: PlanRule, today: date) -> Standing:
    """Three queries: items, ticks, and the days of the first and the last seal."""
    items = list(PlanItem.objects.filter(version=version))
    ticks = {row.code: row for row in _ticks(plan)}
    first, last = _sealed_days(plan)
    schedule = _schedule(rule, items, version, today, {code: row.on for code, row in ticks.items()})
    known = _Known(rule, ticks, first, last, schedule, today, calendars.current().published)
    lines = tuple(_line(item, known) for item in items)
    drafting = version.sealed_on is None
    doubts = doubts_of(rule, version, items, schedule, ticks) if drafting else ()
    return Standing(version, lines, schedule.missed if schedule else (), doubts)


def _ticks(plan: Plan) -> Iterable[PlanTick]:
    return PlanTick.objects.filter(plan=plan, withdrawn_on__isnull=True).select_related("by")


def _sealed_days(plan: Plan) -> tuple[Mapping[str, date], Mapping[str, date]]:
    """The planned days of the first and of the last sealed version, by code of the item."""
    keys = [plan.first_sealed_id, plan.current_id if plan.first_sealed_id else None]
    found: dict[int, dict[str, date]] = {key: {} for key in keys if key}
    rows = PlanItem.objects.filter(version__in=found, planned_on__isnull=False) if found else ()
    for row in rows:
        if row.planned_on:
            found[row.version_id][row.code] = row.planned_on
    first, last = (found.get(key, {}) if key else {} for key in keys)
    return first, last


def _schedule(
    rule: PlanRule,
    items: Iterable[PlanItem],
    version: PlanVersion,
    today: date,
    done: Mapping[str, date],
) -> Schedule | None:
    codes = [item.code for item in items]
    if not version.agreed:
        return None
    try:
        return count_back(rule, codes, version.agreed, calendars.current(), begin=today, done=done)
    except CalendarError:
        return None


def _line(item: PlanItem, known: _Known) -> Line:
    tick, planned = known.ticks.get(item.code), item.planned_on
    now = known.last.get(item.code) or planned
    expected = tick.on if tick else max(now, known.today) if now else None
    slot = known.schedule.slots.get(item.code) if known.schedule else None
    return Line(
        item=item,
        tick=tick,
        state=state_of(planned, tick is not None, known.today),
        slip_first=_slip(known.first.get(item.code), expected),
        slip_last=_slip(known.last.get(item.code), expected),
        earliest=slot.earliest if slot else None,
        critical=bool(known.schedule and item.code in known.schedule.critical),
        provisional=bool(planned and planned.year not in known.published),
        by_enterprise=known.rule.owner_of(item.form) == "enterprise",
    )


def _slip(sealed: date | None, expected: date | None) -> int | None:
    return (expected - sealed).days if sealed and expected else None


def state_of(planned: date | None, done: bool, today: date) -> State:
    """Done, late, due within a week, ahead, or without a day (open)."""
    if done:
        return "done"
    if planned is None:
        return "open"
    if planned < today:
        return "late"
    return "soon" if (planned - today).days <= SOON_DAYS else "ahead"
