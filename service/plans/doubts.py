"""Where a plan contradicts itself: a day that cannot be, one before what it comes after, a node off its day.

Reads the calendar in force and nothing else. What was accepted stays a doubt, shown with its reason (R212).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from deadlines import calendars
from kernel.refusals import Refused, Unmet
from policies.schema import PlanRule
from service.plans.models import PlanItem, PlanVersion
from service.plans.network import predecessors
from service.plans.scheduling import Schedule

Kind = Literal["too_early", "before_other", "off_agreed_day"]
MOST_REASON = 300


@dataclass(frozen=True, slots=True)
class Doubt:
    """One contradiction of an item that is not done. ``other``: code of the item it comes after, "" for
    the other kinds. ``reason``: why it was accepted, "" while it was not."""

    kind: Kind
    item: PlanItem
    text: str
    other: str = ""
    reason: str = ""

    def touches(self, code: str) -> bool:
        return code in (self.item.code, self.other)


def doubts_of(
    rule: PlanRule,
    version: PlanVersion,
    items: Iterable[PlanItem],
    schedule: Schedule | None,
    done: Collection[str],
) -> tuple[Doubt, ...]:
    """Every contradiction of a version, in the order of its items; none in what is done."""
    rows = {item.code: item for item in items if item.planned_on and item.code not in done}
    after = predecessors(rule, rows)
    found: list[Doubt] = []
    for item in rows.values():
        found += _of_item(rule, version, item, schedule)
        others = [rows[code] for code in after.get(item.code, ())]
        for other in sorted(others, key=lambda row: row.planned_on or date.min, reverse=True):
            found += _before(version, item, other)
    return tuple(found)


def _of_item(
    rule: PlanRule, version: PlanVersion, item: PlanItem, schedule: Schedule | None
) -> Iterable[Doubt]:
    preset, planned = rule.item(item.code), item.planned_on
    if planned is None or preset is None:
        return
    agreed = version.agreed.get(preset.ends_on) if preset.ends_on else None
    if agreed and planned != agreed:
        words = {"item": item.name, "day": planned, "agreed": agreed}
        text = _("“%(item)s”%(day)s与约定的日期 %(agreed)s 不一致") % words
        yield _doubt("off_agreed_day", version, item, text)
    slot = schedule.slots.get(item.code) if schedule else None
    if schedule and slot and slot.earliest > planned:
        words = {
            "item": item.name, "day": planned, "earliest": marked(slot.earliest),
            "path": names_of(rule, path_to(schedule, item.code)),
        }  # fmt: skip
        text = _("“%(item)s”%(day)s无法实现：最早可能为 %(earliest)s；关键路径：%(path)s") % words
        yield _doubt("too_early", version, item, text)


def _before(version: PlanVersion, item: PlanItem, other: PlanItem) -> Iterable[Doubt]:
    if item.planned_on and other.planned_on and item.planned_on < other.planned_on:
        words = {
            "item": item.name, "day": item.planned_on, "other": other.name, "its": other.planned_on,
        }  # fmt: skip
        text = _("“%(item)s”%(day)s早于其前序“%(other)s”%(its)s") % words
        reason = accepted(version, other) if other.by_hand else ""
        yield Doubt("before_other", item, text, other.code, accepted(version, item) or reason)


def _doubt(kind: Kind, version: PlanVersion, item: PlanItem, text: str) -> Doubt:
    return Doubt(kind, item, text, reason=accepted(version, item))


def accepted(version: PlanVersion, item: PlanItem) -> str:
    """Why the day of the item stands all the same: a day counted back by the reason of the whole version."""
    known: Mapping[str, str] = version.frame.get("accepted", {}).get(item.code, {})
    if known and known.get("day") == str(item.planned_on):
        return known["reason"]
    return "" if item.by_hand else version.accepted_late


def require_accepted(rule: PlanRule, version: PlanVersion, doubts: Iterable[Doubt], reason: str) -> None:
    """Note the reason with the version for what has none yet. Raises Refused (unmet) where none is given.

    ``version.frame`` and ``accepted_late`` are changed, to be saved by the caller.
    """
    fresh = [one for one in doubts if not one.reason]
    if not fresh:
        return
    why = reason.strip()[:MOST_REASON]
    if not why:
        raise Refused(_refusals(rule, fresh))
    noted = dict(version.frame.get("accepted", {}))
    for one in fresh:
        noted[one.item.code] = {"day": str(one.item.planned_on), "reason": why}
    version.frame = version.frame | {"accepted": noted}


def _refusals(rule: PlanRule, doubts: Iterable[Doubt]) -> list[Unmet]:
    """One line a kind and item, the worst; the way out is said once."""
    lines = worst(doubts)
    hint = _("请调整日期，或说明仍按此日期编制的理由")
    texts = [one.text for one in lines[:-1]] + [f"{lines[-1].text}。{hint}"]
    return [
        Unmet(f"{one.kind}:{one.item.code}", text, rule.clause, field="planned_on")
        for one, text in zip(lines, texts, strict=True)
    ]


def worst(doubts: Iterable[Doubt]) -> list[Doubt]:
    """Of several about one item and of one kind the first, which is the widest."""
    found: dict[tuple[str, str], Doubt] = {}
    for one in doubts:
        found.setdefault((one.kind, one.item.code), one)
    return list(found.values())


def path_to(schedule: Schedule, code: str) -> list[str]:
    """The tasks that hold up one of them, the first first."""
    found = [code]
    while (slot := schedule.slots.get(found[-1])) and slot.driven_by:
        found.append(slot.driven_by)
    return found[::-1]


def names_of(rule: PlanRule, codes: Iterable[str]) -> str:
    """A path in words, each item cut to a readable length."""
    names = [item.name for code in codes if (item := rule.item(code))]
    return " → ".join(name if len(name) <= 18 else f"{name[:16]}…" for name in names)


def marked(day: date) -> str:
    """The day, and 暂定 in a year whose holidays are not published yet."""
    known = day.year in calendars.current().published
    return str(day) if known else _("%(day)s（暂定）") % {"day": day}
