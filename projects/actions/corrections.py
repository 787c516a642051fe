"""更正: a wrong date or figure is put right with a reason; before, one sees what moves with it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from deadlines import actions as deadlines
from kernel.refusals import Refused
from projects import clocks, hooks
from projects.actions import money
from projects.facts import class_of, facts_of, rules_of
from projects.models import Measure, Project, ReachedMilestone
from projects.permissions import lock, require_on


@dataclass(frozen=True, slots=True)
class Change:
    """What is put right: the day of a milestone, or a figure ("20亿元") of a measure."""

    milestone: str = ""
    day: date | None = None
    part_no: int = 1
    measure: str = ""
    raw: str = ""


def preview_correction(*, project: Project, change: Change, by: User) -> list[str]:
    """What would move, as sentences; writes nothing. Raises Refused like ``correct`` itself."""
    require_on(by, Can.CORRECT_PROJECT, project)
    rules = rules_of(project)
    before = facts_of(project)
    after = before | _new_facts(change)
    lines = _clock_lines(project, change)
    old, new = class_of(before, rules), class_of(after, rules)
    if old != new:
        names = {row.code: row.name for row in rules.classes} | {"": _("未定级")}
        lines.append(_("项目等级：%(old)s → %(new)s") % {"old": names[old], "new": names[new]})
    days = {change.milestone: change.day} if change.milestone and change.day else {}
    return lines + hooks.preview(hooks.Proposal(project, before, after, days))


def _new_facts(change: Change) -> dict[str, Any]:
    return {change.measure: money.fen_of(change.raw)} if change.measure else {}


def _clock_lines(project: Project, change: Change) -> list[str]:
    if not change.milestone or change.day is None:
        return []
    lines = []
    for deadline in clocks.moved_by(project, change.milestone):
        due = deadlines.preview_restart(deadline, change.day)
        if due != deadline.due_on:
            lines.append(
                _("%(name)s：%(old)s → %(new)s") % {"name": deadline.name, "old": deadline.due_on, "new": due}
            )
    return lines


@transaction.atomic
def correct(*, project: Project, change: Change, by: User, on: date, reason: str) -> list[str]:
    """Make the correction and return what moved. The old value stays in history.

    Raises Refused: forbidden; invalid without a reason, for a day in the future or an unreadable figure;
    conflict when the milestone is not reached.
    """
    project = lock(project)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写更正原因"))
    moved = preview_correction(project=project, change=change, by=by)
    if change.measure:
        _correct_money(project, change, by, on, reason.strip())
    else:
        _correct_day(project, change, by, on, reason.strip())
    return moved


def _correct_money(project: Project, change: Change, by: User, on: date, reason: str) -> None:
    if change.measure == Measure.PAID_IN:
        raise Refused.invalid("measure", _("到位资金逐笔登记，请登记一笔更正款项"))
    money.restate(project=project, measure=change.measure, raw=change.raw, by=by, on=on, reason=reason)


def _correct_day(project: Project, change: Change, by: User, on: date, reason: str) -> None:
    rule = rules_of(project).milestones.get(change.milestone)
    if rule is None or change.day is None:
        raise Refused.invalid("milestone", _("请选择要更正的里程碑和日期"))
    if change.day > on:
        raise Refused.invalid("day", _("日期不能晚于今天（%(today)s）") % {"today": on})
    row = ReachedMilestone.objects.filter(
        project=project, code=change.milestone, part_no=change.part_no, withdrawn_on__isnull=True
    ).first()
    if row is None:
        raise Refused.conflict(_("“%(name)s”尚未登记或已撤销") % {"name": rule.name})
    before, row.on = row.on, change.day
    row._history_user, row._change_reason = by, reason  # type: ignore[attr-defined]
    row.save()
    data = {"name": rule.name, "before": str(before), "after": str(change.day), "reason": reason}
    cases.record(case=project.case, kind="project.corrected", by=by, on=on, data=data)
    clocks.on_corrected(project, change.milestone, change.day, by=by, on=on, reason=reason)
    hooks.tell(hooks.MilestoneChange(project, change.milestone, change.day, by, "corrected"))
