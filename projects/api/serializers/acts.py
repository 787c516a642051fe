"""What the single acts on a project take over REST."""

from typing import Any

from rest_framework import serializers

from kernel.rest import BusinessDay
from projects.actions.milestones import MOST_PARTS


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


class CodeIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40, help_text="2603-500102-89-05-346948 (GB/T 40058-2021)")
    on = BusinessDay(required=False)
