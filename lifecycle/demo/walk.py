"""One project on its way: who acts for it, what it is about, and where it stands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from random import Random

from accounts.models import Unit, User
from approvals.models import Step
from kernel.money import parse_yuan
from lifecycle.demo.ideas import AMOUNTS, IDEAS, Idea
from lifecycle.demo.names import Investors
from lifecycle.demo.people import PARKS, SERVED, People
from projects.actions import EnterpriseData
from projects.models import Project


@dataclass
class Walk:
    """A project with everybody it meets. ``by`` is who brought it; ``total`` its investment as written."""

    rng: Random
    people: People
    idea: Idea
    investor: EnterpriseData
    clerk: User
    by: User
    park: Unit
    total: str
    nodes: dict[tuple[str, str], int] = field(default_factory=dict)
    pk: int = 0

    @cached_property
    def row(self) -> Project:
        """As first read: actions lock and read it anew, so only what never changes is asked of it."""
        return Project.objects.select_related("case").get(pk=self.pk)

    @property
    def park_clerk(self) -> User:
        return self.people.at(self.park.code)

    @property
    def commissioner(self) -> User:
        return self.people.commissioners[self.park.code]

    @property
    def yuan(self) -> Decimal:
        return parse_yuan(self.total)

    def share(self, low: int, high: int) -> str:
        """Between so many per cent of the investment, in whole 万元."""
        return f"{self.yuan * self.rng.randint(low, high) / 100 // 10_000}万元"

    def step(self, code: str) -> Step:
        """The latest round of a procedure."""
        return Step.objects.filter(case_id=self.pk, code=code).select_related("case").latest("round")


Move = Callable[[Walk, date], None]
Plan = list[tuple[int, Move]]
"""What happens, each so many working days after the one before."""


def set_out(
    rng: Random, people: People, investors: Investors, nodes: dict[tuple[str, str], int], served: bool
) -> Walk:
    """A project that is about to be heard of. ``served``: it goes to a park that has commissioners."""
    idea = rng.choice(IDEAS)
    park = rng.choice(SERVED if served else PARKS)
    own = rng.choice((idea.department or "economy-information", "commerce"))
    bringer = rng.choices(("bureau", "park", "department"), (55, 30, 15))[0]
    clerk = people[rng.choice(("clerk", "clerk2"))]
    by = {"bureau": clerk, "park": people.at(park), "department": people.at(own)}[bringer]
    amounts, unit = _amounts(rng)
    return Walk(
        rng=rng,
        people=people,
        idea=idea,
        investor=investors.make(idea.trade),
        clerk=clerk,
        by=by,
        park=people.units[park],
        total=f"{rng.choice(amounts)}{unit}",
        nodes=nodes,
    )


def _amounts(rng: Random) -> tuple[tuple[str, ...], str]:
    numbers, unit, _often = rng.choices(AMOUNTS, [often for _n, _u, often in AMOUNTS])[0]
    return numbers, unit
