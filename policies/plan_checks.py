"""What the types cannot see of a plan preset: its own codes, circles, and days that hang on no agreed day."""

from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from policies.schema import Pack, PlanItemRule, PlanRule

Fault = tuple[str, str, str, str]
FIGURES = frozenset({"invest", "area"})


def plan_faults(pack: Pack) -> Iterator[Fault]:
    """Table, key, sentence in Chinese, sentence in English."""
    for plan in pack.plans:
        for key, zh, en in _faults(plan):
            yield "plans", f"{plan.code}.{key}", zh, en


def _faults(plan: PlanRule) -> Iterator[tuple[str, str, str]]:
    lists: dict[str, list[str]] = {
        "anchors": [row.code for row in plan.anchors],
        "lists": [*(row.code for row in plan.lists), *([plan.table.code] if plan.table else [])],
        "items": [row.code for row in plan.items],
        "seals": [row.code for row in plan.seals],
    }
    for name, codes in lists.items():
        for code, times in Counter(codes).items():
            if times > 1:
                yield f"{name}.{code}", f"“{code}”写了{times}次", f"“{code}” stands here {times} times"
    for item in plan.items:
        yield from _item(plan, item)
    yield from _table(plan)
    yield from _circle(plan)


def _item(plan: PlanRule, item: PlanItemRule) -> Iterator[tuple[str, str, str]]:
    key, known = f"items.{item.code}", {row.code for row in plan.items}
    if item.form not in plan.forms:
        yield f"{key}.form", f"没有清单或表“{item.form}”", f"there is no list or table “{item.form}”"
    for code in (*item.after, *item.beside):
        if code not in known:
            yield f"{key}.after", f"没有事项“{code}”", f"there is no item “{code}”"
    if item.ends_on and plan.anchor(item.ends_on) is None:
        yield f"{key}.ends_on", f"没有约定日期“{item.ends_on}”", f"there is no agreed day “{item.ends_on}”"
    in_table = plan.table is not None and item.form == plan.table.code
    if in_table is not (item.track is not None):
        zh = "表内的事项要写 track，清单的事项不写"
        yield f"{key}.track", zh, "an item of the table names its track, one of a list does not"
    if not item.timing and not _hangs_on_a_day(plan, item.code):
        zh = "既不通向约定日期，也不在约定日期之后，无从倒排；可写 timing"
        en = "leads to no agreed day and follows none: nothing to count from; timing may stand instead"
        yield f"{key}.after", zh, en


def _hangs_on_a_day(plan: PlanRule, code: str) -> bool:
    """Whether an agreed day lies behind or before the item."""
    ends = {row.code for row in plan.items if row.ends_on}
    before = {row.code: set(row.after) for row in plan.items}
    behind: dict[str, set[str]] = {row.code: set() for row in plan.items}
    for row in plan.items:
        for one in row.after:
            behind.setdefault(one, set()).add(row.code)
    return bool(ends & (_reach(code, before) | _reach(code, behind)))


def _reach(code: str, steps: dict[str, set[str]]) -> set[str]:
    seen, left = {code}, [code]
    while left:
        for further in steps.get(left.pop(), ()):
            if further not in seen:
                seen.add(further)
                left.append(further)
    return seen


def _table(plan: PlanRule) -> Iterator[tuple[str, str, str]]:
    if plan.table is None:
        return
    tracks = {track.code for track in plan.table.tracks}
    for item in plan.items:
        if item.track and item.track not in tracks:
            yield f"items.{item.code}.track", f"表中没有“{item.track}”栏", f"no track “{item.track}”"
    seals = {row.code for row in plan.seals}
    for place in plan.table.fields:
        if (place.shows in ("contact", "unit")) is not (place.seal is not None) or (place.seal or "") not in {
            *seals,
            "",
        }:
            zh, en = (
                "联络人和单位两种栏目要写是哪一方（seal）",
                "contact and unit name the seal they belong to",
            )
            yield f"table.fields.{place.name}", zh, en
    known = FIGURES | {row.code for row in plan.table.buildings}
    for figures in (plan.table.total, plan.table.year):
        for code in figures.places:
            if code not in known:
                yield f"table.{figures.name}", f"不认识“{code}”", f"unknown figure “{code}”"


def _circle(plan: PlanRule) -> Iterator[tuple[str, str, str]]:
    try:
        TopologicalSorter({row.code: row.after for row in plan.items}).prepare()
    except CycleError as error:
        waits = " → ".join(error.args[1])
        yield "items", f"事项互相等待：{waits}", f"items wait for one another: {waits}"
