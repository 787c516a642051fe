"""停滞说明与唤醒: a lead that does not move is explained, or woken by hand; nothing is ever deleted."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import acting_unit
from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from kernel.refusals import Refused
from policies.schema import Dormancy
from projects import stillness
from projects.actions.days import require_since_opening
from projects.models import Project, StillnessExplanation
from projects.permissions import lock, require_on, require_running

LONGEST_REASON = 300


@transaction.atomic
def explain_stillness(
    *, project: Project, by: User, on: date, reason: str, until: date | None = None, today: date | None = None
) -> StillnessExplanation:
    """Say why a lead does not move: a movement until the day it names, which wakes a dormant one.

    ``until``: the plan's limit again from ``on`` where nothing is said, and at the most. ``today``: the day
    it is done, if another. Raises Refused: forbidden; unmet (``not_watched``) where the plan does not ask;
    conflict for a project shelved or given up; invalid without a reason or for a day out of reach.
    """
    project = lock(project)
    require_on(by, Can.RECORD_CONTACT, project)
    require_running(project)
    rule = _watched(project)
    require_since_opening(project, on)
    reason = _needed(reason)
    if on > (today or on):
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    until = _reach(rule, on, until)
    row = StillnessExplanation.objects.create(
        project=project, on=on, until=until, reason=reason, by=by, unit=acting_unit(by)
    )
    project.explained_until, project.still_warned_on = until, None
    woken, project.dormant_on = project.dormant_on is not None, None
    stillness.store(project)
    data = {"reason": reason, "until": str(until), "clause": rule.clause, "explanation": row.pk}
    kind = "project.stillness_explained_awake" if woken else "project.stillness_explained"
    cases.record(case=project.case, kind=kind, by=by, on=on, data=data)
    return row


def _watched(project: Project) -> Dormancy:
    rule = stillness.rule_of(project)
    if rule is None:
        message = _("制度没有规定“%(state)s”项目多久没有进展须说明") % {"state": project.get_batch_display()}
        raise Refused.because("not_watched", message)
    return rule


def _reach(rule: Dormancy, on: date, until: date | None) -> date:
    """The last day on which the explanation holds. Raises Refused (invalid) with the clause."""
    most = stillness.longest(rule, on)
    if until is None:
        return most
    if not on <= until <= most:
        words = {"first": on, "last": most, "clause": rule.clause}
        message = _("有效期应在 %(first)s 至 %(last)s 之间（%(clause)s）") % words
        raise Refused.because("until", message, clause=rule.clause, field="until", status="invalid")
    return until


@transaction.atomic
def wake(*, project: Project, by: User, on: date, reason: str) -> Project:
    """Take a dormant lead up again by hand; it counts as moved on that day.

    Raises Refused: forbidden; conflict when it is not dormant; invalid without a reason or for a day before
    it was marked.
    """
    project = lock(project)
    require_on(by, Can.EDIT_PROJECT, project)
    require_running(project)
    if project.dormant_on is None:
        raise Refused.conflict(_("项目没有休眠，无需唤醒"), code="not_dormant")
    reason = _needed(reason)
    if on < project.dormant_on:
        words = {"day": project.dormant_on}
        raise Refused.invalid("on", _("唤醒日期不能早于休眠日期 %(day)s") % words)
    stillness.restart(project, on)
    stillness.store(project)
    cases.record(case=project.case, kind="project.woken", by=by, on=on, data={"why": reason})
    return project


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写原因"))
    if len(reason.strip()) > LONGEST_REASON:
        raise Refused.invalid("reason", _("原因最多 %(most)s 字") % {"most": LONGEST_REASON})
    return reason.strip()
