"""修改后同意: what a sitting approved with changes counts once the changes are made."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.actions.asking import ask_next
from approvals.binding import require_current
from approvals.models import Answer, Opinion, Step
from approvals.permissions import require_lead
from approvals.rules import rule_of
from cases import actions as cases
from kernel.refusals import Refused
from projects.models import Project
from projects.permissions import lock, require_running


@transaction.atomic
def follow_up(*, opinion: Opinion, by: User, on: date, note: str) -> Opinion:
    """Record that the changes wanted are made without a new version of the agreement; asks whose turn it is.

    Where they touch the agreement's text, a version ``as_decided`` does it. Raises Refused: forbidden for
    who does not lead the step; invalid without a note; conflict where nothing is to be changed, the step
    has ended, or the agreement has a newer version.
    """
    project = lock(Project(pk=opinion.step.case_id))
    step = Step.objects.select_for_update(of=("self",)).select_related("case", "lead_unit").get(
        pk=opinion.step_id
    )  # fmt: skip
    row = Opinion.objects.select_related("unit").get(pk=opinion.pk)
    row.step = step
    require_lead(step, by)
    require_running(project)
    require_current(step, rule_of(step))
    _require_wanted(row)
    if not note.strip():
        raise Refused.invalid("note", _("请写明怎样落实"))
    mark_followed(row, by, on, note.strip())
    ask_next(step=step, by=by, on=on)
    return row


def _require_wanted(row: Opinion) -> None:
    if not row.step.is_running or not row.in_force:
        message = _("“%(name)s”已经结束或该意见已被取代") % {"name": row.step.name}
        raise Refused.conflict(message, code="step_ended")
    if row.answer != Answer.AMENDED or row.followed_on is not None:
        message = _("%(unit)s没有待落实的修改意见") % {"unit": row.unit}
        raise Refused.conflict(message, code="nothing_to_follow")


def mark_followed(row: Opinion, by: User, on: date, note: str) -> None:
    """Write it down. The caller has locked the step, asked who may, and asks the next afterwards."""
    row.followed_on, row.followed_note = on, note[:300]
    row.save(update_fields=["followed_on", "followed_note"])
    data = {"step": row.step_id, "name": row.step.name, "unit": row.unit.name, "note": row.followed_note}
    cases.record(case=row.step.case, kind="step.followed", by=by, on=on, data=data)
