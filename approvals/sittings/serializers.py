"""What REST gives and takes of sittings."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Unit
from approvals.models import Opinion
from approvals.sittings.models import DocketItem, Outcome, Sitting, SittingState
from documents.papers import PaperKey
from kernel.rest import BusinessDay


class SittingOut(serializers.ModelSerializer[Sitting]):
    """``number`` counts the sittings of the body in the year; ``minutes_number`` is "" until it is held."""

    body = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    title = serializers.CharField(source="__str__", read_only=True)
    state = serializers.ChoiceField(choices=SittingState.choices, read_only=True)

    class Meta:
        model = Sitting
        fields = (
            *("id", "body", "title", "year", "number", "state", "planned_on", "planned_at", "place", "chair"),
            *("attendees", "in_attendance", "secretary", "held_on", "minutes_number", "cancelled_on"),
            *("cancelled_reason", "version", "updated_at"),
        )
        read_only_fields = fields


class DocketItemOut(serializers.ModelSerializer[DocketItem]):
    """``opinion`` is the question, ``given`` the opinion that the outcome became, ``minutes`` the extract.

    ``gone_as``: postponed or taken_off; such an item has no outcome.
    """

    project = serializers.IntegerField(source="case_id", read_only=True)
    step = serializers.IntegerField(source="opinion.step_id", default=None, read_only=True)
    agreement_version = serializers.IntegerField(
        source="agreement_version.number", default=None, read_only=True
    )
    reporting_unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    papers = serializers.SerializerMethodField()

    class Meta:
        model = DocketItem
        fields = (
            *("id", "sitting", "project", "step", "opinion", "agreement_version", "title", "order", "papers"),
            *("reporting_unit", "added_on", "outcome", "words", "changes", "given", "minutes"),
            *("gone_as", "gone_on", "gone_reason"),
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_papers(self, row: DocketItem) -> list[int]:
        return [paper.pk for paper in row.papers.all()]


class SittingDetail(SittingOut):
    """With the docket: only the items of projects in sight."""

    items = DocketItemOut(many=True, read_only=True, source="in_sight")

    class Meta:
        model = Sitting
        fields: tuple[str, ...] = (*SittingOut.Meta.fields, "items")
        read_only_fields = fields


class WaitingOut(serializers.ModelSerializer[Opinion]):
    """A question that waits for a sitting; ``answer`` is "defer" where it was put off before."""

    project = serializers.IntegerField(source="step.case_id", read_only=True)
    body = serializers.SlugRelatedField[Unit](slug_field="code", source="unit", read_only=True)

    class Meta:
        model = Opinion
        fields = ("id", "project", "step", "aspect", "aspect_name", "body", "asked_on", "answer")
        read_only_fields = fields


class ChangeIn(serializers.Serializer[Any]):
    planned_on = serializers.DateField()
    planned_at = serializers.TimeField(required=False, allow_null=True)
    place = serializers.CharField(required=False, allow_blank=True, max_length=100)
    chair = serializers.CharField(max_length=60)
    attendees = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    in_attendance = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    secretary = serializers.CharField(required=False, allow_blank=True, max_length=60)


class PlanIn(ChangeIn):
    body = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all())


class ItemIn(serializers.Serializer[Any]):
    """``opinion``: id of the question; ``papers``: ids of attachments, else what the plan asks for."""

    opinion = serializers.IntegerField(min_value=1, max_value=2**62)
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    reporting_unit = serializers.SlugRelatedField[Unit](
        slug_field="code", queryset=Unit.objects.all(), required=False
    )
    papers = PaperKey(many=True, required=False)


class SittingReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class ItemReasonIn(SittingReasonIn):
    item = serializers.IntegerField(min_value=1, max_value=2**62)


class PostponeIn(ItemReasonIn):
    to = serializers.IntegerField(min_value=1, max_value=2**62, help_text="id of the later sitting")


class OrderIn(serializers.Serializer[Any]):
    items = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=500)


class RulingIn(serializers.Serializer[Any]):
    item = serializers.IntegerField(min_value=1, max_value=2**62)
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    words = serializers.CharField(max_length=4000)
    changes = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class HoldIn(serializers.Serializer[Any]):
    """Every item on the docket has one ruling; what was not taken is postponed or taken off before."""

    held_on = BusinessDay(required=False)
    attendees = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    rulings = RulingIn(many=True)
