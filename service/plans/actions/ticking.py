"""An item is done, or is not after all: by hand, by the enterprise, or by a milestone of itself."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from kernel.refusals import Refused
from policies.rulebook import Rulebook
from projects.actions.days import require_since_opening
from projects.facts import rules_of
from service.plans import telling
from service.plans.actions.base import Opened, note, open_plan, settle
from service.plans.models import Plan, PlanItem, PlanTick
from service.plans.permissions import require_keeper


@transaction.atomic
def tick_item(
    *,
    plan: Plan,
    code: str,
    by: User,
    on: date,
    today: date | None = None,
    note_text: str = "",
    expected: int | None = None,
) -> PlanTick:
    """完成: the item was done on a day. The enterprise ticks its own list; for it, staff do, marked.

    Raises Refused: forbidden; invalid for a day to come (``today``) or before the case; conflict where it is
    done, or where a milestone tells of it.
    """
    found = open_plan(plan, expected)
    item = _followed(found, code)
    on_behalf = require_keeper(by, found.project, found.rule, item.form, on if today is None else today)
    _require_by_hand(found, item, rules_of(found.project))
    if today is not None and on > today:
        raise Refused.invalid("on", _("日期不能晚于今天（%(today)s）") % {"today": today}, code="future")
    require_since_opening(found.project, on)
    done = PlanTick.objects.filter(plan=found.plan, code=code, withdrawn_on__isnull=True).first()
    if done is not None:
        raise Refused.conflict(_("该事项已于 %(day)s 完成") % {"day": done.on}, code="already_done")
    row = PlanTick.objects.create(
        plan=found.plan, code=code, on=on, on_behalf=on_behalf, note=note_text.strip()[:300], by=by
    )
    settle(found.plan)
    marked = gettext_lazy("（代企业填报）") if on_behalf else ""
    note(found, "item_done", by, on, item=item.name, done=str(on), behalf=marked, note=row.note)
    return row


def _followed(found: Opened, code: str) -> PlanItem:
    """The item in the version that is followed. Raises Refused (invalid)."""
    row = PlanItem.objects.filter(version=found.plan.current, code=code).first()
    if row is None:
        raise Refused.invalid("code", _("现行计划没有这一事项"), code="no_item")
    return row


def _require_by_hand(found: Opened, item: PlanItem, rules: Rulebook) -> None:
    if not item.milestone:
        return
    rule = rules.milestones.get(item.milestone)
    words = {"item": item.name, "milestone": rule.name if rule else item.milestone}
    message = _("“%(item)s”随里程碑“%(milestone)s”自动完成，不单独填报") % words
    url = reverse("project-milestone", args=[found.project.pk, item.milestone])
    clause = rule.clause if rule else found.rule.clause
    raise Refused.because("by_milestone", message, clause=clause, url=url, status="conflict")


@transaction.atomic
def untick_item(
    *, plan: Plan, code: str, by: User, on: date, reason: str, expected: int | None = None
) -> PlanTick:
    """撤销完成, with a reason. Raises Refused: forbidden; invalid without a reason; conflict where it is not
    done.
    """
    found = open_plan(plan, expected)
    item = _followed(found, code)
    on_behalf = require_keeper(by, found.project, found.rule, item.form, on)
    _require_by_hand(found, item, rules_of(found.project))
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写撤销原因"))
    row = PlanTick.objects.filter(plan=found.plan, code=code, withdrawn_on__isnull=True).first()
    if row is None:
        raise Refused.conflict(_("该事项尚未完成"), code="not_done")
    withdraw(row, by, on, reason.strip()[:300])
    settle(found.plan)
    marked = gettext_lazy("（代企业填报）") if on_behalf else ""
    note(found, "item_undone", by, on, item=item.name, behalf=marked, reason=row.withdrawn_reason)
    if on_behalf:
        telling.undone(found, item, row, on)
    return row


def withdraw(row: PlanTick, by: User, on: date, reason: str) -> None:
    row.withdrawn_on, row.withdrawn_by, row.withdrawn_reason = on, by, reason
    row.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_reason"])
