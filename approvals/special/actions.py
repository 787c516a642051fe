"""All writes to reports: draft, edit, issue, void. One door each; ``on`` is a date in Asia/Shanghai.

A draft may be changed by whoever may issue it. What was issued is never changed: it is voided with a reason,
keeps its number, and another is drafted.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit, User
from accounts.roles import Can
from approvals.special import drafting
from approvals.special.models import SpecialReport
from approvals.special.permissions import require_author
from approvals.special.rules import aim_of, rule_for, series_of
from assignments.sight import PART
from cases.actions import assign_part_to_many, record
from documents.issuing import issue_document, void_document
from documents.models import IssuedDocument
from documents.word import render
from kernel.language import house_language
from kernel.refusals import Refused, Unmet
from notices import actions as notices
from policies.rulebook import Rulebook
from policies.schema import ReportRule
from projects import actions as projects
from projects.facts import rules_of
from projects.gates import reached_codes, unmet
from projects.models import Project, ReachedMilestone
from projects.permissions import lock, require_on, require_running, require_sight

__all__ = ["draft_report", "edit_draft", "issue_report", "locked", "void_report"]

LONGEST_SECTION = 8000
_HEADS = {"title": gettext_lazy("标题"), "addressee": gettext_lazy("主送")}


@transaction.atomic
def draft_report(*, project: Project, by: User, on: date, today: date, kind: str = "") -> SpecialReport:
    """Make a draft from the case, once the preliminary judgement is there (三(二)6).

    Raises Refused: forbidden for a role that the plan does not name; unmet what must come first; invalid for
    a day to come or an unknown kind; conflict when a report is there, or the leadership has been told.
    """
    project = lock(project)
    require_sight(by, project)
    rules = rules_of(project)
    rule = rule_for(rules, kind)
    require_author(project, rule, by)
    _require_now(project, rule, rules, on, today)
    unit = _signing_unit(rule)
    row = SpecialReport(case=project.case, kind=rule.code, unit=unit, drafted_on=on, drafted_by=by)
    row.title, row.addressee = drafting.title_for(rule, project), rule.addressee
    row.body = drafting.body_for(rule, project)
    _insert(row, rule)
    data = {"name": rule.name, "title": row.title, "clause": rule.clause, "report": row.pk}
    record(case=project.case, kind="report.drafted", by=by, on=on, data=data)
    return row


def _insert(row: SpecialReport, rule: ReportRule) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        there = SpecialReport.objects.filter(case=row.case, kind=row.kind, voided=False).first()
        url = reverse("special-report", args=[there.pk]) if there else ""
        message = _("本项目已有%(name)s，请在原稿上修改；已印发的须先作废") % {"name": rule.name}
        raise Refused.because(
            "report_there", message, clause=rule.clause, url=url, status="conflict"
        ) from error


def _require_now(project: Project, rule: ReportRule, rules: Rulebook, on: date, today: date) -> None:
    """The project runs, the day is not to come, what must come first is there, and it is not done yet."""
    require_running(project)
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today}, code="future")
    aim = aim_of(rule, rules)
    if aim.code in reached_codes(project):
        message = _("“%(name)s”已完成，不必再报") % {"name": aim.name}
        raise Refused.because("already_reached", message, clause=aim.clause, status="conflict")
    missing = unmet(project, aim.guard, aim.clause, rules)
    if missing:
        raise Refused(missing)
    _require_after_guard(project, aim.guard.milestones, on)


def _require_after_guard(project: Project, codes: tuple[str, ...], on: date) -> None:
    rows = ReachedMilestone.objects.filter(project=project, code__in=codes, withdrawn_on__isnull=True)
    latest = max((row.on for row in rows), default=on)
    if on < latest:
        raise Refused.invalid("on", _("日期不能早于作出研判之日 %(day)s") % {"day": latest})


def _signing_unit(rule: ReportRule) -> Unit:
    unit = Unit.objects.filter(code=rule.signed_by).first()
    if unit is None:
        message = _("制度指定的落款单位“%(code)s”不在组织机构中") % {"code": rule.signed_by}
        raise Refused.because("no_signing_unit", message, clause=rule.clause)
    return unit


@transaction.atomic
def edit_draft(
    *,
    report: SpecialReport,
    by: User,
    on: date,
    title: str | None = None,
    addressee: str | None = None,
    texts: Mapping[str, str] | None = None,
    expected_version: int | None = None,
) -> SpecialReport:
    """Change title, addressee or the words of sections (by code) of a draft; figures come from the case.

    Raises Refused: forbidden; conflict once it is issued or when somebody else changed it meanwhile; invalid
    for an empty title or addressee, an unknown section, or a section that is too long.
    """
    row, rule = _open(report, by)
    _require_draft(row)
    _require_fresh(row, expected_version)
    changed = _apply(row, {"title": (title, 200), "addressee": (addressee, 120)}, texts or {})
    if not changed:
        return row
    row.version += 1
    row.save(update_fields=["title", "addressee", "body", "version", "updated_at"])
    data = {"name": rule.name, "what": _joined(changed), "report": row.pk}
    record(case=row.case, kind="report.edited", by=by, on=on, data=data)
    return row


def _open(report: SpecialReport, by: User) -> tuple[SpecialReport, ReportRule]:
    """The report behind the lock of its project, for who may write it."""
    project = lock(Project(pk=report.case_id))
    row = locked(report)
    rule = rule_for(rules_of(project), row.kind)
    require_author(project, rule, by)
    return row, rule


def locked(report: SpecialReport) -> SpecialReport:
    rows = SpecialReport.objects.select_for_update(of=("self",))
    return rows.select_related("case", "unit", "document", "document__attachment").get(pk=report.pk)


def _apply(
    row: SpecialReport, heads: dict[str, tuple[str | None, int]], texts: Mapping[str, str]
) -> list[str | Promise]:
    """Set what differs; returns what was changed, in words for the event."""
    changed: list[str | Promise] = []
    for field, (given, longest) in heads.items():
        value = getattr(row, field) if given is None else " ".join(given.split())
        if not value:
            raise Refused.invalid(field, _("不能为空"))
        if len(value) > longest:
            raise Refused.invalid(field, _("最多%(most)s个字") % {"most": longest})
        if value != getattr(row, field):
            setattr(row, field, value)
            changed.append(_HEADS[field])
    unknown = set(texts) - {section["code"] for section in row.body}
    if unknown:
        raise Refused.invalid("texts", _("专报没有这一节：%(codes)s") % {"codes": "、".join(sorted(unknown))})
    body = [_section(section, texts) for section in row.body]
    changed += [new["heading"] for old, new in zip(row.body, body, strict=True) if old != new]
    row.body = body
    return changed


@house_language()
def _joined(words: Iterable[str | Promise]) -> str:
    return "、".join(str(word) for word in words)


def _section(section: dict[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    text = texts.get(section["code"], section["text"]).replace("\r\n", "\n").strip()
    if len(text) > LONGEST_SECTION:
        words = {"heading": section["heading"], "most": LONGEST_SECTION}
        raise Refused.invalid(section["code"], _("“%(heading)s”最多%(most)s个字") % words)
    return {**section, "text": text}


@transaction.atomic
def issue_report(
    *, report: SpecialReport, by: User, on: date, today: date, expected_version: int | None = None
) -> SpecialReport:
    """印发: number, Word file, milestone and word to the leadership, in one stroke; final from then on.

    Raises Refused: forbidden; unmet for what must come first and for sections with nothing in them; invalid
    for a day to come or before the judgement; conflict when it is issued, was changed meanwhile, or the
    leadership has been told already.
    """
    project = lock(Project(pk=report.case_id))
    row = locked(report)
    rules = rules_of(project)
    rule = rule_for(rules, row.kind)
    require_author(project, rule, by)
    _require_draft(row)
    _require_fresh(row, expected_version)
    _require_now(project, rule, rules, on, today)
    sections = drafting.sections_of(row.body, rule, project)
    _require_whole(row, sections, rule)
    row.document = _number(row, rule, rules, sections, by=by, on=on)
    row.body, row.year, row.version = sections, on.year, row.version + 1
    row.save(update_fields=["body", "document", "year", "version", "updated_at"])
    data = {"name": rule.name, "number": row.document.text_number, "title": row.title, "clause": rule.clause}
    record(case=project.case, kind="report.issued", by=by, on=on, data=data | {"report": row.pk})
    _send(row, rule, by, on)
    paper = row.document.attachment
    projects.reach(
        project=project, milestone=rule.reaches, by=by, on=on, today=today, evidence=paper, produced=True
    )
    return row


def _require_draft(row: SpecialReport) -> None:
    if row.document is not None:
        message = _("专报已以%(number)s印发，不能再改；确需更改的，作废后另行起草")
        raise Refused.conflict(message % {"number": row.document.text_number}, code="already_issued")


def _require_fresh(row: SpecialReport, expected_version: int | None) -> None:
    if expected_version is not None and expected_version != row.version:
        raise Refused.conflict(_("草稿已被他人修改，未保存您的更改；请刷新后重办"))


def _require_whole(row: SpecialReport, sections: list[dict[str, Any]], rule: ReportRule) -> None:
    url = reverse("special-report-edit", args=[row.pk])
    empty = [one for one in sections if not one["rows"] and not one["text"].strip()]
    if empty:
        raise Refused(
            [
                Unmet(
                    f"section:{one['code']}",
                    _("“%(heading)s”一节没有内容") % {"heading": one["heading"]},
                    rule.clause,
                    f"{url}#id_{one['code']}",
                    one["code"],
                )
                for one in empty
            ]
        )


def _number(
    row: SpecialReport,
    rule: ReportRule,
    rules: Rulebook,
    sections: list[dict[str, Any]],
    *,
    by: User,
    on: date,
) -> IssuedDocument:
    def rendered(number: str) -> bytes:
        head = {"title": row.title, "number": number, "addressee": row.addressee, "unit": row.unit.name}
        return render(drafting.official(**head, on=on, sections=sections))

    series = series_of(rule, rules)
    return issue_document(
        case=row.case, series=series, title=row.title, unit=row.unit, render=rendered, by=by, on=on
    )


def _send(row: SpecialReport, rule: ReportRule, by: User, on: date) -> None:
    """Those whom the plan names are told; the units among them see the case from now on."""
    units = list(Unit.objects.filter(code__in=rule.tells_units).in_force(on))
    assign_part_to_many(case=row.case, units=units, part=PART, by=by, on=on)
    _tell(row, "issued", gettext_lazy("%(number)s：%(title)s"), rule, units)


@house_language()
def _tell(row: SpecialReport, what: str, text: Promise, rule: ReportRule, units: list[Unit]) -> None:
    assert row.document is not None
    words = {"number": row.document.text_number, "title": row.title}
    notices.post(
        key=f"report:{row.pk}:{what}",
        topic=f"report.{what}",
        case=row.case,
        text=str(text) % words,
        url=reverse("special-report", args=[row.pk]),
        roles=rule.tells_roles,
        units=units,
    )


@transaction.atomic
def void_report(*, report: SpecialReport, by: User, on: date, reason: str) -> SpecialReport:
    """作废 an issued report: its number stays taken, its milestone is withdrawn, its clock runs on.

    What leaders have instructed stays in force. Raises Refused: forbidden; invalid without a reason or for a
    day before it was issued; conflict when it is a draft or voided already.
    """
    project = lock(Project(pk=report.case_id))
    row = locked(report)
    require_on(by, Can.WITHDRAW_MILESTONE, project)
    document = _require_standing(row)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写作废原因"))
    if on < document.on:
        raise Refused.invalid("on", _("作废日期不能早于印发日期 %(day)s") % {"day": document.on})
    rules = rules_of(project)
    rule = rule_for(rules, row.kind)
    void_document(document=document, by=by, on=on, reason=reason.strip()[:300])
    row.voided, row.version = True, row.version + 1
    row.save(update_fields=["voided", "version", "updated_at"])
    data = {"name": rule.name, "number": document.text_number, "reason": reason.strip(), "report": row.pk}
    record(case=project.case, kind="report.voided", by=by, on=on, data=data)
    units = list(Unit.objects.filter(code__in=rule.tells_units).in_force(on))
    _tell(row, "voided", gettext_lazy("%(number)s已作废：%(title)s"), rule, units)
    _withdraw(project, row, rule.reaches, by=by, on=on, reason=reason)
    return row


def _withdraw(
    project: Project, row: SpecialReport, milestone: str, *, by: User, on: date, reason: str
) -> None:
    """Only what rests on this very report; an old ledger's statement would stand."""
    assert row.document is not None
    rests = ReachedMilestone.objects.filter(
        project=project, code=milestone, withdrawn_on__isnull=True, evidence=row.document.attachment_id
    )
    if rests.exists():
        projects.withdraw(
            project=project, milestone=milestone, by=by, on=on, reason=reason.strip()[:300], produced=True
        )


def _require_standing(row: SpecialReport) -> IssuedDocument:
    if row.document is None:
        raise Refused.conflict(_("专报尚未印发"), code="not_issued")
    if row.voided:
        words = {"number": row.document.text_number, "day": row.document.voided_on}
        raise Refused.conflict(_("%(number)s已于 %(day)s 作废") % words, code="already_voided")
    return row.document
