"""One question through a sitting of its body in one go: what demo data and tests walk."""

from datetime import date

from accounts.models import User
from approvals.models import Opinion
from approvals.sittings.actions import add_item, plan_sitting
from approvals.sittings.holding import Ruling, hold_sitting
from approvals.sittings.queries import aspect_behind


def needs_sitting(row: Opinion) -> bool:
    aspect = aspect_behind(row)
    return aspect is not None and aspect.sitting


def decide(
    *,
    opinion: Opinion,
    by: User,
    on: date,
    outcome: str,
    words: str,
    changes: str = "",
    chair: str = "主要负责人",
) -> Opinion:
    """Plan, list, hold. Raises Refused as the three actions do. Returns the opinion given."""
    sitting = plan_sitting(body=opinion.unit, by=by, on=on, planned_on=on, chair=chair)
    item = add_item(sitting=sitting, opinion=opinion, by=by, on=on)
    hold_sitting(sitting=sitting, rulings=[Ruling(item.pk, outcome, words, changes)], by=by, on=on)
    item.refresh_from_db()
    assert item.given is not None
    return item.given
