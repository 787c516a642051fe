"""Shapes of the REST interface of steps: what comes in is checked, what goes out is documented."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Unit, User
from approvals.guides import guide_for
from approvals.models import Answer, Asks, Opinion, State, Step
from approvals.permits.serializers import PermitResultIn
from approvals.rules import rule_of
from approvals.scores import score_of
from documents.papers import PaperKey
from kernel.clock import today
from projects.actions.milestones import MOST_PARTS
from projects.models import Project


def _unit(**options: Any) -> "serializers.SlugRelatedField[Unit]":
    return serializers.SlugRelatedField(slug_field="code", queryset=Unit.objects.all(), **options)


def _read_version() -> serializers.IntegerField:
    text = "id of the version of the agreement that was read; 409 superseded_version where a newer one exists"
    return serializers.IntegerField(required=False, min_value=1, help_text=text)


class OpinionOut(serializers.ModelSerializer[Opinion]):
    """``late``: after the last day or the conclusion; ``on_behalf``: entered by a clerk from ``scan``.

    ``due_on``: where the plan gives the answer a clock of its own.
    """

    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    unit_name = serializers.CharField(source="unit.name", read_only=True)
    given_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    recorded_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    asks = serializers.ChoiceField(choices=Asks.choices, read_only=True)
    due_on = serializers.DateField(source="deadline.due_on", read_only=True, default=None)

    class Meta:
        model = Opinion
        fields = (
            *("id", "aspect", "aspect_name", "group", "unit", "unit_name", "asks", "asked_on", "due_on"),
            *("words", "score", "answer", "given_on", "given_at", "given_by", "late"),
            *("on_behalf", "scan", "recorded_by", "in_force", "supersedes", "carried_from"),
            *("followed_on", "followed_note"),
        )
        read_only_fields = fields


class StepOut(serializers.ModelSerializer[Step]):
    """``light`` and ``due_on`` are those of its clock; ``asked`` and ``given`` count opinions in force."""

    project = serializers.IntegerField(source="case_id", read_only=True)
    state = serializers.ChoiceField(choices=State.choices, read_only=True)
    lead_unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    opened_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    concluded_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    asked = serializers.IntegerField(read_only=True)
    given = serializers.IntegerField(read_only=True)
    due_on = serializers.SerializerMethodField()
    provisional = serializers.SerializerMethodField()
    light = serializers.SerializerMethodField()

    class Meta:
        model = Step
        fields: tuple[str, ...] = (
            *("id", "project", "code", "name", "kind", "clause", "policy_version", "round", "state"),
            *("opened_on", "opened_by", "opened_by_milestone", "reason", "lead_unit", "deadline", "due_on"),
            *("provisional", "light", "asked", "given", "gaps", "checks", "verdict", "verdict_name"),
            *("concluded_on", "concluded_by", "concluded_reason", "outstanding"),
            *("cancelled_on", "cancelled_reason", "agreement_version"),
        )
        read_only_fields = fields

    def get_due_on(self, row: Step) -> str | None:
        return str(row.deadline.due_on) if row.deadline else None

    def get_provisional(self, row: Step) -> bool:
        return bool(row.deadline and row.deadline.provisional)

    def get_light(self, row: Step) -> str | None:
        return str(row.deadline.light(today())) if row.deadline else None


class MaterialOut(serializers.Serializer[Any]):
    """``held``: the case has it, nobody hands it in again."""

    name = serializers.CharField()
    held = serializers.BooleanField()


class GuideOut(serializers.Serializer[Any]):
    """What an applicant is told once and in full; ``fields`` of the form are filled from the project."""

    clause = serializers.CharField()
    procedure = serializers.CharField()
    standard = serializers.CharField()
    materials = MaterialOut(many=True)
    fields_held = serializers.ListField(child=serializers.CharField())


class StepDetail(StepOut):
    """With every opinion, those superseded too, and the service guide where the plan gives one."""

    opinions = OpinionOut(many=True, read_only=True)
    score = serializers.SerializerMethodField(help_text="weighted, out of a hundred; null without scores")
    pass_mark = serializers.SerializerMethodField()
    guide = serializers.SerializerMethodField()

    class Meta(StepOut.Meta):
        fields = (*StepOut.Meta.fields, "opinions", "score", "pass_mark", "guide")
        read_only_fields = fields

    def get_score(self, row: Step) -> str | None:
        total = score_of(rule_of(row), row.opinions.all())
        return str(total.points) if total else None

    def get_pass_mark(self, row: Step) -> int | None:
        return rule_of(row).pass_mark

    @extend_schema_field(GuideOut(allow_null=True))
    def get_guide(self, row: Step) -> dict[str, Any] | None:
        shown = guide_for(rule_of(row), Project.objects.get(pk=row.case_id))
        if shown is None:
            return None
        materials = [{"name": item.name, "held": there} for item, there in shown.materials]
        plain = {name: getattr(shown.rule, name) for name in ("clause", "procedure", "standard")}
        return {**plain, "materials": materials, "fields_held": list(shown.rule.fields)}


class OpenIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(help_text="id of the project")
    step = serializers.CharField(max_length=64, help_text="code of the step in the plan")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


class OpinionIn(serializers.Serializer[Any]):
    """``unit`` may be left out where the caller answers for one of the units asked only.

    ``on_behalf`` needs ``scan``: a file (multipart) or ``scan_id``, the id of an attachment of the project.
    """

    aspect = serializers.CharField(max_length=64)
    unit = _unit(required=False)
    words = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    score = serializers.IntegerField(required=False, allow_null=True)
    answer = serializers.ChoiceField(choices=Answer.choices, required=False, allow_blank=True)
    supersede = serializers.BooleanField(required=False, default=False)
    on_behalf = serializers.BooleanField(required=False, default=False)
    given_on = serializers.DateField(required=False, help_text="the day on the paper, with on_behalf")
    scan = serializers.FileField(required=False, allow_empty_file=True)
    agreement_version = _read_version()
    scan_id = PaperKey(required=False)


class SaidIn(serializers.Serializer[Any]):
    aspect = serializers.CharField(max_length=64)
    unit = _unit(required=False)
    words = serializers.CharField(required=False, allow_blank=True, max_length=4000, default="")
    score = serializers.IntegerField(required=False, allow_null=True, default=None)
    answer = serializers.ChoiceField(choices=Answer.choices, required=False, allow_blank=True, default="")


class MeetingIn(serializers.Serializer[Any]):
    """``scan_id``: the signed minutes, an attachment of the project; ``given_on``: the day of the meeting."""

    scan_id = PaperKey()
    given_on = serializers.DateField(required=False)
    opinions = SaidIn(many=True)
    agreement_version = _read_version()


class NamedIn(serializers.Serializer[Any]):
    unit = _unit()
    user = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.all(), required=False, allow_null=True
    )


class VerdictIn(serializers.Serializer[Any]):
    """How a step ends. ``checks``: codes of the conditions confirmed; ``named``: who plays ``names_part``."""

    verdict = serializers.CharField(max_length=64)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    checks = serializers.ListField(child=serializers.CharField(max_length=64), required=False)
    named = NamedIn(many=True, required=False)
    part_no = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PARTS, default=1)
    parts_total = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PARTS, default=1)
    agreement_version = _read_version()
    result = PermitResultIn(required=False, help_text="of a permit: number, paper, validity")


class TogetherIn(VerdictIn):
    step = serializers.IntegerField(help_text="id of the other step")


class ConcludeIn(VerdictIn):
    together = TogetherIn(many=True, required=False, help_text="steps that end in the same stroke")


class FollowedIn(serializers.Serializer[Any]):
    """``unit`` where several were asked about the aspect; ``note``: how the changes were made."""

    aspect = serializers.CharField(max_length=64)
    unit = _unit(required=False)
    note = serializers.CharField(max_length=300)


class AskIn(serializers.Serializer[Any]):
    aspect = serializers.CharField(max_length=64)
    unit = _unit()


class StepReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)
