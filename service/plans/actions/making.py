"""Making a plan from the pack's preset, counting its days anew, and beginning another version of it."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from deadlines import calendars
from deadlines.calendar import CalendarError
from kernel.refusals import Refused, Unmet
from policies.schema import Needs, PlanRule
from projects.facts import facts_of, rules_of
from projects.gates import INNER_QUOTES, reached_codes, unmet
from projects.models import Project, ReachedMilestone
from projects.permissions import lock, require_running
from service.plans import telling
from service.plans.actions import particulars
from service.plans.actions.base import (
    Contact,
    Figures,
    Opened,
    draft_of,
    note,
    open_plan,
    settle,
    ticks_of,
)
from service.plans.doubts import doubts_of, marked, names_of, require_accepted
from service.plans.models import Plan, PlanItem, PlanTarget, PlanTick, PlanVersion
from service.plans.network import applicable, count_back
from service.plans.permissions import require_planner
from service.plans.rules import agreed_days, plan_rule, url_of
from service.plans.scheduling import Missed, Schedule

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2090, 12, 31)


@transaction.atomic
def make_plan(
    *,
    project: Project,
    by: User,
    on: date,
    code: str = "",
    agreed: Mapping[str, date] | None = None,
    figures: Sequence[Figures] = (),
    contacts: Mapping[str, Contact] | None = None,
    accept_late: str = "",
) -> Plan:
    """编制: every applicable item of the preset with its day counted backwards (倒排工期) from ``agreed``.

    What ``agreed`` leaves out is taken from the signed agreement. Raises Refused: forbidden; unmet what must
    come first, or (``cannot_be_met:…``) days that cannot be met, with the earliest possible one and the
    critical path, unless ``accept_late`` says why all the same; invalid days and figures; conflict where
    there is a plan.
    """
    project = lock(project)
    rule = plan_rule(project, code)
    require_planner(by, project, rule)
    require_running(project)
    _require_first(project, rule)
    days = checked_days(rule, agreed_days(project, rule) | dict(agreed or {}))
    done = _reached(project, rule)
    codes = [item.code for item in applicable(rule, facts_of(project))]
    schedule = scheduled(rule, codes, days, on, {code: row.on for code, row in done.items()})
    require_met(project, rule, schedule, accept_late)
    plan = Plan.objects.create(project=project, code=rule.code, made_on=on, made_by=by)
    version = PlanVersion(plan=plan, number=1, accepted_late=accept_late.strip() if schedule.missed else "")
    _draft(version, rule, days, by, on)
    PlanItem.objects.bulk_create(_items(version, rule, codes, schedule))
    PlanTick.objects.bulk_create(
        PlanTick(plan=plan, code=code, on=row.on, milestone=row.code, by=by) for code, row in done.items()
    )
    found = Opened(project, plan, rule)
    particulars.put(found, version, figures, contacts or {})
    settle(plan)
    note(found, "made", by, on, days=_said(rule, days), items=len(codes))
    telling.drafted(found, version, on)
    return plan


def _require_first(project: Project, rule: PlanRule) -> None:
    missing = unmet(project, Needs(milestones=rule.needs), rule.clause, rules_of(project))
    if missing:
        raise Refused(missing)
    if Plan.objects.filter(project=project, code=rule.code).exists():
        message = _("已编制“%(plan)s”，请在原计划上修改或另起一版") % {
            "plan": rule.name.translate(INNER_QUOTES)
        }
        raise Refused.because(
            "already_made", message, clause=rule.clause, url=url_of(project), status="conflict"
        )


def _reached(project: Project, rule: PlanRule) -> dict[str, ReachedMilestone]:
    """The items whose milestone is wholly reached already, each with the last of its parts."""
    whole = reached_codes(project)
    rows = ReachedMilestone.objects.filter(project=project, withdrawn_on__isnull=True).order_by("on", "id")
    last = {row.code: row for row in rows if row.code in whole}
    return {item.code: last[item.milestone] for item in rule.items if item.milestone in last}


def checked_days(rule: PlanRule, days: Mapping[str, date]) -> dict[str, date]:
    """The agreed days, complete and in order. Raises Refused (invalid)."""
    faults = []
    for anchor in rule.anchors:
        day = days.get(anchor.code)
        if day is None:
            faults.append(_fault(rule, anchor.code, _("请填写%(name)s") % {"name": anchor.name}, "missing"))
        elif not FIRST_DAY <= day <= LAST_DAY:
            faults.append(_fault(rule, anchor.code, _("日期不合理，请核对年份：%(day)s") % {"day": day}))
    start = days.get("start")
    for later in ("finish", "production"):
        day = days.get(later)
        if start and day and day <= start and not faults:
            words = {"later": _name(rule, later), "start": _name(rule, "start"), "day": start}
            message = _("%(later)s应晚于%(start)s（%(day)s）") % words
            faults.append(_fault(rule, later, message, "before_start"))
    if faults:
        raise Refused(faults, "invalid")
    return {anchor.code: days[anchor.code] for anchor in rule.anchors}


def _fault(rule: PlanRule, anchor: str, message: str, code: str = "invalid") -> Unmet:
    return Unmet(code, message, rule.clause, field=f"{anchor}_on")


def _name(rule: PlanRule, anchor: str) -> str:
    found = rule.anchor(anchor)
    return found.name if found else anchor


def scheduled(
    rule: PlanRule,
    codes: Sequence[str],
    days: Mapping[str, date],
    begin: date,
    done: Mapping[str, date] | None = None,
) -> Schedule:
    """The days of the items by the calendar in force. Raises Refused (invalid) for days beyond it."""
    try:
        return count_back(rule, codes, days, calendars.current(), begin=begin, done=done)
    except CalendarError as error:
        raise Refused.invalid("start_on", _("日期超出工作日历的范围，请核对年份")) from error


def require_met(project: Project, rule: PlanRule, schedule: Schedule, accept_late: str) -> None:
    """Raises Refused (unmet) for agreed days that cannot be met, unless a reason is given."""
    if schedule.missed and not accept_late.strip():
        raise Refused([_missed(rule, one) for one in schedule.missed])


def _missed(rule: PlanRule, one: Missed) -> Unmet:
    words = {
        "name": _name(rule, one.anchor),
        "day": one.agreed,
        "earliest": marked(one.earliest),
        "late": (one.earliest - one.agreed).days,
        "path": path_text(rule, one),
    }
    message = _(
        "%(name)s %(day)s 无法实现：最早可能为 %(earliest)s，晚 %(late)s 天；关键路径：%(path)s。"
        "请调整日期，或说明仍按此日期编制的理由"
    )
    return Unmet(f"cannot_be_met:{one.anchor}", message % words, rule.clause, field=f"{one.anchor}_on")


def path_text(rule: PlanRule, one: Missed) -> str:
    """The critical path in words, each item cut to a readable length."""
    return names_of(rule, one.path)


def _draft(version: PlanVersion, rule: PlanRule, days: Mapping[str, date], by: User, on: date) -> None:
    version.start_on, version.finish_on = days.get("start"), days.get("finish")
    version.production_on = days.get("production")
    version.drafted_on, version.drafted_by = on, by
    version.policy_version_id = rule.source.id
    version.save()


def _items(version: PlanVersion, rule: PlanRule, codes: Sequence[str], schedule: Schedule) -> list[PlanItem]:
    found = []
    for order, item in enumerate((item for item in rule.items if item.code in set(codes)), 1):
        slot = schedule.slots.get(item.code)
        row = PlanItem(version=version, code=item.code, form=item.form, track=item.track or "", order=order)
        row.name, row.goal, row.timing, row.note = item.name, item.goal, item.timing, item.note
        row.is_key, row.milestone = item.key, item.milestone or ""
        if slot is not None:
            row.starts_on, row.planned_on = slot.starts_on, slot.latest
        found.append(row)
    return found


def _said(rule: PlanRule, days: Mapping[str, date]) -> str:
    return "、".join(f"{anchor.name} {days[anchor.code]}" for anchor in rule.anchors if anchor.code in days)


@transaction.atomic
def set_days(
    *,
    plan: Plan,
    by: User,
    on: date,
    agreed: Mapping[str, date],
    accept_late: str = "",
    keep_by_hand: bool = True,
    expected: int | None = None,
) -> Plan:
    """Count the draft's days anew from other agreed days; those set by hand stay unless ``keep_by_hand`` is
    off.

    Raises Refused as ``make_plan`` does, also for days set by hand that contradict the others; conflict once
    the version is sealed or being sealed.
    """
    found = open_plan(plan, expected)
    require_planner(by, found.project, found.rule)
    draft = draft_of(found)
    days = checked_days(found.rule, draft.agreed | dict(agreed))
    rows = list(draft.items.all())
    schedule = scheduled(found.rule, [row.code for row in rows], days, on, ticks_of(found.plan))
    require_met(found.project, found.rule, schedule, accept_late)
    for row in rows:
        slot = schedule.slots.get(row.code)
        if slot is not None and not (row.by_hand and keep_by_hand):
            row.starts_on, row.planned_on, row.by_hand, row.timing = slot.starts_on, slot.latest, False, ""
    PlanItem.objects.bulk_update(rows, ["starts_on", "planned_on", "by_hand", "timing"])
    draft.start_on, draft.finish_on = days.get("start"), days.get("finish")
    draft.production_on = days.get("production")
    draft.accepted_late = accept_late.strip() if schedule.missed else ""
    doubts = doubts_of(found.rule, draft, rows, schedule, ticks_of(found.plan))
    kept = [row.code for row in rows if row.by_hand]
    require_accepted(found.rule, draft, [one for one in doubts if any(map(one.touches, kept))], accept_late)
    draft.save()
    settle(found.plan)
    note(found, "days_set", by, on, days=_said(found.rule, days), number=draft.number)
    return found.plan


@transaction.atomic
def revise_plan(*, plan: Plan, by: User, on: date, reason: str, expected: int | None = None) -> PlanVersion:
    """变更: another version as a draft, the same as the last one, to be changed and sealed by all sides
    again.

    Raises Refused: forbidden; invalid without a reason; conflict while there is a draft.
    """
    found = open_plan(plan, expected)
    require_planner(by, found.project, found.rule)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写变更原因"))
    last = PlanVersion.objects.filter(plan=found.plan).order_by("-number").first()
    if last is None or last.sealed_on is None:
        raise Refused.conflict(_("已有一版正在起草，请在该版上修改"), code="draft_open")
    draft = _copied(last, by, on, reason.strip()[:300], found.rule)
    settle(found.plan)
    note(found, "revised", by, on, number=draft.number, reason=draft.reason)
    telling.drafted(found, draft, on)
    return draft


def _copied(last: PlanVersion, by: User, on: date, reason: str, rule: PlanRule) -> PlanVersion:
    draft = PlanVersion(
        plan=last.plan, number=last.number + 1, reason=reason, accepted_late=last.accepted_late,
        frame=last.frame,
    )  # fmt: skip
    _draft(draft, rule, last.agreed, by, on)
    for rows, model in ((last.items.all(), PlanItem), (last.targets.all(), PlanTarget)):
        copies = list(rows)
        for row in copies:
            row.pk, row._state.adding, row.version = None, True, draft
        model._default_manager.bulk_create(copies)
    return draft
