"""办事指南 filtered to the enterprise's case, and how far each matter is: no opinion, no reviewer's word.

A guide is public by nature; of a procedure only its state, its days and the name of its result are told.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from approvals.guides import ShownGuide, guide_for
from approvals.models import Step
from approvals.readiness import concerns
from approvals.rules import cast_for, rule_of, verdict_of
from policies.schema import Step as StepRule
from policies.spans import span_text
from projects import reading
from projects.facts import facts_of
from projects.gates import reached_codes
from service.portal.access import Speaker


class Way(TextChoices):
    """How far a matter is, as its applicant is told."""

    NOT_APPLIED = "not_applied", _("未申请")
    UNDER_WAY = "under_way", _("办理中")
    STOPPED = "stopped", _("暂停计时")
    DONE = "done", _("已办结")
    NOT_GRANTED = "not_granted", _("未通过")


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter of the guide: ``due_on``, ``provisional`` while it runs, ``done_on``, ``result`` after."""

    rule: StepRule
    guide: ShownGuide
    offices: list[Unit]
    limit: str
    way: Way
    opened_on: date | None = None
    due_on: date | None = None
    provisional: bool = False
    done_on: date | None = None
    result: str = ""

    @property
    def light(self) -> str:
        """The colour that goes with it on pages."""
        return {"under_way": "green", "stopped": "paused", "done": "met", "not_granted": "red"}.get(
            self.way.value, "grey"
        )


def matters(speaker: Speaker) -> list[Matter]:
    """The matters with a guide in the phases that the enterprise follows, as far as they concern it.

    A fixed number of queries where the page keeps what it reads (``projects.reading``).
    """
    portal = speaker.rules.portal
    if portal is None:
        return []
    facts = facts_of(speaker.project)
    rules = [
        rule
        for rule in speaker.rules.steps.values()
        if rule.guide is not None and rule.phase in portal.phases and concerns(rule, facts)
    ]
    if not rules:
        return []
    reached, latest = reached_codes(speaker.project), _latest(speaker, rules)
    held = reading.of(speaker.project).parts
    cast = cast_for(rules, speaker.project.pk, speaker.on, held)
    return [
        _matter(rule, guide, latest.get(rule.code), reached, cast.leads(rule))
        for rule in rules
        if (guide := guide_for(rule, speaker.project)) is not None
    ]


def _latest(speaker: Speaker, rules: list[StepRule]) -> dict[str, Step]:
    """The last round of each that was not called off."""
    rows = Step.objects.filter(
        case_id=speaker.project.pk, code__in=[rule.code for rule in rules], cancelled_on__isnull=True
    )
    return {row.code: row for row in rows.select_related("case", "deadline").order_by("round")}


def _matter(
    rule: StepRule, guide: ShownGuide, step: Step | None, reached: set[str], offices: list[Unit]
) -> Matter:
    limit = span_text(rule.limit) if rule.limit else ""
    if step is None:
        way = Way.DONE if rule.milestones and rule.milestones <= reached else Way.NOT_APPLIED
        return Matter(rule, guide, offices, limit, way)
    if step.concluded_on is not None:
        verdict = verdict_of(rule_of(step), step.verdict)
        way = Way.DONE if verdict and verdict.reaches else Way.NOT_GRANTED
        return Matter(
            rule, guide, offices, limit, way, step.opened_on, done_on=step.concluded_on,
            result=step.verdict_name,
        )  # fmt: skip
    clock = step.deadline
    if clock is not None and clock.paused_from:
        return Matter(rule, guide, offices, limit, Way.STOPPED, step.opened_on)
    due, assumed = (clock.due_on, clock.provisional) if clock else (None, False)
    return Matter(rule, guide, offices, limit, Way.UNDER_WAY, step.opened_on, due, assumed)
