"""Changing a draft: its items, figures and contacts. A sealed version is not changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from kernel.refusals import Refused
from policies.schema import PlanTable
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
from service.plans.actions.making import FIRST_DAY, LAST_DAY, scheduled
from service.plans.doubts import Doubt, doubts_of, require_accepted
from service.plans.models import Plan, PlanItem, PlanVersion
from service.plans.permissions import require_keeper, require_planner

MOST_ITEMS = 200


class ItemChanges(TypedDict, total=False):
    """What of an item may be changed; what is left out stays."""

    name: str
    goal: str
    timing: str
    note: str
    planned_on: date | None


@transaction.atomic
def edit_item(
    *,
    plan: Plan,
    code: str,
    by: User,
    on: date,
    expected: int | None = None,
    accept_late: str = "",
    **changes: Unpack[ItemChanges],
) -> PlanItem:
    """Change an item of the draft; a day typed in stands ``by_hand``.

    The enterprise's list is changed by the enterprise's account, or on its behalf, which the event says.
    Raises Refused: forbidden; invalid; unmet (``too_early:…``, ``before_other:…``, ``off_agreed_day:…``) for
    a day that contradicts the others, with the earliest possible one and the critical path, unless
    ``accept_late`` says why all the same; conflict once the version is sealed or being sealed.
    """
    found = open_plan(plan, expected)
    draft = draft_of(found)
    row = _item(draft, code)
    on_behalf = require_keeper(by, found.project, found.rule, row.form, on)
    before = row.planned_on
    _apply(row, changes)
    row.save()
    if row.planned_on != before:
        _require_sense(found, draft, code, accept_late, on)
    settle(found.plan)
    _note_item(found, "item_edited", row, by=by, on=on, on_behalf=on_behalf)
    return row


def _item(draft: PlanVersion, code: str) -> PlanItem:
    row = draft.items.filter(code=code).first()
    if row is None:
        raise Refused.invalid("code", _("第%(n)s版没有这一事项") % {"n": draft.number}, code="no_item")
    row.version = draft
    return row


def _apply(row: PlanItem, changes: ItemChanges) -> None:
    for name in ("name", "goal", "note", "timing"):
        if name in changes:
            setattr(row, name, str(changes[name]).strip())
    if not row.name:
        raise Refused.invalid("name", _("请填写任务内容"))
    if "planned_on" in changes and changes["planned_on"] != row.planned_on:
        row.planned_on, row.starts_on, row.by_hand = changes["planned_on"], None, True
    if row.timing and row.planned_on:
        raise Refused.invalid("timing", _("计划完成日期和文字说明的时间节点只填一项"))
    if not row.timing and row.planned_on is None:
        raise Refused.invalid("planned_on", _("请填写计划完成日期，或用文字写明时间节点"))
    if row.planned_on and not FIRST_DAY <= row.planned_on <= LAST_DAY:
        message = _("日期不合理，请核对年份：%(day)s") % {"day": row.planned_on}
        raise Refused.invalid("planned_on", message)


def _require_sense(found: Opened, draft: PlanVersion, code: str, reason: str, on: date) -> None:
    """The item's new day against the others. Raises Refused (unmet); the reason is kept with the version."""
    doubts = [one for one in doubts_now(found, draft, on) if one.touches(code)]
    require_accepted(found.rule, draft, doubts, reason)
    draft.save(update_fields=["frame"])


def doubts_now(found: Opened, draft: PlanVersion, on: date) -> tuple[Doubt, ...]:
    """Where the draft contradicts itself on a day."""
    items, done = list(draft.items.all()), ticks_of(found.plan)
    codes = [item.code for item in items]
    schedule = scheduled(found.rule, codes, draft.agreed, on, done) if draft.agreed else None
    return doubts_of(found.rule, draft, items, schedule, done)


def _note_item(found: Opened, kind: str, row: PlanItem, *, by: User, on: date, on_behalf: bool) -> None:
    form = found.rule.forms[row.form]
    marked = gettext_lazy("（代企业填报）") if on_behalf else ""
    note(found, kind, by, on, item=row.name, form=form.name, behalf=marked, number=row.version.number)


@transaction.atomic
def add_item(
    *,
    plan: Plan,
    form: str,
    by: User,
    on: date,
    expected: int | None = None,
    **fields: Unpack[ItemChanges],
) -> PlanItem:
    """Add an item of one's own to a list of the draft. Raises Refused as ``edit_item`` does."""
    found = open_plan(plan, expected)
    draft = draft_of(found)
    if form not in found.rule.forms or isinstance(found.rule.forms[form], PlanTable):
        raise Refused.invalid("form", _("只能在清单中增加事项"))
    on_behalf = require_keeper(by, found.project, found.rule, form, on)
    held = draft.items.aggregate(last=Max("order"), key=Max("id"))
    if draft.items.count() >= MOST_ITEMS:
        raise Refused.invalid("form", _("一版计划最多 %(most)s 项") % {"most": MOST_ITEMS})
    row = PlanItem(version=draft, form=form, order=(held["last"] or 0) + 1)
    row.code = _own_code(found.plan)
    _apply(row, fields)
    row.save()
    settle(found.plan)
    _note_item(found, "item_added", row, by=by, on=on, on_behalf=on_behalf)
    return row


def _own_code(plan: Plan) -> str:
    """A code that no version of the plan has used, so that nothing done before counts for it."""
    rows = PlanItem.objects.filter(version__plan=plan, code__startswith="own-")
    used = [int(code.removeprefix("own-")) for code in rows.values_list("code", flat=True)]
    return f"own-{max(used, default=0) + 1}"


@transaction.atomic
def remove_item(*, plan: Plan, code: str, by: User, on: date, expected: int | None = None) -> None:
    """Take an item off the draft; nodes of the table stay. Raises Refused as ``edit_item`` does."""
    found = open_plan(plan, expected)
    draft = draft_of(found)
    row = _item(draft, code)
    on_behalf = require_keeper(by, found.project, found.rule, row.form, on)
    if row.track:
        raise Refused.invalid("code", _("计划表的节点不能删除；不办的，请在备注中说明"), code="node")
    row.delete()
    settle(found.plan)
    _note_item(found, "item_removed", row, by=by, on=on, on_behalf=on_behalf)


@transaction.atomic
def set_particulars(
    *,
    plan: Plan,
    by: User,
    on: date,
    figures: Sequence[Figures] = (),
    contacts: Mapping[str, Contact] | None = None,
    expected: int | None = None,
) -> PlanVersion:
    """Set what is to be built, in all and by year, and whom to call on each side; what is left out stays.

    Raises Refused: forbidden; invalid for negative amounts and areas, or years that exceed the whole;
    conflict once the version is sealed or being sealed.
    """
    found = open_plan(plan, expected)
    require_planner(by, found.project, found.rule)
    draft = draft_of(found)
    particulars.put(found, draft, figures, contacts or {})
    settle(found.plan)
    note(found, "particulars_set", by, on, number=draft.number)
    return draft
