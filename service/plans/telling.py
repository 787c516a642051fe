"""Word to the sides of a plan: it waits for a seal, a seal fell, what the enterprise had done was undone."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.language import house_language
from notices import actions as notices
from policies.schema import PlanSealRule
from projects.models import Project
from service.plans.actions.base import Opened
from service.plans.models import PlanItem, PlanSeal, PlanTick, PlanVersion
from service.plans.permissions import unit_of_side
from service.portal.telling import speaking

WAITS = "service.plan_waits"
VOIDED = "service.plan_voided"
UNDONE = "service.plan_undone"


@house_language()
def drafted(found: Opened, draft: PlanVersion, on: date) -> None:
    """A draft is there: every side is to check and to seal it."""
    text = _("“%(project)s”的%(plan)s第%(n)s版已编制，请核对后签章") % _words(found, draft)
    _tell(
        found, found.rule.seals, on, key=f"plan_waits:{found.plan.pk}:v{draft.number}", topic=WAITS, text=text
    )


@house_language()
def begun(found: Opened, seal: PlanSeal, on: date) -> None:
    """The first side has sealed: the others are awaited."""
    rule = found.rule.seal(seal.side)
    words = _words(found, seal.version) | {"side": rule.name if rule else seal.side}
    text = _("“%(project)s”的%(plan)s第%(n)s版已由%(side)s签章，请签章") % words
    rest = [side for side in found.rule.seals if side.code != seal.side]
    _tell(found, rest, on, key=f"plan_waits:{found.plan.pk}:s{seal.pk}", topic=WAITS, text=text)


@house_language()
def voided(found: Opened, seals: Sequence[PlanSeal], reason: str, on: date) -> None:
    """The draft was taken back: whoever had sealed has to seal again."""
    if not seals:
        return
    words = _words(found, seals[0].version) | {"why": reason}
    text = _("“%(project)s”的%(plan)s第%(n)s版已收回重改，您方签章作废，修改后请重新签章：%(why)s") % words
    fallen = {seal.side for seal in seals}
    sides = [side for side in found.rule.seals if side.code in fallen]
    _tell(found, sides, on, key=f"plan_voided:{max(seal.pk for seal in seals)}", topic=VOIDED, text=text)


@house_language()
def undone(found: Opened, item: PlanItem, tick: PlanTick, on: date) -> None:
    """What stood as done on the enterprise's list is to do again."""
    words = {"item": item.name, "why": tick.withdrawn_reason}
    text = _("“%(item)s”的完成已被撤销：%(why)s") % words
    users = speaking(found.project, on)
    if users:
        notices.post(
            key=f"plan_undone:{tick.pk}", topic=UNDONE, case=found.project.case, text=text,
            url=_own_url(found.project), users=users,
        )  # fmt: skip


def _words(found: Opened, version: PlanVersion) -> dict[str, object]:
    return {"project": found.project.name, "plan": found.rule.name, "n": version.number}


def _tell(found: Opened, sides: Sequence[PlanSealRule], on: date, *, key: str, topic: str, text: str) -> None:
    """The people of the units that are sides, and the enterprise's accounts, each on their own pages."""
    project = found.project
    units = [unit for side in sides if (unit := unit_of_side(project, side))]
    drafts: list[tuple[str, str, dict[str, Any]]] = []
    if units:
        url = reverse("plan", args=[project.pk])
        drafts.append((f"{key}:units", url, {"units": [unit.pk for unit in units]}))
    users = speaking(project, on) if any(side.part is None for side in sides) else []
    if users:
        drafts.append((f"{key}:own", _own_url(project), {"users": users}))
    notices.post_many(
        drafts=[
            notices.Draft(key=name, topic=topic, text=text, case_id=project.case.pk, url=url, **whom)
            for name, url, whom in drafts
        ]
    )


def _own_url(project: Project) -> str:
    return reverse("portal-plan", args=[project.pk])
