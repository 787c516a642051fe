"""Rules as sentences for people, in the active language: what the policy pages and commands show."""

from collections.abc import Callable
from typing import Any

from policies.schema import (
    AgreementKind,
    Benefit,
    Cadence,
    ClaimRule,
    ClauseTemplate,
    CreditRule,
    Dormancy,
    Duty,
    Element,
    GreenChannel,
    GuidanceRule,
    HandoverRule,
    LeadTag,
    Likeness,
    Matter,
    Milestone,
    MonthlyReport,
    OutsidePlatform,
    OverallLimit,
    PartKind,
    PlanRule,
    PortalRule,
    PortfolioState,
    Post,
    ProblemLevel,
    ProjectClass,
    ReceiptRule,
    Recognition,
    ReportRule,
    RequestRule,
    Rung,
    Scope,
    Series,
    StagingRule,
    Step,
    TaskRule,
    Term,
    Topic,
)
from policies.wording.elements import element_lines
from policies.wording.enterprise import benefit_lines, platform_lines, portal_lines, request_lines
from policies.wording.leads import (
    cadence_lines,
    claiming_lines,
    dormancy_lines,
    likeness_lines,
    tag_lines,
    topic_lines,
)
from policies.wording.life import (
    duty_lines,
    milestone_lines,
    overall_limit_lines,
    part_lines,
    portfolio_lines,
    rung_lines,
    task_lines,
)
from policies.wording.measures import class_lines, credit_lines
from policies.wording.papers import agreement_lines, report_lines, series_lines, template_lines, term_lines
from policies.wording.permits import green_lines, permit_key, receipt_lines
from policies.wording.plans import plan_lines, plan_parts
from policies.wording.progress import (
    guidance_lines,
    monthly_lines,
    recognition_lines,
    staging_lines,
)
from policies.wording.service import handover_lines, level_lines, matter_lines, post_lines, scope_lines
from policies.wording.steps import guide_text, step_lines
from policies.wording.words import Names, limit_text, needs_text

__all__ = ["Names", "guide_text", "limit_text", "needs_text", "permit_key", "plan_parts", "rule_lines"]

_WORDING: dict[type, Callable[[Any, Names], list[str]]] = {
    PortfolioState: portfolio_lines,
    PartKind: part_lines,
    Duty: duty_lines,
    Milestone: milestone_lines,
    Step: step_lines,
    OverallLimit: overall_limit_lines,
    TaskRule: task_lines,
    Series: series_lines,
    ReportRule: report_lines,
    AgreementKind: agreement_lines,
    Term: term_lines,
    ClauseTemplate: template_lines,
    ProjectClass: class_lines,
    CreditRule: credit_lines,
    Rung: rung_lines,
    Likeness: likeness_lines,
    ClaimRule: claiming_lines,
    Cadence: cadence_lines,
    Topic: topic_lines,
    Element: element_lines,
    Dormancy: dormancy_lines,
    LeadTag: tag_lines,
    PortalRule: portal_lines,
    RequestRule: request_lines,
    Benefit: benefit_lines,
    OutsidePlatform: platform_lines,
    GreenChannel: green_lines,
    ReceiptRule: receipt_lines,
    PlanRule: plan_lines,
    Scope: scope_lines,
    Post: post_lines,
    HandoverRule: handover_lines,
    ProblemLevel: level_lines,
    Matter: matter_lines,
    Recognition: recognition_lines,
    MonthlyReport: monthly_lines,
    GuidanceRule: guidance_lines,
    StagingRule: staging_lines,
}


def rule_lines(rule: object, names: Names) -> list[str]:
    """What the rule demands, sentence by sentence; a rule that only names something says nothing more."""
    wording = _WORDING.get(type(rule))
    return wording(rule, names) if wording else []
