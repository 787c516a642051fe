"""Clocks of a case that steps back for another (a double merged away): all taken off, and all put back."""

from collections.abc import Collection
from datetime import date

from accounts.models import User
from cases.actions import record
from cases.models import Case
from deadlines.models import Deadline
from deadlines.saving import event_data, lock, needed, replan, silence
from kernel.joined import joined


@joined
def withhold(*, case: Case, reason: str, by: User, on: date) -> list[int]:
    """Take every running clock of a case off; returns their keys for ``restore``.

    A stop that lasts is left as it is in the books. What the clocks have opened (催办) is not closed: nobody
    has done the duty.
    """
    keys = list(Deadline.objects.filter(case=case).open().order_by("pk").values_list("pk", flat=True))
    for key in keys:
        row = lock(Deadline(pk=key))
        row.cancelled_on, row.cancel_reason, row.paused_from = on, needed(reason)[:300], None
        silence(row, by)
        record(case=case, kind="deadline.cancelled", by=by, on=on, data=event_data(row, reason=reason))
    return keys


@joined
def restore(*, case: Case, keys: Collection[int], reason: str, by: User, on: date) -> None:
    """Let the clocks run again as if they had never been taken off, those that stood still standing still."""
    for key in sorted(keys):
        row = lock(Deadline(pk=key))
        if row.cancelled_on is None:
            continue
        stop = row.pauses.filter(to_on__isnull=True).first()
        row.cancelled_on, row.cancel_reason = None, ""
        row.paused_from = stop.from_on if stop else None
        replan(row, by)
        record(case=case, kind="deadline.reopened", by=by, on=on, data=event_data(row, reason=reason))
