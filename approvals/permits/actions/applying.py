"""申请: one permit, or several at one stroke (并联审批); and help before the formal application (提前帮)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import acting_unit
from accounts.models import User
from approvals.actions.opening import open_step
from approvals.models import EarlyHelp, Permit, Step
from approvals.permissions import leads, require_opener
from approvals.permits.recording import Application
from approvals.permits.rules import PERMIT, permit_of
from cases import actions as cases
from kernel.refusals import Refused, Unmet
from policies.schema import Step as StepRule
from projects.actions.days import require_since_opening
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import lock, require_running


@transaction.atomic
def apply(
    *, project: Project, applications: Sequence[Application], by: User, on: date, today: date
) -> list[Permit]:
    """Apply for permits of one project, all or none. ``on``: the day of the application (Asia/Shanghai).

    The clock of each starts once its material is complete. Raises Refused: forbidden for whom the plan does
    not name; unmet with clause and link for everything that one of them needs first; invalid for a day to
    come, a step that is no permit, one named twice, or material that its guide does not know; conflict while
    a round is running.
    """
    project = lock(project)
    _check(project, applications, on, today)
    made, missing = [], []
    for one in applications:
        try:
            made.append(
                open_step(project=project, step=one.step, by=by, on=on, reason=one.reason, application=one)
            )
        except Refused as refused:
            if refused.status != "unmet":
                raise
            name = rules_of(project).steps[one.step].name
            missing += [_of(name, item) for item in refused.unmet]
    if missing:
        raise Refused(missing)
    return list(Permit.objects.for_reading().filter(pk__in=[step.pk for step in made]).order_by("pk"))


def _of(name: str, item: Unmet) -> Unmet:
    """Of which of several permits it is missing."""
    return replace(item, message=_("%(name)s：%(what)s") % {"name": name, "what": item.message})


def _check(project: Project, applications: Sequence[Application], on: date, today: date) -> None:
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    require_since_opening(project, on)
    codes = [one.step for one in applications]
    if not codes:
        raise Refused.invalid("steps", _("请选择要申请的事项"))
    if len(codes) != len(set(codes)):
        raise Refused.invalid("steps", _("同一事项选了两次"))
    for code in codes:
        matter(project, code)


def matter(project: Project, code: str) -> StepRule:
    """The plan's permit of that code. Raises Refused (invalid) where there is none."""
    rule = rules_of(project).steps.get(code)
    if rule is None or rule.kind != PERMIT:
        raise Refused.invalid("steps", _("制度中没有行政许可事项“%(code)s”") % {"code": code})
    return rule


@transaction.atomic
def help_early(*, project: Project, step: str, by: User, on: date, today: date, note: str) -> EarlyHelp:
    """提前帮: record advice before the formal application; its days count in no limit (三(四)9).

    For the authority and for whoever may apply. Raises Refused: forbidden; unmet where the plan does not
    provide for it; invalid day or without a note; conflict once the permit is applied for.
    """
    project = lock(project)
    rule = matter(project, step)
    if not leads(project.pk, rule, by):
        require_opener(project, rule, by)
    require_running(project)
    if not permit_of(rule).early_help:
        message = _("制度没有规定“%(name)s”可以提前帮") % {"name": rule.name}
        raise Refused.because("no_early_help", message, clause=rule.clause)
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    require_since_opening(project, on)
    if not note.strip():
        raise Refused.invalid("note", _("请写明辅导内容"))
    if Step.objects.running().filter(case_id=project.pk, code=step).exists():
        message = _("“%(name)s”已经正式申请，不再是提前帮") % {"name": rule.name}
        raise Refused.conflict(message, code="already_applied")
    row = EarlyHelp.objects.create(
        case=project.case, code=rule.code, name=rule.name, clause=rule.clause, on=on, by=by,
        unit=acting_unit(by), note=note.strip()[:300],
    )  # fmt: skip
    data = {"code": rule.code, "name": rule.name, "clause": rule.clause, "note": row.note}
    cases.record(case=project.case, kind="permit.early_help", by=by, on=on, data=data)
    return row
