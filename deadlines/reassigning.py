"""Passing a person's open clocks in a case to a successor."""

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
    if not rows:
        return 0
    for row in rows:
        row.responsible_user, row.responsible_unit = new, unit
    bulk_update_with_history(rows, Deadline, ["responsible_user", "responsible_unit"], default_user=by)
    data = {"count": len(rows), "old": old.name, "new": new.name, "deadlines": [row.pk for row in rows]}
    record(case=case, kind="deadline.reassigned", by=by, on=on, data=data)
    return len(rows)
