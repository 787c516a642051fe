"""特殊情况: the longer limit, asked for with a reason by the authority, granted by another (002 三(三)2)."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.models import Permit, SpecialRequest
from approvals.permits import clocks
from approvals.permits.actions.base import hold, note, require_open
from approvals.permits.closing import touch
from approvals.permits.permissions import may_decide, require_authority, require_decider
from approvals.permits.rules import permit_of
from approvals.rules import rule_of
from deadlines import actions as deadlines
from deadlines.models import Decision
from kernel.language import house_language
from kernel.refusals import Refused
from notices.actions import post
from policies.schema import SpecialCase
from projects.actions.claims import needed
from projects.models import Project


@transaction.atomic
def ask_special(
    *, permit: Permit, reason: str, approver: User, by: User, on: date, expected: int | None = None
) -> SpecialRequest:
    """Ask ``approver`` for the longer limit; until it is granted the first one runs on. ``on`` is today.

    Raises Refused: forbidden but for the authority; unmet where the plan knows no special case, or once the
    limit has passed; invalid without a reason, or for an approver who may not; conflict without a clock, or
    when it is asked for or granted already.
    """
    project, row = hold(permit, expected)
    require_authority(row, by)
    require_open(project, row)
    rule = _special(row)
    _require_in_time(row, on)
    _require_approver(project, row, by, approver)
    before = row.specials.filter(state__in=(Decision.PENDING, Decision.APPROVED)).first()
    if before is not None:
        message = _("“%(name)s”的特殊情况%(state)s") % {
            "name": row.step.name,
            "state": before.get_state_display(),
        }
        raise Refused.conflict(message, code="special_asked")
    asked = SpecialRequest.objects.create(
        permit=row, reason=needed(reason), asked_on=on, by=by, approver=approver
    )
    note(row, "permit.special_asked", by, on, reason=asked.reason, approver=approver.name)
    touch(row)
    _tell(row, asked, rule)
    return asked


def _special(permit: Permit) -> SpecialCase:
    rule = rule_of(permit.step)
    special = permit_of(rule).special
    if special is None:
        message = _("制度没有规定“%(name)s”的特殊情况时限") % {"name": rule.name}
        raise Refused.because("no_special", message, clause=rule.clause)
    return special


def _require_in_time(permit: Permit, today: date) -> None:
    text = _("审批期限已于 %(due)s 届满，不能再按特殊情况延长；请抓紧办结")
    clocks.require_not_overdue(clocks.running(permit), today, text)


def _require_approver(project: Project, permit: Permit, by: User, approver: User) -> None:
    if approver.pk == by.pk:
        raise Refused.invalid("approver", _("特殊情况须由另一人批准"), code="two_persons")
    if not may_decide(project, permit, approver):
        message = _("%(name)s无权批准特殊情况") % {"name": approver.name}
        raise Refused.invalid("approver", message, code="not_approver")


@transaction.atomic
def grant_special(*, special: SpecialRequest, by: User, on: date) -> Permit:
    """Grant it: the clock counts the longer limit from the same day; the first last day stays on record.

    Raises Refused: forbidden for the asking person and whoever the plan does not name; unmet once the first
    limit has passed; conflict when it is decided already, or no clock runs.
    """
    project, row, asked = _deciding(special, by)
    require_open(project, row)
    rule, clock = _special(row), clocks.running(row)
    _require_in_time(row, on)
    _decide(asked, Decision.APPROVED, by, on, "")
    row.first_due_on = clock.due_on
    whole = rule_of(row.step)
    longer = clocks.opening(row.step, whole, rule.limit, clock.started_on, clocks.special_name(whole))
    day = max(on, clock.started_on)
    fresh = deadlines.replace(deadline=clock, opening=longer, reason=_why(asked), by=by, on=day)
    clocks.keep(row.step, fresh)
    first, due = str(row.first_due_on), str(fresh.due_on)
    note(row, "permit.special_granted", by, on, reason=asked.reason, first=first, due=due)
    touch(row)
    _tell_asker(row, asked)
    return row


@transaction.atomic
def decline_special(*, special: SpecialRequest, reason: str, by: User, on: date) -> Permit:
    """Refuse it with a reason: the first limit holds. Raises Refused like ``grant_special``."""
    _project, row, asked = _deciding(special, by)
    _decide(asked, Decision.DECLINED, by, on, needed(reason))
    note(row, "permit.special_declined", by, on, reason=asked.decided_reason)
    touch(row)
    _tell_asker(row, asked)
    return row


def _deciding(special: SpecialRequest, by: User) -> tuple[Project, Permit, SpecialRequest]:
    project, row = hold(special.permit)
    require_decider(project, row, by)
    asked = SpecialRequest.objects.select_for_update(of=("self",)).get(pk=special.pk)
    if asked.by_id == by.pk:
        raise Refused.forbidden(_("特殊情况须由另一人批准"), code="two_persons")
    if asked.state != Decision.PENDING:
        data = {"name": row.step.name, "state": asked.get_state_display()}
        message = _("“%(name)s”的特殊情况申请%(state)s") % data
        raise Refused.conflict(message, code="special_decided")
    return project, row, asked


def _decide(asked: SpecialRequest, state: Decision, by: User, on: date, reason: str) -> None:
    asked.state, asked.decided_by, asked.decided_on, asked.decided_reason = state, by, on, reason
    asked.save()


@house_language()
def _why(asked: SpecialRequest) -> str:
    return (_("特殊情况：%(reason)s") % {"reason": asked.reason})[:300]


@house_language()
def _tell(permit: Permit, asked: SpecialRequest, rule: SpecialCase) -> None:
    data = {
        "title": permit.step.case.title, "name": permit.step.name, "who": asked.by.name,
        "reason": asked.reason,
    }  # fmt: skip
    post(
        key=f"special:{asked.pk}:asked", topic="permit.special_asked", case=permit.step.case,
        text=_("【特殊情况待批】“%(title)s”%(name)s：%(who)s申请延长（%(reason)s）") % data,
        url=f"/permits/{permit.pk}/", users=[asked.approver_id],
    )  # fmt: skip


@house_language()
def _tell_asker(permit: Permit, asked: SpecialRequest) -> None:
    data = {
        "title": permit.step.case.title, "name": permit.step.name, "state": asked.get_state_display(),
        "reason": asked.decided_reason or asked.reason,
    }  # fmt: skip
    post(
        key=f"special:{asked.pk}:decided", topic="permit.special_decided", case=permit.step.case,
        text=_("“%(title)s”%(name)s的特殊情况申请%(state)s：%(reason)s") % data,
        url=f"/permits/{permit.pk}/", users=[asked.by_id],
    )  # fmt: skip
