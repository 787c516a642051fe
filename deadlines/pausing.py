"""停表 by two persons: one asks, another grants; until then the clock runs on. And letting it run again.

``on`` is the day the clock stops from (or runs from again), ``today`` the day it is asked for, both in
Asia/Shanghai. A clock that is past its due day *today* cannot be stopped, from whatever day: a stop must
never hide lateness.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import can, require
from accounts.models import User
from accounts.roles import Can
from cases.actions import record
from cases.visibility import sees
from deadlines.alarm_texts import case_page
from deadlines.models import Deadline, Decision, Pause, PauseRequest
from deadlines.permissions import require_stop
from deadlines.saving import due_words, end_stop, event_data, kept_due, lock_open, needed, replan, silence
from kernel.joined import joined
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices

PAGE = "/deadlines/pauses/"
"""Where stops are granted."""


@joined
def request_pause(
    *, deadline: Deadline, reason: str, approved_by: User, by: User, on: date, today: date
) -> PauseRequest:
    """Ask ``approved_by`` to stop a clock from ``on`` (not counted).

    Raises Refused: forbidden for who neither answers for the clock nor belongs to the bureau; asked for or
    stopped already, closed, overdue today; a day to come, before the start or inside an earlier stop; no
    reason; an approver who may not approve.
    """
    row = lock_open(deadline)
    require_stop(by, row)
    asked = _ask(_request(row, reason, approved_by, by, on), today)
    _tell_approver([asked])
    return asked


@joined
def request_pauses(
    *, deadlines: Sequence[Deadline], reason: str, approved_by: User, by: User, on: date, today: date
) -> list[PauseRequest]:
    """Ask for several clocks of one case at once, with one message: its project is put aside.

    The caller has asked who may. A clock for which a stop is asked for already is left out. Raises
    Refused like :func:`request_pause`.
    """
    pending = PauseRequest.objects.pending().filter(deadline__in=deadlines)
    waiting = set(pending.values_list("deadline", flat=True))
    rows = [lock_open(row) for row in deadlines if row.pk not in waiting]
    found = [_ask(_request(row, reason, approved_by, by, on), today) for row in rows]
    _tell_approver(found)
    return found


def _request(row: Deadline, reason: str, approver: User, by: User, on: date) -> PauseRequest:
    return PauseRequest(deadline=row, reason=needed(reason), from_on=on, by=by, approver=approver)


def _ask(asked: PauseRequest, today: date) -> PauseRequest:
    row = asked.deadline
    _two_persons(asked.by, asked.approver, row)
    _may_stop(row, asked.from_on, today)
    if row.pause_requests.filter(state=Decision.PENDING).exists():
        message = _("期限“%(name)s”已申请停表，尚待批准") % {"name": row.name}
        raise Refused.conflict(message, code="pause_asked")
    asked.save()
    data = event_data(row, reason=asked.reason, approver=asked.approver.name, since=str(asked.from_on))
    record(case=row.case, kind="deadline.pause_asked", by=asked.by, on=today, data=data)
    return asked


@house_language()
def _tell_approver(rows: Sequence[PauseRequest]) -> None:
    if not rows:
        return
    first = rows[0]
    names = "、".join(row.deadline.name for row in rows)
    words = {"case": first.deadline.case.title, "names": names, "who": first.by.name, "reason": first.reason}
    notices.post(
        key=f"pause:{first.pk}:asked",
        topic="deadline.pause_asked",
        case=first.deadline.case,
        text=_("【停表待批】%(case)s：%(who)s申请“%(names)s”停表（%(reason)s），批准前照常计时") % words,
        url=PAGE,
        users=[first.approver],
    )


@joined
def approve_pause(*, request: PauseRequest, by: User, on: date) -> Deadline:
    """Grant a stop on ``on`` (today): the clock stands still from the day asked for, its alarms fall silent.

    Raises Refused: forbidden for the asking person and whoever may not approve; conflict when it is decided
    or the clock is closed; overdue meanwhile.
    """
    row, asked = _deciding(request, by)
    _may_stop(row, asked.from_on, on)
    _decide(asked, Decision.APPROVED, by, on)
    Pause.objects.create(
        deadline=row, reason=asked.reason, from_on=asked.from_on, by=asked.by, approved_by=by
    )
    row.paused_from = asked.from_on
    silence(row, by)
    data = event_data(row, reason=asked.reason, approved_by=by.name, since=str(asked.from_on))
    record(case=row.case, kind="deadline.paused", by=by, on=on, data=data)
    _tell_asker(row, asked, gettext_lazy("【停表已批准】%(case)s：“%(name)s”自 %(since)s 停表"))
    return row


@joined
def decline_pause(*, request: PauseRequest, reason: str, by: User, on: date) -> PauseRequest:
    """Refuse a stop with a reason: the clock runs on as it did. Raises Refused like ``approve_pause``."""
    row, asked = _deciding(request, by)
    _decide(asked, Decision.DECLINED, by, on, needed(reason))
    data = event_data(row, reason=asked.decided_reason, approver=by.name, since=str(asked.from_on))
    record(case=row.case, kind="deadline.pause_declined", by=by, on=on, data=data)
    _tell_asker(row, asked, gettext_lazy("【停表未批准】%(case)s：“%(name)s”照常计时（%(reason)s）"))
    return asked


@joined
def withdraw_pauses(*, case_id: int, since: date, by: User, on: date) -> int:
    """What was asked from ``since`` for a case and is not decided is wanted no more; returns how many.

    For a project taken up again, whose action has asked who may and writes the event.
    """
    rows = PauseRequest.objects.filter(deadline__case=case_id, from_on=since, state=Decision.PENDING)
    return rows.update(state=Decision.WITHDRAWN, decided_on=on, decided_by=by)


def _deciding(request: PauseRequest, by: User) -> tuple[Deadline, PauseRequest]:
    """Clock and request, locked by the clock. Raises Refused: forbidden, decided already, clock closed."""
    require(by, Can.APPROVE_PAUSE)
    row = lock_open(request.deadline)
    if not sees(by, row.case_id):
        raise Refused.forbidden(_("您看不到该档案"))
    asked = PauseRequest.objects.select_related("by").get(pk=request.pk)
    if asked.by_id == by.pk:
        raise Refused.forbidden(_("停表须由另一人批准"), code="two_persons")
    if asked.state != Decision.PENDING:
        words = {"name": row.name, "state": asked.get_state_display()}
        raise Refused.conflict(_("“%(name)s”的停表申请%(state)s") % words, code="pause_decided")
    return row, asked


def _decide(asked: PauseRequest, state: Decision, by: User, on: date, reason: str = "") -> None:
    asked.state, asked.decided_by, asked.decided_on, asked.decided_reason = state, by, on, reason
    asked.save()


@house_language()
def _tell_asker(row: Deadline, asked: PauseRequest, text: Promise) -> None:
    words: dict[str, Any] = {"case": row.case.title, "name": row.name, "since": asked.from_on}
    notices.post(
        key=f"pause:{asked.pk}:decided",
        topic="deadline.pause_decided",
        case=row.case,
        text=str(text) % (words | {"reason": asked.decided_reason}),
        url=case_page(row.case.kind, row.case_id),
        users=[asked.by],
    )


@joined
def resume(*, deadline: Deadline, by: User, on: date) -> Deadline:
    """Let the clock run again; ``on`` itself counts if it is a day of the limit's unit.

    Raises Refused: forbidden for who neither answers for the clock nor belongs to the bureau; not stopped,
    or a day before the stop.
    """
    row = lock_open(deadline)
    require_stop(by, row)
    return _run_on(row, by, on)


@joined
def resume_all(*, deadlines: Iterable[Deadline], by: User, on: date) -> None:
    """Let clocks of one case run again whose project is taken up. The caller has asked who may."""
    for deadline in deadlines:
        _run_on(lock_open(deadline), by, on)


def _run_on(row: Deadline, by: User, on: date) -> Deadline:
    if row.paused_from is None:
        raise Refused.conflict(_("期限“%(name)s”没有停表") % {"name": row.name}, code="deadline_not_paused")
    if on < row.paused_from:
        raise Refused.invalid("on", _("恢复日不能早于停表日 %(day)s") % {"day": row.paused_from})
    was = kept_due(row)
    end_stop(row, on, by)
    replan(row, by)
    record(case=row.case, kind="deadline.resumed", by=by, on=on, data=event_data(row, was=was))
    return row


def _two_persons(by: User, approver: User, row: Deadline) -> None:
    if approver.pk == by.pk:
        raise Refused.invalid("approved_by", _("停表须由另一人批准"), code="two_persons")
    if not (can(approver, Can.APPROVE_PAUSE) and sees(approver, row.case_id)):
        raise Refused.invalid("approved_by", _("%(name)s无权批准停表") % {"name": approver.name})


def _may_stop(row: Deadline, on: date, today: date) -> None:
    if row.paused_from:
        raise Refused.conflict(_("期限“%(name)s”已停表") % {"name": row.name}, code="deadline_paused")
    if on > today:
        raise Refused.invalid("on", _("停表日不能晚于今天（%(today)s）") % {"today": today})
    if on < row.started_on:
        raise Refused.invalid("on", _("停表日不能早于起算日 %(day)s") % {"day": row.started_on})
    if today > row.due_on:
        message = _("期限“%(name)s”已于 %(due)s 到期，逾期后不能停表；请抓紧办结") % {
            "name": row.name,
            "due": due_words(row),
        }
        raise Refused.because("deadline_overdue", message, clause=row.clause)
    last = row.pauses.order_by("-to_on").first()
    if last and last.to_on and on < last.to_on:
        raise Refused.invalid("on", _("停表日不能早于上次恢复日 %(day)s") % {"day": last.to_on})
