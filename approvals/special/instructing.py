"""批示 on an issued report, written by the leader or entered for them; and the visits that leaders lead."""

from collections.abc import Sequence
from datetime import date

from django.core.files import File
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.roles import Can
from approvals.special.actions import locked
from approvals.special.models import Instruction, LedVisit, SpecialReport
from approvals.special.permissions import check_leader, require_leader, require_recorder
from approvals.special.rules import rule_for
from assignments import actions as assignments
from assignments.models import Assignment, Kind
from cases.actions import record
from documents.actions import INSTRUCTION_SCAN, attach
from documents.models import IssuedDocument
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices
from policies.schema import ReportRule
from projects.facts import rules_of
from projects.models import ContactRecord, Project
from projects.permissions import lock, require_on

__all__ = ["instruct", "link_visit", "record_instruction"]

_TITLE = 100
_MOST_UNITS = 20


@transaction.atomic
def instruct(
    *,
    report: SpecialReport,
    by: User,
    on: date,
    text: str,
    units: Sequence[Unit],
    due_on: date | None = None,
) -> Instruction:
    """The leader's own instruction; each unit named answers for it until ``due_on`` or the plan's limit.

    Raises Refused: forbidden but for leaders of the district; conflict on a draft or a voided report; invalid
    without words or units, for a unit that has ended, or a day that is not after ``on``.
    """
    row, rule = _behind_lock(report)
    require_leader(row, by)
    made = Instruction(report=row, leader=by, text=text.strip(), on=on)
    return _give(made, rule, units, due_on, by=by, on=on)


@transaction.atomic
def record_instruction(
    *,
    report: SpecialReport,
    leader: User,
    by: User,
    on: date,
    text: str,
    units: Sequence[Unit],
    scan: "File[bytes] | None",
    given_on: date | None = None,
    due_on: date | None = None,
) -> Instruction:
    """代录: what a leader wrote on paper, with its scan; ``given_on`` is the day on it, clocks begin ``on``.

    Raises Refused as ``instruct`` does; invalid too without a scan, for somebody who is no leader, or for a
    day on the paper that is to come or before the report.
    """
    row, rule = _behind_lock(report)
    require_recorder(row, by)
    check_leader(row, leader)
    if leader.pk == by.pk:
        raise Refused.invalid("leader", _("本人的批示请直接填写，不必代录"))
    day = given_on or on
    if day > on:
        raise Refused.invalid("given_on", _("批示日期不能晚于今天（%(today)s）") % {"today": on})
    if scan is None:
        raise Refused.invalid("scan", _("代录批示须上传批示扫描件"), code="scan_missing")
    made = Instruction(report=row, leader=leader, text=text.strip(), on=day, recorded_by=by)
    _check(made, units)
    made.scan = attach(case=row.case, kind=INSTRUCTION_SCAN, upload=scan, by=by, on=day, note=leader.name)
    return _give(made, rule, units, due_on, by=by, on=on)


def _behind_lock(report: SpecialReport) -> tuple[SpecialReport, ReportRule]:
    project = lock(Project(pk=report.case_id))
    row = locked(report)
    return row, rule_for(rules_of(project), row.kind)


def _check(made: Instruction, units: Sequence[Unit]) -> IssuedDocument:
    row = made.report
    document = row.document
    if document is None or row.voided:
        raise Refused.conflict(_("专报尚未印发或已作废，不能批示"), code="not_in_force")
    if not made.text:
        raise Refused.invalid("text", _("请填写批示内容"))
    if made.on < document.on:
        field = "given_on" if made.recorded_by else "on"
        raise Refused.invalid(field, _("批示日期不能早于印发日期 %(day)s") % {"day": document.on})
    if not units:
        raise Refused.invalid("units", _("请指定至少一个承办单位"))
    if len(units) > _MOST_UNITS:
        raise Refused.invalid("units", _("承办单位最多%(most)s个") % {"most": _MOST_UNITS})
    return document


def _give(
    made: Instruction, rule: ReportRule, units: Sequence[Unit], due_on: date | None, *, by: User, on: date
) -> Instruction:
    document = _check(made, units)
    if due_on is None and rule.instruction_limit is None:
        raise Refused.invalid("due_on", _("请写明办结时限"))
    made.save()
    chosen = list({unit.pk: unit for unit in units}.values())
    made.assignments.set(_assign(made, rule, unit, due_on, by=by, on=on) for unit in chosen)
    data = {
        "leader": made.leader.name,
        "number": document.text_number,
        "text": made.text[:120],
        "units": "、".join(str(unit) for unit in chosen),
        "marks": _mark(made),
        "report": made.report_id,
    }
    record(case=made.report.case, kind="report.instructed", by=by, on=on, data=data)
    _tell(made, document)
    return made


@house_language()
def _mark(made: Instruction) -> str:
    return _("（代录）") if made.recorded_by else ""


def _assign(
    made: Instruction, rule: ReportRule, unit: Unit, due_on: date | None, *, by: User, on: date
) -> Assignment:
    """The duty that follows for one unit: its issuer is the leader, whoever enters it."""
    words = " ".join(made.text.split())
    return assignments.issue(
        case=made.report.case,
        kind=Kind.INSTRUCTION,
        unit=unit,
        title=words if len(words) <= _TITLE else f"{words[:_TITLE]}…",
        text=made.text,
        by=by,
        on=on,
        due_on=due_on,
        clause=rule.clause,
        limit=rule.instruction_limit,
        signed_by=made.leader if made.recorded_by else None,
    )


@house_language()
def _tell(made: Instruction, document: IssuedDocument) -> None:
    """Who reported learns what was instructed; a leader for whom it was entered may object."""
    words = {"leader": made.leader.name, "number": document.text_number, "text": made.text[:80]}
    text = _("%(leader)s对%(number)s批示：%(text)s") % words
    notices.post(
        key=f"instruction:{made.pk}",
        topic="report.instructed",
        case=made.report.case,
        text=text,
        url=reverse("special-report", args=[made.report_id]),
        units=[made.report.unit],
        users=[made.leader] if made.recorded_by else [],
    )


@transaction.atomic
def link_visit(
    *, report: SpecialReport, contact: ContactRecord, leader: User, by: User, on: date
) -> LedVisit:
    """率队考察: mark a contact as led by a leader and link it to the report it followed (三(二)6).

    Raises Refused: forbidden for who may not record contacts here; conflict on a draft, a voided report or a
    contact that is linked already; invalid for another project's contact, one before the report, or somebody
    who is no leader.
    """
    project = lock(Project(pk=report.case_id))
    row = locked(report)
    require_on(by, Can.RECORD_CONTACT, project)
    check_leader(row, leader)
    if row.document is None or row.voided:
        raise Refused.conflict(_("专报尚未印发或已作废"), code="not_in_force")
    if contact.project_id != row.case_id:
        raise Refused.invalid("contact", _("对接记录不属于本项目"))
    if contact.on < row.document.on:
        message = _("该次对接在专报印发（%(day)s）之前") % {"day": row.document.on}
        raise Refused.invalid("contact", message)
    made = LedVisit(report=row, contact=contact, leader=leader, by=by, linked_on=on)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise Refused.conflict(_("该次对接已登记为率队考察"), code="already_linked") from error
    data = {"leader": leader.name, "day": str(contact.on), "number": row.document.text_number}
    record(case=row.case, kind="report.visited", by=by, on=on, data=data | {"report": row.pk})
    return made
