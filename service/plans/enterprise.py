"""What the enterprise's own page shows of the plan: its list to be ticked, nodes ahead, who has sealed."""

from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.facts import rules_of
from service.plans import queries
from service.plans.actions import tick_item
from service.plans.models import Plan, PlanTick, PlanVersion
from service.plans.permissions import own_side
from service.plans.rules import plan_rule
from service.plans.standing import Line, standing
from service.portal import slots
from service.portal.access import Speaker

NODES_AHEAD = 8


def hang() -> None:
    """Into the enterprise's page: its list among what is asked of it, and how far the plan is."""
    slots.source(slots.Source("plan", own_items, tick_own))
    slots.source(slots.Source("plan-seal", own_seals))
    slots.panel(
        slots.Panel(
            "plan", gettext_lazy("项目计划"), "service/plans/enterprise.html", plan_context, 20, _has_plan
        )
    )


def _has_plan(speaker: Speaker) -> bool:
    return bool(rules_of(speaker.project).plans)


def own_items(speaker: Speaker) -> list[slots.Item]:
    """项目主体任务清单 as things asked of the enterprise; [] before there is a plan."""
    rules = rules_of(speaker.project)
    if not rules.plans:
        return []
    clauses = {code: form.clause for code, form in rules.plans[0].forms.items()}
    return [_item(line, clauses) for line in queries.enterprise_list(speaker.project, speaker.on)]


def own_seals(speaker: Speaker) -> list[slots.Item]:
    """签章 that the enterprise has still to give: of the draft, while its project runs."""
    plan = queries.plan_of(speaker.project) if speaker.may_write else None
    draft = PlanVersion.objects.filter(plan=plan, sealed_on__isnull=True).first() if plan else None
    if plan is None or draft is None:
        return []
    rule = plan_rule(speaker.project, plan.code)
    side = own_side(rule)
    if side is None or draft.seals.filter(side=side.code, voided_on__isnull=True).exists():
        return []
    title = _("签章：%(plan)s（第%(n)s版）") % {"plan": rule.name, "n": draft.number}
    url = reverse("portal-plan", args=[speaker.project.pk])
    return [slots.Item(f"v{draft.number}", title, clause=rule.clause, url=url)]


def _item(line: Line, clauses: dict[str, str]) -> slots.Item:
    item = line.item
    note = "；".join(text for text in (item.timing, item.goal, item.note) if text)
    done = line.tick.on if line.tick else None
    open_ = line.tick is None and not item.milestone
    clause = clauses.get(item.form, "")
    return slots.Item(item.code, item.name, note, item.planned_on, done, clause, tickable=open_)


def tick_own(speaker: Speaker, key: str, note: str) -> PlanTick:
    """The enterprise says that an item of its list is done today. Raises Refused as ``tick_item`` does, and
    Http404 for a key that is not on its list."""
    plan = queries.plan_of(speaker.project)
    if plan is None or key not in {item.key for item in own_items(speaker)}:
        raise Http404
    return tick_item(plan=plan, code=key, by=speaker.user, on=speaker.on, today=speaker.on, note_text=note)


def plan_context(speaker: Speaker) -> dict[str, Any]:
    """The panel: how far the plan is, the nodes that come next, and who has sealed the newest version."""
    plan = queries.plan_of(speaker.project)
    if plan is None:
        return {"plan": None}
    return {"plan": plan} | _shown(plan, speaker)


def _shown(plan: Plan, speaker: Speaker) -> dict[str, Any]:
    rule, version = plan_rule(speaker.project, plan.code), queries.versions_of(plan)[0]
    now = standing(plan, version, rule, speaker.on)
    ahead = [line for line in now.lines if line.item.is_key and line.state != "done"]
    ahead.sort(key=lambda line: line.item.planned_on or date.max)
    return {
        "rule": rule,
        "version": version,
        "nodes": ahead[:NODES_AHEAD],
        "sides": queries.sides_of(speaker.project, version, rule, speaker.user, speaker.on),
    }
