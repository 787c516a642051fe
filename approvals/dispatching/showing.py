"""The proposals of a round as its pages show them: beside the opinions, and to whoever is asked."""

from typing import Any

from accounts.models import User
from approvals.dispatching.rules import principle_names, taken_back
from approvals.models import ProposalState, Step
from approvals.permissions import may_conclude
from approvals.rules import rule_of, verdict_of
from projects.facts import rules_of
from projects.models import Project


def proposals_of(step: Step, project: Project, user: User) -> dict[str, Any]:
    """Who is proposed and why, with what the reader may do; nothing where the step proposes nobody."""
    rows = list(step.proposals.for_list().order_by("pk")) if step.kind in ("dispatch", "transfer") else []
    rules = rules_of(project)
    lines = [
        {
            "row": row,
            "state_name": ProposalState(row.state).label,
            "principles": principle_names(rules, row.principles),
        }
        for row in rows
    ]
    may = bool(rows) and step.is_running and may_conclude(step, user)
    return {"proposals": lines, "may_propose": may, "undo": _undo(step) if rows else ""}


def _undo(step: Step) -> str:
    """How a favourable verdict is taken back, where the plan provides for it."""
    rule = rule_of(step)
    verdict = verdict_of(rule, step.verdict)
    return taken_back(step, rule) if verdict is not None and verdict.reaches else ""
