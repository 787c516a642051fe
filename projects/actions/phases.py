"""The phase moves only here, only forward, only through its gate."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django_fsm import ConcurrentTransition

from accounts.models import User
from accounts.roles import Can
from cases import actions as cases
from kernel.joined import joined
from kernel.language import house_language
from kernel.refusals import Refused
from notices import actions as notices
from projects import cadences, clocks, hooks, stillness
from projects.actions import saving
from projects.actions.days import require_since_opening
from projects.facts import rules_of
from projects.gates import unmet
from projects.models import Phase, Project
from projects.models.project import STILLNESS
from projects.permissions import lock, require_fresh, require_on, require_running


@joined
def advance(*, project: Project, by: User, on: date, expected_version: int | None = None) -> Project:
    """Move to the next phase. Raises Refused listing what the gate misses, with clause and link."""
    project = lock(project)
    require_on(by, Can.ADVANCE_PROJECT, project)
    require_fresh(project, expected_version)
    require_running(project)
    require_since_opening(project, on)
    target = project.next_phase
    if target is None:
        raise Refused.because("last_phase", _("项目已处于最后阶段"), status="conflict")
    rules = rules_of(project)
    with house_language():
        rule, before = rules.phase(target), rules.phase(project.phase)
    missing = unmet(project, rule.gate, rule.gate.clause, rules) if rule.gate else []
    if missing:
        raise Refused(missing)
    woken = _move(project, target, by, on)
    data = {"from": before.name, "to": rule.name, "phase": target.value, "clause": rule.clause}
    cadences.on_phase(project, rules, before.code, by=by, on=on)
    event = cases.record(case=project.case, kind="project.advanced", by=by, on=on, data=data)
    if woken:
        stillness.record_woken(project, "phase", by=by, on=on)
    units = [unit for unit in (project.introducing_unit_id, project.landing_unit_id) if unit]
    with house_language():
        text = _("“%(title)s”进入%(phase)s阶段") % {"title": project.name, "phase": rule.name}
    notices.post(
        key=f"event:{event.pk}",
        topic="project.advanced",
        case=project.case,
        text=text,
        url=f"/projects/{project.pk}/",
        units=units,
        users=[],
    )
    hooks.tell_phase(project, by, on)
    return project


def _move(project: Project, target: Phase, by: User, on: date) -> bool:
    """Into the phase, which is a movement: whether the project was dormant and wakes."""
    getattr(project, f"to_{target.value}")()
    woken = stillness.note(project, "phase", on)
    try:
        saving.save(project, by, fields=["phase", *STILLNESS])
    except ConcurrentTransition as error:
        raise Refused.conflict(_("项目阶段刚刚已由他人变更，请刷新后再办")) from error
    return woken


@transaction.atomic
def shelve(
    *,
    project: Project,
    by: User,
    on: date,
    reason: str,
    approved_by: User | None = None,
    today: date | None = None,
) -> Project:
    """Put a project aside with a reason from ``on``; ``today`` is the day it is done, if another.

    Its clocks stop once a second person, ``approved_by``, has granted it, until it is taken up again; what
    is overdue today runs on. Raises Refused: unmet without an approver while clocks run; invalid without a
    reason or for a day to come.
    """
    today = today or on
    project = lock(project)
    require_on(by, Can.SHELVE_PROJECT, project)
    require_running(project)
    require_since_opening(project, on)
    reason = _needed(reason)
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    project.shelved_on, project.shelved_by, project.shelved_reason = on, by, reason
    stillness.leave_out(project)
    saving.save(project, by, reason)
    cadences.settle(project, rules_of(project), by=by, on=on)
    clocks.ask_to_stop(project, reason, approved_by, by=by, on=on, today=today)
    cases.record(case=project.case, kind="project.shelved", by=by, on=on, data={"reason": reason})
    return project


@transaction.atomic
def resume(*, project: Project, by: User, on: date, reason: str = "") -> Project:
    """Take a shelved project up again; its clocks run on. Raises Refused when it is not shelved."""
    project = lock(project)
    require_on(by, Can.SHELVE_PROJECT, project)
    if project.shelved_on is None:
        raise Refused.conflict(_("项目没有搁置，无需恢复"))
    if on < project.shelved_on:
        raise Refused.invalid("on", _("恢复日期不能早于搁置日期 %(day)s") % {"day": project.shelved_on})
    clocks.run_all(project, project.shelved_on, by, on)
    project.shelved_on, project.shelved_by, project.shelved_reason = None, None, ""
    stillness.restart(project, on)
    saving.save(project, by, reason)
    cadences.settle(project, rules_of(project), by=by, on=on)
    cases.record(case=project.case, kind="project.resumed", by=by, on=on, data={"reason": reason})
    return project


@transaction.atomic
def exit_project(*, project: Project, by: User, on: date, reason: str) -> Project:
    """Give a project up for good, with the cause recorded: open clocks are cancelled, nothing is deleted."""
    project = lock(project)
    require_on(by, Can.EXIT_PROJECT, project)
    if project.exited_on is not None:
        require_running(project)
    require_since_opening(project, on)
    reason = _needed(reason)
    project.shelved_on, project.shelved_by, project.shelved_reason = None, None, ""
    project.exited_on, project.exited_by, project.exited_reason = on, by, reason
    stillness.leave_out(project)
    saving.save(project, by, reason)
    clocks.cancel_all(project, reason, by, on)
    cases.record(case=project.case, kind="project.exited", by=by, on=on, data={"reason": reason})
    return project


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写原因"))
    return reason.strip()
