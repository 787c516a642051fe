"""A project as a whole over REST: what is filled in, and what is shown."""

from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from rest_framework import serializers

from kernel.phones import mask_in_prose
from kernel.schema import UnmetOut
from projects.api.serializers.enterprises import EnterpriseIn, EnterpriseOut, enterprise_out, filled
from projects.coded import codes_of
from projects.models import (
    AgreementGrade,
    LandMode,
    Project,
    ProjectType,
    Sector,
)

PROSE = ("content", "progress", "site", "shelved_reason", "exited_reason")


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
    one on file is put right. ``reason``: why a fact is changed that exchanges a running limit."""

    name = serializers.CharField(max_length=200, required=False)
    enterprise = EnterpriseIn(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=100)


class GateOut(serializers.Serializer[Any]):
    phase = serializers.CharField()
    next_phase = serializers.CharField(allow_null=True)
    unmet = UnmetOut(many=True)


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
    return filled(ProjectOut.Meta.fields, row, own | prose)
