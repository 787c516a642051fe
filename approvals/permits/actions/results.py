"""办理结果: number, file and validity of what was granted, entered after the verdict or put right."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.models import Permit
from approvals.permits import closing
from approvals.permits.actions.base import hold, note
from approvals.permits.closing import Result
from approvals.permits.permissions import require_authority
from approvals.rules import rule_of, verdict_of
from kernel.refusals import Refused


@transaction.atomic
def record_result(
    *, permit: Permit, result: Result, by: User, on: date, reason: str = "", expected: int | None = None
) -> Permit:
    """Enter what was granted: what is left out stays as it is. Another number than before takes a ``reason``.

    Raises Refused: forbidden but for the authority; invalid for an empty result, a paper of another case, a
    validity that ended before the verdict, or a correction without reason; conflict before a favourable
    verdict.
    """
    _project, row = hold(permit, expected)
    require_authority(row, by)
    verdict = verdict_of(rule_of(row.step), row.step.verdict)
    if verdict is None or not verdict.reaches or row.step.concluded_on is None:
        message = _("“%(name)s”尚未作出准予的结论") % {"name": row.step.name}
        raise Refused.conflict(message, code="not_granted")
    if result.empty:
        raise Refused.invalid("number", _("请填写文号、上传文书或填写有效期"))
    closing.check(row.step, result, row.step.concluded_on)
    old, number = row.number, result.number.strip() or row.number
    if old and number != old and not reason.strip():
        raise Refused.invalid("reason", _("更改文号“%(old)s”须说明理由") % {"old": old})
    kept = Result(
        number=number, paper=result.paper or row.paper, valid_until=result.valid_until or row.valid_until
    )
    closing.keep(row, kept)
    said = f"{old} → {number}（{reason.strip()[:200]}）" if old and number != old else number
    note(row, "permit.result", by, on, number=said or "—", valid=str(row.valid_until or "—"))
    closing.touch(row)
    return row
