"""What follows the signing, as rows: who serves, the plan, the permit, the months.

Statements as in ``rows``, over the same temporary tables; what the pack lays down for them stands below.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from accounts.models import Membership
from approvals.models import Permit
from cases.models import Event, Part
from kernel.conditions import holds
from lifecycle.scale import tables
from lifecycle.scale.life import Stage
from lifecycle.scale.rows import WALKED, Scale, day_of, moment, pick
from policies.rulebook import Rulebook, rulebook
from policies.schema import PlanRule
from service.models import COMMISSIONER, SERVICE_BODY, MonthlyProgress, Plan, PlanItem, PlanTick, PlanVersion
from service.plans.actions.making import scheduled

MODELS = (Permit, Plan, PlanVersion, PlanItem, PlanTick, MonthlyProgress)
MOST_MONTHS = 6
AGREED = {"start": 120, "finish": 480, "production": 600}
"""Days from the signing to what an agreement fixes."""
_SHARE = f"{pick(WALKED, 24)} = 0"
"""One signed project in twenty-four has a plan: each is some thirty rows."""


# ---- small tables from the rules in force


def lay_out(rules: Rulebook, life: list[Stage], on: date) -> None:
    serving = Membership.objects.in_force(on).filter(role=COMMISSIONER).order_by("-pk")
    people = dict(serving.values_list("unit", "user"))
    tables.keep("scale_server", "unit bigint, person bigint", people.items())
    rule = next(iter(rules.plans), None)
    items = list(_items(rule, on)) if rule else []
    tables.keep(
        "scale_plan_item",
        "number int, code text, form text, track text, name text, goal text, timing text, note text,"
        ' "key" bool, milestone text, starts int, ends int',
        items,
    )
    tables.keep("scale_plan", "stage int, done int, next int", _plans(items, life))
    tables.keep("scale_plan_tick", "stage int, place int, code text, milestone text", _ticks(items, life))
    monthly = rules.monthly
    stages = [one.code for one in monthly.stages] if monthly else []
    tables.keep("scale_figure", "number int, code text", enumerate(stages))
    begun = [(s.number, s.place(monthly.from_milestone)) for s in life] if monthly else []
    over = {s.number for s in life if monthly and s.place(monthly.until_milestone)}
    tables.keep(
        "scale_building", "stage int, place int",
        [(number, place) for number, place in begun if place and number not in over],
    )  # fmt: skip


def _items(rule: PlanRule, on: date) -> Iterator[tuple[object, ...]]:
    """number, code, form, track, name, goal, timing, note, key, milestone, and in days from the signing: when
    it begins and ends (None for words in place of a day)"""
    codes = [item.code for item in rule.items if holds(item.when, {}) is True]
    days: dict[str, date] = {one.code: on + timedelta(days=AGREED[one.code]) for one in rule.anchors}
    slots = scheduled(rule, codes, days, on).slots
    for number, item in enumerate((item for item in rule.items if item.code in codes), 1):
        slot = slots.get(item.code)
        starts = (slot.starts_on - on).days if slot and slot.starts_on else None
        yield (
            number, item.code, item.form, item.track or "", item.name, item.goal, item.timing, item.note,
            item.key, item.milestone or "", starts, (slot.latest - on).days if slot else None,
        )  # fmt: skip


def _plans(items: list[tuple[object, ...]], life: list[Stage]) -> Iterator[tuple[object, ...]]:
    """stage, how many items are done there, and in days from the signing the next one that is not"""
    for stage in life:
        if items and stage.place("signed"):
            done = [item for item in items if stage.place(str(item[9]))]
            ends = [item[11] for item in items if item not in done and item[11] is not None]
            yield stage.number, len(done), min(ends, default=None)  # type: ignore[type-var]


def _ticks(items: list[tuple[object, ...]], life: list[Stage]) -> Iterator[tuple[object, ...]]:
    """stage, place of the milestone, code of the item, milestone"""
    for stage in life:
        for item in items:
            if stage.place("signed") and stage.place(str(item[9])):
                yield stage.number, stage.place(str(item[9])), item[1], item[9]


# ---- the statements


def parts(made: Scale) -> None:
    """The service body of every project that has one; its commissioner where the park has such a person."""
    since = tables.highest(Part)
    held = "FROM scale_row r JOIN scale_milestone m ON m.stage = r.stage AND m.code = '{}'"
    shared = {"exclusive": "true", "case_id": "r.n", "unit_id": "r.park", "valid_from": day_of("m.place")}
    body = f"{held.format('service_body_named')} WHERE r.park IS NOT NULL ORDER BY r.n"
    tables.insert(Part, body, shared | {"part": f"'{SERVICE_BODY}'"})
    served = (
        f"{held.format('service_commissioner_named')} JOIN scale_server s ON s.unit = r.park ORDER BY r.n"
    )
    tables.insert(Part, served, shared | {"part": f"'{COMMISSIONER}'", "user_id": "s.person"})
    tables.remember(Part, since, made.by)


def permits(made: Scale) -> None:
    """What an application adds to each step that is a permit; applied for on the day its clock began."""
    values = {
        "step_id": "s.step", "case_id": "s.n", "code": "s.code", "applied_on": "s.opened_on",
        "applied_by_id": str(made.by), "agent_unit_id": "s.park", "complete_on": "s.opened_on",
        "number": "CASE WHEN s.concluded_on IS NULL THEN '' ELSE '模拟许字〔' ||"
        " extract(year FROM s.concluded_on) || '〕' || s.n || '号' END",
        "closed_on": "s.concluded_on",
    }  # fmt: skip
    tables.insert(Permit, "FROM scale_step_row s WHERE s.kind = 'permit' ORDER BY s.step", values)


def plans(made: Scale) -> None:
    """Drafts counted from the day of the signing; what milestones tick is ticked."""
    rule = next(iter(rulebook(made.policy_set).plans), None)
    if rule is None:
        return
    first, first_version = tables.highest(Plan), tables.highest(PlanVersion)
    count = tables.derive(
        "scale_plan_row",
        f"""
        SELECT r.n, r.stage, r.opened_on, r.last_on, r.places, p.done, p.next,
            {day_of("m.place")} AS signed_on,
            {first} + row_number() OVER (ORDER BY r.n) AS plan,
            {first_version} + row_number() OVER (ORDER BY r.n) AS version
        FROM scale_row r JOIN scale_plan p USING (stage)
        JOIN scale_milestone m ON m.stage = r.stage AND m.code = 'signed' WHERE {_SHARE}
        """,  # noqa: S608
    )
    tables.take(Plan, count)
    tables.take(PlanVersion, count)
    items = tables.one("SELECT count(*) FROM scale_plan_item")
    values = {
        "id": "plan", "project_id": "n", "code": f"'{rule.code}'", "current_id": "version",
        "next_on": "signed_on + next", "items_total": str(items), "items_done": "done",
        "made_on": "signed_on", "made_by_id": str(made.by), "version": "2",
    }  # fmt: skip
    tables.insert(Plan, "FROM scale_plan_row ORDER BY plan", values)
    agreed = {f"{code}_on": f"signed_on + {days}" for code, days in AGREED.items()}
    wording = {
        "id": "version", "plan_id": "plan", "number": "1", "drafted_on": "signed_on",
        "frame": "jsonb_build_object('signed_on', signed_on)",
        "drafted_by_id": str(made.by), "policy_version_id": str(rule.source.id),
    }  # fmt: skip
    tables.insert(PlanVersion, "FROM scale_plan_row ORDER BY version", wording | agreed)
    _items_of(made)
    _made(made, rule, items)


def _items_of(made: Scale) -> None:
    copied = ("code", "form", "track", "name", "goal", "timing", "note", "milestone")
    values = {name: f"i.{name}" for name in copied} | {
        "version_id": "p.version", "order": "i.number", "is_key": 'i."key"',
        "starts_on": "p.signed_on + i.starts", "planned_on": "p.signed_on + i.ends",
    }  # fmt: skip
    tables.insert(
        PlanItem, "FROM scale_plan_row p CROSS JOIN scale_plan_item i ORDER BY p.n, i.number", values
    )
    ticked = {
        "plan_id": "r.plan", "code": "t.code", "milestone": "t.milestone", "on": day_of("t.place"),
        "by_id": str(made.by),
    }  # fmt: skip
    tables.insert(PlanTick, "FROM scale_plan_row r JOIN scale_plan_tick t USING (stage) ORDER BY r.n", ticked)


def _made(made: Scale, rule: PlanRule, items: int) -> None:
    data = (
        f"jsonb_build_object('plan', '{rule.name}', 'clause', '{rule.clause}', 'plan_id', plan, 'days', '',"
        f" 'items', {items})"
    )
    values = {
        "kind": "'plan.made'", "on": "signed_on", "at": moment("signed_on"), "data": data, "case_id": "n",
        "by_id": str(made.by), "unit_id": str(made.bureau),
    }  # fmt: skip
    tables.insert(Event, "FROM scale_plan_row", values)


def months(made: Scale) -> None:
    """The latest months of every other project that is being built: a little more each month."""
    stages = tables.one("SELECT count(*) FROM scale_figure")
    if not stages:
        return
    begun, now = day_of("b.place"), f"date_trunc('month', date '{made.on}'::timestamp)"
    tables.derive(
        "scale_month",
        f"""
        SELECT n, park, fen, month, number, least(100, 5 + 12 * number) AS percent
        FROM (SELECT r.n, r.park, a.fen, month::date,
                row_number() OVER (PARTITION BY r.n ORDER BY month) AS number
              FROM scale_row r JOIN scale_building b USING (stage) JOIN scale_amount a ON a.number = r.amount
              CROSS JOIN LATERAL generate_series(
                greatest(date_trunc('month', {begun}::timestamp), {now} - interval '{MOST_MONTHS} months'),
                {now} - interval '1 month', interval '1 month') AS month
              WHERE mod(r.n, 2) = 0) found
        """,  # noqa: S608
    )
    values = {
        "project_id": "m.n", "month": "m.month", "invested_fen": "m.fen / 50", "stage": "f.code",
        "percent": "m.percent", "words": "'按计划推进'", "reported_on": "m.month + 32", "by_id": str(made.by),
        "unit_id": "m.park", "in_force": "true",
    }  # fmt: skip
    source = f"FROM scale_month m JOIN scale_figure f ON f.number = least(m.number, {stages - 1})"
    tables.insert(MonthlyProgress, f"{source} ORDER BY m.n, m.month", values)
