"""A ledger's words for parks and units, as the units of today: short names, old names, successors."""

from datetime import date

from accounts.models import Unit, UnitKind
from kernel.text import normal


class Places:
    """Looks units up by the names people write; a merged body leads to the one that took it over."""

    def __init__(self, on: date) -> None:
        units = list(Unit.objects.all())
        by_key = {unit.pk: unit for unit in units}
        self._units: dict[str, int] = {}
        self._parks: dict[str, int] = {}
        for unit in units:
            today = _today(unit, by_key, on)
            for name in {normal(unit.name), normal(unit.short_name)} - {""}:
                if unit.valid_to is None or name not in self._units:
                    self._units[name] = today.pk
                    if today.kind in (UnitKind.PARK, UnitKind.TOWNSHIP):
                        self._parks[name] = today.pk

    def park(self, text: str) -> int | None:
        return self._parks.get(normal(text))

    def unit(self, text: str) -> int | None:
        return self._units.get(normal(text))


def _today(unit: Unit, units: dict[int, Unit], on: date) -> Unit:
    seen = {unit.pk}
    while unit.valid_to is not None and unit.valid_to < on and unit.successor_id not in (None, *seen):
        unit = units[unit.successor_id]  # type: ignore[index]
        seen.add(unit.pk)
    return unit
