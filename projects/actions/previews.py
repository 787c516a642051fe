"""What a change of plain fields or of a figure would reopen, told before it is saved; nothing is written."""

from collections.abc import Mapping
from copy import copy
from datetime import date
from typing import Any

from accounts.models import User
from accounts.roles import Can
from projects import clocks, coded, hooks
from projects.actions import money, sums
from projects.facts import derive, facts_of, rules_of
from projects.hooks import Proposal
from projects.models import Measure, Money, Project
from projects.permissions import require_on
from projects.reserved import check_fields


def preview_edit(*, project: Project, changes: Mapping[str, Any], by: User) -> list[str]:
    """What ``edit`` with these changes would reopen, and which running limits it would exchange.

    Raises Refused: forbidden; invalid per field.
    """
    require_on(by, Can.EDIT_PROJECT, project)
    then = copy(project)
    for name, value in check_fields(coded.settled(rules_of(project), changes, project)).items():
        setattr(then, name, value)
    derive(then, rules_of(project))
    proposal = Proposal(project, facts_of(project), facts_of(then))
    return hooks.reopens(proposal) + clocks.on_preview(proposal)


def preview_money(
    *,
    project: Project,
    measure: str,
    raw: str,
    by: User,
    currency: str = "CNY",
    rate: str = "",
    rate_on: date | None = None,
) -> list[str]:
    """What ``set_money`` of this figure would reopen. Raises Refused like it."""
    require_on(by, Can.RECORD_MONEY, project)
    fen = sums.read(raw, currency, rate, rate_on).fen
    facts = facts_of(project)
    rows = Money.objects.filter(project=project, superseded_by__isnull=True).order_by("id")
    kept = [row for row in rows if row.adds or row.measure == Measure.PAID_IN or row.measure != measure]
    then = money.cached_of([*kept, Money(measure=measure, fen=fen)]) if measure in Measure.values else {}
    return hooks.reopens(Proposal(project, facts, facts | then))
