"""The telling: every project's moves are laid on working days, and told day by day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kernel.refusals import Refused
from lifecycle.demo import chains, doubles, library, office, portal, sites
from lifecycle.demo.clock import DemoClock, demo_clock, without_collecting
from lifecycle.demo.days import working_days
from lifecycle.demo.fates import Fate, drawn
from lifecycle.demo.names import Investors
from lifecycle.demo.people import People
from lifecycle.demo.walk import Move, Walk, set_out
from projects.models import Project

SEED = "fuling"
UNREAD_DAYS = 8
"""Working days whose notices are still unread."""
FRIDAY = 4
REPORTED = 3
"""On the third working day of a month the sites have reported the one before."""
Agenda = dict[date, list[tuple[Walk, Move]]]


@dataclass(frozen=True, slots=True)
class Told:
    """What was made: projects, moves."""

    projects: int
    moves: int


@transaction.atomic
def tell(*, today: date, count: int = 200, seed: str = SEED) -> Told:
    """Make the demo data around ``today`` (Asia/Shanghai); the same seed and day give the same rows.

    All or nothing. Raises Refused: forbidden outside demo mode; conflict where there are projects already,
    unmet where the demo accounts or the packs are missing.
    """
    _refuse_unready(today)
    rng = Random(seed)  # noqa: S311 - made to be repeated, not to be secret
    people, days = People.of(today), working_days(today)
    with demo_clock() as clock, without_collecting():
        clock.open_day(days[0])
        nodes = chains.lay_out(people, rng, days[0])
        agenda = _agenda(people, days, nodes, count, seed)
        _live(agenda, people, rng, days, clock)
        doubles.register_again(people, days[-1])
        office.plan_sittings(people, days[-1])
        portal.let_in(people, days)
    office.sweep_where_due(today)
    office.deliver(today)
    return Told(count, sum(len(moves) for moves in agenda.values()))


def _refuse_unready(today: date) -> None:
    if not settings.DEMO:
        raise Refused.forbidden(_("演示数据只能在演示模式（DEMO=1）下建立"))
    if Project.objects.exists():
        raise Refused.conflict(_("库中已有项目，演示数据只装入没有项目的库"))
    if "clerk" not in People.of(today).by_name or len(working_days(today)) < UNREAD_DAYS:
        raise Refused.because("demo_unprepared", _("请先运行 manage.py prepare_demo"))


def _agenda(
    people: People, days: list[date], nodes: dict[tuple[str, str], int], count: int, seed: str
) -> Agenda:
    """Who does what on which day. Each project draws from a generator of its own."""
    agenda: Agenda = defaultdict(list)
    investors = Investors(Random(f"{seed} investors"))  # noqa: S311
    for number, fate in enumerate(drawn(count)):
        rng = Random(f"{seed} {number}")  # noqa: S311
        walk = set_out(rng, people, investors, nodes, fate.served)
        for place, move in _placed(rng, fate, len(days)):
            agenda[days[place]].append((walk, move))
    return agenda


def _placed(rng: Random, fate: Fate, days: int) -> list[tuple[int, Move]]:
    """The moves by number of day: the last one as long ago as the fate says, the rest before it."""
    plan = fate.plan(rng)
    last = max(0, days - 1 - rng.randint(*fate.idle))
    offsets = list(accumulate(gap for gap, _move in plan))
    length = max(offsets[-1], 1)
    if length > last:  # a long life in a short history: everything comes quicker
        offsets = [offset * last // length for offset in offsets]
    begin = last - offsets[-1]
    return [(begin + offset, move) for offset, (_gap, move) in zip(offsets, plan, strict=True)]


def _live(agenda: Agenda, people: People, rng: Random, days: list[date], clock: DemoClock) -> None:
    still = Random("still leads")  # noqa: S311
    for number, day in enumerate(days):
        clock.open_day(day)
        for walk, move in agenda.get(day, ()):
            move(walk, day)
            clock.tick()
        if number >= REPORTED and days[number - REPORTED].month != days[number - REPORTED + 1].month:
            sites.report_months(people, day, days[-1])
        office.sweep_where_due(day)
        library.sweep(day)
        if day.weekday() == FRIDAY:
            office.answer_what_was_urged(people, rng, day)
            office.keep_in_touch(people, rng, day)
            office.keep_leads_warm(rng, day)
            library.tidy(people, still, day)
        if number == len(days) - UNREAD_DAYS:
            office.deliver(day)
            office.read_all(people.by_name.values())
