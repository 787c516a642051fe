"""Bodies merge and are renamed: who answers today for a unit that has ended."""

from collections.abc import Iterable
from datetime import date

from accounts.models import Unit


def links(on: date) -> dict[int, int]:
    """Unit that has ended before ``on`` → its successor. One query; few rows ever."""
    ended = Unit.objects.filter(successor__isnull=False, valid_to__lt=on)
    return {unit: heir for unit, heir in ended.values_list("id", "successor_id") if heir is not None}


def with_predecessors(units: Iterable[int], ended: dict[int, int]) -> set[int]:
    """The units and every ended one that they succeed, however many steps back."""
    found = set(units)
    while more := {unit for unit, heir in ended.items() if heir in found} - found:
        found |= more
    return found


def heir_of(unit: int, ended: dict[int, int]) -> int:
    """The unit that answers for this one: itself, unless it ended with a successor."""
    seen = {unit}
    while (after := ended.get(unit)) is not None and after not in seen:
        unit = after
        seen.add(unit)
    return unit


def unit_by_code(code: str, on: date) -> Unit | None:
    """The unit that a pack or file means by this code on a day: renamed or merged ones lead to their heir.

    None when there is none, or when it ended without a successor.
    """
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        return None
    heir = Unit.objects.get(pk=heir_of(unit.pk, links(on)))
    return heir if heir.valid_from <= on and (heir.valid_to is None or heir.valid_to >= on) else None
