"""All writes to hand-overs by people: by letter, acknowledge, decline, push again, undo.

``on`` is the business date in Asia/Shanghai. What happens by itself stands in ``service.handing.following``.
"""

from datetime import date
from typing import Any

from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from cases.actions import end_parts, record
from cases.models import Part
from deadlines import actions as deadlines
from documents.actions import attach
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.language import house_language
from kernel.refusals import Refused
from policies.schema import HandoverRule
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import lock, require_running
from service.handing import pushing
from service.handing.models import Handing, Receipt, Way
from service.handing.permissions import require_answer, require_from, require_handing
from service.handing.rules import Asked, rule_of, waits_for
from service.scopes import Scopes

__all__ = ["acknowledge", "by_letter", "decline", "push_again", "withdraw"]


@transaction.atomic
def by_letter(
    *,
    project: Project,
    rule: str,
    number: str,
    paper: "File[bytes] | Attachment",
    by: User,
    on: date,
    today: date | None = None,
) -> Handing:
    """函件移交 (R208): with its number and paper, where the program has not handed over; where it has, the
    letter joins the hand-over that stands.

    Raises Refused: forbidden; unmet what the plan waits for, each item with clause and link; invalid
    number or day; conflict where a letter is on file already.
    """
    project = lock(project)
    wanted = rule_of(project, rule)
    require_from(by, project, wanted)
    require_running(project)
    _require_day(on, today)
    if not number.strip():
        raise Refused.invalid("number", _("请填写函件文号"))
    there = pushing.standing(project, wanted.code)
    if there is not None and there.letter_no:
        message = _("已以%(number)s移交") % {"number": there.letter_no}
        raise Refused.because("already_by_letter", message, clause=wanted.clause, status="conflict")
    missing = [] if there else waits_for(project, wanted, Scopes(project))
    if missing:
        raise Refused(missing)
    letter = {"letter_no": number.strip(), "letter": _kept(project, wanted, paper, by, on)}
    if there is None:
        return pushing.hand_over(project, wanted, by=by, on=on, way=Way.LETTER, **letter)
    return _join(there, letter, by, on)


def _join(row: Handing, letter: dict[str, Any], by: User, on: date) -> Handing:
    row.letter_no, row.letter = letter["letter_no"], letter["letter"]
    row.save(update_fields=["letter_no", "letter"])
    data = {"name": row.name, "letter": row.letter_no}
    record(case=row.project.case, kind="handing.letter", by=by, on=on, data=data)
    return row


def _kept(
    project: Project, rule: HandoverRule, paper: "File[bytes] | Attachment", by: User, on: date
) -> Attachment:
    if not isinstance(paper, Attachment):
        return attach(case=project.case, kind=rule.letter or "other", upload=paper, by=by, on=on)
    require_of_case(paper, project.pk)
    return paper


@transaction.atomic
def acknowledge(*, receipt: Receipt, by: User, on: date, note: str = "") -> Receipt:
    """签收. The last one completes the hand-over. Raises Refused: forbidden for another unit; conflict
    when it is answered already or the hand-over was undone."""
    row = _locked(receipt)
    require_answer(by, row)
    _require_waiting(row)
    row.acknowledged_on, row.acknowledged_by, row.note = on, by, note.strip()[:300]
    row.save()
    if row.deadline.is_open:
        deadlines.meet(deadline=row.deadline, on=on, by=by)
    _record(row, "handing.acknowledged", by, on, row.note)
    pushing.settle(row.handing, by=by, on=on)
    return row


@transaction.atomic
def decline(*, receipt: Receipt, reason: str, by: User, on: date) -> Receipt:
    """退回 to who hands over, with a reason: the clock stops, what the push had opened closes again.

    Raises Refused: forbidden; invalid without a reason; conflict when it is answered already.
    """
    row = _locked(receipt)
    require_answer(by, row)
    _require_waiting(row)
    row.declined_on, row.declined_by, row.declined_reason = on, by, _needed(reason)
    row.save()
    if row.deadline.is_open:
        deadlines.cancel(deadline=row.deadline, reason=row.declined_reason, by=by, on=on)
    if row.given is not None and row.given.valid_to is None:
        end_parts(parts=[row.given], on=on, reason=row.declined_reason)
    _record(row, "handing.declined", by, on, row.declined_reason)
    with house_language():
        words = {"unit": row.unit.name, "project": row.handing.project.name, "reason": row.declined_reason}
        text = _("%(unit)s退回“%(project)s”的移交：%(reason)s") % words
    pushing.tell_units(row.handing, f"receipt:{row.pk}:declined", text, [row.handing.from_unit_id])
    return row


@transaction.atomic
def push_again(*, receipt: Receipt, by: User, on: date, unit: Unit | None = None) -> Receipt:
    """重新移交 what was given back: to the same unit, or to another that receives by the same part.

    Raises Refused: forbidden; conflict when it was not given back, or has been pushed again; invalid for a
    unit that may not play the part.
    """
    row = _locked(receipt)
    require_handing(by, row.handing)
    if row.declined_on is None or row.replaced_by_id or row.handing.withdrawn_on:
        raise Refused.conflict(_("该移交未被退回，或已重新移交"), code="not_declined")
    rule = rule_of(row.handing.project, row.handing.rule)
    wanted = next((one for one in rule.receivers if one.part == row.part), None)
    if wanted is None:
        raise Refused.invalid("receipt", _("制度已不要求向该角色移交"))
    to = unit or row.unit
    _require_kind(row, to, on)
    _require_holder(row, to, free=wanted.unit is not None)
    again = pushing.push(row.handing, Asked(wanted, to, wanted.limit or rule.limit), to, by=by, on=on)
    row.replaced_by = again
    row.save(update_fields=["replaced_by"])
    _record(again, "handing.pushed_again", by, on, row.declined_reason)
    return again


@transaction.atomic
def withdraw(*, handing: Handing, reason: str, by: User, on: date) -> Handing:
    """撤销 a hand-over made in error. Raises Refused: forbidden; invalid without a reason; conflict when
    it has been undone already."""
    project = lock(handing.project)
    row = Handing.objects.select_for_update(of=("self",)).select_related("from_unit").get(pk=handing.pk)
    row.project = project
    require_handing(by, row)
    reason = _needed(reason)
    if row.withdrawn_on is not None:
        raise Refused.conflict(_("该移交已于 %(day)s 撤销") % {"day": row.withdrawn_on})
    pushing.undo(row, reason, by=by, on=on)
    return row


def _locked(receipt: Receipt) -> Receipt:
    """The receipt behind the project's lock, so that two answers see each other."""
    project = lock(receipt.handing.project)
    rows = Receipt.objects.select_for_update(of=("self",))
    row = rows.select_related("handing__from_unit", "unit", "deadline", "given__case").get(pk=receipt.pk)
    row.handing.project = project
    return row


def _require_waiting(row: Receipt) -> None:
    if row.handing.withdrawn_on is not None:
        words = {"reason": row.handing.withdrawn_reason}
        raise Refused.conflict(_("该移交已撤销：%(reason)s") % words, code="withdrawn")
    if not row.is_waiting:
        day = row.acknowledged_on or row.declined_on
        raise Refused.conflict(_("已于 %(day)s 答复") % {"day": day}, code="already_answered")


def _require_holder(row: Receipt, unit: Unit, *, free: bool) -> None:
    """What goes by a part that somebody plays goes to its holder of today, who is changed in the team.

    ``free``: where nobody plays it, it may go to any unit.
    """
    held = Part.objects.filter(case_id=row.handing.project_id, part=row.part, valid_to__isnull=True)
    holders = set(held.values_list("unit_id", flat=True))
    if unit.pk not in holders and (holders or not free):
        words = {"unit": unit.name, "part": row.part_name}
        message = _("%(unit)s现不担任“%(part)s”，请先在服务团队中更换") % words
        url = reverse("team", args=[row.handing.project_id])
        raise Refused.because("not_holder", message, clause=row.handing.clause, url=url, status="conflict")


def _require_kind(row: Receipt, unit: Unit, on: date) -> None:
    part = rules_of(row.handing.project).part(row.part)
    if (part.kinds and unit.kind not in part.kinds) or (unit.valid_to and unit.valid_to < on):
        message = _("%(unit)s不能担任“%(part)s”") % {"unit": unit.name, "part": part.name}
        raise Refused.because("wrong_kind", message, clause=part.clause, field="unit", status="invalid")


def _require_day(on: date, today: date | None) -> None:
    if today is not None and on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today}, code="future")


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写原因"))
    return reason.strip()[:300]


def _record(row: Receipt, kind: str, by: User, on: date, words: str) -> None:
    data = {"name": row.handing.name, "unit": row.unit.name, "words": f"：{words}" if words else ""}
    record(case=row.handing.project.case, kind=kind, by=by, on=on, data=data)
