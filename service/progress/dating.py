"""口径: departments state the day of a milestone side by side; where they differ is kept and shown."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from cases.actions import record
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from policies.schema import Reading, Recognition
from projects.facts import rules_of
from projects.gates import whole
from projects.models import Project, ReachedMilestone
from projects.permissions import lock, require_running
from service.models import DayDifference, StatedDay
from service.progress.permissions import require_stating


@transaction.atomic
def state_day(
    *,
    project: Project,
    reading: str,
    day: date,
    by: User,
    on: date,
    source: str = "",
    reason: str = "",
) -> StatedDay:
    """State the day of a milestone for one's own department, or correct it; what stood before stays.

    ``on`` is today (Asia/Shanghai). The bureau enters for a department what it has in writing, with its
    ``source``. Raises Refused: forbidden; invalid for an unknown reading, a day to come, a correction
    without ``reason``, an entry on behalf without ``source``; conflict for the day that stands already.
    """
    project = lock(project)
    rule, one = find_reading(rules_of(project), reading)
    unit, on_behalf = require_stating(project, one, by, on)
    require_running(project)
    if day > on:
        raise Refused.invalid("day", _("日期不能晚于今天（%(today)s）") % {"today": on})
    if on_behalf and not source.strip():
        message = _("代%(unit)s填报须写明依据") % {"unit": unit.name}
        raise Refused.invalid("source", message, code="needs_source")
    before = StatedDay.objects.filter(project=project, reading=one.code, in_force=True).first()
    _require_sense(before, one, day, reason)
    row = StatedDay(
        project=project, milestone=rule.milestone, reading=one.code, name=one.name, unit=unit, day=day,
        source=source.strip(), reason=reason.strip() if before else "", stated_on=on, by=by,
        on_behalf=on_behalf, supersedes=before,
    )  # fmt: skip
    _put(row, before)
    data = {
        "name": one.name, "unit": unit.name, "day": str(day), "before": str(before.day) if before else "—",
        "reason": row.reason,
    }  # fmt: skip
    kind = "progress.day_corrected" if before else "progress.day_stated"
    record(case=project.case, kind=kind, by=by, on=on, data=data)
    compare(project, rule, on)
    return row


def find_reading(rules: Rulebook, code: str) -> tuple[Recognition, Reading]:
    """Raises Refused (invalid) for a reading that the plan does not have."""
    for rule in rules.recognitions.values():
        one = rule.reading(code)
        if one is not None:
            return rule, one
    raise Refused.invalid("reading", _("制度中没有口径“%(code)s”") % {"code": code[:64]}, code="not_in_plan")


def _require_sense(before: StatedDay | None, one: Reading, day: date, reason: str) -> None:
    if before is None:
        return
    if before.day == day:
        words = {"name": one.name, "day": day, "on": before.stated_on, "who": before.by}
        message = _("“%(name)s”已由%(who)s于 %(on)s 填报为 %(day)s") % words
        raise Refused.conflict(message, code="same_day")
    if not reason.strip():
        message = _("原填报为 %(day)s，更正须说明原因") % {"day": before.day}
        raise Refused.invalid("reason", message, code="needs_reason")


def _put(row: StatedDay, before: StatedDay | None) -> None:
    if before is not None:
        StatedDay.objects.filter(pk=before.pk).update(in_force=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused.conflict(_("“%(name)s”刚刚已由他人填报，请刷新") % {"name": row.name}) from error


def compare(project: Project, rule: Recognition, on: date) -> int:
    """Reckon anew by how many days the statements lie apart; beyond the tolerance it is kept in the list.

    Returns the days, 0 within the tolerance. The caller holds the project's lock.
    """
    rows = StatedDay.objects.filter(project=project, milestone=rule.milestone, in_force=True)
    days = dict(rows.values_list("reading", "day"))
    apart = days_apart(rule, days, _own_day(project, rule.milestone))
    known = DayDifference.objects.filter(project=project, milestone=rule.milestone)
    if apart <= rule.tolerance:
        known.delete()
        return 0
    if not known.update(days=apart):
        DayDifference.objects.create(project=project, milestone=rule.milestone, days=apart, since=on)
    return apart


def days_apart(rule: Recognition, stated: dict[str, date], own: date | None) -> int:
    """How far the days lie from the leading one; without a leading one, the first from the last."""
    days = [day for code, day in stated.items() if rule.reading(code)] + ([own] if own else [])
    if len(days) < 2:
        return 0
    base = stated.get(rule.leading.code) if rule.leading else None
    if base is None:
        return (max(days) - min(days)).days
    return max(abs((day - base).days) for day in days)


def _own_day(project: Project, milestone: str) -> date | None:
    """The day of the milestone itself, once all its parts are there."""
    rows = ReachedMilestone.objects.filter(project=project, code=milestone, withdrawn_on__isnull=True)
    parts = list(rows.values_list("code", "part_no", "parts_total", "on"))
    if not whole((code, number, total) for code, number, total, _on in parts):
        return None
    return max(on for _code, _number, _total, on in parts)
