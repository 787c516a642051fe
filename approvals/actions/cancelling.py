"""A step falls away: what opened it was withdrawn, or it was opened in error. Nothing given is lost."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.actions.asking import ASKED, stop_clocks
from approvals.dispatching import proposing
from approvals.models import Opinion, Step
from approvals.permissions import require_lead
from approvals.permits import closing
from cases import actions as cases
from cases.models import Part
from deadlines import actions as deadlines
from kernel.refusals import Refused
from projects.models import Project
from projects.permissions import lock


@transaction.atomic
def cancel(*, step: Step, by: User, on: date, reason: str) -> Step:
    """Cancel a running step. Raises Refused: forbidden but for its lead; invalid without reason; conflict."""
    lock(Project(pk=step.case_id))
    row = locked(step)
    require_lead(row, by)
    if not row.is_running:
        raise Refused.conflict(_("“%(name)s”已经结束") % {"name": row.name}, code="step_ended")
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写撤销原因"))
    return end(row, by, on, reason.strip())


def locked(step: Step) -> Step:
    rows = Step.objects.select_for_update(of=("self",))
    return rows.select_related("case", "deadline", "lead_unit", "concluded_by").get(pk=step.pk)


def end(row: Step, by: User, on: date, reason: str) -> Step:
    """Close a running round that the caller has locked, with its clock and the parts it gave."""
    row.cancelled_on, row.cancelled_by, row.cancelled_reason = on, by, reason[:300]
    row.save(update_fields=["cancelled_on", "cancelled_by", "cancelled_reason"])
    clock = row.open_clock()
    if clock is not None:
        deadlines.cancel(deadline=clock, reason=reason, by=by, on=on)
    stop_clocks(row.opinions.filter(given_on=None).select_related("deadline"), reason, by, on)
    proposing.close(row, reason, by, on)
    closing.drop(row, on)
    _release(row, on, reason)
    cases.record(
        case=row.case,
        kind="step.cancelled",
        by=by,
        on=on,
        data={"step": row.pk, "name": row.name, "reason": reason},
    )
    return row


def _release(row: Step, on: date, reason: str) -> None:
    """Who was asked in vain no longer sees the case, unless another step asks or they have answered."""
    needed = Q(step__cancelled_on__isnull=True) | Q(given_on__isnull=False)
    kept = Opinion.objects.filter(needed, step__case_id=row.case_id).values_list("unit_id", flat=True)
    leading = Step.objects.filter(case_id=row.case_id, cancelled_on__isnull=True)
    asked = {row.lead_unit_id, *row.opinions.values_list("unit_id", flat=True)}
    asked -= {*kept, *leading.values_list("lead_unit_id", flat=True)}
    parts = Part.objects.filter(case_id=row.case_id, part=ASKED, unit__in=asked, valid_to__isnull=True)
    cases.end_parts(parts=parts, on=on, reason=reason[:300])
