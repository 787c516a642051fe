"""The statements that make the rows, each over all projects at once.

They read the temporary tables that ``seeding`` lays out. Nothing is random: what differs from project to
project comes from its running number ``n`` through :func:`pick`, so the same call makes the same district.
Days are business days in Asia/Shanghai, moments lie in office hours, amounts are in 分.
"""

from dataclasses import dataclass
from datetime import date

from approvals.models import Opinion, Proposal, Step
from cases.models import Case, Enterprise, Event, Part
from deadlines.models import Alarm, Deadline
from lifecycle.scale import tables
from lifecycle.scale.life import APPLIED_FOR
from lifecycle.scale.words import LAST, MARKS
from projects.models import Money, Project, ReachedMilestone

PRIME = 2**31 - 1
# Multipliers of known good Lehmer generators: one for each thing that is picked.
MULTIPLIERS = (
    1588635695, 1223106847, 279470273, 742938285, 950706376, 62089911, 1343714438, 630360016, 784588716,
    1226874159, 397204094, 1132489760,
)  # fmt: skip
SLOT, PARK, UNIT, TAIL, AMOUNT, LAG, AGE, HOUR, WALKED, SCORE, ANSWERED, JOBS = range(len(MULTIPLIERS))
TYPICAL = 25
"""Days from one milestone to the next."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What is made: so many projects after the keys given out already, on a day, by a clerk of a bureau."""

    projects: int
    companies: int
    case: int
    company: int
    on: date
    since: date
    by: int
    bureau: int
    policy_set: int
    division: str


def pick(salt: int, count: int) -> str:
    """SQL for a number from 0 to ``count`` - 1, evenly spread over ``n``."""
    return f"(mod((n + 7919)::bigint * {MULTIPLIERS[salt]}, {PRIME}) * {count} / {PRIME})::int"


def moment(day: str) -> str:
    """SQL for an instant in office hours (Asia/Shanghai) of a day."""
    return (
        f"(({day}) + time '08:30' + make_interval(secs => {pick(HOUR, 32_000)})) AT TIME ZONE 'Asia/Shanghai'"
    )


def day_of(place: str) -> str:
    """SQL for the day on which the milestone at a place was reached: the last one on ``last_on``."""
    return f"(r.opened_on + (r.last_on - r.opened_on) * {place} / greatest(r.places, 1))"


def filled(words: str, head: str, letters: str) -> str:
    """SQL for the search words of a tail with the head put in."""
    sql = f"replace({words}, '{LAST}', right({head}, 1))"
    for count, mark in enumerate(MARKS, 1):
        sql = f"replace({sql}, '{mark}', right({letters}, {count}))"
    return sql


def sounding(*spoken: str) -> str:
    """SQL for the key of how a name sounds, from the syllables of its parts (``kernel.names.key_of``)."""
    parts = ", ".join(f"nullif({part}, '')" for part in spoken)
    return f"left(md5(concat_ws(' ', {parts})), 16)"


def lay_out(made: Scale) -> None:
    """``scale_row``: one row a project with everything that more than one statement needs."""
    tails, amounts, channels = (
        tables.one(f"SELECT count(*) FROM scale_{name}")  # noqa: S608
        for name in ("tail", "amount", "channel")
    )
    tables.derive(
        "scale_row",
        f"""
        WITH picked AS (
            SELECT n, {pick(SLOT, 100)} AS slot, {pick(PARK, 20)} AS park_slot, {pick(UNIT, 20)} AS unit_slot,
                {pick(SCORE, channels)} AS channel_slot, {pick(TAIL, tails)} AS tail, {pick(AMOUNT, amounts)} AS amount,
                {pick(WALKED, 6)} = 0 AS walked, {pick(LAG, 1000)} AS lag, {pick(AGE, 1000)} AS age
            FROM generate_series({made.case + 1}, {made.case + made.projects}) AS n
        ), dated AS (
            SELECT p.*, s.*, greatest(date '{made.since}' + 1, date '{made.on}'
                - CASE WHEN s.running THEN 1 + p.lag / 60 ELSE 1 + p.lag / 6 END) AS last_on
            FROM picked p JOIN scale_slot s ON s.of_slot = p.slot
        )
        SELECT d.*, d.walked AND d.talked AS stepped, NOT d.walked AND d.talked AS from_ledger,
            {made.company} + (d.n - {made.case} - 1)::bigint * {made.companies} / {made.projects} + 1 AS company,
            greatest(date '{made.since}', d.last_on - 20 - {TYPICAL} * d.places - d.age / 12) AS opened_on,
            CASE WHEN d.lands THEN k.unit END AS park, i.unit AS unit
        FROM dated d JOIN scale_park k ON k.slot = d.park_slot JOIN scale_unit i ON i.slot = d.unit_slot
        ORDER BY d.n
        """,  # noqa: E501, S608
    )


def number(division: str) -> None:
    """``scale_code``: the office's running numbers by year, taken from its counters."""
    tables.derive(
        "scale_code",
        f"""
        SELECT n, series || '-' || lpad(number::text, greatest(5, length(number::text)), '0') AS code, series, number
        FROM (SELECT r.n, s.series, coalesce(c.value, 0) + row_number() OVER (PARTITION BY s.series ORDER BY r.n)
                AS number
              FROM scale_row r
              CROSS JOIN LATERAL (SELECT '{division}-' || extract(year FROM r.opened_on) AS series) s
              LEFT JOIN cases_counter c ON c.name = s.series) numbered
        """,  # noqa: E501, S608
    )
    tables.run(
        "INSERT INTO cases_counter (name, value) SELECT series, max(number) FROM scale_code GROUP BY series"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )


def companies(made: Scale) -> None:
    """Every company has a name of its own, as long as the words suffice (some 870,000)."""
    places, brands, trades = (
        tables.one(f"SELECT count(*) FROM scale_{name}")  # noqa: S608
        for name in ("place", "brand", "trade")
    )
    head, letters = "p.name || b.name", "p.letters || b.letters"
    tables.derive(
        "scale_company",
        f"""
        SELECT e.e AS company, {head} || t.name AS name, p.division, p.origin, b.name AS brand,
            {sounding("p.spoken", "b.spoken", "t.spoken")} AS sound, b.spoken AS brand_spoken,
            b.letters AS brand_letters, p.name || ' ' || right(p.name, 1) || left(b.name, 1)
            || ' ' || b.name || ' ' || {filled("t.words", head, letters)} AS words
        FROM (SELECT e, mod(e::bigint * 400009, {places * brands * trades})::int AS m
              FROM generate_series({made.company + 1}, {made.company + made.companies}) AS e) e
        JOIN scale_place p ON p.number = mod(e.m, {places})
        JOIN scale_brand b ON b.number = mod(e.m / {places}, {brands})
        JOIN scale_trade t ON t.number = e.m / {places * brands}
        """,  # noqa: S608
        key="company",
    )
    values = {
        "id": "company", "name": "name", "normalized_name": "name", "sound": "sound",
        "division_code": "division",
        "no_code_reason": "'模拟数据，无信用代码'", "country": "'CN'", "origin_text": "left(name, 2)",
    }  # fmt: skip
    tables.insert(Enterprise, "FROM scale_company ORDER BY company", values)
    tables.remember(Enterprise, made.company, made.by)


def cases(made: Scale) -> None:
    """``scale_project`` (name and search words), the cases, and the projects with their history."""
    name = "c.brand || t.name"
    tails = "substr(k.code, 1), substr(k.code, strpos(k.code, '-') + 1), substr(k.code, length(k.series) + 2)"
    tables.derive(
        "scale_project",
        f"""
        SELECT r.*, {name} AS name, {sounding("c.brand_spoken", "t.spoken")} AS sound, k.code, c.name AS investor, c.origin, t.industry, t.sector, t.product, a.fen,
            concat_ws(' ', c.brand, {filled("t.words", "c.brand", "c.brand_letters")}, c.words, {tails}) AS search,
            g.class AS project_class, h.channel, s.dormant, s.warned
        FROM scale_row r JOIN scale_company c USING (company) JOIN scale_tail t ON t.number = r.tail
        JOIN scale_class g ON g.amount = r.amount AND g.tail = r.tail AND g.origin = c.origin
        JOIN scale_amount a ON a.number = r.amount JOIN scale_code k ON k.n = r.n
        JOIN scale_channel h ON h.number = r.channel_slot LEFT JOIN scale_still s ON s.batch = r.batch
        ORDER BY r.n
        """,  # noqa: E501, S608
    )
    values = {
        "id": "n", "kind": "'project'", "code": "r.code", "title": "r.name", "division": f"'{made.division}'",
        "policy_set_id": str(made.policy_set), "policy_date": "r.opened_on", "opened_on": "r.opened_on",
        "created_at": moment("r.opened_on"),
    }  # fmt: skip
    tables.insert(Case, "FROM scale_project r", values)
    _projects(made)


def _projects(made: Scale) -> None:
    values = {
        "case_id": "n", "name": "r.name", "normalized_name": "r.name", "sound": "r.sound",
        "enterprise_id": "r.company",
        "phase": "r.phase", "batch": "r.batch", "project_class": "r.project_class", "origin": "r.origin",
        "agreement_grade": "r.grade", "sector": "r.sector", "industry_code": "r.industry",
        "industry_text": "r.product", "planning_year": "extract(year FROM r.opened_on) + 1", "landing_unit_id": "r.park",  # noqa: E501
        "introducing_unit_id": "r.unit", "total_fen": "r.fen",
        "contract_fen": "CASE WHEN r.signed THEN r.fen END",
        "paid_in_fen": "CASE WHEN r.started THEN r.fen / 5 END", "jobs": f"20 + {pick(JOBS, 480)}",
        "land_square_metres": f"1000 * {pick(JOBS, 60)}", "content": "'建设' || r.product || '生产线及配套设施'",  # noqa: E501
        "lead_channel": "r.channel", "talk_stage": "r.talk_stage", "moved_on": "r.last_on",
        "dormant_on": f"CASE WHEN r.last_on <= r.dormant THEN date '{made.on}' END",
        "still_warned_on": f"CASE WHEN r.last_on > r.dormant AND r.last_on <= r.warned THEN date '{made.on}' END",  # noqa: E501
        "from_ledger": "r.from_ledger", "search": "r.search", "version": "1",
        "division": f"'{made.division}'",
        "created_at": moment("r.opened_on"), "updated_at": moment("r.last_on"),
    }  # fmt: skip
    tables.insert(Project, "FROM scale_project r", values)
    tables.remember(Project, made.case, made.by)


def parts(made: Scale) -> None:
    """Who introduces, who takes the project, who was asked: parts open cases to units."""
    since = tables.highest(Part)
    shared = {"exclusive": "true", "case_id": "n", "valid_from": "r.opened_on"}
    tables.insert(
        Part, "FROM scale_row r ORDER BY n", shared | {"part": "'introducing'", "unit_id": "r.unit"}
    )
    taken = shared | {"part": "'landing'", "unit_id": "r.park", "valid_from": day_of("r.places")}
    tables.insert(Part, "FROM scale_row r WHERE r.park IS NOT NULL ORDER BY n", taken)
    source = (
        "FROM (SELECT DISTINCT n, unit, min(opened_on) OVER (PARTITION BY n) AS day FROM scale_question) q"
    )
    asked = {"case_id": "n", "part": "'asked'", "unit_id": "unit", "valid_from": "day"}
    tables.insert(Part, f"{source} ORDER BY n, unit", asked)
    tables.remember(Part, since, made.by)


def milestones(made: Scale) -> None:
    since = tables.highest(ReachedMilestone)
    values = {
        "project_id": "r.n", "code": "m.code", "on": day_of("m.place"), "recorded_by_id": str(made.by),
        "evidence_outstanding": "r.from_ledger",
    }  # fmt: skip
    source = "FROM scale_row r JOIN scale_milestone m ON m.stage = r.stage ORDER BY r.n, m.place"
    tables.insert(ReachedMilestone, source, values)
    tables.remember(ReachedMilestone, since, made.by)


def money(made: Scale) -> None:
    """The stated figures whose caches the projects carry."""
    for measure, fen, who, day in (
        ("total", "a.fen", "true", "r.opened_on"),
        ("contract", "a.fen", "r.signed", "r.last_on"),
        ("paid_in", "a.fen / 5", "r.started", "r.last_on"),
    ):
        values = {
            "project_id": "r.n", "measure": f"'{measure}'", "raw": f"({fen} / 1000000) || '万元'",
            "original": f"({fen} / 100)::text", "fen": fen, "on": day, "recorded_by_id": str(made.by),
            "source": "'模拟数据'", "currency": "'CNY'", "evidence_outstanding": "r.from_ledger",
        }  # fmt: skip
        source = f"FROM scale_row r JOIN scale_amount a ON a.number = r.amount WHERE {who} ORDER BY n"
        tables.insert(Money, source, values)


def events(made: Scale) -> None:
    """What happened: how the project came; for those that lived here, their figures, milestones and phases."""  # noqa: E501
    shared = {"case_id": "r.n", "by_id": str(made.by), "unit_id": str(made.bureau)}
    data = (
        "CASE WHEN r.from_ledger THEN jsonb_build_object('file', '存量项目台账.xlsx', 'row', r.n)"
        " ELSE jsonb_build_object('name', r.name, 'unit', u.name, 'enterprise', r.investor) END"
    )
    opened = {
        "kind": "CASE WHEN r.from_ledger THEN 'project.imported' ELSE 'project.registered' END",
        "on": "r.opened_on", "at": moment("r.opened_on"), "data": data,
    }  # fmt: skip
    tables.insert(Event, "FROM scale_project r JOIN accounts_unit u ON u.id = r.unit", shared | opened)
    day = day_of("e.place")
    dated = (
        f"CASE e.kind WHEN 'milestone.reached' THEN e.data || jsonb_build_object('on', {day}) ELSE e.data END"
    )
    later = {"kind": "e.kind", "on": day, "at": moment(day), "data": dated}
    source = "FROM scale_row r JOIN scale_event e USING (stage) WHERE NOT r.from_ledger ORDER BY r.n, e.seq"
    tables.insert(Event, source, shared | later)
    stated = "jsonb_build_object('measure', '总投资', 'raw', (a.fen / 1000000) || '万元', 'before', '—', 'reason', '')"  # noqa: E501
    figure = {"kind": "'money.stated'", "on": "r.opened_on", "at": moment("r.opened_on"), "data": stated}
    source = (
        "FROM scale_row r JOIN scale_amount a ON a.number = r.amount WHERE NOT r.from_ledger ORDER BY r.n"
    )
    tables.insert(Event, source, shared | figure)


def steps(made: Scale) -> None:
    """``scale_step_row`` and ``scale_question``: a sixth of what was talked about went through the steps here."""  # noqa: E501
    first = tables.highest(Step)
    count = tables.derive(
        "scale_step_row",
        f"""
        SELECT r.n, r.park, {first} + row_number() OVER (ORDER BY r.n, s.number) AS step, s.*,
            {day_of("s.start_place")} AS opened_on,
            CASE WHEN s.end_place > 0 THEN {day_of("s.end_place")} END AS concluded_on
        FROM scale_row r JOIN scale_step s ON s.of_stage = r.stage WHERE r.stepped
        """,  # noqa: S608
    )
    tables.take(Step, count)
    tables.derive(
        "scale_question",
        f"""
        SELECT s.n, s.step, s.code, s.opened_on, s.concluded_on, a.number, a.aspect, a.name, a."group", a.asks, a.answer,
            coalesce(a.unit, s.park) AS unit, s.concluded_on IS NOT NULL OR mod({pick(ANSWERED, 5)} + a.number, 3) > 0
                AS given
        FROM scale_step_row s JOIN scale_aspect a ON a.step = s.code WHERE coalesce(a.unit, s.park) IS NOT NULL
        """,  # noqa: E501, S608
    )


def approvals(made: Scale) -> None:
    """Steps and opinions; the clocks must be there, for a step names its own."""
    over = "s.concluded_on IS NOT NULL"
    values = {
        "id": "s.step", "case_id": "s.n", "code": "s.code", "name": "s.name", "kind": "s.kind", "clause": "s.clause",  # noqa: E501
        "policy_version_id": "s.version", "opened_on": "s.opened_on", "opened_by_id": str(made.by),
        "opened_by_milestone": "s.milestone", "deadline_id": "c.deadline", "lead_unit_id": "s.lead",
        "opened_at": moment("s.opened_on"), "concluded_on": "s.concluded_on",
        "concluded_by_id": f"CASE WHEN {over} THEN {made.by} END",
        "verdict": f"CASE WHEN {over} THEN s.verdict ELSE '' END",
        "verdict_name": f"CASE WHEN {over} THEN s.verdict_name ELSE '' END",
        "concluded_reason": f"CASE WHEN {over} THEN '各单位意见一致' ELSE '' END",
    }  # fmt: skip
    own = "(SELECT n, step AS code, deadline FROM scale_clock_row WHERE step <> '')"
    tables.insert(Step, f"FROM scale_step_row s LEFT JOIN {own} c USING (n, code) ORDER BY s.step", values)
    given = "least(q.opened_on + 1 + mod(q.number, 5), coalesce(q.concluded_on, q.opened_on + 9))"
    answers = {
        "step_id": "q.step", "aspect": "q.aspect", "aspect_name": "q.name", "unit_id": "q.unit",
        "group": 'q."group"', "asks": "q.asks", "asked_on": "q.opened_on", "asked_by_id": str(made.by),
        "words": "CASE WHEN q.given THEN '符合产业方向，建议推进' ELSE '' END",
        "score": f"CASE WHEN q.given AND q.asks = 'words_and_score' THEN 60 + {pick(SCORE, 36)} END",
        "answer": "CASE WHEN q.given THEN q.answer ELSE '' END", "given_on": f"CASE WHEN q.given THEN {given} END",  # noqa: E501
        "given_at": f"CASE WHEN q.given THEN {moment(given)} END",
        "given_by_id": f"CASE WHEN q.given THEN coalesce(w.person, {made.by}) END", "in_force": "true",
    }  # fmt: skip
    tables.insert(Opinion, "FROM scale_question q LEFT JOIN scale_person w ON w.unit = q.unit ORDER BY q.step, q.number",  # noqa: E501
                  answers)  # fmt: skip


def proposals(made: Scale) -> None:
    """Why each project came to its park: one proposal a dispatch that was concluded."""
    values = {
        "step_id": "s.step", "unit_id": "s.park", "aspect": "'park_answer'", "industry": "''",
        "reason": "'园区已有上下游企业配套'", "principles": "jsonb_build_array('resources')",
        "proposed_on": "s.opened_on",
        "proposed_by_id": str(made.by), "proposed_at": moment("s.opened_on"), "chosen_on": "s.concluded_on",
        "landing_id": "p.id", "withdrawn_reason": "''",
    }  # fmt: skip
    landed = f"JOIN \"{Part._meta.db_table}\" p ON p.case_id = s.n AND p.part = 'landing'"
    source = f"FROM scale_step_row s {landed} WHERE s.kind = 'dispatch' AND s.concluded_on IS NOT NULL"
    tables.insert(Proposal, f"{source} ORDER BY s.step", values)


def clocks(made: Scale) -> None:
    """``scale_clock_row``; the deadlines with their history and, where they run, the rungs of the ladder."""
    first, applied_for = tables.highest(Deadline), ", ".join(f"'{code}'" for code in APPLIED_FOR)
    count = tables.derive(
        "scale_clock_row",
        f"""
        SELECT {first} + row_number() OVER (ORDER BY n, rule) AS deadline, started.*, t.due_on, t.provisional, w.warn_on
        FROM (SELECT r.n, r.park, r.from_ledger AND c.end_place > 0 AS past, c.*,
                {day_of("c.start_place")} AS started_on,
                CASE WHEN c.end_place > 0 THEN {day_of("c.end_place")} END AS met_on
              FROM scale_row r JOIN scale_clock c ON c.of_stage = r.stage
              WHERE r.stepped OR c.step NOT IN ({applied_for})) started
        JOIN scale_due t ON t.of_rule = started.rule AND t.started_on = started.started_on
        LEFT JOIN scale_warning w ON w.due_on = t.due_on
        """,  # noqa: E501, S608
    )
    tables.take(Deadline, count)
    copied = ("rule", "name", "clause", "start_event", "started_on", "count", "unit", "strength", "roll_forward",  # noqa: E501
              "weekday", "due_on", "provisional", "met_on", "past")  # fmt: skip
    values = {name: f"c.{name}" for name in copied} | {
        "id": "c.deadline", "case_id": "c.n", "policy_version_id": "c.version", "warn_on": "greatest(c.warn_on, c.started_on)",  # noqa: E501
        "responsible_unit_id": f"CASE WHEN c.step = '' THEN c.park ELSE {made.bureau} END",
    }  # fmt: skip
    tables.insert(Deadline, "FROM scale_clock_row c ORDER BY c.deadline", values)
    tables.remember(Deadline, first, made.by)
    _alarms(made)


def _alarms(made: Scale) -> None:
    """What is due by today counts as raised and handed on: the first sweep finds an ordinary day."""
    day = "greatest(g.day, c.started_on)"
    raised = (
        f"CASE WHEN {day} <= date '{made.on}' THEN (({day}) + time '08:00') AT TIME ZONE 'Asia/Shanghai' END"
    )
    values = {
        "deadline_id": "c.deadline", "level": "g.level", "name": "g.name", "offset": 'g."offset"',
        "unit": "g.unit", "tells": "g.tells", "opens": "g.opens", "on": day, "raised_at": raised,
        "handed_at": f"CASE WHEN g.opens <> '' THEN {raised} END",
    }  # fmt: skip
    source = (
        "FROM scale_clock_row c JOIN scale_ring g ON g.due_on = c.due_on WHERE c.met_on IS NULL"
        " ORDER BY c.deadline, g.number"
    )
    tables.insert(Alarm, source, values)
