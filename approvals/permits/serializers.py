"""What REST gives and takes of permits."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Unit, User
from approvals.models import Material, Permit, PermitStop, ShortfallNotice, SpecialRequest
from approvals.permits.models import Stage
from approvals.permits.owed import waiting
from deadlines.api import DeadlineOut
from documents.papers import PaperKey
from kernel.clock import today
from kernel.rest import BusinessDay
from kernel.schema import UnmetOut


def _names(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=120), max_length=100, **options)


class PermitOut(serializers.ModelSerializer[Permit]):
    """One application; its id is that of its step. Days are business dates in Asia/Shanghai.

    ``complete_on``: the day from which the clock counts; ``due_on``, ``light`` and ``stage`` are as of today;
    ``first_due_on``: the last day before a special case was granted.
    """

    id = serializers.IntegerField(source="step_id", read_only=True)
    project = serializers.IntegerField(source="case_id", read_only=True)
    name = serializers.CharField(source="step.name", read_only=True)
    clause = serializers.CharField(source="step.clause", read_only=True)
    round = serializers.IntegerField(source="step.round", read_only=True)
    authority = serializers.SlugRelatedField[Unit](slug_field="code", source="step.lead_unit", read_only=True)
    stage = serializers.ChoiceField(choices=Stage.choices, read_only=True)
    applied_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    agent_unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    deadline = serializers.IntegerField(source="step.deadline_id", read_only=True, allow_null=True)
    due_on = serializers.DateField(source="step.deadline.due_on", default=None, read_only=True)
    light = serializers.SerializerMethodField()
    verdict = serializers.CharField(source="step.verdict", read_only=True)
    verdict_name = serializers.CharField(source="step.verdict_name", read_only=True)
    concluded_on = serializers.DateField(source="step.concluded_on", read_only=True)

    class Meta:
        model = Permit
        fields: tuple[str, ...] = (
            *("id", "project", "code", "name", "clause", "round", "authority", "stage", "applied_on"),
            *("applied_by", "agent_unit", "by_commitment", "green", "complete_on", "deadline", "due_on"),
            *("light", "first_due_on", "verdict", "verdict_name", "concluded_on", "number", "paper"),
            *("valid_until", "closed_on", "version", "updated_at"),
        )
        read_only_fields = fields

    def get_light(self, row: Permit) -> str | None:
        clock = row.step.deadline
        return str(clock.light(today())) if clock and row.is_open else None


class PermitMaterialOut(serializers.ModelSerializer[Material]):
    """``in_case``: held already, not handed in; ``there``: either way it is there."""

    there = serializers.BooleanField(read_only=True)

    class Meta:
        model = Material
        fields = ("name", "needed", "in_case", "there", "handed_on", "withdrawn_on", "withdrawn_reason")
        read_only_fields = fields


class FaultOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    words = serializers.CharField(allow_blank=True)


class PermitNoticeOut(serializers.ModelSerializer[ShortfallNotice]):
    """一次告知: everything that was missing or would not do."""

    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    lines = FaultOut(many=True, read_only=True)

    class Meta:
        model = ShortfallNotice
        fields = ("id", "on", "by", "lines")
        read_only_fields = fields


class SpecialRequestOut(serializers.ModelSerializer[SpecialRequest]):
    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    approver = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    decided_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = SpecialRequest
        fields = (
            *("id", "reason", "asked_on", "by", "approver", "state", "decided_on", "decided_by"),
            "decided_reason",
        )
        read_only_fields = fields


class PermitStopOut(serializers.ModelSerializer[PermitStop]):
    """``request`` is the stop as it was asked for (``deadlines/``): it lasts once that is granted."""

    state = serializers.CharField(source="request.state", read_only=True)
    from_on = serializers.DateField(source="request.from_on", read_only=True)

    class Meta:
        model = PermitStop
        fields = ("id", "request", "cause", "cause_name", "clause", "body", "from_on", "state")
        read_only_fields = fields


class PermitClockOut(serializers.Serializer[Any]):
    """A clock with its arithmetic in sentences: the permit's own, then those between milestones beside it."""

    deadline = DeadlineOut()
    lines = serializers.ListField(child=serializers.CharField())


class PermitDetail(PermitOut):
    """With its material, notices, special cases, stops and clocks.

    ``waits_for``: what other permits of the plan have still to give before the clock may start.
    """

    materials = PermitMaterialOut(many=True, read_only=True)
    notices = PermitNoticeOut(many=True, read_only=True)
    waits_for = serializers.SerializerMethodField()
    specials = SpecialRequestOut(many=True, read_only=True)
    stops = PermitStopOut(many=True, read_only=True)
    clocks = serializers.SerializerMethodField()

    class Meta(PermitOut.Meta):
        fields: tuple[str, ...] = (
            *PermitOut.Meta.fields,
            *("materials", "waits_for", "notices", "specials", "stops", "clocks"),
        )
        read_only_fields = fields

    @extend_schema_field(UnmetOut(many=True))
    def get_waits_for(self, row: Permit) -> Any:
        if not row.is_open:
            return []
        return [asdict(item) for item in waiting(row)]

    @extend_schema_field(PermitClockOut(many=True))
    def get_clocks(self, row: Permit) -> Any:
        from approvals.permits.queries import overall, sums

        clocks = ([row.step.deadline] if row.step.deadline else []) + overall(row)
        told = sums(clocks)
        rows: Any = [{"deadline": one, "lines": told[one.pk]} for one in clocks]
        return PermitClockOut(rows, many=True).data


class ApplicationIn(serializers.Serializer[Any]):
    """``handed``: names of materials of the guide; left out: all that is needed."""

    step = serializers.CharField(max_length=64, help_text="code of the permit's step in the plan")
    handed = _names(required=False, allow_null=True)
    by_commitment = serializers.BooleanField(required=False, default=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class ApplyForPermitsIn(serializers.Serializer[Any]):
    """Several at one stroke, all or none. ``on``: the day of the application, today if left out."""

    project = serializers.IntegerField(min_value=1, max_value=2**62)
    applications = ApplicationIn(many=True)
    on = BusinessDay(required=False)


class PermitDayIn(serializers.Serializer[Any]):
    on = BusinessDay(required=False, help_text="today if left out")


class MaterialsIn(PermitDayIn):
    materials = _names(help_text="names, as the permit lists them")


class WithdrawMaterialsIn(MaterialsIn):
    reason = serializers.CharField(max_length=300)


class FaultIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    words = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class NoticeIn(PermitDayIn):
    """``faults``: what is there and will not do; what is missing goes into the notice by itself."""

    faults = FaultIn(many=True, required=False)


class SpecialIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)
    approver = serializers.SlugRelatedField[User](slug_field="username", queryset=User.objects.all())


class DecideSpecialIn(serializers.Serializer[Any]):
    """``grant`` false declines, with a ``reason``."""

    grant = serializers.BooleanField()
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class StopPermitIn(PermitDayIn):
    cause = serializers.CharField(max_length=64)
    body = serializers.CharField(required=False, allow_blank=True, max_length=80, default="")
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    approved_by = serializers.SlugRelatedField[User](slug_field="username", queryset=User.objects.all())


class PermitResultIn(serializers.Serializer[Any]):
    """``paper``: id of an attachment of the case."""

    number = serializers.CharField(required=False, allow_blank=True, max_length=80, default="")
    paper = PaperKey(required=False, allow_null=True, default=None)
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class RecordResultIn(PermitResultIn):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class EarlyHelpIn(PermitDayIn):
    project = serializers.IntegerField(min_value=1, max_value=2**62)
    step = serializers.CharField(max_length=64)
    note = serializers.CharField(max_length=300)


class EarlyHelpOut(serializers.Serializer[Any]):
    """Its days count in no limit."""

    id = serializers.IntegerField()
    project = serializers.IntegerField(source="case_id")
    code = serializers.CharField()
    name = serializers.CharField()
    on = serializers.DateField()
    note = serializers.CharField()
