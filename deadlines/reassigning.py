"""Passing the open clocks of a person, or of a unit, in a case to a successor."""

from collections.abc import Sequence
from datetime import date

from simple_history.utils import bulk_update_with_history

from accounts.models import Unit, User
from cases.actions import record
from cases.models import Case
from deadlines.models import Deadline
from kernel.joined import joined


@joined
def reassign(*, case: Case, old: User, new: User, unit: Unit, by: User, on: date) -> int:
    """Move every open clock of ``old`` in a case to ``new``; returns how many. Terms and alarms stay.

    The caller has asked who may.
    """
    rows = list(Deadline.objects.select_for_update().filter(case=case, responsible_user=old).open())
    for row in rows:
        row.responsible_user, row.responsible_unit = new, unit
    return _store(rows, case, {"old": old.name, "new": new.name}, by, on)


@joined
def reassign_unit(*, case: Case, old: Unit, new: Unit, by: User, on: date) -> int:
    """Move every open clock of a unit in a case to another, save those of its people; returns how many."""
    mine = Deadline.objects.filter(case=case, responsible_unit=old, responsible_user=None)
    rows = list(mine.select_for_update().open())
    for row in rows:
        row.responsible_unit = new
    return _store(rows, case, {"old": old.name, "new": new.name}, by, on)


def _store(rows: Sequence[Deadline], case: Case, names: dict[str, str], by: User, on: date) -> int:
    if not rows:
        return 0
    bulk_update_with_history(rows, Deadline, ["responsible_user", "responsible_unit"], default_user=by)
    data = {"count": len(rows), **names, "deadlines": [row.pk for row in rows]}
    record(case=case, kind="deadline.reassigned", by=by, on=on, data=data)
    return len(rows)
