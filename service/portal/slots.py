"""The enterprise's page is a frame: each room hangs in what it shows, and what it asks of the enterprise.

    slots.panel(Panel("plan", _("建设计划"), "service/plans/portal.html", context, order=20))
    slots.source(Source("plan", items, tick))

Both are called in ``AppConfig.ready``. Whatever is hung in here is read by a stranger to the office: no
opinions, no instructions, nobody else's figures.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise

from service.portal.access import Speaker


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of the enterprise's page; ``template`` draws the card's body from ``context``.

    ``context`` runs a fixed number of queries; ``order`` sorts among the panels; ``shown`` leaves it out.
    """

    code: str
    title: str | Promise
    template: str
    context: Callable[[Speaker], dict[str, Any]]
    order: int = 50
    shown: Callable[[Speaker], bool] = field(default=lambda speaker: True)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing asked of the enterprise. ``key`` is the source's own; ``url`` leads to where it is done.

    ``done_on`` None: still to do. ``tickable``: the enterprise may say on the page that it is done.
    """

    key: str
    title: str
    note: str = ""
    due_on: date | None = None
    done_on: date | None = None
    clause: str = ""
    url: str = ""
    tickable: bool = False

    def late_days(self, on: date) -> int:
        return (on - self.due_on).days if self.due_on and not self.done_on and self.due_on < on else 0


@dataclass(frozen=True, slots=True)
class Source:
    """A room that asks something of the enterprise. ``tick`` is its own action: speaker, key, note.

    ``tick`` raises Refused as any action does, and Http404 for a key that is not this project's.
    """

    code: str
    items: Callable[[Speaker], list[Item]]
    tick: Callable[[Speaker, str, str], Any] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """An item with the source that asks it; ``id`` names it across sources ("ask:12")."""

    source: str
    item: Item
    late: int

    @property
    def id(self) -> str:
        return f"{self.source}:{self.item.key}"


_panels: dict[str, Panel] = {}
_sources: dict[str, Source] = {}


def panel(one: Panel) -> None:
    if _panels.setdefault(one.code, one) != one:
        raise ValueError(f"portal panel registered twice: {one.code}")


def source(one: Source) -> None:
    if _sources.setdefault(one.code, one) != one:
        raise ValueError(f"portal source registered twice: {one.code}")


def panels_for(speaker: Speaker) -> list[Panel]:
    return sorted((one for one in _panels.values() if one.shown(speaker)), key=lambda one: one.order)


def asked_of(speaker: Speaker) -> list[Asked]:
    """Everything asked of the enterprise: what is to do first, the nearest day first; then what is done."""
    found = [
        Asked(one.code, item, item.late_days(speaker.on))
        for one in _sources.values()
        for item in one.items(speaker)
    ]
    return sorted(found, key=_pressing)


def _pressing(one: Asked) -> tuple[bool, date]:
    if one.item.done_on:
        return True, date.fromordinal(date.max.toordinal() - one.item.done_on.toordinal())
    return False, one.item.due_on or date.max


def ticking(code: str) -> Callable[[Speaker, str, str], Any] | None:
    """The action by which items of a source are ticked; None where there is none."""
    found = _sources.get(code)
    return found.tick if found else None
