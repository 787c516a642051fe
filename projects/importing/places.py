"""A ledger's words for parks and units, as the units of today: short names, old names, successors."""

import re
from datetime import date
from functools import lru_cache

from django.conf import settings

from accounts.models import Unit, UnitKind
from kernel.text import normal
from projects.regions import regions

_BRACKETED = re.compile(r"[（(]([^（）()]+)[）)]")


class Places:
    """Looks units up by the names people write; a merged body leads to the one that took it over.

    A unit is known by its name, its short name, the parts of a name with brackets, and each of these
    with or without the name of the district before it. What two units could mean is none of them.
    """

    def __init__(self, on: date) -> None:
        units = {unit.pk: unit for unit in Unit.objects.order_by("pk")}
        whole: dict[str, set[int]] = {}
        parts: dict[str, set[int]] = {}
        self._landing = {
            unit.pk for unit in units.values() if unit.kind in (UnitKind.PARK, UnitKind.TOWNSHIP)
        }
        for unit in units.values():
            today = _today(unit, units, on).pk
            for text in (unit.name, unit.short_name):
                _note(whole, text, today)
            for text in (*_BRACKETED.findall(unit.name), _BRACKETED.sub("", unit.name)):
                _note(parts, text, today)
        self._names = {**parts, **whole}

    def park(self, text: str) -> int | None:
        """The park or township of this name, if there is exactly one."""
        found = self._ids(text) & self._landing
        return found.pop() if len(found) == 1 else None

    def unit(self, text: str) -> int | None:
        """The unit of this name, if there is exactly one."""
        found = self._ids(text)
        return found.pop() if len(found) == 1 else None

    def _ids(self, text: str) -> set[int]:
        return set(self._names.get(_plain(text), ())) if text else set()


def _note(names: dict[str, set[int]], text: str, unit: int) -> None:
    if plain := _plain(text):
        names.setdefault(plain, set()).add(unit)


def _plain(text: str) -> str:
    """The normal form without the district's own name in front (涪陵临港经济区 → 临港经济区)."""
    return _bare(text, settings.DIVISION)


@lru_cache(maxsize=4096)
def _bare(text: str, division: str) -> str:
    plain = normal(text)
    for lead in _leads(division):
        if plain.startswith(lead) and len(plain) - len(lead) >= 2:
            return plain.removeprefix(lead)
    return plain


@lru_cache(maxsize=8)
def _leads(division: str) -> tuple[str, ...]:
    whole = next((name for code, name in regions() if code == division), "")
    if not whole:
        return ()
    county = re.split(r"[省市]", whole, maxsplit=1)[-1]
    return (whole, county, county[:-1]) if len(county) > 2 else (whole, county)


def _today(unit: Unit, units: dict[int, Unit], on: date) -> Unit:
    """The unit itself, or whoever took it over before the day."""
    seen = {unit.pk}
    while unit.valid_to is not None and unit.valid_to < on:
        if unit.successor_id is None or unit.successor_id in seen:
            break
        unit = units[unit.successor_id]
        seen.add(unit.pk)
    return unit
