"""The sweep against one plain statement, on clocks of its own making.

A batch is 1/100 of the open clocks; its yellow lights fall on a day of its own. A round sweeps one batch with
the product and one with the statement; what a swept batch would still ring later is silenced in between, so
that every round finds the same work.
"""

from datetime import date, timedelta
from time import perf_counter

from django.db import connection, transaction

from deadlines.sweep import sweep
from kernel.clock import now, today
from scripts.bench.inside import asked

BATCHES = 100
# Opened today, due after two calendar weeks and the batch's number; the ladder of the plan.
_CLOCKS = """
INSERT INTO deadlines_deadline (case_id, rule, name, clause, responsible_unit_id, start_event, started_on, count,
    unit, strength, roll_forward, due_on, provisional, warn_on, cancel_reason, past)
SELECT id, 'bench:clock', '测速期限', '三(二)5', (SELECT id FROM accounts_unit WHERE code = 'investment-bureau'), '',
    %(today)s, 10, 'working_day', 'must', false, %(today)s + 16 + (row_number() OVER (ORDER BY id) %% %(batches)s)::int,
    false, %(today)s + 14 + (row_number() OVER (ORDER BY id) %% %(batches)s)::int, '', false
FROM (SELECT id FROM cases_case ORDER BY id LIMIT %(clocks)s) chosen
"""  # noqa: E501
_RUNGS = """
INSERT INTO deadlines_alarm (deadline_id, level, name, "offset", unit, tells, opens, "on")
SELECT d.id, r.level, r.name, r.days, 'working_day', r.tells, r.opens, d.due_on + r.days
FROM deadlines_deadline d CROSS JOIN (VALUES
    ('yellow', '黄灯提醒', -2, 'handler', ''), ('red', '红灯催办', 1, 'handler unit_head lead_unit', 'urge'),
    ('supervise', '督办', 3, 'handler unit_head lead_unit bureau inspector', 'supervise'),
    ('bulletin', '提请通报', 10, 'unit_head bureau inspector leader', '')) AS r (level, name, days, tells, opens)
WHERE d.rule = 'bench:clock'
"""  # noqa: E501
_SILENCE = """
UPDATE deadlines_alarm SET "on" = NULL WHERE raised_at IS NULL AND "on" IS NOT NULL
    AND deadline_id IN (SELECT id FROM deadlines_deadline WHERE rule = 'bench:clock' AND due_on = %(due)s)
"""
_QUIET = """UPDATE deadlines_alarm SET "on" = NULL WHERE raised_at IS NULL AND "on" IS NOT NULL"""
# What the sweep does, said once and for all rows: alarm raised, event in the case, message in the outbox.
_PLAIN = """
WITH raised AS (
    UPDATE deadlines_alarm SET raised_at = %(now)s WHERE raised_at IS NULL AND "on" <= %(today)s
    RETURNING deadline_id, level, name, "on"
), told AS (
    SELECT r.*, d.case_id, d.name AS clock, d.clause, d.due_on, d.responsible_unit_id AS unit, c.title
    FROM raised r JOIN deadlines_deadline d ON d.id = r.deadline_id JOIN cases_case c ON c.id = d.case_id
), events AS (
    INSERT INTO cases_event (case_id, kind, "on", at, data)
    SELECT case_id, 'deadline.alarm', "on", %(now)s, jsonb_build_object('deadline', deadline_id, 'name', clock,
        'clause', clause, 'due', due_on, 'level', name, 'code', level) FROM told
), messages AS (
    INSERT INTO notices_message (key, topic, case_id, text, url, tells, created_at)
    SELECT 'deadline:' || deadline_id || ':' || level, 'deadline.alarm', case_id,
        format('【%%s】%%s：“%%s”将于 %%s 到期（依据：%%s）', name, title, clock, due_on, clause),
        '/projects/' || case_id || '/', jsonb_build_object('units', jsonb_build_array(unit)), %(now)s
    FROM told
)
SELECT count(*) FROM raised
"""  # noqa: E501


@asked
def clocks(count: str) -> int:
    """So many open clocks, the only ones that will ring."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_QUIET)
        cursor.execute(_CLOCKS, {"today": today(), "batches": BATCHES, "clocks": int(count)})
        made = cursor.rowcount
        cursor.execute(_RUNGS)
    with connection.cursor() as cursor:
        for table in ("deadlines_deadline", "deadlines_alarm"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    return int(made)


@asked
def sweeps(rounds: str) -> dict[str, list[float]]:
    """Seconds of the product's sweep and of the plain statement, batch by batch; and of a sweep with nothing due."""  # noqa: E501
    found: dict[str, list[float]] = {"sweep": [], "statement": [], "idle": [], "due": []}
    batches = iter(range(BATCHES))
    for number in range(int(rounds) + 1):
        timed = {"sweep": _swept(next(batches)), "statement": _stated(next(batches))}
        if number:  # the first round warms the caches
            for name, (seconds, raised) in timed.items():
                found[name].append(seconds)
                found["due"].append(raised)
            found["idle"].append(_idle())
    return found


def _ringing(batch: int) -> date:
    return today() + timedelta(days=14 + batch)


def _swept(batch: int) -> tuple[float, int]:
    begun = perf_counter()
    raised = sweep(_ringing(batch)).total
    seconds = perf_counter() - begun
    _silence(batch)
    return seconds, raised


def _stated(batch: int) -> tuple[float, int]:
    begun = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PLAIN, {"now": now(), "today": _ringing(batch)})
        raised = cursor.fetchone()[0]
    seconds = perf_counter() - begun
    _silence(batch)
    return seconds, int(raised)


def _idle() -> float:
    begun = perf_counter()
    assert sweep(today()).total == 0
    return perf_counter() - begun


def _silence(batch: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SILENCE, {"due": today() + timedelta(days=16 + batch)})
