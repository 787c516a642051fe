"""All writes to sittings and dockets before the sitting is held. ``on`` is a date in Asia/Shanghai."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from approvals.binding import require_current
from approvals.models import Opinion, Step
from approvals.rules import aspect_of, rule_of
from approvals.sittings.models import DocketItem, Gone, Sitting
from approvals.sittings.permissions import require_keeper
from cases.actions import record, take_numbers
from cases.visibility import sees
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.language import house_language
from kernel.refusals import Refused, Unmet
from policies.rulebook import rulebook
from policies.schema import Aspect
from policies.schema import Step as StepRule
from projects.models import Project
from projects.permissions import lock, require_running

__all__ = [
    "add_item",
    "cancel_sitting",
    "change_sitting",
    "order_items",
    "plan_sitting",
    "postpone_item",
    "take_off_item",
]


class Particulars(TypedDict, total=False):
    """What may be left open about a sitting."""

    planned_at: time | None
    place: str
    attendees: str
    in_attendance: str
    secretary: str


@transaction.atomic
def plan_sitting(
    *,
    body: Unit,
    by: User,
    on: date,
    planned_on: date,
    chair: str,
    **more: Unpack[Particulars],
) -> Sitting:
    """Plan the next sitting of a body; it is counted within the body and the year of ``planned_on``.

    Raises Refused: forbidden for who does not keep the body's docket; invalid without a chair or for a body
    that has ended.
    """
    require_keeper(body, by)
    row = Sitting(body=body, year=planned_on.year, planned_by=by)
    _fill(row, planned_on, chair, more)
    (row.number,) = take_numbers(f"sitting-{body.pk}-{planned_on.year}")
    row.save()
    return row


@transaction.atomic
def change_sitting(
    *,
    sitting: Sitting,
    by: User,
    on: date,
    planned_on: date,
    chair: str,
    expected: int | None = None,
    **more: Unpack[Particulars],
) -> Sitting:
    """Change day, place and people of a sitting that is still to come; it keeps its ordinal.

    Raises Refused as ``plan_sitting`` and ``open_sitting`` do; invalid for a day of another year, by which it
    was counted.
    """
    row = open_sitting(sitting, by, expected)
    if planned_on.year != row.year:
        message = _("%(sitting)s按%(year)s年编次，改到其他年份的请取消后另行安排")
        raise Refused.invalid("planned_on", message % {"sitting": row, "year": row.year})
    _fill(row, planned_on, chair, more)
    row.version += 1
    row.save()
    return row


def _fill(row: Sitting, planned_on: date, chair: str, more: Particulars) -> None:
    """Raises Refused (invalid)."""
    if not chair.strip():
        raise Refused.invalid("chair", _("请填写主持人"))
    if row.body.valid_to is not None and row.body.valid_to < planned_on:
        raise Refused.invalid("body", _("%(body)s已撤销") % {"body": row.body})
    row.planned_on, row.chair = planned_on, chair.strip()
    row.planned_at = more.get("planned_at", row.planned_at)
    row.place = more.get("place", row.place).strip()
    row.attendees = more.get("attendees", row.attendees).strip()
    row.in_attendance = more.get("in_attendance", row.in_attendance).strip()
    row.secretary = more.get("secretary", row.secretary).strip()


def locked(sitting: Sitting) -> Sitting:
    rows = Sitting.objects.select_for_update(of=("self",)).select_related("body")
    return rows.get(pk=sitting.pk)


def open_sitting(sitting: Sitting, by: User, expected: int | None = None) -> Sitting:
    """The sitting behind its lock, for who keeps it; ``expected`` is the ``version`` that was read.

    Raises Refused (conflict) once it is over, or where somebody was faster.
    """
    row = locked(sitting)
    require_keeper(row.body, by)
    if expected is not None and expected != row.version:
        raise Refused.conflict(_("会议安排或议程已被他人修改，请核对后再保存"), code="changed")
    if not row.is_planned:
        message = _("%(sitting)s%(state)s，不能再改；更改审议结果须另行上会") % {
            "sitting": row,
            "state": row.state.label,
        }
        raise Refused.conflict(message, code="sitting_over")
    return row


@transaction.atomic
def cancel_sitting(
    *, sitting: Sitting, by: User, on: date, reason: str, expected: int | None = None
) -> Sitting:
    """Cancel a sitting; its items leave the docket and their questions wait again.

    Raises Refused: forbidden; invalid without a reason; conflict once it is held or cancelled.
    """
    row = open_sitting(sitting, by, expected)
    reason = _reason(reason)
    for item in row.items.open().select_related("case"):
        _leave(item, Gone.POSTPONED, by, on, reason)
    row.cancelled_on, row.cancelled_reason = on, reason
    _touch(row, "cancelled_on", "cancelled_reason")
    return row


def _touch(row: Sitting, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version", "updated_at"])


def _reason(reason: str) -> str:
    words = reason.strip()
    if not words:
        raise Refused.invalid("reason", _("请填写原因"))
    return words[:300]


@transaction.atomic
def add_item(
    *,
    sitting: Sitting,
    opinion: Opinion,
    by: User,
    on: date,
    reporting_unit: Unit | None = None,
    papers: Sequence[Attachment] = (),
    title: str = "",
) -> DocketItem:
    """Put a question of this body on the docket; one answered before is taken again (before the verdict).

    Without ``papers`` the newest of each kind that the plan asks for. Raises Refused: forbidden; unmet for
    papers that are not there; invalid for a paper of another case; conflict for another body's question, an
    ended step, a superseded version, or a question that stands on a docket.
    """
    project = lock(Project(pk=opinion.step.case_id))
    row = open_sitting(sitting, by)
    if not sees(by, project.pk):
        raise Refused.forbidden(_("您看不到此项目"), code="not_visible")
    require_running(project)
    question = _question(opinion)
    rule = rule_of(question.step)
    aspect = _require_theirs(row, question, rule)
    require_current(question.step, rule)
    _require_open(question)
    found = _papers(question, rule, aspect, papers)
    item = DocketItem(
        sitting=row, case=question.step.case, opinion=question, title=title.strip()[:200],
        agreement_version=question.step.agreement_version, added_by=by, added_on=on,
        order=(row.items.aggregate(last=Max("order"))["last"] or 0) + 1,
        reporting_unit=reporting_unit or project.landing_unit or question.step.lead_unit or row.body,
    )  # fmt: skip
    item.title = item.title or f"{question.step.case.title}{question.step.name}"[:200]
    _insert(item, question)
    item.papers.set(found)
    _touch(row)
    _note(item, "docket.added", by, on)
    return item


def _question(opinion: Opinion) -> Opinion:
    rows = Step.objects.select_for_update(of=("self",)).select_related("case", "lead_unit")
    step = rows.get(pk=opinion.step_id)
    row = Opinion.objects.select_related("unit").get(pk=opinion.pk)
    row.step = step
    return row


def _require_theirs(sitting: Sitting, row: Opinion, rule: StepRule) -> Aspect:
    aspect = aspect_of(rule, row.aspect)
    if row.unit_id != sitting.body_id:
        data = {"aspect": row.aspect_name, "unit": row.unit, "body": sitting.body}
        message = _("“%(aspect)s”征求的是%(unit)s，不能由%(body)s审议") % data
        raise Refused.because("other_body", message, clause=rule.clause, status="conflict")
    if aspect is None or not aspect.sitting:
        message = _("“%(aspect)s”不须上会") % {"aspect": row.aspect_name}
        raise Refused.because("no_sitting", message, clause=rule.clause, status="conflict")
    return aspect


def _require_open(row: Opinion) -> None:
    if not row.step.is_running:
        message = _("“%(name)s”已经结束，须另行启动一轮再上会") % {"name": row.step.name}
        raise Refused.conflict(message, code="step_ended")
    if not row.in_force:
        raise Refused.conflict(_("该事项的意见已被新的意见取代"), code="not_in_force")


def _papers(
    row: Opinion, rule: StepRule, aspect: Aspect, papers: Sequence[Attachment]
) -> Sequence[Attachment]:
    """What goes before the sitting: the papers chosen, and the newest of each kind that the plan asks for."""
    for paper in papers:
        require_of_case(paper, row.step.case_id, "papers")
    there = Attachment.objects.filter(case_id=row.step.case_id, withdrawn_on__isnull=True)
    newest = {one.kind: one for one in there.filter(kind__in=aspect.papers).order_by("version")}
    kinds = {one.kind for one in papers}
    missing = [code for code in aspect.papers if code not in newest]
    if missing:
        raise Refused([_missing(row, rule, aspect, code) for code in missing])
    return [*papers, *(newest[code] for code in aspect.papers if code not in kinds)]


def _missing(row: Opinion, rule: StepRule, aspect: Aspect, code: str) -> Unmet:
    name = rulebook(row.step.case.policy_set_id).documents[code].name
    url = f"{reverse('project-detail', args=[row.step.case_id])}"
    message = _("上会前须有材料：%(name)s") % {"name": name}
    return Unmet(f"document:{code}", message, aspect.clause or rule.clause, url)


def _insert(item: DocketItem, question: Opinion) -> None:
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as error:
        there = DocketItem.objects.open().filter(opinion=question).select_related("sitting__body").first()
        url = reverse("sitting", args=[there.sitting_id]) if there else ""
        message = _("该事项已列入%(sitting)s") % {"sitting": there.sitting if there else "—"}
        raise Refused.because("on_a_docket", message, url=url, status="conflict") from error


@house_language()
def _note(item: DocketItem, kind: str, by: User, on: date, **more: Any) -> None:
    data = {"sitting": str(item.sitting), "title": item.title, "sitting_id": item.sitting_id} | more
    record(case=item.case, kind=kind, by=by, on=on, data=data)


@transaction.atomic
def take_off_item(*, item: DocketItem, by: User, on: date, reason: str) -> DocketItem:
    """撤下: the item leaves the docket with a reason and stays on record; its question waits again."""
    row = _open_item(item, by)
    return _leave(row, Gone.TAKEN_OFF, by, on, _reason(reason))


@transaction.atomic
def postpone_item(*, item: DocketItem, to: Sitting, by: User, on: date, reason: str) -> DocketItem:
    """延期上会: the item leaves this docket with a reason and stands on that of a later sitting.

    Raises Refused as ``add_item`` does for the other sitting. Returns the new item.
    """
    lock(Project(pk=item.case_id))
    row = _open_item(item, by)
    if to.pk == row.sitting_id:
        raise Refused.invalid("to", _("请选择另一次会议"))
    _leave(row, Gone.POSTPONED, by, on, _reason(reason))
    if row.opinion is None:
        raise Refused.conflict(_("该事项已不再征求，请撤下"), code="question_gone")
    return add_item(
        sitting=to, opinion=row.opinion, by=by, on=on, reporting_unit=row.reporting_unit, title=row.title,
        papers=list(row.papers.filter(withdrawn_on__isnull=True)),
    )  # fmt: skip


def _open_item(item: DocketItem, by: User) -> DocketItem:
    row = DocketItem.objects.select_related("case", "reporting_unit", "opinion__step").get(pk=item.pk)
    row.sitting = open_sitting(row.sitting, by)
    if not sees(by, row.case_id):
        raise Refused.forbidden(_("您看不到此项目"), code="not_visible")
    row.refresh_from_db(fields=["outcome", "gone_as"])
    if not row.is_open:
        raise Refused.conflict(_("该议题已不在议程上"), code="item_gone")
    return row


def _leave(item: DocketItem, how: Gone, by: User, on: date, reason: str) -> DocketItem:
    item.gone_as, item.gone_on, item.gone_reason = how, on, reason
    item.save(update_fields=["gone_as", "gone_on", "gone_reason"])
    _note(item, "docket.left", by, on, how=how.label, reason=reason)
    return item


@transaction.atomic
def order_items(
    *, sitting: Sitting, items: Sequence[int], by: User, on: date, expected: int | None = None
) -> Sitting:
    """Set the order of the docket: the keys of all its open items, first to last.

    Raises Refused: forbidden; invalid unless each is named once; conflict once the sitting is over.
    """
    row = open_sitting(sitting, by, expected)
    there = {one.pk: one for one in row.items.open()}
    if sorted(items) != sorted(there):
        raise Refused.invalid("items", _("请列出本次会议的全部议题，各一次"))
    for place, key in enumerate(items, 1):
        there[key].order = place
    DocketItem.objects.bulk_update(there.values(), ["order"])
    _touch(row)
    return row
