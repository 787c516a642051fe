"""请企业办理: those who serve the project ask something of the enterprise, which ticks it when it is done.

``on`` is the business date in Asia/Shanghai.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import acting_unit
from accounts.models import User
from accounts.roles import Can
from cases.actions import record
from kernel.refusals import Refused
from projects.models import Project
from projects.permissions import lock, require_on, require_running
from service.portal import telling
from service.portal.access import take
from service.portal.models import Ask


@transaction.atomic
def ask(
    *, project: Project, title: str, by: User, on: date, note: str = "", due_on: date | None = None
) -> Ask:
    """Ask the enterprise for something, perhaps by a day; its accounts are told.

    Raises Refused: forbidden; invalid without a title or for a day before ``on``; conflict for a project that
    has ended.
    """
    project = lock(project)
    require_on(by, Can.OPEN_PORTAL, project)
    require_running(project)
    if not title.strip():
        raise Refused.invalid("title", _("请填写请企业办理的事项"))
    if due_on is not None and due_on < on:
        raise Refused.invalid("due_on", _("希望完成日期不能早于 %(day)s") % {"day": on})
    row = Ask.objects.create(
        project=project, title=title.strip(), note=note.strip(), due_on=due_on, asked_on=on, asked_by=by,
        asked_unit=acting_unit(by),
    )  # fmt: skip
    _event("portal.asked", row, by, on)
    telling.asked(row)
    return row


@transaction.atomic
def tick(*, ask: Ask, by: User, on: date, note: str = "") -> Ask:
    """The enterprise has done what was asked. Raises Refused: forbidden; conflict when done or taken back."""
    take(by, ask.project, on)
    row = _lock(ask)
    if row.done_on is not None or row.withdrawn_on is not None:
        message = _("该事项已完成") if row.done_on else _("该事项已由工作人员撤回")
        raise Refused.conflict(message, code="ended_already")
    row.done_on, row.done_by, row.done_note = on, by, note.strip()[:300]
    row.save(update_fields=["done_on", "done_by", "done_note"])
    _event("portal.ask_done", row, by, on, note=row.done_note)
    telling.done(row)
    return row


@transaction.atomic
def withdraw_ask(*, ask: Ask, reason: str, by: User, on: date) -> Ask:
    """What was asked is taken back. Raises Refused: forbidden; invalid without a reason; conflict."""
    require_on(by, Can.OPEN_PORTAL, lock(ask.project))
    row = _lock(ask)
    if row.done_on is not None or row.withdrawn_on is not None:
        raise Refused.conflict(_("该事项已完成或已撤回"), code="ended_already")
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写撤回原因"))
    row.withdrawn_on, row.withdrawn_by, row.withdrawn_reason = on, by, reason.strip()
    row.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_reason"])
    _event("portal.ask_withdrawn", row, by, on, reason=row.withdrawn_reason)
    return row


def _lock(ask: Ask) -> Ask:
    return (
        Ask.objects.select_for_update(of=("self",)).select_related("project__case", "asked_by").get(pk=ask.pk)
    )


def _event(kind: str, row: Ask, by: User, on: date, **more: str) -> None:
    data = {"title": row.title, "due": str(row.due_on or ""), "ask": row.pk} | more
    record(case=row.project.case, kind=kind, by=by, on=on, data=data)
