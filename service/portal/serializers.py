"""What the enterprise's REST interface gives and takes: nothing that its pages do not show."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from documents.models import Attachment
from projects.models import Phase, Project
from service.portal.models import Ask, EnterpriseAccount, EnterpriseRequest, RequestAnswer, Stage, Verdict
from service.portal.permitting import Way
from service.portal.policies.models import PolicyPush


class OwnProjectOut(serializers.Serializer[Project]):
    """A project of the enterprise. ``read_only``: it has ended or is put aside."""

    id = serializers.IntegerField(source="pk", read_only=True)
    code = serializers.CharField(source="case.code", read_only=True)
    name = serializers.CharField(read_only=True)
    phase = serializers.ChoiceField(choices=Phase.choices, read_only=True)
    read_only = serializers.SerializerMethodField()  # type: ignore[assignment]  # a member of that name, not DRF's own

    def get_read_only(self, row: Project) -> bool:
        return not row.is_running


class PortalMarkOut(serializers.Serializer[Any]):
    """A milestone open to the enterprise; ``on`` null: not reached yet."""

    code = serializers.CharField()
    name = serializers.CharField()
    on = serializers.DateField(allow_null=True)


class PortalContactOut(serializers.Serializer[Any]):
    part = serializers.CharField()
    unit = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True, help_text="masked")


class PortalBenefitOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    office = serializers.CharField(allow_blank=True)
    link = serializers.CharField(allow_blank=True)
    clause = serializers.CharField()


class PortalPolicyOut(serializers.ModelSerializer[PolicyPush]):
    """A policy that was pushed to the enterprise. ``read_at`` null: nobody of it has opened it."""

    class Meta:
        model = PolicyPush
        fields = ("id", "name", "text", "office", "link", "clause", "pushed_on", "read_at")
        read_only_fields = fields


class PortalKindOut(serializers.Serializer[Any]):
    """A kind of request that is offered now."""

    code = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    clause = serializers.CharField()


class PortalProjectOut(OwnProjectOut):
    """The project with where it stands, whom to turn to, what concerns it."""

    milestones = PortalMarkOut(many=True)
    contacts = PortalContactOut(many=True)
    benefits = PortalBenefitOut(many=True)
    offered = PortalKindOut(many=True)


class PortalAskedOut(serializers.Serializer[Any]):
    """One thing asked of the enterprise, from whatever room; ``id`` names it for ``tick``."""

    id = serializers.CharField()
    title = serializers.CharField(source="item.title")
    note = serializers.CharField(source="item.note", allow_blank=True)
    due_on = serializers.DateField(source="item.due_on", allow_null=True)
    done_on = serializers.DateField(source="item.done_on", allow_null=True)
    clause = serializers.CharField(source="item.clause", allow_blank=True)
    url = serializers.CharField(source="item.url", allow_blank=True)
    tickable = serializers.BooleanField(source="item.tickable")
    late_days = serializers.IntegerField(source="late")


class PortalTickIn(serializers.Serializer[Any]):
    id = serializers.CharField(max_length=100, help_text="as ``asked`` gives it: source:key")
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class PortalMaterialOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    in_case = serializers.BooleanField(help_text="there already: not asked for again")


class PortalMatterOut(serializers.Serializer[Any]):
    """A matter of the guide: ``due_on`` while it runs, ``done_on`` and ``result`` after."""

    code = serializers.CharField(source="rule.code")
    name = serializers.CharField(source="rule.name")
    phase = serializers.CharField(source="rule.phase")
    clause = serializers.CharField(source="rule.clause")
    state = serializers.ChoiceField(source="way", choices=Way.choices)
    offices = serializers.SerializerMethodField()
    limit = serializers.CharField(allow_blank=True)
    procedure = serializers.CharField(source="guide.rule.procedure")
    standard = serializers.CharField(source="guide.rule.standard")
    materials = serializers.SerializerMethodField()
    opened_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    provisional = serializers.BooleanField()
    done_on = serializers.DateField(allow_null=True)
    result = serializers.CharField(allow_blank=True)

    def get_offices(self, row: Any) -> list[str]:
        return [unit.name for unit in row.offices]

    @extend_schema_field(PortalMaterialOut(many=True))
    def get_materials(self, row: Any) -> list[dict[str, Any]]:
        return [{"name": item.name, "in_case": there} for item, there in row.guide.materials]


class PortalPaperOut(serializers.ModelSerializer[Attachment]):
    """``mine``: handed in by the caller, who may take it back."""

    mine = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ("id", "kind", "name", "note", "size", "sha256", "content_type", "on", "mine")
        read_only_fields = fields

    def get_mine(self, row: Attachment) -> bool:
        return row.uploaded_by_id == self.context["request"].user.pk


class PortalPaperIn(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)
    kind = serializers.CharField(required=False, max_length=48)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class PortalReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class PortalAnswerOut(serializers.ModelSerializer[RequestAnswer]):
    unit = serializers.CharField(source="unit.name", read_only=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices, allow_blank=True, read_only=True)

    class Meta:
        model = RequestAnswer
        fields = ("no", "words", "on", "unit", "verdict", "judged_on", "judged_words")
        read_only_fields = fields


class PortalRequestOut(serializers.ModelSerializer[EnterpriseRequest]):
    """``due_on``: the last day of the answer. What the offices say among themselves is not part of it."""

    kind = serializers.CharField(source="rule", read_only=True)
    stage = serializers.ChoiceField(choices=Stage.choices, read_only=True)
    due_on = serializers.DateField(source="assignment.deadline.due_on", default=None, allow_null=True)
    unit = serializers.CharField(source="assignment.unit.name", read_only=True)
    answers = PortalAnswerOut(many=True, read_only=True)

    class Meta:
        model = EnterpriseRequest
        fields = (
            *("id", "kind", "name", "clause", "title", "text", "paper", "raised_on", "stage", "unit"),
            *("due_on", "answers"),
        )
        read_only_fields = fields


class PortalRequestIn(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40)
    title = serializers.CharField(max_length=60)
    text = serializers.CharField(max_length=2000)
    upload = serializers.FileField(required=False, allow_empty_file=True)


class PortalJudgeIn(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    words = serializers.CharField(required=False, allow_blank=True, max_length=300)


class EnterpriseRequestOut(PortalRequestOut):
    """For the offices: with the assignment behind it."""

    class Meta(PortalRequestOut.Meta):
        fields = (*PortalRequestOut.Meta.fields, "assignment")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class EnterpriseAnswerIn(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=2000, help_text="the enterprise reads all of it")


class EnterpriseAccountOut(serializers.ModelSerializer[EnterpriseAccount]):
    username = serializers.CharField(source="user.username", read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)
    opened_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = EnterpriseAccount
        fields = ("id", "username", "name", "valid_from", "valid_to", "opened_by", "ended_reason")
        read_only_fields = fields


class EnterpriseAccountOpenedOut(EnterpriseAccountOut):
    """With the one-time password, given this once."""

    password = serializers.CharField()

    class Meta(EnterpriseAccountOut.Meta):
        fields = (*EnterpriseAccountOut.Meta.fields, "password")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class EnterpriseAccountIn(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=40)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=20)


class EnterpriseAccountLinkIn(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=64, help_text="of an account that the enterprise has already")


class EnterprisePasswordOut(serializers.Serializer[Any]):
    password = serializers.CharField(help_text="one-time, given this once")


class EnterpriseAskOut(serializers.ModelSerializer[Ask]):
    asked_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    done_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = Ask
        fields = (
            *("id", "title", "note", "due_on", "asked_on", "asked_by", "done_on", "done_by", "done_note"),
            *("withdrawn_on", "withdrawn_reason"),
        )
        read_only_fields = fields


class EnterpriseAskIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=120)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)
    due_on = serializers.DateField(required=False, allow_null=True)
