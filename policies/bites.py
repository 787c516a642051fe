"""Where each clause of a plan bites: the rules that carry it, clause by clause."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from policies.models import PolicyVersion
from policies.rulebook import Rulebook, pack_of
from policies.schema import Choice, Clause, Pack, Phase, PlanRule, PolicyHead, Rule, Step
from policies.wording import Names, guide_text, needs_text, permit_key, plan_parts, rule_lines

# Whatever has no kind of its own carries no clause, wherever a pack puts it.
_CATCH_ALL = ("documents", "other")


_KINDS = {
    "policy": gettext_lazy("制度"),
    "phases": gettext_lazy("阶段"),
    "gates": gettext_lazy("阶段门槛"),
    "portfolio": gettext_lazy("项目状态"),
    "parts": gettext_lazy("参与角色"),
    "duties": gettext_lazy("任务分工"),
    "documents": gettext_lazy("材料种类"),
    "series": gettext_lazy("文号"),
    "milestones": gettext_lazy("里程碑"),
    "steps": gettext_lazy("程序步骤"),
    "limits": gettext_lazy("全程时限"),
    "assignments": gettext_lazy("自动交办"),
    "reports": gettext_lazy("专报"),
    "classes": gettext_lazy("项目分级"),
    "grades": gettext_lazy("协议等级"),
    "agreements": gettext_lazy("协议种类"),
    "terms": gettext_lazy("协议条款项"),
    "clause_templates": gettext_lazy("条款文本"),
    "credit": gettext_lazy("计分规则"),
    "escalation": gettext_lazy("提醒督办"),
    "likeness": gettext_lazy("查重规则"),
    "chains": gettext_lazy("产业链"),
    "claiming": gettext_lazy("首接认领"),
    "cadences": gettext_lazy("联系频次"),
    "topics": gettext_lazy("洽谈内容"),
    "elements": gettext_lazy("要素保障"),
    "principles": gettext_lazy("匹配原则"),
    "lead_channels": gettext_lazy("线索渠道"),
    "target_classes": gettext_lazy("重点对象类别"),
    "lead_tags": gettext_lazy("线索标签"),
    "dormancy": gettext_lazy("停滞与休眠"),
    "portal": gettext_lazy("企业账号"),
    "enterprise_requests": gettext_lazy("企业诉求"),
    "benefits": gettext_lazy("惠企政策"),
    "platforms": gettext_lazy("外部平台"),
    "green_channels": gettext_lazy("绿色通道"),
    "receipts": gettext_lazy("办理回执单"),
    "plans": gettext_lazy("项目计划"),
    "scopes": gettext_lazy("适用范围"),
    "posts": gettext_lazy("服务团队"),
    "handovers": gettext_lazy("信息移交"),
    "problem_levels": gettext_lazy("问题协调层级"),
    "matters": gettext_lazy("问题与诉求"),
    "recognitions": gettext_lazy("认定和口径"),
    "progress": gettext_lazy("进度月报"),
    "guidance": gettext_lazy("验收指导"),
    "staging": gettext_lazy("分期验收"),
}


@dataclass(frozen=True, slots=True)
class Bite:
    """One place where a clause takes hold. ``lines`` say in people's words what it demands there."""

    table: str
    code: str
    kind: str
    name: str
    lines: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadClause:
    """A clause with everything that carries it; no bites: 暂无规则."""

    no: str
    gist: str
    phase: str
    bites: tuple[Bite, ...] = field(default=())


def kind_name(table: str) -> str:
    """What a table's rows are called."""
    return str(_KINDS[table])


def read(pack: Pack, names: Names) -> list[ReadClause]:
    """The pack clause by clause, in the order of the plan."""
    found: dict[str, list[Bite]] = {clause.no: [] for clause in pack.clauses}
    for clause, bite in _bites(pack, names):
        found[clause].append(bite)
    phases: dict[str, str] = {phase.code: phase.name for phase in pack.phases}
    return [_read(clause, phases, found[clause.no]) for clause in pack.clauses]


def _read(clause: Clause, phases: Mapping[str, str], bites: list[Bite]) -> ReadClause:
    return ReadClause(clause.no, clause.gist, phases.get(clause.phase or "", ""), tuple(bites))


def _bites(pack: Pack, names: Names) -> Iterator[tuple[str, Bite]]:
    if pack.policy.clause:
        yield pack.policy.clause, _head(pack.policy)
    for table, rule in pack.rules():
        if (table, rule.key) == _CATCH_ALL:
            continue
        yield rule.clause, _bite(table, rule, pack.choices, names)
        if isinstance(rule, Phase) and rule.gate:
            lines = tuple(needs_text(rule.gate, names))
            title = _("进入“%(phase)s”") % {"phase": rule.name}
            yield rule.gate.clause, Bite("gates", rule.code, kind_name("gates"), title, lines)
        if isinstance(rule, Step):
            yield from _inside(rule)
            yield from _guide(rule, names)
        if isinstance(rule, PlanRule):
            yield from _forms(rule, names)


def _head(head: PolicyHead) -> Bite:
    issued = {"issuer": head.issuer, "on": head.issued_on}
    lines = [_("%(issuer)s于%(on)s印发") % issued, _("自%(on)s起施行") % {"on": head.effective_from}]
    return Bite("policy", head.code, kind_name("policy"), head.title, tuple(lines))


def _bite(table: str, rule: Rule, choices: tuple[Choice, ...], names: Names) -> Bite:
    lead = f"{table}.{rule.key}"
    why = tuple(c.why for c in choices if c.rule == lead or c.rule.startswith(f"{lead}."))
    return Bite(table, rule.key, kind_name(table), rule.name, tuple(rule_lines(rule, names)), why)


def _inside(step: Step) -> Iterator[tuple[str, Bite]]:
    """Aspects and checks that cite another clause than their step does."""
    cited = [(a.clause, a.code, a.name) for a in step.aspects]
    cited += [(c.clause, c.code, c.name) for c in step.checks]
    if step.permit:
        cited += [(no, f"permit.{key}", name or permit_key(key)) for key, no, name in step.permit.clauses()]
    for clause, code, name in cited:
        if clause and clause != step.clause:
            title = f"{step.name} · {name}"
            yield clause, Bite("steps", f"{step.code}.{code}", kind_name("steps"), title)


def _guide(step: Step, names: Names) -> Iterator[tuple[str, Bite]]:
    if step.guide and step.guide.clause != step.clause:
        title = _("%(step)s · 办事指南") % {"step": step.name}
        lines = tuple(guide_text(step.guide, names))
        yield step.guide.clause, Bite("steps", f"{step.code}.guide", kind_name("steps"), title, lines)


def _forms(rule: PlanRule, names: Names) -> Iterator[tuple[str, Bite]]:
    """The lists and the table of a plan, and items that cite a clause of their own."""
    for clause, code, title, lines in plan_parts(rule, names):
        if clause != rule.clause:
            yield clause, Bite("plans", f"{rule.code}.{code}", kind_name("plans"), title, tuple(lines))


def unit_names() -> dict[str, str]:
    """Names of all units by code, those of the past too: a plan keeps the words of its day."""
    rows = Unit.objects.values_list("code", "short_name", "name")
    return {code: short or name for code, short, name in rows}


def read_version(version: PolicyVersion, beside: tuple[PolicyVersion, ...] = ()) -> list[ReadClause]:
    """A stored version clause by clause; ``beside`` lends the names of codes that it refers to."""
    pack = pack_of(version.body)
    return read(pack, Names.of([*(pack_of(other.body) for other in beside), pack], unit_names()))


def bites(rules: Rulebook) -> dict[tuple[str, str], list[Bite]]:
    """For each clause in force, by (policy code, clause number), where it bites; [] for 暂无规则."""
    versions = PolicyVersion.objects.filter(pk__in=[ref.id for ref in rules.sources]).select_related("policy")
    packs = {version.policy.code: pack_of(version.body) for version in versions}
    names = Names.of(packs.values(), unit_names())
    return {(code, c.no): list(c.bites) for code, pack in packs.items() for c in read(pack, names)}
