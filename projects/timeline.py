"""The events of a case as a timeline."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.event_texts import sentence
from cases.models import Event
from kernel.clock import CHINA
from kernel.numbers import whole
from kernel.phones import mask_in_prose
from policies.rulebook import Rulebook
from projects import reading
from projects.facts import rules_of
from projects.models import Project

PAGE = reading.EVENTS
GOOD = {"project.advanced", "milestone.reached", "deadline.met", "step.concluded"}
BAD = {"project.exited", "project.shelved", "milestone.withdrawn", "deadline.met_late", "deadline.alarm"}


def entries_after(project: Project, before: str = "") -> dict[str, Any]:
    """``entries`` newest first, and ``older``: the event below which the next stretch begins."""
    if mark := whole(before):
        rows = Event.objects.filter(case_id=project.pk, pk__lt=mark).select_related("by", "unit")
        found = list(rows.order_by("-id")[: PAGE + 1])
    else:
        found = reading.of(project).events[: PAGE + 1]
    rules = rules_of(project)
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    return {"entries": [_entry(event, rules) for event in found[:PAGE]], "older": older}


def _entry(event: Event, rules: Rulebook) -> dict[str, Any]:
    tone = "good" if event.kind in GOOD else "bad" if event.kind in BAD else ""
    day = timezone.localtime(event.at, CHINA).date()
    recorded = "" if event.on == day else _("%(day)s 登记") % {"day": day}
    who = " · ".join(str(x) for x in (event.by, event.unit, recorded) if x)
    text = mask_in_prose(sentence(event.kind, said(event, rules)))
    return {"on": event.on, "text": text, "who": who, "tone": tone}


def said(event: Event, rules: Rulebook) -> dict[str, Any]:
    """Parts by the plan's own name: the event keeps their code."""
    data = dict(event.data)
    if event.kind.startswith("part.") and data.get("part") in rules.parts:
        data["part"] = rules.part(data["part"]).name
    return data
