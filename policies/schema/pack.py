"""A whole pack: its tables by name, in the order in which people read them."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from policies.schema.agreements import AgreementKind, ClauseTemplate, Term
from policies.schema.base import Item, Listed, Rule
from policies.schema.contacts import Cadence, ClaimRule, Topic
from policies.schema.elements import Element
from policies.schema.enterprise import Benefit, PortalRule, RequestRule
from policies.schema.leads import Dormancy, LeadChannel, LeadTag, TargetClass
from policies.schema.life import (
    ChainPreset,
    Clause,
    DocumentKind,
    Duty,
    Grade,
    Milestone,
    OverallLimit,
    PartKind,
    Phase,
    PolicyHead,
    PortfolioState,
    TaskRule,
)
from policies.schema.measures import Choice, CreditRule, Likeness, Principle, ProjectClass, Rung
from policies.schema.papers import ReportRule, Series
from policies.schema.permits import GreenChannel, ReceiptRule
from policies.schema.plans import PlanRule
from policies.schema.platforms import OutsidePlatform
from policies.schema.progress import GuidanceRule, MonthlyReport, Recognition, StagingRule
from policies.schema.service import HandoverRule, Matter, Post, ProblemLevel, Scope
from policies.schema.steps import Step

# Tables read as a whole (order carries meaning): two packs in force may not both fill one.
WHOLE_TABLES = (
    *("phases", "portfolio", "classes", "grades", "escalation", "likeness", "claiming", "topics"),
    "principles",
    "dormancy",
    "portal",
    "receipts",
    "problem_levels",
    "progress",
    "staging",
)
RULE_TABLES = (
    "phases",
    "portfolio",
    "parts",
    "duties",
    "documents",
    "series",
    "milestones",
    "steps",
    "limits",
    "assignments",
    "reports",
    "classes",
    "grades",
    "agreements",
    "terms",
    "clause_templates",
    "credit",
    "escalation",
    "likeness",
    "chains",
    "claiming",
    "cadences",
    "topics",
    "elements",
    "principles",
    "lead_channels",
    "target_classes",
    "lead_tags",
    "dormancy",
    "portal",
    "enterprise_requests",
    "benefits",
    "platforms",
    "green_channels",
    "receipts",
    "plans",
    "scopes",
    "posts",
    "handovers",
    "problem_levels",
    "matters",
    "recognitions",
    "progress",
    "guidance",
    "staging",
)


class Pack(Item):
    """A policy pack as its TOML file says it."""

    policy: PolicyHead
    clauses: Listed[Clause] = ()
    phases: Listed[Phase] = ()
    portfolio: Listed[PortfolioState] = ()
    parts: Listed[PartKind] = ()
    duties: Listed[Duty] = ()
    documents: Listed[DocumentKind] = ()
    series: Listed[Series] = ()
    milestones: Listed[Milestone] = ()
    steps: Listed[Step] = ()
    limits: Listed[OverallLimit] = ()
    assignments: Listed[TaskRule] = ()
    reports: Listed[ReportRule] = ()
    classes: Listed[ProjectClass] = ()
    grades: Listed[Grade] = ()
    agreements: Listed[AgreementKind] = ()
    terms: Listed[Term] = ()
    clause_templates: Listed[ClauseTemplate] = ()
    credit: Listed[CreditRule] = ()
    escalation: Listed[Rung] = ()
    likeness: Listed[Likeness] = ()
    chains: Listed[ChainPreset] = ()
    claiming: Listed[ClaimRule] = ()
    cadences: Listed[Cadence] = ()
    topics: Listed[Topic] = ()
    elements: Listed[Element] = ()
    principles: Listed[Principle] = ()
    lead_channels: Listed[LeadChannel] = ()
    target_classes: Listed[TargetClass] = ()
    lead_tags: Listed[LeadTag] = ()
    dormancy: Listed[Dormancy] = ()
    portal: Annotated[Listed[PortalRule], Field(max_length=1)] = ()
    enterprise_requests: Listed[RequestRule] = ()
    benefits: Listed[Benefit] = ()
    platforms: Listed[OutsidePlatform] = ()
    green_channels: Listed[GreenChannel] = ()
    receipts: Listed[ReceiptRule] = ()
    plans: Listed[PlanRule] = ()
    scopes: Listed[Scope] = ()
    posts: Listed[Post] = ()
    handovers: Listed[HandoverRule] = ()
    problem_levels: Listed[ProblemLevel] = ()
    matters: Listed[Matter] = ()
    recognitions: Listed[Recognition] = ()
    progress: Listed[MonthlyReport] = ()
    guidance: Listed[GuidanceRule] = ()
    staging: Listed[StagingRule] = ()
    choices: Listed[Choice] = ()

    def rows(self, table: str) -> tuple[Rule, ...]:
        """The rules of one table, in file order."""
        return tuple(getattr(self, table))

    def rules(self) -> Iterator[tuple[str, Rule]]:
        """Every rule with the name of its table."""
        return ((table, rule) for table in RULE_TABLES for rule in self.rows(table))

    def codes(self, table: str) -> set[str]:
        return {rule.key for rule in self.rows(table)}

    def claims(self) -> set[tuple[str, str]]:
        """The keys the pack lays claim to; two packs in force may not share one.

        A table whose order carries meaning is claimed as a whole (key ``*``), a credited measure by its name.
        """
        whole = {(table, "*") for table in WHOLE_TABLES if self.rows(table)}
        single = {(t, rule.key) for t, rule in self.rules() if t not in WHOLE_TABLES}
        return whole | single | {("credit", f"measure:{rule.measure}") for rule in self.credit}
