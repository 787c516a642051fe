"""Units are asked: at the opening, in their turn, one more on request; each is told, its clock starts."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit, UnitKind, User
from approvals.dispatching import proposing
from approvals.models import Opinion, Step
from approvals.permissions import require_lead
from approvals.rules import Cast, aspect_of, cast_for, concerning, rule_of
from approvals.turns import has_turn, turn
from cases import actions as cases
from deadlines import actions as deadlines
from deadlines.wording import due_text
from kernel.joined import joined
from kernel.language import house_language
from kernel.refusals import Refused
from notices.actions import Draft, post_many
from policies.rulebook import rulebook
from policies.schema import Aspect
from policies.schema import Step as StepRule
from projects.facts import facts_of
from projects.models import Project
from projects.permissions import lock, require_running

ASKED = "asked"
"""The part that whoever is asked for an opinion plays in the case: it opens the case to them."""


def question(step: Step, aspect: Aspect, unit: Unit, by: User, on: date) -> Opinion:
    """What a unit is asked, not stored yet."""
    return Opinion(
        step=step,
        aspect=aspect.code,
        aspect_name=aspect.name,
        group=aspect.group,
        unit=unit,
        asks=aspect.answer,
        asked_on=on,
        asked_by=by,
    )


def put(step: Step, rule: StepRule, rows: Sequence[Opinion], by: User, on: date) -> None:
    """Store new questions; where the plan limits the answer to one, its clock starts."""
    ladder = rulebook(step.case.policy_set_id).escalation
    limited = [(row, aspect) for row in rows if (aspect := aspect_of(rule, row.aspect)) and aspect.limit]
    openings = [
        deadlines.Opening(
            case=step.case,
            rule=f"step:{rule.code}:{aspect.code}"[:80],
            name=f"{rule.name}·{aspect.name}",
            limit=aspect.limit,
            started_on=on,
            clause=aspect.clause or rule.clause,
            ladder=ladder,
            responsible_unit=row.unit,
            policy_version_id=rule.source.id,
        )
        for row, aspect in limited
        if aspect.limit
    ]
    clocks = deadlines.open_many(openings=openings, by=by, on=on)
    for (row, _aspect), clock in zip(limited, clocks, strict=True):
        row.deadline = clock
    Opinion.objects.bulk_create(rows)


def call_in(step: Step, rows: Sequence[Opinion], leads: Sequence[Unit], by: User, on: date) -> list[Unit]:
    """Open the case to who is asked and to who leads, and tell them; the bureau sees every case anyway.

    Returns the units asked, each once.
    """
    units = list(dict.fromkeys(row.unit for row in rows))
    others = [unit for unit in leads if unit not in units and unit.kind != UnitKind.BUREAU]
    rule = rule_of(step)
    proposed = [row.unit for row in rows if rule.proposing and row.aspect == rule.proposing.aspect]
    proposing.open_case(step, rule, proposed, by, on)
    plain = list(dict.fromkeys(row.unit for row in rows if row.unit not in proposed))
    cases.assign_part_to_many(case=step.case, units=[*plain, *others], part=ASKED, by=by, on=on)
    drafts = [_call(step, unit, [row for row in rows if row.unit == unit]) for unit in units]
    post_many(drafts=drafts + [_lead_call(step, unit) for unit in others])
    return units


@joined
def ask_next(*, step: Step, by: User, on: date) -> list[Opinion]:
    """After an answer: ask whose turn it is now, take back what was asked too early. Returns the new ones.

    Units proposed since are asked, too. The caller has locked the step. Nothing else happens where the plan
    asks everybody at once.
    """
    rule = rule_of(step)
    if (rule.asked != "in_turn" and rule.proposing is None) or not step.is_running:
        return []
    aspects = concerning(rule, facts_of(Project.objects.get(pk=step.case_id)))
    known = list(step.opinions.filter(in_force=True).select_related("unit", "deadline"))
    at = turn(rule, aspects, known)
    now = at.now if rule.asked == "in_turn" else []
    _take_back(step, at.too_early, by, on)
    cast = proposing.cast(step, rule, cast_for([rule], step.case_id, on))
    rows = [question(step, aspect, unit, by, on) for aspect in now for unit in cast.asked(aspect)]
    rows += [
        question(step, aspect, unit, by, on)
        for aspect in aspects
        if rule.proposing and aspect.code == rule.proposing.aspect and aspect not in now
        for unit in _added(rule, aspects, aspect, known, cast)
    ]
    _note_gaps(step, [aspect for aspect in now if not cast.asked(aspect)])
    if rows:
        put(step, rule, rows, by, on)
        _record_asked(step, rows, by, on)
        call_in(step, rows, (), by, on)
    return rows


def _added(
    rule: StepRule, aspects: Sequence[Aspect], aspect: Aspect, known: Sequence[Opinion], cast: Cast
) -> list[Unit]:
    """Of whoever is proposed those not asked yet, once it is their turn."""
    if not has_turn(rule, aspects, known, aspect.code):
        return []
    there = {row.unit_id for row in known if row.aspect == aspect.code}
    return [unit for unit in cast.asked(aspect) if unit.pk not in there]


def _note_gaps(step: Step, aspects: Sequence[Aspect]) -> None:
    known = {gap["aspect"] for gap in step.gaps}
    fresh = [gap_of(aspect) for aspect in aspects if aspect.code not in known]
    if fresh:
        step.gaps = [*step.gaps, *fresh]
        step.save(update_fields=["gaps"])


def gap_of(aspect: Aspect) -> dict[str, object]:
    """An aspect about which nobody could be asked, as a step keeps it."""
    return {"aspect": aspect.code, "name": aspect.name, "parts": list(aspect.asks_parts)}


def _take_back(step: Step, rows: Sequence[Opinion], by: User, on: date) -> None:
    """Questions whose turn is gone: nobody has answered them, so they go, with their clocks."""
    if not rows:
        return
    with house_language():
        reason = _("前一环节的意见已变更")
    take_back(step, rows, reason, by, on)


def take_back(step: Step, rows: Sequence[Opinion], reason: str, by: User, on: date) -> None:
    """Unanswered questions go, with their clocks; the units asked are told."""
    names = "、".join(f"{row.aspect_name}（{row.unit}）" for row in rows)
    keys = [row.pk for row in rows]
    Opinion.objects.filter(pk__in=keys).delete()
    stop_clocks(rows, reason, by, on)
    data = {"step": step.pk, "name": step.name, "asked": names, "reason": reason}
    cases.record(case=step.case, kind="step.unasked", by=by, on=on, data=data)
    post_many(drafts=[_recall(step, row, key, reason) for row, key in zip(rows, keys, strict=True)])


def stop_clocks(rows: Iterable[Opinion], reason: str, by: User, on: date) -> None:
    """The answers are not waited for any more."""
    for row in rows:
        if row.deadline is not None and row.deadline.is_open:
            deadlines.cancel(deadline=row.deadline, reason=reason[:300], by=by, on=on)


def _record_asked(step: Step, rows: Sequence[Opinion], by: User, on: date) -> None:
    for row in rows:
        data = {"step": step.pk, "name": step.name, "unit": row.unit.name, "aspect": row.aspect_name}
        cases.record(case=step.case, kind="step.asked", by=by, on=on, data=data)


@transaction.atomic
def ask(*, step: Step, aspect: str, unit: Unit, by: User, on: date) -> Opinion:
    """Ask one more unit about an aspect of a running step; this also closes a gap (``step.gaps``).

    Raises Refused: forbidden for whoever does not lead the step; invalid for an aspect the plan does not
    have; conflict when the unit is asked already or the step has ended.
    """
    project = lock(Project(pk=step.case_id))
    row = (
        Step.objects.select_for_update(of=("self",))
        .select_related("case", "deadline", "lead_unit")
        .get(pk=step.pk)
    )
    require_lead(row, by)
    require_running(project)
    _require_askable(row, aspect, unit)
    rule = rule_of(row)
    asked = aspect_of(rule, aspect)
    assert asked is not None
    asked_now = question(row, asked, unit, by, on)
    put(row, rule, [asked_now], by, on)
    row.gaps = [gap for gap in row.gaps if gap["aspect"] != aspect]
    row.save(update_fields=["gaps"])
    _record_asked(row, [asked_now], by, on)
    call_in(row, [asked_now], (), by, on)
    return asked_now


def _require_askable(step: Step, aspect: str, unit: Unit) -> None:
    if not step.is_running:
        message = _("“%(name)s”已经结束，不能再征求意见") % {"name": step.name}
        raise Refused.conflict(message, code="step_ended")
    asked = aspect_of(rule_of(step), aspect)
    if asked is None:
        message = _("“%(name)s”没有这一事项：%(code)s") % {"name": step.name, "code": aspect}
        raise Refused.invalid("aspect", message)
    rule = rule_of(step)
    if rule.proposing and rule.proposing.aspect == aspect:
        message = _("“%(aspect)s”只征求已提出的拟承接园区，请先提出并说明理由") % {"aspect": asked.name}
        url = reverse("propose", args=[step.case_id, step.code])
        raise Refused.because("not_proposed", message, clause=rule.clause, url=url, status="conflict")
    if step.opinions.filter(aspect=aspect, unit=unit, in_force=True).exists():
        message = _("已就“%(aspect)s”征求过%(unit)s的意见") % {"aspect": asked.name, "unit": unit}
        raise Refused.conflict(message, code="already_asked")


@house_language()
def _lead_call(step: Step, unit: Unit) -> Draft:
    data = {"title": step.case.title, "name": step.name}
    text = _("“%(title)s”%(name)s已启动，由贵单位牵头办理") % data
    key, url = f"step:{step.pk}:lead:{unit.pk}", f"/steps/{step.pk}/"
    return Draft(key=key, topic="step.lead", text=text, case_id=step.case_id, url=url, units=[unit.pk])


@house_language()
def _recall(step: Step, row: Opinion, key: int, reason: str) -> Draft:
    data = {"title": step.case.title, "name": step.name, "what": row.aspect_name, "why": reason}
    text = _("“%(title)s”%(name)s不再征求贵单位的“%(what)s”：%(why)s") % data
    return Draft(
        key=f"opinion:{key}:recalled", topic="step.unasked", text=text, case_id=step.case_id,
        url=f"/steps/{step.pk}/", units=[row.unit_id],
    )  # fmt: skip


@house_language()
def _call(step: Step, unit: Unit, rows: Sequence[Opinion]) -> Draft:
    """One message a unit, however many aspects; the key tells apart what is asked later, or once more."""
    what = "、".join(row.aspect_name for row in rows)
    data = {"title": step.case.title, "name": step.name, "what": what}
    text = _("请就“%(title)s”%(name)s出具意见：%(what)s") % data
    clock = rows[0].deadline or step.deadline
    if clock:
        text += _("，截止 %(day)s") % {"day": due_text(clock.due_on, provisional=clock.provisional)}
    key = f"step:{step.pk}:asked:{unit.pk}" + (f":{rows[0].pk}" if len(rows) == 1 else "")
    return Draft(
        key=key, topic="step.asked", text=text, case_id=step.case_id, url=f"/steps/{step.pk}/",
        units=[unit.pk],
    )  # fmt: skip
