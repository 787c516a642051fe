"""What every action on a permit begins with: the locks, the day, and that the permit is still open."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.actions.cancelling import locked
from approvals.models import Material, Permit
from cases import actions as cases
from kernel.refusals import Refused
from projects.models import Project
from projects.permissions import lock, require_running


def hold(permit: Permit, expected: int | None = None) -> tuple[Project, Permit]:
    """The project and the permit, locked; the permit with its step. ``expected``: the version that was read.

    Raises Refused (conflict) where somebody was faster.
    """
    project = lock(Project(pk=permit.case_id))
    step = locked(permit.step)
    rows = Permit.objects.select_for_update(of=("self",)).select_related("applied_by", "agent_unit", "paper")
    row = rows.get(pk=permit.pk)
    row.step = step
    if expected is not None and expected != row.version:
        raise Refused.conflict(_("该许可申请已被他人办理，请核对后再保存"), code="changed")
    return project, row


def require_open(project: Project, permit: Permit) -> None:
    """Raises Refused (conflict) once the permit has ended, or while the project is shelved."""
    require_running(project)
    if not permit.is_open or not permit.step.is_running:
        state = permit.step.verdict_name or permit.step.cancelled_reason
        message = _("“%(name)s”已经结束：%(state)s") % {"name": permit.step.name, "state": state}
        raise Refused.conflict(message, code="permit_ended")


def require_applied(permit: Permit) -> date:
    """The day of the application. Raises Refused (conflict) before there is one."""
    if permit.applied_on is None:
        message = _("“%(name)s”尚未提出申请") % {"name": permit.step.name}
        url = reverse("permit-supplement", args=[permit.pk])
        raise Refused.because("not_applied", message, clause=permit.step.clause, url=url, status="conflict")
    return permit.applied_on


def check_day(on: date, today: date, first: date | None, what: str) -> None:
    """Raises Refused (invalid) for a day to come, or before ``first``, which ``what`` names."""
    if on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today})
    if first is not None and on < first:
        raise Refused.invalid("on", _("日期不能早于%(what)s %(day)s") % {"what": what, "day": first})


def named(permit: Permit, names: Iterable[str], field: str = "materials") -> list[Material]:
    """The lines of the application by name, in its order. Raises Refused (invalid) for others, or none."""
    wanted = set(names)
    rows = [row for row in permit.materials.all() if row.name in wanted]
    strange = sorted(wanted - {row.name for row in rows})
    if strange:
        message = _("本次申请没有这些材料：%(what)s") % {"what": "、".join(strange)}
        raise Refused.invalid(field, message)
    if not rows:
        raise Refused.invalid(field, _("请选择材料"))
    return rows


def note(permit: Permit, kind: str, by: User, on: date, **more: Any) -> None:
    """The one event of the action."""
    step = permit.step
    data = {"step": step.pk, "code": step.code, "name": step.name, "clause": step.clause, **more}
    cases.record(case=step.case, kind=kind, by=by, on=on, data=data)


def joined_names(rows: Iterable[Material]) -> str:
    return "、".join(row.name for row in rows)
