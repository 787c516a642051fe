"""What the types cannot see: references, doubles, and whether a project can walk the whole way."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from kernel.conditions import Condition
from policies.asked import Asked, conditions, nodes
from policies.errors import PackError
from policies.facts import FACTS
from policies.plan_checks import plan_faults
from policies.reachability import unreachable, unreachable_conditions
from policies.references import OWN_CHANGES, references
from policies.schema import BY_NAMED, GRADES, PHASES, RULE_TABLES, SIGNS, Milestone, Pack, Step
from policies.schema.agreements import OWN_PLACES

Fault = tuple[str, str, str, str]
"""Table, key, sentence in Chinese, sentence in English."""

_NAMES = {
    "milestones": ("里程碑", "milestone"),
    "parts": ("参与角色", "part"),
    "documents": ("材料种类", "kind of document"),
    "steps": ("程序步骤", "step"),
    "clauses": ("条款", "clause"),
    "phases": ("阶段", "phase"),
    "portfolio": ("项目状态", "portfolio state"),
    "facts": ("项目字段", "project field"),
    "units": ("单位", "unit"),
    "series": ("文号", "series of numbers"),
    "grades": ("协议等级", "grade"),
    "agreements": ("协议种类", "kind of agreement"),
    "terms": ("协议条款项", "term of an agreement"),
    "classes": ("项目分级", "class of projects"),
    "scopes": ("适用范围", "scope"),
}


def check(
    pack: Pack, *, file: str = "", units: Collection[str] | None = None, beside: Sequence[Pack] = ()
) -> list[PackError]:
    """Every fault of a well-typed pack; units are checked against the organisation when it is known."""
    faults = list(_doubles(pack))
    faults += _head(pack)
    faults += _dangling(pack, units, beside)
    faults += _strange_conditions(pack)
    faults += _order(pack)
    if not faults:  # a chain of broken references would only repeat itself below
        faults += _totality(pack, beside)
    return [PackError(file, *fault) for fault in faults]


def _doubles(pack: Pack) -> Iterator[Fault]:
    lists: list[tuple[str, str, list[str]]] = [(t, "", [r.key for r in pack.rows(t)]) for t in RULE_TABLES]
    lists.append(("clauses", "", [clause.no for clause in pack.clauses]))
    lists.append(("choices", "", [choice.rule for choice in pack.choices]))
    readings = [one.code for rule in pack.recognitions for one in rule.readings]
    lists.append(("recognitions", "readings.", readings))
    for rule in pack.recognitions:
        codes = [one.code for one in rule.grounds]
        lists.append(("recognitions", f"{rule.code}.", codes))
    lists += [("progress", f"{r.code}.stages.", [one.code for one in r.stages]) for r in pack.progress]
    for step in pack.steps:
        for name in ("aspects", "verdicts", "checks"):
            parts = [part.code for part in getattr(step, name)]
            lists.append(("steps", f"{step.code}.{name}.", parts))
    lists += [
        ("reports", f"{one.code}.sections.", [part.code for part in one.sections]) for one in pack.reports
    ]
    for table, lead, codes in lists:
        for code, times in Counter(codes).items():
            if times > 1:
                yield table, f"{lead}{code}", f"“{code}”写了{times}次", f"“{code}” stands here {times} times"


def _head(pack: Pack) -> Iterator[Fault]:
    head = pack.policy
    if head.effective_to and head.effective_to < head.effective_from:
        yield "policy", "effective_to", "失效日期早于施行日期", "effective_to lies before effective_from"
    if head.supersedes == head.version:
        yield "policy", "supersedes", "不能替代自己", "a version cannot supersede itself"
    for choice in pack.choices:
        table, code, *_rest = choice.rule.split(".")
        known = pack.codes(table) if table in RULE_TABLES else set()
        if code not in known:
            zh, en = f"没有“{table}”表的“{code}”", f"there is no “{code}” in table {table}"
            yield "choices", choice.rule, zh, en


def _dangling(pack: Pack, units: Collection[str] | None, beside: Sequence[Pack]) -> Iterator[Fault]:
    packs = [pack, *beside]
    known: dict[str, set[str]] = {t: set().union(*(p.codes(t) for p in packs)) for t in RULE_TABLES}
    known["clauses"] = {clause.no for clause in pack.clauses}
    known["facts"] = set(FACTS)
    if units is not None:
        known["units"] = set(units)
    known["phases"] = known["phases"] or set(PHASES)
    if not known["grades"]:  # the ladder may stand in a pack that this one does not extend
        del known["grades"]
    if not known["classes"]:  # so may the classes
        del known["classes"]
    for ref in references(pack):
        if ref.target in known and ref.code not in known[ref.target]:
            zh, en = _NAMES[ref.target]
            yield ref.table, ref.key, f"没有{zh}“{ref.code}”", f"there is no {en} “{ref.code}”"


def _strange_conditions(pack: Pack) -> Iterator[Fault]:
    for asked in conditions(pack):
        for node in nodes(asked.condition):
            if node.field:
                yield from _strange(asked, node.field, node)


def _strange(asked: Asked, field: str, node: Condition) -> Iterator[Fault]:
    fact = FACTS.get(field)
    if fact is None:
        yield asked.table, asked.key, f"没有项目字段“{field}”", f"there is no project field “{field}”"
        return
    compared = node.at_least is not None or node.below is not None
    if compared and fact.kind not in ("money", "number"):
        yield asked.table, asked.key, f"“{field}”不是数额，不能比大小", f"“{field}” is no amount to compare"
    equals = node.equals
    if (fact.kind == "flag" and equals is not None) and not isinstance(equals, bool):
        yield asked.table, asked.key, f"“{field}”只能是 true 或 false", f"“{field}” is either true or false"
    words = [equals] if isinstance(equals, str) else list(node.one_of or ())
    for word in words if fact.words else ():
        if word not in fact.words:
            yield asked.table, asked.key, f"“{field}”没有“{word}”这一取值", f"“{field}” is never “{word}”"


def _order(pack: Pack) -> Iterator[Fault]:
    places = [PHASES.index(phase.code) for phase in pack.phases]
    if places != sorted(places):
        yield "phases", "code", "阶段应按五阶段先后排列", "phases must stand in the order of the five phases"
    for place, state in enumerate(pack.portfolio):
        if (place == 0) is (state.from_milestone is not None):
            zh = "第一个状态是默认状态，不写 from_milestone；其余都要写"
            en = "the first state is the default and has no from_milestone; every other has one"
            yield "portfolio", f"{state.code}.from_milestone", zh, en
    ladder = [rung for rung in pack.escalation if rung.at.unit == "working_day"]
    for lower, higher in pairwise(ladder):
        if higher.at.offset < lower.at.offset:
            zh, en = f"应晚于“{lower.level}”", f"must not come before “{lower.level}”"
            yield "escalation", f"{higher.level}.at", zh, en


def _totality(pack: Pack, beside: Sequence[Pack]) -> Iterator[Fault]:
    packs = [pack, *beside]
    produced = {code for one in packs for step in one.steps for code in step.milestones}
    for milestone in pack.milestones:
        yield from _producer(milestone, produced)
    for step in pack.steps:
        yield from _conclusion(step)
    yield from _bound(pack)
    for limit in pack.limits:
        if limit.starts_on == limit.meets_on:
            zh, en = "起止是同一个里程碑", "it starts and ends on the same milestone"
            yield "limits", f"{limit.code}.meets_on", zh, en
    yield from _reports(pack, packs)
    yield from _gates_in_later_phases(pack, packs)
    yield from unreachable(pack, packs)
    yield from _never_first(pack)
    yield from _likeness(pack)
    yield from _dormancy(pack)
    yield from plan_faults(pack)
    yield from _handovers(pack, packs)
    yield from _recognised(pack, packs)


def _producer(milestone: Milestone, produced: set[str]) -> Iterator[Fault]:
    key = f"{milestone.code}.produced_by"
    by_step = milestone.code in produced
    if milestone.produced_by == "step" and not by_step:
        yield "milestones", key, "没有任何步骤的结论达成它", "no verdict of any step reaches it"
    if milestone.produced_by != "step" and by_step:
        zh, en = (
            '有步骤的结论达成它，应写 produced_by = "step"',
            'a step reaches it: say produced_by = "step"',
        )
        yield "milestones", key, zh, en
    if (milestone.produced_by == "action") is not bool(milestone.action):
        zh, en = '应与 produced_by = "action" 同时写', 'belongs together with produced_by = "action"'
        yield "milestones", f"{milestone.code}.action", zh, en
    by_named = milestone.action in BY_NAMED
    if (by_named or milestone.produced_by == "record") and not (
        milestone.recorded_by_parts or milestone.recorded_by_roles
    ):
        yield "milestones", f"{milestone.code}.recorded_by_roles", "没有人可以登记它", "nobody may record it"


def _conclusion(step: Step) -> Iterator[Fault]:
    code = step.code
    if step.opens_on.manual and not (step.opened_by_parts or step.opened_by_roles):
        yield "steps", f"{code}.opened_by_roles", "没有人可以启动它", "nobody may open it"
    if not (step.led_by_units or step.led_by_parts):
        yield "steps", f"{code}.led_by_units", "没有单位作结论", "no unit concludes it"
    if step.concludes != "any_time" and not step.aspects:
        zh, en = "不征求意见的步骤无意见可收齐", "a step without aspects has no opinions to wait for"
        yield "steps", f"{code}.concludes", zh, en
    if step.concludes == "all_opinions_or_limit" and step.limit is None:
        yield "steps", f"{code}.concludes", "未设时限", "it waits for a limit that it does not have"
    if step.veto == "any" and not any(
        a.answer in ("pass_or_veto", "outcome", "acceptance") for a in step.aspects
    ):
        yield "steps", f"{code}.veto", "没有可以否决的方面", "no aspect can be vetoed"


def _reports(pack: Pack, packs: Sequence[Pack]) -> Iterator[Fault]:
    """A report and its milestone name each other, and what it is kept as is the evidence asked for."""
    milestones = {m.code: m for one in packs for m in one.milestones}
    kept_as = {series.code: series.document for one in packs for series in one.series}
    for report in pack.reports:
        aim = milestones[report.reaches]
        if aim.action != "issue_report":
            zh = f'里程碑“{aim.code}”应写 action = "issue_report"'
            en = f'milestone “{aim.code}” should say action = "issue_report"'
            yield "reports", f"{report.code}.reaches", zh, en
        if set(aim.documents) - {kept_as[report.series]}:
            zh, en = "该里程碑还要求其他材料", "the milestone asks for other papers, too"
            yield "reports", f"{report.code}.reaches", zh, en
    aimed = {report.reaches for one in packs for report in one.reports}
    for milestone in pack.milestones:
        if milestone.action == "issue_report" and milestone.code not in aimed:
            yield "milestones", f"{milestone.code}.action", "没有专报达成它", "no report reaches it"


def _bound(pack: Pack) -> Iterator[Fault]:
    """What only says something for a step that examines an agreement."""
    for step in pack.steps:
        for aspect in step.aspects:
            if step.bound_to is None and (aspect.reopened_by or aspect.every_version):
                zh, en = "只有写了 bound_to 的步骤可以重新征求意见", "only a step with bound_to asks again"
                yield "steps", f"{step.code}.{aspect.code}.reopened_by", zh, en
    for term in pack.terms:
        if term.code in OWN_CHANGES | OWN_PLACES:
            zh, en = f"“{term.code}”是系统用语，请换一个代码", f"“{term.code}” is a word of the program"
            yield "terms", term.code, zh, en


def _gates_in_later_phases(pack: Pack, packs: Sequence[Pack]) -> Iterator[Fault]:
    """A gate that asks for what only happens behind it is never passed."""
    stands_in = {m.code: m.phase for one in packs for m in one.milestones}
    for phase in pack.phases:
        for code in phase.gate.milestones if phase.gate else ():
            if PHASES.index(stands_in[code]) >= PHASES.index(phase.code):
                zh = f"门槛要求的“{code}”在进入本阶段之后才会发生"
                en = f"the gate asks for “{code}”, which only happens behind it"
                yield "phases", f"{phase.code}.gate.milestones", zh, en


def _likeness(pack: Pack) -> Iterator[Fault]:
    """Grades and signs stand together; a stronger grade asks for more points."""
    known = {rule.code: rule for rule in pack.likeness}
    if not known:
        return
    for code in (*GRADES, *SIGNS):
        if code not in known:
            yield "likeness", code, f"没有“{code}”这一行", f"there is no row “{code}”"
            return
    for higher, lower in pairwise(GRADES):
        if known[higher].points <= known[lower].points:
            zh, en = f"应高于“{lower}”的分数", f"must ask for more points than “{lower}”"
            yield "likeness", f"{higher}.points", zh, en


def _dormancy(pack: Pack) -> Iterator[Fault]:
    """A portfolio state has one limit."""
    states = [(state, rule.code) for rule in pack.dormancy for state in rule.states]
    for place, (state, code) in enumerate(states):
        if state in [earlier for earlier, _code in states[:place]]:
            zh, en = f"状态“{state}”已有另一个期限", f"state “{state}” has a limit already"
            yield "dormancy", f"{code}.states", zh, en


def _handovers(pack: Pack, packs: Sequence[Pack]) -> Iterator[Fault]:
    """A hand-over and its milestone name each other."""
    milestones = {m.code: m for one in packs for m in one.milestones}
    for rule in pack.handovers:
        if rule.reaches and milestones[rule.reaches].action != "hand_over":
            zh = f'里程碑“{rule.reaches}”应写 action = "hand_over"'
            en = f'milestone “{rule.reaches}” should say action = "hand_over"'
            yield "handovers", f"{rule.code}.reaches", zh, en
    aimed = {rule.reaches for one in packs for rule in one.handovers}
    for milestone in pack.milestones:
        if milestone.action == "hand_over" and milestone.code not in aimed:
            yield "milestones", f"{milestone.code}.action", "没有移交达成它", "no hand-over reaches it"


def _recognised(pack: Pack, packs: Sequence[Pack]) -> Iterator[Fault]:
    """A milestone with grounds is reached by recognising it, and by nothing else; one reading leads."""
    grounded = {rule.milestone for one in packs for rule in one.recognitions if rule.counting}
    for milestone in pack.milestones:
        if (milestone.action == "recognise") is not (milestone.code in grounded):
            zh = 'action = "recognise" 与 [[recognitions]] 中计入的 grounds 同时写'
            en = 'action = "recognise" belongs together with counting grounds in [[recognitions]]'
            yield "milestones", f"{milestone.code}.action", zh, en
    seen = [rule.milestone for one in packs for rule in one.recognitions]
    for rule in pack.recognitions:
        if seen.count(rule.milestone) > 1:
            zh, en = "同一里程碑只写一条", "a milestone has one recognition"
            yield "recognitions", f"{rule.code}.milestone", zh, en
        if sum(one.leading for one in rule.readings) > 1:
            zh, en = "只能有一个为准的口径", "only one reading leads"
            yield "recognitions", f"{rule.code}.readings", zh, en
        for one in rule.readings:
            if not (one.units or one.parts):
                zh, en = "没有单位可以填报", "nobody may state it"
                yield "recognitions", f"{rule.code}.{one.code}", zh, en


def _never_first(pack: Pack) -> Iterator[Fault]:
    lists: list[tuple[str, list[str], list[Condition]]] = [
        ("classes", [rule.code for rule in pack.classes], [rule.when for rule in pack.classes])
    ]
    for credit in pack.credit:
        keys = [f"{credit.code}.weights[{n}]" for n in range(1, len(credit.weights) + 1)]
        lists.append(("credit", keys, [weight.when for weight in credit.weights]))
    for table, keys, whens in lists:
        for place in unreachable_conditions(whens):
            zh, en = "前面的条件已全部涵盖，永远轮不到它", "the ones before it leave nothing for it to match"
            yield table, f"{keys[place]}.when", zh, en
