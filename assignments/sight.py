"""Being answerable opens the case: the unit asked gets a part in it, unless it plays one already."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from accounts.models import Unit, User
from cases.actions import assign_part
from cases.models import Case, Part

PART = "asked"


def give(*, case: Case, unit: Unit, user: User | None, by: User | None, on: date) -> None:
    """See that the unit and the person named both see the case."""
    whose = Q(unit=unit) | Q(user=user) if user else Q(unit=unit)
    held = set(Part.objects.filter(whose, case=case, valid_to__isnull=True).values_list("unit_id", "user_id"))
    if unit.pk not in {held_unit for held_unit, _user in held}:
        assign_part(case=case, unit=unit, part=PART, by=by, on=on, event=False)
    if user and user.pk not in {held_user for _unit, held_user in held}:
        assign_part(case=case, unit=unit, user=user, part=PART, by=by, on=on, event=False)


def give_many(pairs: Sequence[tuple[int, int]], on: date) -> None:
    """The same for many (case id, unit id) with two statements; no persons."""
    cases, units = {case for case, _unit in pairs}, {unit for _case, unit in pairs}
    open_parts = Part.objects.filter(case__in=cases, unit__in=units, valid_to__isnull=True)
    held = set(open_parts.values_list("case_id", "unit_id"))
    missing = [pair for pair in dict.fromkeys(pairs) if pair not in held]
    rows = [Part(case_id=case, unit_id=unit, part=PART, valid_from=on) for case, unit in missing]
    if rows:
        from simple_history.utils import bulk_create_with_history

        bulk_create_with_history(rows, Part, batch_size=1000)
