"""Typed schema of a policy pack (TOML): strict, frozen, unknown keys refused."""

from policies.schema.base import Limit, Needs, PolicyVersionRef, Rule
from policies.schema.life import (
    PHASES,
    ChainPreset,
    Clause,
    DocumentKind,
    Duty,
    Gate,
    Grade,
    Milestone,
    OverallLimit,
    PartKind,
    Phase,
    PolicyHead,
    PortfolioState,
    TaskRule,
)
from policies.schema.measures import TELLS, Choice, CreditRule, JointShare, ProjectClass, Rung, Weight
from policies.schema.pack import RULE_TABLES, WHOLE_TABLES, Pack
from policies.schema.steps import Aspect, Check, Opening, Score, Step, Verdict

__all__ = [
    "PHASES",
    "RULE_TABLES",
    "TELLS",
    "WHOLE_TABLES",
    "Aspect",
    "ChainPreset",
    "Check",
    "Choice",
    "Clause",
    "CreditRule",
    "DocumentKind",
    "Duty",
    "Gate",
    "Grade",
    "JointShare",
    "Limit",
    "Milestone",
    "Needs",
    "Opening",
    "OverallLimit",
    "Pack",
    "PartKind",
    "Phase",
    "PolicyHead",
    "PolicyVersionRef",
    "PortfolioState",
    "ProjectClass",
    "Rule",
    "Rung",
    "Score",
    "Step",
    "TaskRule",
    "Verdict",
    "Weight",
]
