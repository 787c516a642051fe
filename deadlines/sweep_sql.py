"""One chunk of the sweep on PostgreSQL: one statement."""

import json
from collections import Counter
from datetime import date, datetime
from typing import Any

from django.db import connection

from deadlines import alarm_texts as texts

# `due` holds the rows no other sweep holds; the three writes hang on it and stand or fall together.
_CHUNK = """
WITH due AS MATERIALIZED (
    SELECT id FROM deadlines_alarm
    WHERE raised_at IS NULL AND "on" IS NOT NULL AND "on" <= %(today)s
    ORDER BY "on", id LIMIT %(chunk)s FOR UPDATE SKIP LOCKED
), raised AS (
    UPDATE deadlines_alarm AS a SET raised_at = %(now)s FROM due WHERE a.id = due.id
    RETURNING a.id, a.deadline_id, a.level, a.name, a.tells, a."on"
), told AS (
    SELECT r.*, d.case_id, d.name AS deadline_name, d.clause, d.due_on, c.title, c.kind,
           d.responsible_user_id AS user_id, d.responsible_unit_id AS unit_id,
           string_to_array(r.tells, ' ') AS words,
           CASE WHEN d.provisional THEN format(%(provisional)s, d.due_on) ELSE d.due_on::text END AS due_text
    FROM raised r JOIN deadlines_deadline d ON d.id = r.deadline_id JOIN cases_case c ON c.id = d.case_id
), addressed AS (
    SELECT t.*, jsonb_strip_nulls(jsonb_build_object(
        'users', CASE WHEN 'handler' = ANY(t.words) AND t.user_id IS NOT NULL
                      THEN jsonb_build_array(t.user_id) END,
        'units', to_jsonb(nullif(ARRAY(
            SELECT t.unit_id
            WHERE 'handler' = ANY(t.words) AND t.user_id IS NULL AND t.unit_id IS NOT NULL
            UNION
            SELECT p.unit_id FROM cases_part p
            WHERE p.case_id = t.case_id AND p.valid_to IS NULL AND p.part = ANY(%(lead_parts)s)
                AND ('lead_unit' = ANY(t.words)
                     OR 'handler' = ANY(t.words) AND t.user_id IS NULL AND t.unit_id IS NULL)
            ORDER BY 1), '{}')),
        'heads', CASE WHEN 'unit_head' = ANY(t.words) AND t.unit_id IS NOT NULL
                      THEN jsonb_build_array(t.unit_id) END,
        'roles', to_jsonb(nullif(
            CASE WHEN 'bureau' = ANY(t.words) THEN %(bureau)s::text[] ELSE '{}' END
            || CASE WHEN 'leader' = ANY(t.words) THEN ARRAY['leader'] ELSE '{}' END
            || CASE WHEN 'inspector' = ANY(t.words) THEN ARRAY['inspector'] ELSE '{}' END, '{}'))
    )) AS tells_whom
    FROM told t
), events AS (
    INSERT INTO cases_event (case_id, kind, "on", at, by_id, unit_id, data)
    SELECT case_id, %(event)s, "on", %(now)s, NULL, NULL, jsonb_build_object(
        'deadline', deadline_id, 'name', deadline_name, 'clause', clause, 'due', due_text,
        'level', name, 'code', level)
    FROM told ORDER BY id
), messages AS (
    INSERT INTO notices_message (key, topic, case_id, text, url, tells, created_at)
    SELECT format('deadline:%%s:%%s', deadline_id, level), %(topic)s, case_id,
        format(CASE WHEN due_on > %(today)s THEN %(before)s WHEN due_on = %(today)s THEN %(on_the_day)s
               ELSE %(after)s END, name, title, deadline_name, due_text,
               CASE WHEN clause = '' THEN '' ELSE format(%(clause)s, clause) END),
        format('/%%s/%%s/', coalesce(%(pages)s::jsonb ->> kind, 'cases'), case_id), tells_whom, %(now)s
    FROM addressed ORDER BY id
    ON CONFLICT (key) DO NOTHING
)
SELECT level, count(*) FROM raised GROUP BY level
"""


def raise_chunk(today: date, now: datetime, chunk: int) -> Counter[str]:
    """Raise up to ``chunk`` due alarms that no other sweep holds; returns how many, by level."""
    values: dict[str, Any] = {
        "today": today,
        "now": now,
        "chunk": chunk,
        "before": texts.BEFORE,
        "on_the_day": texts.ON_THE_DAY,
        "after": texts.AFTER,
        "clause": texts.CLAUSE,
        "provisional": texts.PROVISIONAL,
        "event": texts.EVENT,
        "topic": texts.TOPIC,
        "lead_parts": list(texts.LEAD_PARTS),
        "bureau": list(texts.BUREAU),
        "pages": json.dumps(texts.PAGES),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHUNK, values)
        return Counter(dict(cursor.fetchall()))
