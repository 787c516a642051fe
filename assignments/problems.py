"""问题: registered by whoever works on the project, raised level by level up the chain of the plan, and
come down again as a decision that somebody carries out (003 四(二)、四(三), 002 三(三)4).

``on`` is the business date in Asia/Shanghai.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.access import acting_unit
from accounts.models import Unit, User
from assignments.actions import (
    check_unit,
    end_row,
    lock_row,
    needed,
    note_report,
    open_row,
    require_person,
    until,
)
from assignments.chain import Rise, collector, next_up
from assignments.models import Assignment, Kind, State
from assignments.permissions import require_decide, require_raise, require_reporting
from assignments.telling import tell
from cases.models import Case
from documents.models import Attachment
from kernel.joined import joined
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices
from policies.rulebook import rulebook

__all__ = ["Order", "decide", "raise_problem", "raise_up"]
PROBLEMS = (Kind.PROBLEM, Kind.COMPLAINT)


@dataclass(frozen=True, slots=True)
class Order:
    """What a decision has somebody do: the unit (and person), in which words (the decision's own if none),
    until which day (the plan's limit for decisions if none)."""

    unit: Unit
    user: User | None = None
    title: str = ""
    due_on: date | None = None


@joined
def raise_problem(
    *,
    case: Case,
    title: str,
    by: User,
    on: date,
    kind: str = Kind.PROBLEM,
    text: str = "",
    unit: Unit | None = None,
    user: User | None = None,
    due_on: date | None = None,
    asked: bool = True,
) -> Assignment:
    """提出问题或企业诉求: to the unit named, else to whoever collects such matters by the plan.

    ``asked``: False where the caller has asked who may (the enterprise's own account). Raises Refused:
    forbidden; invalid for another kind, an empty title, a unit, person or day that will not do, or where the
    plan wants a person named; unmet where nobody collects.
    """
    if kind not in PROBLEMS:
        raise Refused.invalid("kind", _("请选择问题协调或企业诉求"))
    if asked:
        require_reporting(by, case)
    if not title.strip():
        raise Refused.invalid("title", _("请填写问题"))
    matter = rulebook(case.policy_set_id).matters.get(kind)
    if unit is None:
        unit, user = collector(case, matter, on)
    elif asked:
        require_person(case, kind, user)
    check_unit(unit, user, on)
    row = Assignment(
        case=case, kind=kind, title=title.strip()[:120], text=text.strip(), unit=unit, user=user,
        clause=matter.clause if matter else "",
        policy_version_id=matter.source.id if matter else None,
        issued_by=by, issued_unit=acting_unit(by), issued_on=on,
    )  # fmt: skip
    return open_row(row, until(on, due_on) or (matter.limit if matter else None), by, on)


@joined
def raise_up(*, assignment: Assignment, reason: str, by: User, on: date) -> Assignment:
    """提请上一级协调: what cannot be settled here goes one level up, with its own clock; here it counts as
    reported. Returns the problem as it stands above.

    Raises Refused: forbidden; invalid without a reason; conflict when it is reported, ended, raised
    already or at the top; unmet where nobody holds the level.
    """
    row = lock_row(assignment)
    require_raise(by, row)
    reason = needed(reason)
    _require_raisable(row)
    rise = next_up(row, on)
    with house_language():
        words = _("提请“%(level)s”：%(reason)s") % {"level": rise.level.name, "reason": reason}
    note_report(row, words, by, on)
    tell(row, "assignment.raised", by, on, to_issuer=True, level=rise.level.name, reason=reason)
    return _above(row, rise, reason, by, on)


def _above(row: Assignment, rise: Rise, reason: str, by: User, on: date) -> Assignment:
    level = rise.level
    upper = Assignment(
        case=row.case, kind=row.kind, title=row.title, text=f"{row.text}\n\n{reason}".strip(), parent=row,
        level=level.code, clause=level.clause, policy_version_id=level.source.id, unit=rise.unit,
        user=rise.user, issued_by=by, issued_unit=acting_unit(by), issued_on=on,
    )  # fmt: skip
    upper = open_row(upper, level.limit, by, on)
    if level.tells_roles:
        with house_language():
            text = _("“%(case)s”有问题提请“%(level)s”：%(title)s") % {
                "case": row.case.title, "level": level.name, "title": row.title,
            }  # fmt: skip
        notices.post(
            key=f"assignment:{upper.pk}:raised", topic="assignment.raised", case=row.case, text=text,
            url=f"/assignments/{upper.pk}/", roles=level.tells_roles,
        )  # fmt: skip
    return upper


def _require_raisable(row: Assignment) -> None:
    if row.kind not in PROBLEMS:
        raise Refused.conflict(_("只有问题和企业诉求可以提请上级协调"), code="not_a_problem")
    if row.children.open().exclude(level="").exists():
        raise Refused.conflict(_("该问题已提请上级协调，正在办理"), code="raised_already")
    if row.state not in (State.ISSUED, State.ACCEPTED):
        words = {"title": row.title, "state": State(row.state).label}
        message = _("“%(title)s”当前为“%(state)s”，不能这样办理") % words
        raise Refused.conflict(message, code="wrong_state")


@joined
def decide(
    *,
    assignment: Assignment,
    decision: str,
    orders: Sequence[Order],
    by: User,
    on: date,
    evidence: Attachment | None = None,
) -> list[Assignment]:
    """议定: the level decides, and each order goes down as an assignment of its own (议定事项).

    Somebody else may enter it with the minutes (``evidence``) on the level's behalf. Raises Refused:
    forbidden; invalid without words or orders, or for a unit, person or day that will not do; conflict
    when it is no longer open.
    """
    row = lock_row(assignment)
    require_decide(by, row, evidence)
    words = needed(decision)
    if not orders:
        raise Refused.invalid("orders", _("请写明由哪个单位落实"))
    for one in orders:
        check_unit(one.unit, one.user, on)
    note_report(row, words, by, on, evidence)
    end_row(row, "to_closed", by, on, words[:300])
    tell(row, "assignment.decided", by, on, to_issuer=True, decision=words[:120])
    return [_ordered(row, one, words, by, on) for one in orders]


def _ordered(row: Assignment, one: Order, words: str, by: User, on: date) -> Assignment:
    matter = rulebook(row.case.policy_set_id).matters.get(Kind.DECISION)
    order = Assignment(
        case=row.case, kind=Kind.DECISION, title=(one.title.strip() or words)[:120], text=words, parent=row,
        clause=row.clause, policy_version_id=row.policy_version_id, unit=one.unit, user=one.user,
        issued_by=by, issued_unit=acting_unit(by), issued_on=on,
    )  # fmt: skip
    return open_row(order, until(on, one.due_on) or (matter.limit if matter else None), by, on)
