"""The minutes of a held sitting: every item's outcome becomes the body's opinion, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.actions.opinions import Said, give_in_sitting
from approvals.models import Opinion
from approvals.rules import rule_of
from approvals.sittings import papers
from approvals.sittings.actions import open_sitting
from approvals.sittings.models import DocketItem, Outcome, Sitting
from approvals.sittings.queries import aspect_behind
from cases.actions import record
from cases.visibility import sees
from documents.actions import attach
from documents.issuing import next_number
from kernel.language import house_language
from kernel.refusals import Refused
from policies.rulebook import rulebook
from policies.schema import Series
from projects.models import Project
from projects.permissions import lock

__all__ = ["Ruling", "hold_sitting"]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the sitting decided on one item: ``outcome`` a code of ``Outcome``, ``changes`` with "amended"."""

    item: int
    outcome: str
    words: str = ""
    changes: str = ""


@transaction.atomic
def hold_sitting(
    *,
    sitting: Sitting,
    rulings: Sequence[Ruling],
    by: User,
    on: date,
    held_on: date | None = None,
    attendees: str | None = None,
    expected: int | None = None,
) -> Sitting:
    """Record the minutes: number, outcome of every open item, the opinion each becomes, and its extract.

    Raises Refused: forbidden; invalid for a day to come or before an item was listed, an item without an
    outcome, missing words or changes; conflict once it is over, for a question that is gone or concluded,
    or an agreement with a newer version. Nothing is kept then.
    """
    day = held_on or on
    _lock_cases(sitting)
    row = open_sitting(sitting, by, expected)
    items = list(row.items.open().select_related("case", "opinion__step__case", "reporting_unit"))
    _require_day(day, on, items)
    by_item = _rulings(items, rulings)
    for item in items:
        _require_decidable(item, by)
    row.minutes_number = _number(row, items, day)
    row.held_on, row.held_by, row.version = day, by, row.version + 1
    row.attendees = row.attendees if attendees is None else attendees.strip()
    row.save()
    for item in items:
        _decide(row, item, by_item[item.pk], by, on)
    return row


def _lock_cases(sitting: Sitting) -> None:
    """Cases before the sitting, in the order of their keys, as every other write does."""
    keys = DocketItem.objects.open().filter(sitting=sitting).values_list("case_id", flat=True)
    for key in sorted(set(keys)):
        lock(Project(pk=key))


def _require_day(day: date, today: date, items: Sequence[DocketItem]) -> None:
    if day > today:
        raise Refused.invalid(
            "held_on", _("召开日期不能晚于今天（%(today)s）") % {"today": today}, code="future"
        )
    if not items:
        raise Refused.because("no_items", _("议程上没有议题"))
    first = max(item.opinion.asked_on for item in items if item.opinion) if items else day
    if day < first:
        message = _("召开日期不能早于议题征求之日 %(day)s") % {"day": first}
        raise Refused.invalid("held_on", message)


def _rulings(items: Sequence[DocketItem], rulings: Sequence[Ruling]) -> dict[int, Ruling]:
    found = {one.item: one for one in rulings}
    if len(found) != len(rulings) or set(found) != {item.pk for item in items}:
        raise Refused.invalid("rulings", _("每个议题须有且只有一个审议结果；未议的先延期或撤下"))
    for one in rulings:
        _require_whole(one)
    return found


def _require_whole(one: Ruling) -> None:
    if one.outcome not in Outcome.values:
        names = "、".join(str(label) for label in Outcome.labels)
        raise Refused.invalid(f"outcome-{one.item}", _("请选择：%(answers)s") % {"answers": names})
    if not one.words.strip():
        raise Refused.invalid(f"words-{one.item}", _("请填写会议意见"))
    if one.outcome == Outcome.AMENDED and not one.changes.strip():
        raise Refused.invalid(f"changes-{one.item}", _("修改后通过的，须写明修改什么"))
    if one.outcome != Outcome.AMENDED and one.changes.strip():
        raise Refused.invalid(f"changes-{one.item}", _("只有修改后通过的写须修改的内容"))


def _require_decidable(item: DocketItem, by: User) -> None:
    if not sees(by, item.case_id):
        raise Refused.forbidden(_("议程上有您看不到的项目，请招商局记录"), code="not_visible")
    if item.opinion is None or not item.opinion.in_force:
        message = _("议题“%(title)s”已不再征求本会议意见，请撤下") % {"title": item.title}
        raise Refused.conflict(message, code="question_gone")
    step = item.opinion.step
    if item.agreement_version_id != step.agreement_version_id:
        message = _("议题“%(title)s”所附的协议已有新版本，请撤下后按新版本重新列入") % {"title": item.title}
        clause = rule_of(step).clause
        raise Refused.because("superseded_version", message, clause=clause, status="conflict")


def _number(sitting: Sitting, items: Sequence[DocketItem], day: date) -> str:
    """The next number of the minutes, of the series that the plan names for this body."""
    _year, _number, written = next_number(_series(items[0]), items[0].case.division, sitting.body, day)
    return written


def _series(item: DocketItem) -> Series:
    assert item.opinion is not None
    aspect = aspect_behind(item.opinion)
    assert aspect is not None and aspect.minutes is not None
    return rulebook(item.case.policy_set_id).series[aspect.minutes]


def _decide(sitting: Sitting, item: DocketItem, ruling: Ruling, by: User, on: date) -> None:
    assert item.opinion is not None and sitting.held_on is not None
    item.outcome, item.words, item.changes = ruling.outcome, ruling.words.strip(), ruling.changes.strip()
    item.sitting = sitting
    file = ContentFile(
        papers.extract(sitting, item), name=f"{sitting.minutes_number} {sitting.body.name}.docx"
    )
    item.minutes = attach(
        case=item.case, kind=_series(item).document, upload=file, by=by, on=sitting.held_on,
        note=f"{sitting.minutes_number} {item.title}"[:200],
    )  # fmt: skip
    item.given = _give(item, by, on, sitting.held_on)
    item.save(update_fields=["outcome", "words", "changes", "minutes", "given"])
    _note(sitting, item, by, on)


@house_language()
def _note(sitting: Sitting, item: DocketItem, by: User, on: date) -> None:
    data = {"sitting": str(sitting), "title": item.title, "number": sitting.minutes_number}
    data["outcome"] = str(Outcome(item.outcome).label)
    record(case=item.case, kind="docket.decided", by=by, on=on, data=data)


@house_language()
def _give(item: DocketItem, by: User, on: date, held_on: date) -> Opinion:
    assert item.opinion is not None
    words = f"{item.words}\n{_('须修改：')}{item.changes}" if item.changes else item.words
    said = Said(words=words, answer=item.outcome)
    return give_in_sitting(opinion=item.opinion, by=by, on=on, held_on=held_on, said=said)
