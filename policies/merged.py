"""Packs merged into one body of rules, immutable; what each is read for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar

from kernel.conditions import Facts, holds
from policies.schema import (
    AgreementKind,
    Benefit,
    Cadence,
    ChainPreset,
    Choice,
    ClaimRule,
    Clause,
    ClauseTemplate,
    CreditRule,
    DocumentKind,
    Dormancy,
    Duty,
    Element,
    Grade,
    GreenChannel,
    GuidanceRule,
    HandoverRule,
    LeadChannel,
    LeadTag,
    Likeness,
    Matter,
    Milestone,
    MonthlyReport,
    OutsidePlatform,
    OverallLimit,
    Pack,
    PartKind,
    Phase,
    PlanRule,
    PolicyVersionRef,
    PortalRule,
    PortfolioState,
    Post,
    Principle,
    ProblemLevel,
    ProjectClass,
    ReceiptRule,
    Recognition,
    ReportRule,
    RequestRule,
    Rule,
    Rung,
    Scope,
    Series,
    StagingRule,
    Step,
    TargetClass,
    TaskRule,
    Term,
    Topic,
    Weight,
    left_out,
)

R = TypeVar("R", bound=Rule)


@dataclass(frozen=True, slots=True)
class SourcedClause:
    """A clause of one of the packs; numbers repeat from plan to plan, so it carries its source."""

    no: str
    gist: str
    phase: str | None
    source: PolicyVersionRef


@dataclass(frozen=True, slots=True)
class SourcedChoice:
    """What a plan leaves open and how this office decided it."""

    rule: str
    why: str
    clause: str
    source: PolicyVersionRef


@dataclass(frozen=True)
class Rulebook:
    """All rules in force together. Lists keep the order of the plan; lookups raise KeyError."""

    sources: tuple[PolicyVersionRef, ...]
    phases: tuple[Phase, ...]
    portfolio: tuple[PortfolioState, ...]
    parts: Mapping[str, PartKind]
    duties: tuple[Duty, ...]
    documents: Mapping[str, DocumentKind]
    series: Mapping[str, Series]
    milestones: Mapping[str, Milestone]
    steps: Mapping[str, Step]
    limits: tuple[OverallLimit, ...]
    tasks: tuple[TaskRule, ...]
    reports: Mapping[str, ReportRule]
    classes: tuple[ProjectClass, ...]
    grades: tuple[Grade, ...]
    agreements: Mapping[str, AgreementKind]
    terms: tuple[Term, ...]
    clause_templates: tuple[ClauseTemplate, ...]
    credit: tuple[CreditRule, ...]
    escalation: tuple[Rung, ...]
    likeness: Mapping[str, Likeness]
    chains: tuple[ChainPreset, ...]
    claiming: tuple[ClaimRule, ...]
    cadences: tuple[Cadence, ...]
    topics: tuple[Topic, ...]
    elements: Mapping[str, Element]
    principles: tuple[Principle, ...]
    lead_channels: tuple[LeadChannel, ...]
    target_classes: tuple[TargetClass, ...]
    lead_tags: tuple[LeadTag, ...]
    dormancy: tuple[Dormancy, ...]
    portals: tuple[PortalRule, ...]
    requests: Mapping[str, RequestRule]
    benefits: tuple[Benefit, ...]
    platforms: Mapping[str, OutsidePlatform]
    green_channels: tuple[GreenChannel, ...]
    receipts: tuple[ReceiptRule, ...]
    plans: tuple[PlanRule, ...]
    scopes: Mapping[str, Scope]
    posts: tuple[Post, ...]
    handovers: Mapping[str, HandoverRule]
    problem_levels: tuple[ProblemLevel, ...]
    matters: Mapping[str, Matter]
    recognitions: Mapping[str, Recognition]
    progress: tuple[MonthlyReport, ...]
    guidance: Mapping[str, GuidanceRule]
    staging: tuple[StagingRule, ...]
    clauses: tuple[SourcedClause, ...]
    choices: tuple[SourcedChoice, ...]

    def milestone(self, code: str) -> Milestone:
        return self.milestones[code]

    def step(self, code: str) -> Step:
        return self.steps[code]

    def part(self, code: str) -> PartKind:
        return self.parts[code]

    def document(self, code: str) -> DocumentKind:
        return self.documents[code]

    def phase(self, code: str) -> Phase:
        """The plan's phase; one that it leaves out has its common name, no gate and no clause."""
        return self._phases.get(code) or left_out(code)

    def clause(self, policy_code: str, no: str) -> SourcedClause:
        return self._clauses[policy_code, no]

    def gist(self, rule: Rule) -> str:
        """What the clause of a rule says; "" for a rule read from a file that was never stored."""
        found = self._clauses.get((rule.source.code, rule.clause))
        return found.gist if found else ""

    def limit(self, code: str) -> OverallLimit:
        return next(rule for rule in self.limits if rule.code == code)

    def proposing(self, part: str) -> tuple[Step, ...]:
        """The steps that propose units for a part, each with its reason, and name one of them."""
        return tuple(rule for rule in self.steps.values() if rule.proposing and rule.names_part == part)

    def steps_opened_by(self, milestone: str) -> tuple[Step, ...]:
        return self._opened_by.get(milestone, ())

    def limits_started_by(self, milestone: str) -> tuple[OverallLimit, ...]:
        return tuple(rule for rule in self.limits if rule.starts_on == milestone)

    def limits_met_by(self, milestone: str) -> tuple[OverallLimit, ...]:
        return tuple(rule for rule in self.limits if rule.meets_on == milestone)

    @property
    def claim_rule(self) -> ClaimRule | None:
        """How leads are claimed (首接), if any plan says so."""
        return next(iter(self.claiming), None)

    @property
    def portal(self) -> PortalRule | None:
        """What an enterprise's account sees of its project, if any plan says so."""
        return next(iter(self.portals), None)

    @property
    def receipt(self) -> ReceiptRule | None:
        """How the running slip (回执单) of a project is kept and sent up, if any plan says so."""
        return next(iter(self.receipts), None)

    def topics_of(self, phase: str, channel: str) -> tuple[Topic, ...]:
        """What the record of a contact by this channel in this phase is asked about."""
        return tuple(row for row in self.topics if phase in row.phases and channel in row.channels)

    def dormancy_of(self, state: str) -> Dormancy | None:
        """How long a lead in this portfolio state may stand still, if any plan says so."""
        return next((rule for rule in self.dormancy if state in rule.states), None)

    def plan(self, code: str) -> PlanRule | None:
        """The kind of plan with this code, if any policy has it."""
        return next((rule for rule in self.plans if rule.code == code), None)

    def posts_of(self, part: str) -> tuple[Post, ...]:
        """The posts of the service team that whoever plays a part fills."""
        return tuple(rule for rule in self.posts if rule.part == part)

    def recognition_of(self, milestone: str) -> Recognition | None:
        """By what a milestone is recognised and who states its day, if any plan says so."""
        return next((rule for rule in self.recognitions.values() if rule.milestone == milestone), None)

    @property
    def monthly(self) -> MonthlyReport | None:
        """The monthly report on projects under construction, if any plan asks for one."""
        return next(iter(self.progress), None)

    def tasks_on(self, milestone: str) -> tuple[TaskRule, ...]:
        return tuple(rule for rule in self.tasks if rule.on_milestone == milestone)

    def milestone_of_action(self, action: str) -> Milestone | None:
        """The milestone that a mechanism of the program ("name_commissioner") reaches, if any."""
        return next((m for m in self.milestones.values() if m.action == action), None)

    def planning_milestone(self) -> Milestone | None:
        """The milestone whose rule says for which years ahead projects are planned, if any does."""
        return next((m for m in self.milestones.values() if m.years_ahead), None)

    def portfolio_of(self, reached: Iterable[str]) -> str:
        """The code of the last listed state whose milestone is reached; the first state by default."""
        known = set(reached)
        state = ""
        for place, rule in enumerate(self.portfolio):
            if place == 0 or rule.from_milestone in known:
                state = rule.code
        return state

    def classify(self, facts: Facts) -> ProjectClass | None:
        """The first class whose condition holds; None for a project below every class or undecided."""
        return next((rule for rule in self.classes if holds(rule.when, facts)), None)

    def credit_for(self, measure: str) -> CreditRule | None:
        return next((rule for rule in self.credit if rule.measure == measure), None)

    def weight(self, measure: str, facts: Facts) -> Weight | None:
        """The weight that applies; None where no rule says (unknown origin, measure not credited)."""
        rule = self.credit_for(measure)
        return next((w for w in rule.weights if holds(w.when, facts)), None) if rule else None

    def choices_about(self, table: str, code: str) -> tuple[SourcedChoice, ...]:
        lead = f"{table}.{code}"
        return tuple(c for c in self.choices if c.rule == lead or c.rule.startswith(f"{lead}."))

    @cached_property
    def _phases(self) -> dict[str, Phase]:
        return {phase.code: phase for phase in self.phases}

    @cached_property
    def _clauses(self) -> dict[tuple[str, str], SourcedClause]:
        return {(clause.source.code, clause.no): clause for clause in self.clauses}

    @cached_property
    def _opened_by(self) -> dict[str, tuple[Step, ...]]:
        found: dict[str, tuple[Step, ...]] = defaultdict(tuple)
        for step in self.steps.values():
            if step.opens_on.milestone:
                found[step.opens_on.milestone] += (step,)
        return dict(found)


def merge(packs: Sequence[tuple[PolicyVersionRef, Pack]]) -> Rulebook:
    """One rulebook from packs that claim no key in common (publishing sees to that)."""

    def rows(table: str, kind: type[R]) -> tuple[R, ...]:
        return tuple(
            row.sourced(ref) for ref, pack in packs for row in pack.rows(table) if isinstance(row, kind)
        )

    def by_code(table: str, kind: type[R]) -> Mapping[str, R]:
        return MappingProxyType({row.key: row for row in rows(table, kind)})

    return Rulebook(
        sources=tuple(ref for ref, _pack in packs),
        phases=rows("phases", Phase),
        portfolio=rows("portfolio", PortfolioState),
        parts=by_code("parts", PartKind),
        duties=rows("duties", Duty),
        documents=by_code("documents", DocumentKind),
        series=by_code("series", Series),
        milestones=by_code("milestones", Milestone),
        steps=by_code("steps", Step),
        limits=rows("limits", OverallLimit),
        tasks=rows("assignments", TaskRule),
        reports=by_code("reports", ReportRule),
        classes=rows("classes", ProjectClass),
        grades=rows("grades", Grade),
        agreements=by_code("agreements", AgreementKind),
        terms=rows("terms", Term),
        clause_templates=rows("clause_templates", ClauseTemplate),
        credit=rows("credit", CreditRule),
        escalation=rows("escalation", Rung),
        likeness=by_code("likeness", Likeness),
        chains=rows("chains", ChainPreset),
        claiming=rows("claiming", ClaimRule),
        cadences=rows("cadences", Cadence),
        topics=rows("topics", Topic),
        elements=by_code("elements", Element),
        principles=rows("principles", Principle),
        lead_channels=rows("lead_channels", LeadChannel),
        target_classes=rows("target_classes", TargetClass),
        lead_tags=rows("lead_tags", LeadTag),
        dormancy=rows("dormancy", Dormancy),
        portals=rows("portal", PortalRule),
        requests=by_code("enterprise_requests", RequestRule),
        benefits=rows("benefits", Benefit),
        platforms=by_code("platforms", OutsidePlatform),
        green_channels=rows("green_channels", GreenChannel),
        receipts=rows("receipts", ReceiptRule),
        plans=rows("plans", PlanRule),
        scopes=by_code("scopes", Scope),
        posts=rows("posts", Post),
        handovers=by_code("handovers", HandoverRule),
        problem_levels=rows("problem_levels", ProblemLevel),
        matters=by_code("matters", Matter),
        recognitions=by_code("recognitions", Recognition),
        progress=rows("progress", MonthlyReport),
        guidance=by_code("guidance", GuidanceRule),
        staging=rows("staging", StagingRule),
        clauses=tuple(_clause(ref, clause) for ref, pack in packs for clause in pack.clauses),
        choices=tuple(_choice(ref, choice) for ref, pack in packs for choice in pack.choices),
    )


def _clause(ref: PolicyVersionRef, clause: Clause) -> SourcedClause:
    return SourcedClause(clause.no, clause.gist, clause.phase, ref)


def _choice(ref: PolicyVersionRef, choice: Choice) -> SourcedChoice:
    return SourcedChoice(choice.rule, choice.why, choice.clause, ref)
