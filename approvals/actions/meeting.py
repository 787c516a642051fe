"""会审: what several units said in one meeting is entered from its signed minutes at one stroke."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.actions.opinions import Said, record_on_behalf
from approvals.models import Opinion, Step
from approvals.permissions import require_recorder
from documents.actions import SCAN, attach
from documents.models import Attachment
from kernel.refusals import Refused

if TYPE_CHECKING:
    from django.core.files import File


@transaction.atomic
def record_meeting(
    *,
    step: Step,
    scan: "File[bytes] | Attachment | None",
    said: Mapping[int, Said],
    by: User,
    on: date,
    given_on: date | None = None,
    agreement_version: int | None = None,
) -> list[Opinion]:
    """Enter the opinions, by key of the question, with one paper for all (代录); all or nothing.

    ``given_on`` is the day of the meeting, ``on`` today (Asia/Shanghai). Raises Refused as
    ``record_on_behalf`` does, with the key of the question at the end of the field's name; invalid without
    an opinion or minutes.
    """
    require_recorder(step, by)
    if not said:
        raise Refused.invalid("opinions", _("请至少填写一个单位的意见"))
    if scan is None:
        raise Refused.invalid("scan", _("请上传各单位签字的会审记录"), code="scan_missing")
    rows = {row.pk: row for row in step.opinions.select_related("unit", "step").filter(pk__in=said)}
    if set(rows) != set(said):
        raise Refused.invalid("opinions", _("所填意见不属于本程序"), code="not_asked")
    if not isinstance(scan, Attachment):
        note = _("%(name)s会审记录") % {"name": step.name}
        scan = attach(case=step.case, kind=SCAN, upload=scan, by=by, on=given_on or on, note=note)
    common = {"scan": scan, "by": by, "on": on, "given_on": given_on, "agreement_version": agreement_version}
    return [_record(rows[key], one, common) for key, one in said.items()]


def _record(row: Opinion, one: Said, common: Mapping[str, Any]) -> Opinion:
    try:
        return record_on_behalf(opinion=row, words=one.words, score=one.score, answer=one.answer, **common)
    except Refused as refused:
        mine = {"answer", "words", "score"}
        items = [
            replace(item, field=f"{item.field}-{row.pk}") if item.field in mine else item
            for item in refused.unmet
        ]
        raise Refused(items, refused.status) from refused
