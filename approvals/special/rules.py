"""What the plan says of reports: which kinds there are, who issues them, which milestone they reach."""

from django.utils.translation import gettext as _

from kernel.refusals import Refused
from policies.rulebook import Rulebook
from policies.schema import Milestone, ReportRule, Series
from projects.facts import rules_of
from projects.models import Project

ACTION = "issue_report"
"""The mechanism's name in the ``action`` of a milestone."""


def rule_for(rules: Rulebook, kind: str = "") -> ReportRule:
    """The rule of a kind of report, by default the plan's first.

    Raises Refused where the plan has none, or none of that code.
    """
    if not rules.reports:
        raise Refused.because("not_in_plan", _("所适用的制度没有专报的规定"))
    if not kind:
        return next(iter(rules.reports.values()))
    if kind not in rules.reports:
        raise Refused.invalid("kind", _("制度中没有专报种类“%(kind)s”") % {"kind": kind})
    return rules.reports[kind]


def known_rule(project: Project, kind: str = "") -> ReportRule | None:
    """The same for pages, None where the plan has no such report."""
    reports = rules_of(project).reports
    return reports.get(kind) if kind else next(iter(reports.values()), None)


def aim_of(rule: ReportRule, rules: Rulebook) -> Milestone:
    return rules.milestone(rule.reaches)


def series_of(rule: ReportRule, rules: Rulebook) -> Series:
    return rules.series[rule.series]
