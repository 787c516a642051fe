"""What the enterprise's page shows of guidance before acceptance: what it asked, what was advised."""

from typing import Any

from django.utils.translation import gettext_lazy

from policies.schema import GuidanceRule
from projects.models import Phase
from service.acceptance.models import GuidanceQuerySet
from service.models import Guidance
from service.portal import slots
from service.portal.access import Speaker

LATEST = 3
SINCE = (Phase.CONSTRUCTION.value, Phase.PRODUCTION.value)


def hang() -> None:
    slots.panel(
        slots.Panel(
            "guidance", gettext_lazy("验收前指导"), "service/acceptance/own_panel.html", context, 30, _shown
        )
    )


def own_rules(speaker: Speaker) -> list[GuidanceRule]:
    """The guidance that the plan lets the enterprise ask for (三(五)11)."""
    return [rule for rule in speaker.rules.guidance.values() if rule.by_enterprise]


def own_guidance(speaker: Speaker) -> GuidanceQuerySet:
    """What the enterprise itself asked, newest first; what offices asked among themselves is theirs."""
    rows: GuidanceQuerySet = Guidance.objects.filter(project=speaker.project, by_enterprise=True)
    return rows.for_list().order_by("-id")


def context(speaker: Speaker) -> dict[str, Any]:
    return {"rows": list(own_guidance(speaker)[:LATEST])}


def _shown(speaker: Speaker) -> bool:
    return speaker.project.phase in SINCE and bool(own_rules(speaker))
