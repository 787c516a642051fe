"""What every action on a plan does first and last: lock, find the draft; count anew what is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from cases.actions import record
from kernel.language import house_language
from kernel.money import fen
from kernel.refusals import Refused
from policies.schema import PlanRule
from projects.models import Project
from projects.permissions import lock, require_running
from service.plans.models import WHOLE, Plan, PlanItem, PlanTick, PlanVersion
from service.plans.rules import plan_rule

MOST_INVEST = Decimal(10) ** 12
MOST_AREA = 100_000_000
MOST_BUILDINGS = 9_999


@dataclass(frozen=True, slots=True)
class Figures:
    """What is to be built in a year, or in the whole plan (``year`` 0). ``invest`` in yuan, area in ㎡."""

    year: int = WHOLE
    invest: Decimal | None = None
    floor_area: int | None = None
    buildings: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call on one side."""

    name: str = ""
    phone: str = ""

    def kept(self) -> dict[str, str]:
        return {"name": self.name.strip(), "phone": self.phone.strip()}


@dataclass(frozen=True, slots=True)
class Opened:
    """A plan behind its project's lock, with its rule."""

    project: Project
    plan: Plan
    rule: PlanRule


def open_plan(plan: Plan, expected: int | None = None) -> Opened:
    """Lock it. ``expected`` is the ``version`` that was read. Raises Refused (conflict)."""
    project = lock(Project(pk=plan.project_id))
    require_running(project)
    row = Plan.objects.select_related("current").get(pk=plan.pk)
    row.project = project
    if expected is not None and expected != row.version:
        raise Refused.conflict(_("计划已被他人修改，请核对后再保存"), code="changed")
    return Opened(project, row, plan_rule(project, row.code))


def draft_of(found: Opened, *, sealing: bool = False) -> PlanVersion:
    """The version that may still be changed. Raises Refused (conflict) where all is sealed, or a side has
    sealed the draft already (unless ``sealing``)."""
    draft = PlanVersion.objects.filter(plan=found.plan, sealed_on__isnull=True).first()
    if draft is None:
        number = found.plan.current.number if found.plan.current else 0
        message = _("第%(n)s版已由各方签章生效，不能修改；确需变更的，请说明原因另起一版") % {"n": number}
        url = reverse("plan-revise", args=[found.project.pk])
        raise Refused.because("sealed", message, clause=found.rule.clause, url=url, status="conflict")
    draft.plan = found.plan
    if not sealing and draft.seals.filter(voided_on__isnull=True).exists():
        message = _("已有一方在第%(n)s版上签章，须先收回重改，再行修改") % {"n": draft.number}
        url = reverse("plan-take-back", args=[found.project.pk])
        raise Refused.because("being_sealed", message, clause=found.rule.clause, url=url, status="conflict")
    return draft


def ticks_of(plan: Plan) -> dict[str, date]:
    """Which items are done, and on which day."""
    rows = PlanTick.objects.filter(plan=plan, withdrawn_on__isnull=True)
    return dict(rows.values_list("code", "on"))


def settle(plan: Plan) -> None:
    """Count anew what is followed, what is done, and what is due next; the plan is saved as a new version."""
    versions = PlanVersion.objects.filter(plan=plan)
    sealed = list(versions.filter(sealed_on__isnull=False).order_by("number"))
    plan.first_sealed = sealed[0] if sealed else None
    plan.current = sealed[-1] if sealed else versions.order_by("number").last()
    done = ticks_of(plan)
    items = list(PlanItem.objects.filter(version=plan.current).values_list("code", "planned_on"))
    plan.items_total = len(items)
    plan.items_done = sum(code in done for code, _day in items)
    plan.next_on = min((day for code, day in items if day and code not in done), default=None)
    plan.version += 1
    plan.save()


@house_language()
def note(found: Opened, kind: str, by: User, on: date, **data: Any) -> None:
    """The one event of the action, in the deployment's language."""
    words = {"plan": found.rule.name, "clause": found.rule.clause, "plan_id": found.plan.pk}
    record(case=found.project.case, kind=f"plan.{kind}", by=by, on=on, data=words | data)


def checked_fen(figures: Figures) -> int | None:
    """The investment in 分. Raises Refused (invalid) for a negative, absurd or too fine amount."""
    if figures.invest is None:
        return None
    if not 0 <= figures.invest <= MOST_INVEST:
        raise Refused.invalid("invest", _("投资应在 0 到 1 万亿元之间"), code="negative")
    try:
        return fen(figures.invest)
    except ValueError as error:
        raise Refused.invalid("invest", str(error)) from error


def check_counts(figures: Figures, rule: PlanRule) -> None:
    """Raises Refused (invalid) for a negative area or number, or a kind of building the plan does not
    know.
    """
    if figures.floor_area is not None and not 0 <= figures.floor_area <= MOST_AREA:
        raise Refused.invalid("floor_area", _("建筑面积应在 0 到 1 亿㎡之间"), code="negative")
    known = {kind.code for kind in rule.table.buildings} if rule.table else set()
    for code, number in figures.buildings.items():
        if code not in known:
            raise Refused.invalid("buildings", _("制度中没有建筑种类“%(code)s”") % {"code": code})
        if not 0 <= number <= MOST_BUILDINGS:
            raise Refused.invalid("buildings", _("栋数应在 0 到 9999 之间"), code="negative")
