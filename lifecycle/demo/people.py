"""Who acts in the demo: the demo accounts, by the part they play."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from accounts.models import Membership, Unit, User
from accounts.roles import Role

PARKS = ("gaoxin-park", "baitao-park", "lingang-park")
SERVED = PARKS[:2]
"""Parks that have service commissioners; in the third a signed project waits for one, and is late."""


@dataclass(frozen=True)
class People:
    """The demo's people. ``answers`` gives for a unit the person who answers for it there."""

    units: dict[str, Unit]
    by_name: dict[str, User]
    answers: dict[str, User]
    commissioners: dict[str, User]

    @classmethod
    def of(cls, on: date) -> Self:
        """From the memberships in force on a day: reviewers answer for departments, clerks for parks."""
        held = Membership.objects.in_force(on).select_related("user", "unit").order_by("id")
        users = {row.user_id: row.user for row in held}
        answers: dict[str, User] = {}
        commissioners: dict[str, User] = {}
        for row in held:
            person = users[row.user_id]
            if row.role in (Role.REVIEWER, Role.PARK_CLERK, Role.BUREAU_CLERK):
                answers.setdefault(row.unit.code, person)
            elif row.role == Role.COMMISSIONER:
                commissioners[row.unit.code] = person
        units = {unit.code: unit for unit in Unit.objects.in_force(on)}
        return cls(units, {user.username: user for user in users.values()}, answers, commissioners)

    def __getitem__(self, username: str) -> User:
        return self.by_name[username]

    def at(self, unit_code: str) -> User:
        """Who answers for a unit."""
        return self.answers[unit_code]
