"""Clocks for tests, opened by the real action."""

from datetime import date
from typing import Any

from accounts.models import User
from cases.models import Case
from deadlines.actions import approve_pause, open_deadline, request_pause
from deadlines.calendar import Limit
from deadlines.models import Deadline
from deadlines.planning import Rung, RungAt
from tests import factories as make

YELLOW = Rung("yellow", "黄灯", RungAt(-2), ("handler",))
RED = Rung("red", "红灯", RungAt(1), ("handler", "unit_head", "lead_unit"), opens="urge")
BLACK = Rung("black", "通报", RungAt(5), ("bureau", "leader", "inspector"))
LADDER = (YELLOW, RED, BLACK)

START = date(2026, 3, 2)  # a Monday
WEEK = Limit(5)  # due 2026-03-09, yellow 2026-03-05, red 2026-03-10, black 2026-03-16


def terms(case: Case | None = None, **fields: Any) -> dict[str, Any]:
    made = {"rule": "step:assessment", "name": "研判", "limit": WEEK, "started_on": START, "ladder": LADDER}
    return {"case": case or make.case(), "clause": "三(二)5"} | made | fields


def clock(case: Case | None = None, by: User | None = None, on: date = START, **fields: Any) -> Deadline:
    """A running clock of five working days from Monday 2026-03-02, due 2026-03-09."""
    return open_deadline(by=by, on=on, **terms(case, **fields))


def pair() -> tuple[User, User]:
    """A clerk who may stop clocks, and a head who may approve it."""
    bureau = make.unit("bureau", kind="bureau")
    return make.user("bureau_clerk", unit=bureau), make.user("bureau_head", unit=bureau)


def pause(*, deadline: Deadline, reason: str, approved_by: User, by: User, on: date) -> Deadline:
    """A clock stopped from ``on``: asked for and granted on that very day."""
    asked = request_pause(deadline=deadline, reason=reason, approved_by=approved_by, by=by, on=on, today=on)
    return approve_pause(request=asked, by=approved_by, on=on)
