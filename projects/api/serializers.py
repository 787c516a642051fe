"""What REST takes and gives. Amounts come as written ("20亿元") and leave in 分 and as text."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from rest_framework import serializers

from cases.event_texts import sentence
from cases.models import Enterprise, Event
from kernel.money import show_fen
from kernel.numbers import MOST_KEY
from kernel.phones import mask, mask_in_prose, masked
from kernel.rest import BusinessDay
from kernel.schema import UnmetOut
from policies.rulebook import Rulebook
from projects.actions.contacts import MOST_PAPERS
from projects.actions.milestones import MOST_PARTS
from projects.coded import codes_of
from projects.models import (
    AgreementGrade,
    Currency,
    LandMode,
    Measure,
    Project,
    ProjectCode,
    ProjectType,
    Sector,
)
from projects.models.records import Channel, ContactRecord, Money, ReachedMilestone
from projects.timeline import said


class EnterpriseIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    credit_code = serializers.CharField(max_length=18, required=False, allow_blank=True)
    no_code_reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
    division_code = serializers.RegexField(r"^\d{6}$", required=False, allow_blank=True)
    country = serializers.CharField(min_length=2, max_length=2, required=False)
    contact_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    contact_phone = serializers.CharField(max_length=40, required=False, allow_blank=True)


class EnterpriseOut(serializers.ModelSerializer[Enterprise]):
    """``contact_phone`` is masked."""

    class Meta:
        model = Enterprise
        fields = [
            "id",
            "name",
            "credit_code",
            "no_code_reason",
            "division_code",
            "country",
            "contact_name",
            "contact_phone",
            "updated_at",
        ]

    def to_representation(self, instance: Enterprise) -> dict[str, Any]:
        return enterprise_out(instance)


def enterprise_out(row: Enterprise) -> dict[str, Any]:
    own = {"contact_phone": mask(row.contact_phone), "updated_at": localtime(row.updated_at)}
    return _filled(EnterpriseOut.Meta.fields, row, own)


def _filled(names: Iterable[str], row: Any, own: dict[str, Any]) -> dict[str, Any]:
    """These keys in their order, what is not given in ``own`` as it is kept.

    By hand, as all rows: a model serializer takes several times as long.
    """
    return {name: own[name] if name in own else getattr(row, name) for name in names}


class ProjectFields(serializers.Serializer[Any]):
    """The plain fields that people fill in; what is computed cannot be sent."""

    project_type = serializers.ChoiceField(ProjectType.choices, required=False)
    agreement_grade = serializers.ChoiceField(AgreementGrade.choices, required=False)
    sector = serializers.ChoiceField(Sector.choices, required=False, allow_blank=True)
    industry_code = serializers.CharField(max_length=4, required=False, allow_blank=True)
    industry_text = serializers.CharField(max_length=100, required=False, allow_blank=True)
    planning_year = serializers.IntegerField(min_value=2000, max_value=2100, required=False, allow_null=True)
    lead_channel = serializers.CharField(
        max_length=64, required=False, allow_blank=True, help_text="code of the pack"
    )
    lead_source = serializers.CharField(max_length=100, required=False, allow_blank=True)
    target_classes = serializers.ListField(child=serializers.CharField(max_length=64), required=False)
    lead_tags = serializers.ListField(child=serializers.CharField(max_length=64), required=False)
    jobs = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    land_square_metres = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    land_mode = serializers.ChoiceField(LandMode.choices, required=False, allow_blank=True)
    green_channel = serializers.BooleanField(required=False)
    small_low_risk = serializers.BooleanField(required=False)
    special_fire = serializers.BooleanField(required=False)
    content = serializers.CharField(required=False, allow_blank=True)
    site = serializers.CharField(max_length=200, required=False, allow_blank=True)
    progress = serializers.CharField(required=False, allow_blank=True)


class ProjectIn(ProjectFields):
    name = serializers.CharField(max_length=200)
    enterprise = EnterpriseIn(required=False, allow_null=True)
    confirmed_distinct = serializers.BooleanField(
        required=False, help_text="true, with distinct_reason: register in spite of a sure match"
    )
    distinct_reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ProjectPatch(ProjectFields):
    """``enterprise`` names the investor: found by credit code or name, else created; what else is said of the
    one on file is put right."""

    name = serializers.CharField(max_length=200, required=False)
    enterprise = EnterpriseIn(required=False)


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)
    on = BusinessDay(required=False)


class ShelveIn(ReasonIn):
    approved_by = serializers.CharField(
        max_length=64, required=False, help_text="user name; needed while clocks run"
    )


class ProjectResumeIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    on = BusinessDay(required=False)


class DayIn(serializers.Serializer[Any]):
    on = BusinessDay(required=False)


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


class CodeIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40, help_text="2603-500102-89-05-346948 (GB/T 40058-2021)")
    on = BusinessDay(required=False)


class MilestoneIn(serializers.Serializer[Any]):
    milestone = serializers.CharField(max_length=48)
    on = serializers.DateField(required=False)
    part_no = serializers.IntegerField(min_value=1, max_value=MOST_PARTS, required=False)
    parts_total = serializers.IntegerField(min_value=1, max_value=MOST_PARTS, required=False)
    evidence = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class EvidenceIn(serializers.Serializer[Any]):
    """The paper of a milestone whose evidence is outstanding: one of the project's attachments, or its number
    where the plan asks for no paper. ``day``: the exact day, wanted where ``precision`` is "unknown"."""

    milestone = serializers.CharField(max_length=48)
    part_no = serializers.IntegerField(min_value=1, max_value=MOST_PARTS, required=False)
    day = BusinessDay(required=False, allow_null=True)
    evidence = serializers.IntegerField(
        required=False, allow_null=True, help_text="id of an attachment of the project"
    )
    document_no = serializers.CharField(max_length=100, required=False, allow_blank=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class WithdrawIn(serializers.Serializer[Any]):
    """``part_no``: only that part of a milestone reached in parts; all of them if left out."""

    milestone = serializers.CharField(max_length=48)
    part_no = serializers.IntegerField(min_value=1, max_value=MOST_PARTS, required=False)
    reason = serializers.CharField(max_length=300)
    on = BusinessDay(required=False)


class RoleIn(serializers.Serializer[Any]):
    part = serializers.CharField(max_length=40)
    unit = serializers.SlugField(max_length=64)
    user = serializers.CharField(max_length=64, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    on = BusinessDay(required=False)


class AttachmentIn(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=48)
    file = serializers.FileField()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    on = BusinessDay(required=False)


class GateOut(serializers.Serializer[Any]):
    phase = serializers.CharField()
    next_phase = serializers.CharField(allow_null=True)
    unmet = UnmetOut(many=True)


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


PROSE = ("content", "progress", "site", "shelved_reason", "exited_reason")


class ProjectOut(serializers.ModelSerializer[Project]):
    """One project in full; the list gives a flatter row."""

    id = serializers.IntegerField(source="pk", read_only=True)
    code = serializers.CharField(source="case.code", read_only=True)
    enterprise = EnterpriseOut(read_only=True, allow_null=True)
    landing_unit = serializers.CharField(
        source="landing_unit.code", default=None, read_only=True, allow_null=True
    )
    introducing_unit = serializers.CharField(
        source="introducing_unit.code", default=None, read_only=True, allow_null=True
    )
    target_classes = serializers.ListField(child=serializers.CharField(), read_only=True)
    lead_tags = serializers.ListField(child=serializers.CharField(), read_only=True)
    url = serializers.CharField(read_only=True)

    class Meta:
        model = Project
        fields = [
            "id",
            "code",
            "name",
            "enterprise",
            "phase",
            "batch",
            "project_class",
            "origin",
            "project_type",
            "agreement_grade",
            "sector",
            "industry_code",
            "industry_text",
            "planning_year",
            "lead_channel",
            "lead_source",
            "target_classes",
            "lead_tags",
            "landing_unit",
            "introducing_unit",
            "total_fen",
            "fixed_asset_fen",
            "contract_fen",
            "output_fen",
            "tax_fen",
            "paid_in_fen",
            "jobs",
            "land_square_metres",
            "land_mode",
            "green_channel",
            "small_low_risk",
            "special_fire",
            "content",
            "site",
            "progress",
            "from_ledger",
            "shelved_on",
            "shelved_reason",
            "exited_on",
            "exited_reason",
            "merged_into",
            "first_project",
            "version",
            "created_at",
            "updated_at",
            "url",
        ]

    def to_representation(self, instance: Project) -> dict[str, Any]:
        return project_out(instance)


def project_out(row: Project) -> dict[str, Any]:
    """Telephone numbers in prose are masked; such a text sent back as it was read changes nothing."""
    own = {
        "id": row.pk,
        "code": row.case.code,
        "enterprise": enterprise_out(row.enterprise) if row.enterprise else None,
        "landing_unit": row.landing_unit.code if row.landing_unit else None,
        "introducing_unit": row.introducing_unit.code if row.introducing_unit else None,
        "merged_into": row.merged_into_id,
        "first_project": row.first_project_id,
        "lead_source": mask_in_prose(row.lead_source),
        "target_classes": codes_of(row.target_classes),
        "lead_tags": codes_of(row.lead_tags),
        "created_at": localtime(row.created_at),
        "updated_at": localtime(row.updated_at),
        "url": reverse("project-detail", args=[row.pk]),
    }
    prose = {name: mask_in_prose(getattr(row, name)) for name in PROSE}
    return _filled(ProjectOut.Meta.fields, row, own | prose)
