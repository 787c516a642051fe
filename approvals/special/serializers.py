"""What REST gives and takes of reports."""

from typing import Any

from rest_framework import serializers

from accounts.models import Unit, User
from approvals.special.models import Instruction, LedVisit, ReportState, SpecialReport
from documents.models import Attachment
from kernel.rest import BusinessDay
from projects.models import ContactRecord


class SectionOut(serializers.Serializer[Any]):
    """``rows``: pairs of label and value; of a draft as the case has them now, else as issued."""

    code = serializers.CharField()
    heading = serializers.CharField()
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    text = serializers.CharField(allow_blank=True)


class ReportOut(serializers.ModelSerializer[SpecialReport]):
    """``number`` is the number as written ("" for a draft); ``state``: draft, issued or voided."""

    project = serializers.IntegerField(source="case_id", read_only=True)
    state = serializers.ChoiceField(choices=ReportState.choices, read_only=True)
    number = serializers.SerializerMethodField()
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    drafted_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    issued_on = serializers.DateField(read_only=True, allow_null=True)
    voided_on = serializers.SerializerMethodField()
    voided_reason = serializers.SerializerMethodField()

    class Meta:
        model = SpecialReport
        fields = (
            "id", "project", "kind", "state", "number", "title", "addressee", "unit", "year", "drafted_on",
            "drafted_by", "issued_on", "voided_on", "voided_reason", "version", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_number(self, row: SpecialReport) -> str:
        return row.document.text_number if row.document else ""

    def get_voided_on(self, row: SpecialReport) -> str | None:
        return str(row.document.voided_on) if row.document and row.document.voided_on else None

    def get_voided_reason(self, row: SpecialReport) -> str:
        return row.document.voided_reason if row.document else ""


class InstructionOut(serializers.ModelSerializer[Instruction]):
    """``recorded_by``: who entered it for the leader, with the id of the ``scan``; null when written here."""

    leader = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    recorded_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)
    scan = serializers.PrimaryKeyRelatedField[Attachment](read_only=True, allow_null=True)
    assignments = serializers.ListField(
        child=serializers.IntegerField(), source="assignment_ids", read_only=True
    )

    class Meta:
        model = Instruction
        fields = ("id", "report", "leader", "text", "on", "recorded_by", "scan", "assignments")
        read_only_fields = fields

    def to_representation(self, instance: Instruction) -> dict[str, Any]:
        instance.assignment_ids = [row.pk for row in instance.assignments.all()]  # type: ignore[attr-defined]
        return super().to_representation(instance)


class VisitOut(serializers.ModelSerializer[LedVisit]):
    leader = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = LedVisit
        fields = ("id", "report", "contact", "leader", "linked_on")
        read_only_fields = fields


class ReportDetail(ReportOut):
    """One report with its sections, the instructions on it, and the visits that followed."""

    sections = SectionOut(many=True, read_only=True)
    instructions = InstructionOut(many=True, read_only=True)
    visits = VisitOut(many=True, read_only=True)

    class Meta(ReportOut.Meta):
        fields = (*ReportOut.Meta.fields, "sections", "instructions", "visits")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class DraftIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(help_text="id of the project")
    kind = serializers.CharField(
        required=False, allow_blank=True, max_length=64, help_text="code in the plan; its first by default"
    )


class EditIn(serializers.Serializer[Any]):
    """What is left out stays. ``texts``: the words of sections by their code."""

    title = serializers.CharField(required=False, max_length=200)
    addressee = serializers.CharField(required=False, max_length=120)
    texts = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=8000), required=False
    )


class IssueIn(serializers.Serializer[Any]):
    on = BusinessDay(required=False, help_text="the day of issue; today by default")


class VoidIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class InstructIn(serializers.Serializer[Any]):
    """A leader's own; with ``leader``, ``scan`` (multipart) and ``given_on`` one entered for them (代录)."""

    text = serializers.CharField(max_length=2000)
    units = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all(), many=True)
    due_on = serializers.DateField(
        required=False, allow_null=True, help_text="the plan's limit where none is named"
    )
    leader = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.all(), required=False, allow_null=True
    )
    given_on = BusinessDay(required=False, help_text="the day on the paper, with leader")
    scan = serializers.FileField(required=False, allow_empty_file=True)


class VisitIn(serializers.Serializer[Any]):
    contact = serializers.PrimaryKeyRelatedField[ContactRecord](queryset=ContactRecord.objects.all())
    leader = serializers.SlugRelatedField[User](slug_field="username", queryset=User.objects.all())
