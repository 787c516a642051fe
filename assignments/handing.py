"""Passing the open duties of a person, or of a unit, in a case to a successor."""

from collections.abc import Sequence
from datetime import date

from accounts.models import Unit, User
from assignments.models import Assignment, AssignmentQuerySet
from cases.actions import record
from cases.models import Case
from kernel.joined import joined


@joined
def hand_over(*, case: Case, old: User, new: User, unit: Unit, by: User, on: date) -> int:
    """Move every open duty of a person in a case to the successor; returns how many.

    The caller has asked who may.
    """
    rows = list(_open().filter(case=case, user=old))
    for row in rows:
        row.user, row.unit = new, unit
    return _passed(rows, case, {"old": old.name, "new": new.name}, by, on)


@joined
def hand_over_unit(*, case: Case, old: Unit, new: Unit, by: User, on: date) -> int:
    """Move every open duty of a unit in a case to another, save those of its people; returns how many.

    A duty that the plan gives each unit once stays where the new unit has its own. The caller has asked who
    may.
    """
    own = Assignment.objects.filter(case=case, unit=new).open().exclude(rule="").values("rule")
    rows = list(_open().filter(case=case, unit=old, user=None).exclude(rule__in=own))
    for row in rows:
        row.unit = new
    return _passed(rows, case, {"old": old.name, "new": new.name}, by, on)


def _passed(rows: Sequence[Assignment], case: Case, names: dict[str, str], by: User, on: date) -> int:
    if not rows:
        return 0
    Assignment.objects.bulk_update(rows, ["user", "unit"])
    data = {"count": len(rows), **names, "assignments": [row.pk for row in rows]}
    record(case=case, kind="assignment.handed_over", by=by, on=on, data=data)
    return len(rows)


def _open() -> AssignmentQuerySet:
    rows: AssignmentQuerySet = Assignment.objects.select_for_update(of=("self",))
    return rows.open()
