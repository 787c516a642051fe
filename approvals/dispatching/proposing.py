"""Proposals inside the life of a round: noted at its opening, asked in their turn, settled by its verdict."""

from collections.abc import Sequence
from datetime import date

from accounts.models import Unit, User
from approvals.dispatching import landing
from approvals.dispatching.rules import Suggestion, holder_of, principle_names, standing
from approvals.models import Proposal, Step
from approvals.rules import Cast, verdict_of
from cases import actions as cases
from cases.models import Part
from kernel.language import house_language
from policies.schema import Step as StepRule
from projects import actions as projects
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.models import Project


def cast(step: Step, rule: StepRule, known: Cast) -> Cast:
    """Whom the rule means in this round: who is proposed plays the part for which it is proposed."""
    if rule.proposing is None:
        return known
    return known.with_part(rule.proposing.part, [row.unit for row in standing(step)])


def note(step: Step, rule: StepRule, suggestions: Sequence[Suggestion], by: User, on: date) -> list[Proposal]:
    """Store checked suggestions with their event; where the plan says so the units see the case at once."""
    if rule.proposing is None or not suggestions:
        return []
    held = holder_of(step.case_id, rule)
    rows = [
        Proposal(
            step=step, unit=one.unit, aspect=rule.proposing.aspect, from_unit=held.unit if held else None,
            reason=one.reason, principles=list(one.principles), industry=one.industry, proposed_on=on,
            proposed_by=by,
        )
        for one in suggestions
    ]  # fmt: skip
    Proposal.objects.bulk_create(rows)
    _record(step, rows, by, on)
    if rule.proposing.sees == "at_once":
        open_case(step, rule, [row.unit for row in rows], by, on)
    return rows


@house_language()
def _record(step: Step, rows: Sequence[Proposal], by: User, on: date) -> None:
    rules = rules_of(Project.objects.get(pk=step.case_id))
    lines = [_line(row, principle_names(rules, row.principles)) for row in rows]
    data = {
        "step": step.pk, "name": step.name, "clause": step.clause, "proposed": "；".join(lines),
        "units": [row.unit.name for row in rows],
    }  # fmt: skip
    cases.record(case=step.case, kind="proposal.made", by=by, on=on, data=data)


def _line(row: Proposal, principles: str) -> str:
    marks = "、".join(word for word in (principles, row.industry) if word)
    return f"{row.unit}（{marks}）：{row.reason}" if marks else f"{row.unit}：{row.reason}"


def open_case(step: Step, rule: StepRule, units: Sequence[Unit], by: User, on: date) -> None:
    """The units proposed play their part from now on: it is what opens the case to them.

    Called under the lock of the step alone: it must not wait for the project's, which others take first.
    """
    if rule.proposing is None:
        return
    for row in standing(step):
        if row.unit in units and row.part_id is None:
            row.part = cases.assign_part(
                case=step.case, unit=row.unit, part=rule.proposing.part, by=by, on=on, reason=step.name
            )
            row.save(update_fields=["part"])


def settle(step: Step, rule: StepRule, before: Part | None, by: User, on: date) -> None:
    """After the verdict: who was named is noted, whoever held the project gives it up, the others' part ends.

    ``before``: who held it until the verdict. An unfavourable one that withdraws what had been reached takes
    the project back from its holder.
    """
    verdict = verdict_of(rule, step.verdict)
    if rule.proposing is None or verdict is None:
        return
    project = Project.objects.get(pk=step.case_id)
    named = holder_of(step.case_id, rule) if verdict.reaches else None
    if named is not None:
        step.proposals.standing().filter(unit=named.unit).update(chosen_on=on, landing=named)
        if before is not None and before.unit_id != named.unit_id:
            landing.follow(landing.Move(project, rule, before.unit, named.unit, by, on))
    elif before is not None and set(verdict.withdraws) & reached_codes(project):
        why = step.concluded_reason or step.verdict_name
        projects.end_part(project=project, part=before, by=by, on=on, reason=why[:300], produced=True)
    close(step, step.verdict_name, by, on)


def close(step: Step, reason: str, by: User, on: date) -> None:
    """The part of whoever was proposed ends with the round."""
    for row in step.proposals.filter(part__valid_to__isnull=True, part__isnull=False).select_related("part"):
        end(row, reason, by, on)


def end(row: Proposal, reason: str, by: User, on: date) -> None:
    if row.part is not None and row.part.valid_to is None:
        project = Project(pk=row.part.case_id)
        day = max(on, row.part.valid_from)
        projects.end_part(project=project, part=row.part, by=by, on=day, reason=reason[:300], produced=True)
