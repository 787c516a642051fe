"""停表: the permit's clock stands still for one of the plan's causes, and runs on; the rules are those of
``deadlines.pausing``, two persons among them."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.models import Permit, PermitStop
from approvals.permits import clocks
from approvals.permits.actions.base import hold, require_open
from approvals.permits.closing import touch
from approvals.permits.rules import lacking, permit_of
from approvals.rules import rule_of
from deadlines import actions as deadlines
from deadlines.models import Deadline
from kernel.language import house_language
from kernel.refusals import Refused
from policies.schema import StopCause


@transaction.atomic
def stop(
    *,
    permit: Permit,
    cause: str,
    note: str,
    approved_by: User,
    by: User,
    on: date,
    today: date,
    body: str = "",
    expected: int | None = None,
) -> PermitStop:
    """Ask ``approved_by`` to stop the clock from ``on`` (not counted); it runs on until that is granted.

    ``body``: the higher authority that holds the case. Raises Refused as ``deadlines.request_pause`` does;
    invalid for a cause that the plan does not list, or without the body where it is held elsewhere.
    """
    project, row = hold(permit, expected)
    require_open(project, row)
    why = _cause(row, cause, body)
    clock = clocks.running(row)
    asked = deadlines.request_pause(
        deadline=clock, reason=_reason(why, body, note), approved_by=approved_by, by=by, on=on, today=today
    )
    made = PermitStop.objects.create(
        permit=row,
        request=asked,
        cause=why.code,
        cause_name=why.name[:60],
        clause=why.clause,
        body=body.strip()[:80],
    )
    touch(row)
    return made


def _cause(permit: Permit, code: str, body: str) -> StopCause:
    rule = rule_of(permit.step)
    why = permit_of(rule).cause(code)
    if why is None:
        names = "、".join(f"{one.name}（{one.code}）" for one in permit_of(rule).stops)
        message = _("“%(name)s”可以停表的情形：%(names)s") % {"name": rule.name, "names": names or "—"}
        raise Refused.because("no_such_cause", message, clause=rule.clause, field="cause", status="invalid")
    if why.elsewhere and not body.strip():
        raise Refused.invalid("body", _("请写明由哪个上级机关办理"))
    return why


@house_language()
def _reason(why: StopCause, body: str, note: str) -> str:
    parts = [why.name, body.strip(), note.strip()]
    return "：".join(part for part in parts if part)[:300]


@transaction.atomic
def go_on(*, permit: Permit, by: User, on: date, today: date, expected: int | None = None) -> Deadline:
    """Let the clock run again; ``on`` itself counts if it is a day of the limit's unit.

    Raises Refused as ``deadlines.resume`` does; invalid for a day to come, or before the material that was
    taken back during the stop had come again; unmet while it has not.
    """
    project, row = hold(permit, expected)
    require_open(project, row)
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    _require_whole(row, on)
    clock = deadlines.resume(deadline=clocks.running(row), by=by, on=on)
    touch(row)
    return clock


def _require_whole(permit: Permit, on: date) -> None:
    """What was withdrawn or told to be faulty during the stop has come again (whichever is later)."""
    rule = rule_of(permit.step)
    if permit_of(rule).counts_from != "complete":
        return
    if permit.complete_on is None:
        what = "、".join(one.name for one in lacking(permit.materials.all()))
        message = _("停表期间材料已不齐备，补齐后方可恢复计时：%(what)s") % {"what": what}
        clause = rule.guide.clause if rule.guide else rule.clause
        raise Refused.because("incomplete", message, clause=clause, url=reverse("permit", args=[permit.pk]))
    if on < permit.complete_on:
        message = _("恢复日不能早于材料齐备日期 %(day)s") % {"day": permit.complete_on}
        raise Refused.invalid("on", message)
