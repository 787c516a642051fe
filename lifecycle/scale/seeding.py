"""Making N projects: what Python knows (the rules in force, the calendar, the units) goes into small tables, SQL
multiplies it. PostgreSQL only."""  # noqa: E501

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.demo import make_demo_accounts
from accounts.models import Membership, Unit, UnitKind, User
from approvals.models import Opinion, Step
from cases.models import Case, Enterprise, Event, Part
from deadlines import calendars
from deadlines.models import Alarm, Deadline
from kernel.names import spoken
from kernel.refusals import Refused
from lifecycle.scale import life, rows, serving, tables, words
from policies.models import PolicyVersion
from policies.packs import PACKS
from policies.rulebook import Rulebook, current
from projects import stillness
from projects.facts import class_of, facts_of, origin_of, sector_of
from projects.models import Money, Project, ReachedMilestone
from projects.stages import stage_of

MODELS = (
    Enterprise,
    Case,
    Project,
    Part,
    ReachedMilestone,
    Money,
    Event,
    Deadline,
    Alarm,
    Step,
    Opinion,
    *serving.MODELS,
)
MANY = 20_000
"""From so many projects on, indexes and keys are cheaper made anew than kept up row by row."""
YEARS_BACK = 2
YI, WAN = 10**10, 10**6
AMOUNTS = (
    *(
        300 * WAN,
        800 * WAN,
        1500 * WAN,
        2500 * WAN,
        3000 * WAN,
        4000 * WAN,
        5000 * WAN,
        6000 * WAN,
        8000 * WAN,
    ),
    *(
        YI,
        12 * YI // 10,
        15 * YI // 10,
        2 * YI,
        2 * YI,
        3 * YI,
        35 * YI // 10,
        5 * YI,
        5 * YI,
        6 * YI,
        8 * YI,
    ),
    *(10 * YI, 12 * YI, 15 * YI, 22 * YI, 30 * YI, 60 * YI),
)
"""Total investment in 分; each is as likely as the next."""


@dataclass(frozen=True, slots=True)
class Made:
    projects: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.projects / max(self.seconds, 0.001)


def seed(*, projects: int, on: date, say: Callable[[str], None] = lambda line: None) -> Made:
    """Add so many made-up projects as of a business date (Asia/Shanghai), with everything that hangs on them.

    Organisation, packs, calendar and demo accounts are loaded where they are missing. One transaction,
    with fresh statistics at its end. Raises Refused outside demo mode and on another database than
    PostgreSQL.
    """
    if connection.vendor != "postgresql":
        raise Refused.because("needs_postgresql", _("seed_scale 需要 PostgreSQL；请设置 DATABASE_URL"))
    prepare(on)
    begun = perf_counter()
    with transaction.atomic():
        made = _plan(projects, on)
        many = projects >= MANY and projects > Project.objects.count()
        with tables.set_aside(_all_tables()) if many else nullcontext():
            _make(made, say)
        for model in _all_tables():
            tables.run(f'ANALYZE "{model._meta.db_table}"')
    return Made(projects, perf_counter() - begun)


def settle() -> None:
    """What the database's own housekeeping would do in its time: after it, indexes answer without their rows.

    Not within a transaction.
    """
    for model in _all_tables():
        tables.run(f'VACUUM "{model._meta.db_table}"')


def prepare(on: date) -> None:
    """The organisation, the packs in force, the calendar and the demo accounts, where they are missing."""
    if not Unit.objects.exists():
        call_command("load_organisation", "fuling-units", verbosity=0)
    if not PolicyVersion.objects.in_force(on).exists():
        call_command(
            "load_policy", *sorted(path.stem for path in PACKS.glob("*.toml")), publish=True, verbosity=0
        )
    call_command("seed_calendar", verbosity=0)
    make_demo_accounts(on)


def _all_tables() -> Iterator[Any]:
    for model in MODELS:
        yield model
        if hasattr(model, "history"):
            yield model.history.model


def _plan(projects: int, on: date) -> rows.Scale:
    chosen, rules = current(on)
    newest = max(version.effective_from for version in chosen.versions.all())
    companies = (projects * 4 + 4) // 5
    scale = rows.Scale(
        projects=projects,
        companies=companies,
        case=tables.take(Case, projects),
        company=tables.take(Enterprise, companies),
        on=on,
        since=max(newest, on.replace(day=1) - timedelta(days=365 * YEARS_BACK)),
        by=User.objects.get(username="clerk").pk,
        bureau=Unit.objects.get(code="investment-bureau").pk,
        policy_set=chosen.pk,
        division=settings.DIVISION,
    )
    _lay_out_words(rules)
    _lay_out_units(on)
    _lay_out_life(rules, scale)
    return scale


def _make(scale: rows.Scale, say: Callable[[str], None]) -> None:
    tables.run("SET LOCAL work_mem = '128MB'; SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL jit = off")
    rows.lay_out(scale)
    rows.number(scale.division)
    for name, make in {
        "enterprises": rows.companies, "projects": rows.cases, "questions": rows.steps, "parts": rows.parts,
        "milestones": rows.milestones, "money": rows.money, "events": rows.events, "clocks": rows.clocks,
        "opinions": rows.approvals, "proposals": rows.proposals, "service": serving.parts,
        "permits": serving.permits, "plans": serving.plans, "months": serving.months,
    }.items():  # fmt: skip
        begun = perf_counter()
        make(scale)
        say(f"{name}: {perf_counter() - begun:.1f} s")


def _lay_out_words(rules: Rulebook) -> None:
    tails = words.project_tails()
    places = [
        (name, letters, code, origin_of(code)) for name, letters, code in words.places(settings.DIVISION)
    ]
    tables.keep(
        "scale_tail",
        "number int, name text, words text, spoken text, industry text, sector text, product text",
        [(i, t.text, t.words, t.spoken, code, sector_of(code), product)
         for i, (t, code, product) in enumerate(tails)],
    )  # fmt: skip
    tables.keep("scale_trade", "number int, name text, words text, spoken text",
                [(i, t.text, t.words, t.spoken) for i, t in enumerate(words.company_tails())])  # fmt: skip
    tables.keep("scale_place", "number int, name text, letters text, division text, origin text, spoken text",
                [(i, *place, words.spoken_before(place[0])) for i, place in enumerate(places)])  # fmt: skip
    tables.keep(
        "scale_brand",
        "number int, name text, letters text, spoken text",
        [(i, *b, spoken(b[0])) for i, b in enumerate(words.brands())],
    )
    tables.keep("scale_amount", "number int, fen bigint", enumerate(AMOUNTS))
    classes = (
        (amount, tail, origin, class_of(_facts(fen, industry, origin), rules))
        for amount, fen in enumerate(AMOUNTS)
        for tail, (_t, industry, _product) in enumerate(tails)
        for origin in sorted({place[3] for place in places})
    )
    tables.keep("scale_class", "amount int, tail int, origin text, class text", classes)


def _facts(fen: int, industry: str, origin: str) -> dict[str, object]:
    row = Project(total_fen=fen, industry_code=industry, sector=sector_of(industry), origin=origin)
    return facts_of(row)


def _lay_out_units(on: date) -> None:
    """Twenty slots each of who takes projects and who brings them, and who answers for a unit."""
    units = {unit.code: unit for unit in Unit.objects.in_force(on).order_by("code")}
    parks = [unit.pk for unit in units.values() if unit.kind == UnitKind.PARK]
    towns = [unit.pk for unit in units.values() if unit.kind == UnitKind.TOWNSHIP]
    takes = (parks * 17)[:17] + (towns * 3)[:3]
    departments = [unit.pk for unit in units.values() if unit.kind == UnitKind.DEPARTMENT]
    bureau = units["investment-bureau"].pk
    brings = [bureau] * 8 + (parks * 8)[:8] + (departments * 4)[:4]
    tables.keep("scale_park", "slot int, unit bigint", enumerate((takes * 20)[:20]))
    tables.keep("scale_unit", "slot int, unit bigint", enumerate(brings))
    answering = Membership.objects.in_force(on).filter(role="reviewer").order_by("-pk")
    tables.keep(
        "scale_person", "unit bigint, person bigint", dict(answering.values_list("unit", "user")).items()
    )
    tables.keep("scale_aspect", "step text, number int, aspect text, name text, \"group\" text, unit bigint, asks text,"  # noqa: E501
                " answer text", life.aspect_rows(current(on)[1], units))  # fmt: skip
    tables.keep(
        "scale_step",
        "of_stage int, number int, code text, name text, kind text, clause text, version bigint, start_place int,"  # noqa: E501
        " end_place int, verdict text, verdict_name text, milestone text, lead bigint",
        life.step_rows(current(on)[1], life.stages(current(on)[1]), units),
    )


def _lay_out_life(rules: Rulebook, scale: rows.Scale) -> None:
    stages, clocks = life.stages(rules), life.clocks(rules)
    slots = (
        (
            stage.number, len(stage.reached), stage.phase.value, stage.batch, stage.grade,
            bool(stage.place("dispatched")), any(stage.place(c.start) and not stage.place(c.end) for c in clocks),  # noqa: E501
            bool(stage.place("signed")), bool(stage.place("construction_started")),
            bool(stage.place("first_talk_registered")), stage_of(stage.reached, rules),
        )
        for stage in stages
        for _slot in range(stage.slots)
    )  # fmt: skip
    tables.keep(
        "scale_slot",
        "of_slot int, stage int, places int, phase text, batch text, grade text, lands bool, running bool, signed bool,"  # noqa: E501
        " started bool, talked bool, talk_stage text",
        ((number, *slot) for number, slot in enumerate(slots)),
    )
    channels = [row.code for row in rules.lead_channels] or [""]
    tables.keep("scale_channel", "number int, channel text", enumerate(channels))
    _lay_out_stillness(rules, scale)
    tables.keep("scale_milestone", "stage int, place int, code text", life.milestone_rows(stages))
    tables.keep(
        "scale_event", "stage int, seq int, place int, kind text, data jsonb", life.event_rows(rules, stages)
    )
    tables.keep(
        "scale_clock",
        "of_stage int, rule text, name text, clause text, version bigint, start_event text, start_place int,"
        " end_place int, count int, unit text, strength text, roll_forward bool, weekday int, step text",
        life.clock_rows(clocks, stages),
    )
    _lay_out_days(rules, clocks, scale)
    serving.lay_out(rules, stages, scale.on)


def _lay_out_stillness(rules: Rulebook, scale: rows.Scale) -> None:
    """Who has stood still too long counts as warned and marked: the first sweep finds an ordinary day."""
    found = [(rule, stillness.bounds(rule, scale.on)) for rule in rules.dormancy]
    tables.keep(
        "scale_still",
        "batch text, dormant date, warned date",
        [(state, one.dormant, one.warned) for rule, one in found for state in rule.states],
    )


def _lay_out_days(rules: Rulebook, clocks: list[life.Clock], scale: rows.Scale) -> None:
    """Due days and ringing days of every day in question, by the product's own calendar."""
    calendar = calendars.current()
    days = [scale.since + timedelta(days=n) for n in range((scale.on - scale.since).days + 1)]
    due = {(clock.code, day): calendar.due(day, clock.limit) for clock in clocks for day in days}
    tables.keep("scale_due", "of_rule text, started_on date, due_on date, provisional bool",
                [(code, day, found.on, found.provisional) for (code, day), found in due.items()])  # fmt: skip
    rungs: list[Any] = list(life.rung_rows(rules))
    ends = sorted({found.on for found in due.values()})
    rings: list[Any] = [(end, *rung, calendar.shift(end, rung[3], rung[4])) for end in ends for rung in rungs]
    tables.keep(
        "scale_ring",
        'due_on date, number int, level text, name text, "offset" int, unit text, tells text, opens text, day date',  # noqa: E501
        rings,
    )
    warned: dict[date, date] = {}
    for ring in rings:
        if ring[-1] <= ring[0]:
            warned[ring[0]] = min(ring[-1], warned.get(ring[0], ring[-1]))
    tables.keep("scale_warning", "due_on date, warn_on date", warned.items())
