"""What is kept beside a project over REST: contacts, figures, corrections, codes, events, milestones."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from cases.event_texts import sentence
from cases.models import Event
from kernel.money import show_fen
from kernel.numbers import MOST_KEY
from kernel.phones import mask, mask_in_prose, masked
from kernel.rest import BusinessDay
from policies.rulebook import Rulebook
from projects.actions.contacts import MOST_PAPERS
from projects.actions.milestones import MOST_PARTS
from projects.models import (
    Currency,
    Measure,
    ProjectCode,
)
from projects.models.records import Channel, ContactRecord, Money, ReachedMilestone
from projects.timeline import said


class ContactIn(serializers.Serializer[Any]):
    on = serializers.DateField(required=False)
    channel = serializers.ChoiceField(Channel.choices)
    with_whom = serializers.CharField(max_length=100)
    place = serializers.CharField(max_length=100, required=False, allow_blank=True)
    matter = serializers.CharField()
    outcome = serializers.CharField(required=False, allow_blank=True)
    next_step = serializers.CharField(max_length=300, required=False, allow_blank=True)
    next_on = serializers.DateField(required=False, allow_null=True, help_text="may be to come")
    topics = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        help_text="what was said, by the code of a topic of the plan",
    )
    papers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_KEY),
        required=False,
        max_length=MOST_PAPERS,
        help_text="ids of attachments of the project",
    )
    on_request = serializers.BooleanField(required=False, help_text="the enterprise had asked for it")


class FundsIn(serializers.Serializer[Any]):
    measure = serializers.ChoiceField(Measure.choices)
    raw = serializers.CharField(max_length=100, help_text="As written: 20亿元, 6000万元, 350 (元)")
    currency = serializers.ChoiceField(Currency.choices, required=False)
    rate = serializers.CharField(max_length=20, required=False, allow_blank=True)
    rate_on = BusinessDay(required=False, allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]  # a field of that name, not DRF's own
        max_length=200, required=False, allow_blank=True
    )
    qualifier = serializers.CharField(max_length=40, required=False, allow_blank=True)
    evidence = serializers.IntegerField(
        required=False, allow_null=True, help_text="id of an attachment of the project"
    )
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    on = BusinessDay(required=False)


class CorrectionIn(serializers.Serializer[Any]):
    """What is wrong: the ``day`` of a ``milestone`` (and part), the figure in force of a ``measure``, or one
    of the ``funds`` by its id. Of a figure, what is left out stays as stated. ``preview`` writes nothing.
    """

    milestone = serializers.CharField(max_length=48, required=False)
    part_no = serializers.IntegerField(min_value=1, max_value=MOST_PARTS, required=False)
    day = BusinessDay(required=False)
    measure = serializers.ChoiceField(Measure.choices, required=False)
    funds = serializers.IntegerField(required=False)
    raw = serializers.CharField(max_length=100, required=False)
    currency = serializers.ChoiceField(Currency.choices, required=False)
    rate = serializers.CharField(max_length=20, required=False)
    rate_on = BusinessDay(required=False)
    qualifier = serializers.CharField(max_length=40, required=False, allow_blank=True)
    source = serializers.CharField(  # type: ignore[assignment]  # a field of that name, not DRF's own
        max_length=200, required=False, allow_blank=True
    )
    evidence = serializers.IntegerField(required=False, help_text="id of an attachment of the project")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    preview = serializers.BooleanField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        meant = [name for name in ("milestone", "measure", "funds") if name in attrs]
        if len(meant) != 1:
            raise serializers.ValidationError(_("milestone、measure、funds 须填且只填一项"))
        return attrs


class MovesOut(serializers.Serializer[Any]):
    """``moves``: what the correction moves, as sentences; ``done``: false for a preview."""

    moves = serializers.ListField(child=serializers.CharField())
    done = serializers.BooleanField()


def money_out(row: Money) -> dict[str, Any]:
    return {
        "id": row.pk,
        "measure": row.measure,
        "raw": row.raw,
        "currency": row.currency,
        "original_yuan": row.original,
        "fen": row.fen,
        "text": show_fen(row.fen),
        "rate": row.rate,
        "rate_on": row.rate_on,
        "qualifier": row.qualifier,
        "on": row.on,
        "source": row.source,
        "evidence": row.evidence_id,
        "reason": row.reason,
        "supersedes": row.supersedes_id,
    }


def code_out(row: ProjectCode) -> dict[str, Any]:
    return {
        "id": row.pk,
        "code": row.code,
        "valid": row.voided_on is None,
        "voided_on": row.voided_on,
        "voided_by": row.voided_by.name if row.voided_by else None,
        "voided_reason": row.voided_reason,
    }


def contact_out(row: ContactRecord) -> dict[str, Any]:
    return {
        "id": row.pk,
        "on": row.on,
        "channel": row.channel,
        "with_whom": mask(row.with_whom),
        "place": row.place,
        "matter": mask_in_prose(row.matter),
        "outcome": mask_in_prose(row.outcome),
        "next_step": mask_in_prose(row.next_step),
        "next_on": row.next_on,
        "topics": {code: mask_in_prose(text) for code, text in row.topics.items()},
        "papers": [paper.attachment_id for paper in row.papers.all()],
        "is_first": row.is_first,
        "on_request": row.on_request,
        "by": row.by.name,
    }


def event_out(row: Event, rules: Rulebook) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "on": row.on,
        "at": row.at,
        "by": row.by.name if row.by else None,
        "unit": row.unit.name if row.unit else None,
        "text": mask_in_prose(sentence(row.kind, said(row, rules))),
        "data": masked(row.data),
    }


def milestone_out(row: ReachedMilestone) -> dict[str, Any]:
    return {
        "code": row.code,
        "on": row.on,
        "precision": row.precision,
        "part_no": row.part_no,
        "parts_total": row.parts_total,
        "evidence": row.evidence_id,
        "evidence_outstanding": row.evidence_outstanding,
        "withdrawn_on": row.withdrawn_on,
        "withdrawn_reason": row.withdrawn_reason,
    }
