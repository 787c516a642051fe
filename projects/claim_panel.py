"""The panel of the case file that says who holds the lead: since when, until when, against whom, on offer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import can
from accounts.models import User
from accounts.roles import Can
from kernel.clock import today
from projects.actions.handovers import may_hand_over
from projects.facts import rules_of
from projects.models import Claim, ClaimHandover, Project
from projects.models.claims import Offer
from projects.permissions import may_on
from projects.views.base import user_of

MOST = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A claim as the panel shows it. ``state``: standing, conflict, lapsed or ended."""

    row: Claim
    state: str
    may_give_up: bool
    may_hand_over: bool


def claims(request: HttpRequest, project: Project) -> dict[str, Any]:
    user, day, rules = user_of(request), today(), rules_of(project)
    found = Claim.objects.filter(project=project).as_of(day).select_related("unit", "by", "upheld_by")
    pending = ClaimHandover.objects.filter(claim=OuterRef("pk"), state=Offer.PENDING)
    # as_of adds is_standing and is_in_conflict
    rows: list[Any] = list(found.annotate(on_offer=Exists(pending))[:MOST])
    rivals = _rivals(rows, day)
    offer = _offer(project) if any(row.on_offer for row in rows) else None
    mine = any(row.by_id == user.pk and row.is_standing for row in rows)
    rule, free = rules.claim_rule, offer is None and project.is_running
    return {
        "lines": [_line(row, _state(row), user, project, free=free) for row in rows],
        "rivals": [row for row in rivals if row.project_id != project.pk],
        "conflict": bool(rivals),
        "offer": offer,
        "is_receiver": offer is not None and offer.to_user_id == user.pk,
        "may_withdraw": offer is not None and may_hand_over(user, project, offer.claim),
        "may_rule": bool(rivals) and may_on(user, Can.RULE_ON_CLAIMS, project),
        "claim_rule": rule,
        "kept": _kept(rows, rules),
        "panel_actions": _claim_link(user, project, rule, mine=mine),
    }


def _rivals(rows: list[Any], day: date) -> list[Claim]:
    """What stands against the claims of this project: asked only where anything does."""
    contested = next((row for row in rows if row.is_in_conflict), None)
    if contested is None:
        return []
    return list(Claim.objects.against(contested, day).select_related("unit", "by", "project")[:MOST])


def _offer(project: Project) -> ClaimHandover | None:
    rows = ClaimHandover.objects.filter(claim__project=project, state=Offer.PENDING)
    return rows.select_related("claim__by", "to_user", "to_unit").first()


def _line(row: Claim, state: str, user: User, project: Project, *, free: bool) -> Line:
    return Line(
        row=row,
        state=state,
        may_give_up=not row.ending and row.by_id == user.pk,
        may_hand_over=free and state == "standing" and may_hand_over(user, project, row),
    )


def _state(row: Any) -> str:
    if row.ending:
        return "ended"
    if row.is_in_conflict:
        return "conflict"
    return "standing" if row.is_standing else "lapsed"


def _kept(rows: list[Claim], rules: Any) -> str:
    """The milestone that keeps the window of the claim that is open, by name."""
    code = next((row.kept_by for row in rows if not row.ending and row.kept_by), "")
    return rules.milestones[code].name if code in rules.milestones else ""


def _claim_link(user: User, project: Project, rule: Any, *, mine: bool) -> list[tuple[str, str]]:
    able = can(user, Can.REGISTER_PROJECT) and project.is_running
    if mine or not able or rule is None or project.phase not in rule.phases:
        return []
    return [(_("认领"), reverse("project-claim", args=[project.pk]))]
