"""All writes to assignments: issue, accept, report, close, return, revoke, hand over.

``on`` is the business date in Asia/Shanghai. Each action locks the row, asks who may, moves the state,
writes one event, moves the clock and tells those concerned.
"""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from accounts.access import acting_unit
from accounts.models import Unit, User
from assignments import sight
from assignments.models import Assignment, Kind, State
from assignments.permissions import require_answer, require_entry, require_issue, require_judge
from assignments.telling import due, tell
from cases.models import Case
from deadlines import actions as deadlines
from deadlines.models import Deadline
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.joined import joined
from kernel.language import house_language
from kernel.refusals import Refused
from policies.rulebook import rulebook
from policies.schema import Limit

__all__ = [
    "accept",
    "close",
    "fulfil",
    "issue",
    "open_by_rule",
    "reissue",
    "report",
    "return_",
    "revoke",
    "strike_off",
]


@joined
def issue(
    *,
    case: Case,
    kind: str,
    unit: Unit,
    title: str,
    by: User,
    on: date,
    text: str = "",
    user: User | None = None,
    due_on: date | None = None,
    clause: str = "",
    parent: Assignment | None = None,
    limit: Limit | None = None,
    signed_by: User | None = None,
) -> Assignment:
    """Hand a duty to a unit (and person) until a day; the unit sees the case from now on.

    ``limit`` holds where no ``due_on`` is named. ``signed_by``: whose written word ``by`` enters (代录); that
    person is then the issuer.

    Raises Refused: forbidden for a kind the role may not issue or a case out of sight; invalid for an
    unknown kind, an empty title, a unit no longer in force, or a due day that is not after ``on``.
    """
    if kind not in Kind.values:
        raise Refused.invalid("kind", _("未知的交办类别：%(kind)s") % {"kind": kind})
    if signed_by is None:
        require_issue(by, kind, case)
    else:
        require_entry(by, signed_by, kind, case)
    issuer = signed_by or by
    if not title.strip():
        raise Refused.invalid("title", _("请填写交办事项"))
    check_unit(unit, user, on)
    require_person(case, kind, user)
    row = Assignment(
        case=case,
        kind=kind,
        title=title.strip(),
        text=text.strip(),
        clause=clause,
        unit=unit,
        user=user,
        issued_by=issuer,
        issued_unit=acting_unit(issuer),
        issued_on=on,
        parent=parent,
    )
    return open_row(row, until(on, due_on) or limit or _planned(case, kind), by, on)


def _planned(case: Case, kind: str) -> Limit | None:
    """How long the plan gives such a duty where no day is named."""
    matter = rulebook(case.policy_set_id).matters.get(kind)
    return matter.limit if matter else None


def require_person(case: Case, kind: str, user: User | None) -> None:
    """Raises Refused (invalid) where the plan wants a person to answer for such a duty and none is named."""
    matter = rulebook(case.policy_set_id).matters.get(kind)
    if matter and matter.person and user is None:
        message = _("“%(kind)s”须明确责任人") % {"kind": Kind(kind).label}
        raise Refused.because("person_needed", message, clause=matter.clause, field="user", status="invalid")


@joined
def open_by_rule(
    *,
    case: Case,
    rule: str,
    name: str,
    unit: Unit,
    by: User | None,
    on: date,
    kind: str = Kind.TASK,
    clause: str = "",
    limit: Limit | None = None,
    user: User | None = None,
    policy_version_id: int | None = None,
    text: str = "",
) -> Assignment | None:
    """Open what the pack lays down, on the plan's behalf; None when it is open already (asked for twice)."""
    if Assignment.objects.open().filter(case=case, rule=rule, unit=unit).exists():
        return None
    row = Assignment(
        case=case,
        kind=kind,
        title=name,
        text=text,
        rule=rule,
        clause=clause,
        policy_version_id=policy_version_id,
        unit=unit,
        user=user,
        issued_on=on,
    )
    return open_row(row, limit, by, on)


def open_row(row: Assignment, limit: Limit | None, by: User | None, on: date) -> Assignment:
    row.deadline = _clock(row, limit, by, on) if limit else None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused.conflict(_("“%(title)s”刚刚已交办") % {"title": row.title}) from error
    sight.give(case=row.case, unit=row.unit, user=row.user, by=by, on=on)
    tell(row, "assignment.issued", by, on, to_unit=True, due=due(row))
    return row


@joined
def accept(*, assignment: Assignment, by: User, on: date) -> Assignment:
    """签收: the answerable unit takes it on. Raises Refused: forbidden; conflict when it is not waiting."""
    row = lock_row(assignment)
    require_answer(by, row)
    _move(row, "to_accepted")
    row.accepted_on, row.accepted_by = on, by
    row.save()
    tell(row, "assignment.accepted", by, on)
    return row


@joined
def report(
    *, assignment: Assignment, report: str, by: User, on: date, evidence: Attachment | None = None
) -> Assignment:
    """反馈: say what was done; the own clock stops on ``on``. Reporting accepts what was not yet accepted.

    Raises Refused: forbidden; invalid without words or with evidence of another case; conflict when it is
    reported or ended.
    """
    row = lock_row(assignment)
    require_answer(by, row)
    if not report.strip():
        raise Refused.invalid("report", _("请填写办理情况"))
    require_of_case(evidence, row.case_id, "evidence")
    note_report(row, report.strip(), by, on, evidence)
    tell(row, "assignment.reported", by, on, to_issuer=True, report=row.report[:120])
    return row


def note_report(row: Assignment, words: str, by: User, on: date, evidence: Attachment | None = None) -> None:
    _move(row, "to_reported")
    if row.accepted_on is None:
        row.accepted_on, row.accepted_by = on, by
    row.reported_on, row.reported_by, row.report, row.evidence = on, by, words, evidence
    row.save()
    if row.has_own_clock and row.deadline is not None and row.deadline.is_open:
        deadlines.meet(deadline=row.deadline, on=on, by=by)


@joined
def close(*, assignment: Assignment, by: User, on: date, note: str = "", asked: bool = True) -> Assignment:
    """销号: the issuer is satisfied. Raises Refused: forbidden; conflict when nothing is reported.

    ``asked``: False where the caller has asked who may (the enterprise that had complained).
    """
    row = lock_row(assignment)
    if asked:
        require_judge(by, row)
    end_row(row, "to_closed", by, on, note.strip())
    tell(row, "assignment.closed", by, on, to_unit=True, note=f"：{note.strip()}" if note.strip() else "")
    return row


def end_row(row: Assignment, how: str, by: User | None, on: date, note: str) -> None:
    _move(row, how)
    row.ended_on, row.ended_by, row.ended_note = on, by, note
    row.save()


@joined
def fulfil(*, case: Case, rule: str, words: str, by: User, on: date) -> list[Assignment]:
    """The act that a rule's assignment asked for has been done: report and strike off what waits for it.

    For the program's own mechanisms (naming the commissioner), which have asked who may.
    """
    rows = list(_locked().filter(case=case, rule=rule, state__in=[State.ISSUED, State.ACCEPTED]))
    for row in rows:
        note_report(row, words, by, on)
        end_row(row, "to_closed", by, on, words)
        tell(row, "assignment.closed", by, on, note=f"：{words}")
    return rows


@joined
def return_(*, assignment: Assignment, reason: str, by: User, on: date, asked: bool = True) -> Assignment:
    """退回. The issuer sends an unsatisfying report back, which is issued again at once and whose clock
    runs on; the answerable unit gives back what is not its own, which then waits for the issuer.
    ``asked``: False where the caller has asked who may.

    Raises Refused: forbidden; invalid without a reason; conflict when it is not in a state to return.
    """
    row = lock_row(assignment)
    reason = needed(reason)
    sent_back = row.state == State.REPORTED
    if asked:
        (require_judge if sent_back else require_answer)(by, row)
    _move(row, "to_returned")
    row.returned_times, row.returned_reason = row.returned_times + 1, reason
    if sent_back:
        _undo_report(row, reason, by, on)
    row.save()
    kind = "assignment.sent_back" if sent_back else "assignment.returned"
    tell(row, kind, by, on, to_unit=sent_back, to_issuer=not sent_back, reason=reason)
    return row


def _undo_report(row: Assignment, reason: str, by: User, on: date) -> None:
    _move(row, "to_issued")
    row.accepted_on, row.accepted_by = None, None
    row.reported_on, row.reported_by, row.report, row.evidence = None, None, "", None
    if row.has_own_clock and row.deadline is not None and row.deadline.met_on:
        row.deadline = deadlines.reopen(deadline=row.deadline, reason=reason, by=by, on=on)


@joined
def reissue(
    *,
    assignment: Assignment,
    unit: Unit,
    by: User,
    on: date,
    user: User | None = None,
    due_on: date | None = None,
) -> Assignment:
    """重新交办: what a unit gave back goes to it or another again, with a new clock if a day is given.

    Raises Refused: forbidden; conflict when it was not returned; invalid unit or due day.
    """
    row = lock_row(assignment)
    require_judge(by, row)
    check_unit(unit, user, on)
    _move(row, "to_issued")
    row.unit, row.user, row.accepted_on, row.accepted_by = unit, user, None, None
    limit = until(on, due_on)
    if limit:
        _stop_clock(row, _("重新交办"), by, on)
        row.deadline = _clock(row, limit, by, on)
    row.save()
    sight.give(case=row.case, unit=unit, user=user, by=by, on=on)
    tell(row, "assignment.reissued", by, on, to_unit=True, due=due(row))
    return row


@joined
def strike_off(*, assignment: Assignment, met_on: date, by: User | None, on: date) -> Assignment:
    """What 催办 or 督办 urged is done: struck off by itself, reported or not. Nobody stands for it as judge.

    ``by`` is who met the clock. Raises Refused (conflict) when it has ended.
    """
    row = lock_row(assignment)
    with house_language():
        note = _("原事项已于 %(day)s 办结") % {"day": met_on}
    _move(row, "to_settled")
    row.ended_on, row.ended_note = on, note
    row.save()
    tell(row, "assignment.settled", by, on, note=note)
    return row


@joined
def revoke(
    *, assignment: Assignment, reason: str, by: User | None, on: date, asked: bool = True
) -> Assignment:
    """撤销: the duty falls away with its clock. ``asked``: False where the plan itself takes it back.

    Raises Refused: forbidden; invalid without a reason; conflict when it has ended.
    """
    row = lock_row(assignment)
    if asked and by is not None:
        require_judge(by, row)
    reason = needed(reason)
    end_row(row, "to_revoked", by, on, reason)
    _stop_clock(row, reason, by, on)
    tell(row, "assignment.revoked", by, on, to_unit=True, reason=reason)
    return row


def _locked() -> Any:
    rows = Assignment.objects.select_for_update(of=("self",))
    return rows.select_related("case", "unit", "user", "issued_by", "deadline")


def lock_row(assignment: Assignment) -> Assignment:
    row: Assignment = _locked().get(pk=assignment.pk)
    return row


def _move(row: Assignment, how: str) -> None:
    try:
        getattr(row, how)()
    except TransitionNotAllowed as error:
        state = State(row.state).label
        message = _("“%(title)s”当前为“%(state)s”，不能这样办理") % {"title": row.title, "state": state}
        raise Refused.conflict(message, code="wrong_state") from error


def needed(reason: str) -> str:
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写原因"))
    return reason.strip()


def check_unit(unit: Unit, user: User | None, on: date) -> None:
    if unit.valid_to is not None and unit.valid_to < on:
        raise Refused.invalid("unit", _("%(unit)s已撤并，请改选承继单位") % {"unit": unit.name})
    if user is not None and not user.memberships.in_force(on).filter(unit=unit).exists():
        words = {"user": user.name, "unit": unit.name}
        raise Refused.invalid("user", _("%(user)s不在%(unit)s任职") % words)


def until(on: date, due_on: date | None) -> Limit | None:
    """The limit that ends on a day somebody chose. Raises Refused (invalid) for a day not after ``on``."""
    if due_on is None:
        return None
    if due_on <= on:
        raise Refused.invalid("due_on", _("办结时限应晚于交办日期 %(day)s") % {"day": on})
    return Limit(count=(due_on - on).days, unit="natural_day")


def _clock(row: Assignment, limit: Limit, by: User | None, on: date) -> Deadline:
    return deadlines.open_deadline(
        case=row.case,
        rule=f"task:{row.rule}" if row.rule else f"assignment:{row.kind}",
        name=row.title,
        clause=row.clause,
        limit=limit,
        started_on=on,
        start_event="assignment.issued",
        ladder=rulebook(row.case.policy_set_id).escalation,
        responsible_unit=row.unit,
        responsible_user=row.user,
        policy_version_id=row.policy_version_id,
        by=by,
        on=on,
    )


def _stop_clock(row: Assignment, reason: str, by: User | None, on: date) -> None:
    if row.has_own_clock and row.deadline is not None and row.deadline.is_open:
        deadlines.cancel(deadline=row.deadline, reason=reason, by=by, on=on)
