"""An opinion is given by the unit asked, or its paper is entered for it (代录); late ones are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.actions.asking import ask_next
from approvals.binding import require_current
from approvals.dispatching.rules import taken_back
from approvals.models import AGAINST, ANSWERS, OUTCOMES, Answer, Asks, Opinion, Step
from approvals.permissions import require_asked, require_recorder
from approvals.rules import aspect_of, concerning, rule_of
from approvals.turns import has_turn
from cases import actions as cases
from deadlines import actions as deadlines
from documents.actions import SCAN, attach
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.clock import now
from kernel.language import house_language
from kernel.refusals import Refused
from notices.actions import post
from policies.schema import Score
from projects.facts import facts_of
from projects.models import Project
from projects.permissions import require_running

if TYPE_CHECKING:
    from django.core.files import File

GIST = 60
NEEDS_WORDS = frozenset({Answer.STATED, Answer.CONDITIONS, Answer.AMENDED, *AGAINST})


@dataclass(frozen=True, slots=True)
class Said:
    """What an opinion says: ``answer`` may be left out where the aspect takes only one."""

    words: str = ""
    score: int | None = None
    answer: str = ""


@transaction.atomic
def give_opinion(
    *,
    opinion: Opinion,
    by: User,
    on: date,
    words: str = "",
    score: int | None = None,
    answer: str = "",
    supersede: bool = False,
    agreement_version: int | None = None,
) -> Opinion:
    """Answer for one's own unit on a business date (Asia/Shanghai); late after the last day or the verdict.

    Given once it is final; with ``supersede`` a new one takes its place until the step is concluded, and
    the old one stays on record. ``agreement_version``: the key of the version that was read. Raises Refused:
    forbidden for who was not asked; invalid for missing words, a wrong answer or score; conflict when a
    colleague was faster, the step is cancelled, or the agreement has a newer version.
    """
    row = _locked(opinion)
    require_asked(row, by)
    _require_no_sitting(row)
    require_current(row.step, rule_of(row.step), agreement_version)
    row = _next(row, supersede)
    _say(row, _checked(row, Said(words, score, answer)), on)
    row.given_by = by
    return _store(row, by, on)


@transaction.atomic
def record_on_behalf(
    *,
    opinion: Opinion,
    scan: "File[bytes] | Attachment | None",
    by: User,
    on: date,
    given_on: date | None = None,
    words: str = "",
    score: int | None = None,
    answer: str = "",
    supersede: bool = False,
    agreement_version: int | None = None,
) -> Opinion:
    """代录: enter a unit's written opinion with its scan. ``given_on`` is the day on the paper, ``on`` today.

    For the unit that leads the step and the bureau; the unit recorded for is told. Raises Refused like
    ``give_opinion``; conflict where the unit has spoken itself, which only the unit takes back; invalid
    without a scan, or for a paper dated after today or before the unit was asked.
    """
    row = _locked(opinion)
    require_recorder(row.step, by)
    _require_no_sitting(row)
    require_current(row.step, rule_of(row.step), agreement_version)
    _require_not_in_person(row)
    row = _next(row, supersede)
    said = _checked(row, Said(words, score, answer))
    if scan is None:
        raise Refused.invalid("scan", _("代录意见须上传书面意见扫描件"), code="scan_missing")
    _say(row, said, _paper_day(row, given_on or on, on))
    row.on_behalf, row.recorded_by = True, by
    row.scan = _scan(row, scan, by)
    _store(row, by, on)
    _tell_unit(row, by)
    return row


@transaction.atomic
def give_in_sitting(*, opinion: Opinion, by: User, on: date, held_on: date, said: Said) -> Opinion:
    """What a sitting decided becomes the body's opinion; the action that records its minutes calls this.

    It has asked who may. A question answered before is taken again until the step is concluded. Raises
    Refused: conflict like ``give_opinion``, invalid for a wrong answer.
    """
    row = _locked(opinion)
    require_current(row.step, rule_of(row.step))
    row = _next(row, supersede=True)
    _say(row, _checked(row, said, OUTCOMES), held_on)
    row.given_by = by
    return _store(row, by, on)


def _require_no_sitting(row: Opinion) -> None:
    """Raises Refused (conflict) where the plan has the body decide in a sitting."""
    rule = rule_of(row.step)
    aspect = aspect_of(rule, row.aspect)
    if aspect is None or not aspect.sitting:
        return
    item = row.docket_items.open().first()
    url = reverse("sitting", args=[item.sitting_id]) if item else f"{reverse('sittings')}?tab=waiting"
    message = _("“%(aspect)s”须上会审议，以会议纪要为准，不能直接出具或代录意见") % {
        "aspect": row.aspect_name
    }
    clause = aspect.clause or rule.clause
    raise Refused.because("decided_in_sitting", message, clause=clause, url=url, status="conflict")


def _require_not_in_person(row: Opinion) -> None:
    if row.given_by is not None:
        message = _("%(unit)s已由%(who)s于 %(day)s 出具意见，不能代录替换；须变更的，由该单位自行办理")
        data = {"unit": row.unit, "who": row.given_by, "day": row.given_on}
        raise Refused.conflict(message % data, code="given_in_person")


def _locked(opinion: Opinion) -> Opinion:
    """The opinion with its step, the step locked: opinions of one step are given one after the other."""
    step_rows = Step.objects.select_for_update(of=("self",)).select_related("case", "deadline", "lead_unit")
    step = step_rows.get(pk=opinion.step_id)
    rows = Opinion.objects.select_related("unit", "given_by", "recorded_by", "deadline")
    row = rows.filter(pk=opinion.pk).first()
    if row is None:
        message = _("“%(aspect)s”已不再征求贵单位的意见") % {"aspect": opinion.aspect_name}
        raise Refused.because("question_gone", message, clause=rule_of(step).clause, status="conflict")
    row.step = step
    return row


def _next(row: Opinion, supersede: bool) -> Opinion:
    """The row to fill: the one asked for, or a new one in its place. Raises Refused where neither may be."""
    step = row.step
    require_running(Project.objects.get(pk=step.case_id))
    if step.cancelled_on:
        raise Refused.conflict(
            _("“%(name)s”已撤销，不再征求意见") % {"name": step.name}, code="step_cancelled"
        )
    _require_turn(row)
    if row.given_on is None:
        return row
    data = {
        "unit": row.unit,
        "day": row.given_on,
        "answer": row.get_answer_display(),
        "words": row.words[:60],
    }
    if step.concluded_on:
        message = _("%(unit)s已于 %(day)s 出具意见（%(answer)s），结论已作出，不能再改") % data
        raise _concluded(step, message)
    if not row.in_force or not supersede:
        message = _("%(unit)s已于 %(day)s 出具意见：%(answer)s %(words)s") % data
        raise Refused.conflict(message, code="already_given")
    return Opinion(
        step=step,
        aspect=row.aspect,
        aspect_name=row.aspect_name,
        group=row.group,
        unit=row.unit,
        asks=row.asks,
        asked_on=row.asked_on,
        asked_by_id=row.asked_by_id,
        supersedes=row,
    )


def _require_turn(row: Opinion) -> None:
    """Raises Refused (conflict) where consent on which the question rests has been taken back."""
    step, rule = row.step, rule_of(row.step)
    if not step.is_running or rule.asked != "in_turn":
        return
    aspects = concerning(rule, facts_of(Project.objects.get(pk=step.case_id)))
    if not has_turn(rule, aspects, step.opinions.filter(in_force=True), row.aspect):
        message = _("“%(aspect)s”须待前一环节同意，现不能答复") % {"aspect": row.aspect_name}
        raise Refused.because("not_in_turn", message, clause=rule.clause, status="conflict")


def _concluded(step: Step, message: str) -> Refused:
    """The verdict stands; where it landed a project, another round is the way to take it back."""
    rule = rule_of(step)
    if rule.proposing is None:
        return Refused.conflict(message, code="already_concluded")
    url = reverse("propose", args=[step.case_id, step.code])
    message = "；".join(part for part in (message, taken_back(step, rule)) if part)
    return Refused.because("already_concluded", message, clause=rule.clause, url=url, status="conflict")


def _checked(row: Opinion, said: Said, takes: Sequence[Answer] = ()) -> Said:
    takes = takes or ANSWERS[row.asks]
    answer = said.answer or (takes[0] if len(takes) == 1 else "")
    if answer not in takes:
        names = "、".join(str(one.label) for one in takes)
        raise Refused.invalid("answer", _("请选择：%(answers)s") % {"answers": names})
    words = said.words.strip()
    if answer in NEEDS_WORDS and not words:
        what = {Answer.STATED.value: _("请填写意见"), Answer.CONDITIONS.value: _("请写明须落实的条件")}
        raise Refused.invalid("words", what.get(answer) or _("请填写理由"))
    _check_score(row, said.score)
    return Said(words, said.score, answer)


def _check_score(row: Opinion, score: int | None) -> None:
    if score is None:
        return
    if row.asks != Asks.WORDS_AND_SCORE:
        raise Refused.invalid("score", _("此事项不评分"))
    limits = score_limits(row)
    if not limits.min <= score <= limits.max:
        raise Refused.invalid(
            "score", _("评分应在 %(min)s 到 %(max)s 之间") % {"min": limits.min, "max": limits.max}
        )


def score_limits(row: Opinion) -> Score:
    """Between which figures the aspect is scored: as the plan says, else 0 to 100."""
    aspect = aspect_of(rule_of(row.step), row.aspect)
    return (aspect.score if aspect else None) or Score()


def _paper_day(row: Opinion, given_on: date, today: date) -> date:
    if given_on > today:
        raise Refused.invalid("given_on", _("出具日期不能晚于今天（%(today)s）") % {"today": today})
    if given_on < row.asked_on and row.supersedes_id and row.step.agreement_version_id:
        message = _("该意见出具于 %(day)s 之前，针对的是协议的旧版本，不算数") % {"day": row.asked_on}
        clause = rule_of(row.step).clause
        raise Refused.because(
            "superseded_version", message, clause=clause, field="given_on", status="invalid"
        )
    if given_on < row.asked_on:
        raise Refused.invalid("given_on", _("出具日期不能早于征求日期 %(day)s") % {"day": row.asked_on})
    return given_on


def _scan(row: Opinion, scan: "File[bytes] | Attachment", by: User) -> Attachment:
    if isinstance(scan, Attachment):
        require_of_case(scan, row.step.case_id, "scan")
        if scan.kind != SCAN:
            message = _("“%(name)s”不是书面意见扫描件，请按此类别上传") % {"name": scan.name}
            raise Refused.invalid("scan", message, code="wrong_kind")
        return scan
    note = f"{row.unit} · {row.aspect_name}"
    assert row.given_on is not None
    return attach(case=row.step.case, kind=SCAN, upload=scan, by=by, on=row.given_on, note=note)


def _say(row: Opinion, said: Said, given_on: date) -> None:
    row.words, row.score, row.answer = said.words, said.score, said.answer
    row.given_on, row.given_at = max(given_on, row.asked_on), now()
    row.late = row.step.concluded_on is not None or row.limit_passed(given_on)


def _store(row: Opinion, by: User, on: date) -> Opinion:
    if row.supersedes_id is not None:
        Opinion.objects.filter(pk=row.supersedes_id).update(in_force=False)
    row.save()
    if row.deadline is not None and row.deadline.is_open:
        deadlines.meet(deadline=row.deadline, on=row.given_on or on, by=by)
    data = {
        "opinion": row.pk,
        "step": row.step_id,
        "unit": row.unit.name,
        "name": row.step.name,
        "aspect": row.aspect_name,
        "answer": _gist(row),
        "marks": _marks(row),
    }
    cases.record(case=row.step.case, kind="step.opinion", by=by, on=on, data=data, unit=row.unit)
    ask_next(step=row.step, by=by, on=on)
    _tell_lead(row.step)
    return row


@house_language()
def _marks(row: Opinion) -> str:
    """What is particular about an opinion, in brackets; "" for nothing."""
    marks = (
        [_("代录")] * row.on_behalf + [_("逾期")] * row.late + [_("变更")] * (row.supersedes_id is not None)
    )
    return _("（%(marks)s）") % {"marks": "、".join(marks)} if marks else ""


@house_language()
def _gist(row: Opinion) -> str:
    """What was said, short enough for a line of the timeline."""
    words = row.words if len(row.words) <= GIST else f"{row.words[:GIST]}…"
    if row.answer == Answer.STATED:
        return words
    return f"{row.get_answer_display()}，{words}" if words else str(row.get_answer_display())


@house_language()
def _tell_unit(row: Opinion, by: User) -> None:
    """The unit learns what was entered in its name, while it can still put it right."""
    data = {"who": by, "title": row.step.case.title, "aspect": row.aspect_name, "answer": _gist(row)}
    text = (
        _("%(who)s代录了贵单位对“%(title)s”的意见（%(aspect)s）：%(answer)s。如有出入，请在结论前变更") % data
    )
    key, url = f"opinion:{row.pk}:recorded", f"/steps/{row.step_id}/"
    post(key=key, topic="step.recorded", case=row.step.case, text=text, url=url, units=[row.unit_id])


@house_language()
def _tell_lead(step: Step) -> None:
    """Once every opinion is there, whoever leads can conclude: told once a round."""
    if not step.is_running or step.lead_unit_id is None or step.gaps:
        return
    if step.opinions.filter(in_force=True, given_on__isnull=True).exists():
        return
    text = _("“%(title)s”%(name)s意见已收齐，可以作出结论") % {
        "title": step.case.title,
        "name": step.name,
    }
    key, url = f"step:{step.pk}:complete", f"/steps/{step.pk}/"
    post(key=key, topic="step.complete", case=step.case, text=text, url=url, units=[step.lead_unit_id])
