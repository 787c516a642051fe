"""REST of completion: stages of the acceptance, guidance before it, land with its certificate."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from approvals.models import Step
from approvals.serializers import StepOut
from documents.models import Attachment
from kernel.clock import today
from kernel.numbers import whole
from kernel.rest import BusinessDay
from service.acceptance import queries
from service.acceptance.forms import MOST_AREA
from service.acceptance.guiding import ask_guidance, give_guidance, withdraw_guidance
from service.acceptance.land import deliver_land
from service.acceptance.staging import apply_for, drop_stage, plan_stage
from service.models import AcceptanceStage, Guidance, GuidanceState, LandDelivery
from service.progress.api import checked, filters, project_in_sight

KEY: dict[str, Any] = {"min_value": 1, "max_value": 2**62}


class StageOut(serializers.ModelSerializer[AcceptanceStage]):
    """A stage of the acceptance; ``area`` in ㎡. Its rounds are steps of the same ``part_no``."""

    project = serializers.IntegerField(source="project_id", read_only=True)
    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = AcceptanceStage
        fields = (
            *("id", "project", "part_no", "name", "scope", "area", "planned_on", "made_on", "by"),
            *("dropped_on", "dropped_reason"),
        )
        read_only_fields = fields


class StageIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(**KEY)
    name = serializers.CharField(max_length=40)
    scope = serializers.CharField(max_length=500)
    area = serializers.IntegerField(required=False, min_value=0, max_value=MOST_AREA)
    planned_on = serializers.DateField(required=False)


class ApplyForAcceptanceIn(serializers.Serializer[Any]):
    """``along``: apply for registration, too (true unless said); ``reason``: why once more."""

    along = serializers.BooleanField(required=False, default=True)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


class StageReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class AcceptanceViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[AcceptanceStage],
):
    """Stages of acceptances in sight, newest first."""

    serializer_class = StageOut
    queryset = AcceptanceStage.objects.none()
    lookup_value_regex = r"\d{1,18}"
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        rows = AcceptanceStage.objects.visible_to(self.request.user).select_related("by", "project")
        key = self.request.query_params.get("project") if self.action == "list" else None
        return rows.filter(project=whole(key) or 0) if key else rows

    @extend_schema(parameters=filters(project="id of a project"), responses=StageOut)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=StageIn, responses={201: StageOut})
    def create(self, request: Request) -> Response:
        """Add a stage; it gets the next number."""
        said = checked(StageIn, request)
        project = project_in_sight(request.user, said.pop("project"))
        row = plan_stage(project=project, by=_user(request), on=today(), **said)
        return Response(StageOut(row).data, status=201)

    @extend_schema(request=ApplyForAcceptanceIn, responses={201: StepOut(many=True)})
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str) -> Response:
        """Apply for acceptance and, along with it, registration; 409 says what must come first."""
        said = checked(ApplyForAcceptanceIn, request)
        opened = apply_for(stage=self.get_object(), by=_user(request), on=today(), **said)
        rows = Step.objects.filter(pk__in=[step.pk for step in opened]).for_reading().with_counts()
        return Response(StepOut(rows.order_by("id"), many=True).data, status=201)

    @extend_schema(request=StageReasonIn, responses=StageOut)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Take back the last stage, for which nothing was applied."""
        said = checked(StageReasonIn, request)
        row = drop_stage(stage=self.get_object(), by=_user(request), on=today(), **said)
        return Response(StageOut(row).data)


class GuidanceOut(serializers.ModelSerializer[Guidance]):
    project = serializers.IntegerField(source="project_id", read_only=True)
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    asked_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    given_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)
    state = serializers.ChoiceField(choices=GuidanceState.choices, read_only=True)

    class Meta:
        model = Guidance
        fields = (
            *("id", "project", "rule", "name", "clause", "unit", "matter", "asked_on", "asked_by"),
            *("by_enterprise", "state", "given_on", "given_by", "words", "withdrawn_on", "withdrawn_reason"),
        )
        read_only_fields = fields


class GuidanceIn(serializers.Serializer[Any]):
    """``rule``: a code of the plan; ``unit``: code of the body that is asked."""

    project = serializers.IntegerField(**KEY)
    rule = serializers.CharField(max_length=64)
    unit = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all())
    matter = serializers.CharField(max_length=500)


class GuidanceGivenIn(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=4000)
    day = BusinessDay(required=False)


class GuidanceViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Guidance],
):
    """Guidance before acceptance: free, on request, without a clock; newest first."""

    serializer_class = GuidanceOut
    queryset = Guidance.objects.none()
    lookup_value_regex = r"\d{1,18}"
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        asked = self.request.query_params.dict() if self.action == "list" else {}
        return queries.guidance(self.request.user, asked)

    @extend_schema(
        parameters=filters(
            project="id of a project", state="asked, given or withdrawn", whose="mine: asked of my units"
        ),
        responses=GuidanceOut,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=GuidanceIn, responses={201: GuidanceOut})
    def create(self, request: Request) -> Response:
        """Ask for guidance, for the firm or as its agent."""
        said = checked(GuidanceIn, request)
        project = project_in_sight(request.user, said.pop("project"))
        row = ask_guidance(project=project, by=_user(request), on=today(), **said)
        return Response(GuidanceOut(row).data, status=201)

    @extend_schema(request=GuidanceGivenIn, responses=GuidanceOut)
    @action(detail=True, methods=["post"])
    def give(self, request: Request, pk: str) -> Response:
        """What the unit asked advised; once, and final."""
        said = checked(GuidanceGivenIn, request)
        row = give_guidance(guidance=self.get_object(), by=_user(request), on=today(), **said)
        return Response(GuidanceOut(row).data)

    @extend_schema(request=StageReasonIn, responses=GuidanceOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        said = checked(StageReasonIn, request)
        row = withdraw_guidance(guidance=self.get_object(), by=_user(request), on=today(), **said)
        return Response(GuidanceOut(row).data)


class LandDeliveryOut(serializers.ModelSerializer[LandDelivery]):
    """交地即交证; ``area`` in ㎡, ``certificate`` the id of the paper."""

    project = serializers.IntegerField(source="reached.project_id", read_only=True)
    withdrawn_on = serializers.DateField(source="reached.withdrawn_on", read_only=True, allow_null=True)

    class Meta:
        model = LandDelivery
        fields = (
            *("id", "project", "delivered_on", "certificate_on", "certificate_no", "area", "certificate"),
            *("reason", "withdrawn_on"),
        )
        read_only_fields = fields


class LandDeliveryIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(**KEY)
    delivered_on = BusinessDay()
    certificate_on = BusinessDay()
    certificate_no = serializers.CharField(max_length=80)
    area = serializers.IntegerField(required=False, min_value=0, max_value=MOST_AREA)
    certificate = serializers.IntegerField(help_text="id of a paper of the project", **KEY)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


class LandDeliveryViewSet(IdempotentWrites, mixins.ListModelMixin, viewsets.GenericViewSet[LandDelivery]):
    """Land handed over with its certificate, newest first."""

    serializer_class = LandDeliveryOut
    queryset = LandDelivery.objects.none()
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        rows = LandDelivery.objects.visible_to(self.request.user).select_related("reached")
        key = self.request.query_params.get("project")
        return rows.filter(reached__project=whole(key) or 0) if key else rows

    @extend_schema(parameters=filters(project="id of a project"), responses=LandDeliveryOut)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=LandDeliveryIn, responses={201: LandDeliveryOut})
    def create(self, request: Request) -> Response:
        """Record both as one act; 400 for two days without a reason."""
        said = checked(LandDeliveryIn, request)
        project = project_in_sight(request.user, said.pop("project"))
        rows = Attachment.objects.filter(case_id=project.pk, withdrawn_on__isnull=True)
        paper = get_object_or_404(rows, pk=said.pop("certificate"))
        row = deliver_land(project=project, by=_user(request), on=today(), certificate=paper, **said)
        return Response(LandDeliveryOut(row).data, status=201)


def _user(request: Request) -> Any:
    return request.user


routes = [
    ("acceptances", AcceptanceViewSet, "acceptance"),
    ("guidance", GuidanceViewSet, "guidance"),
    ("land-deliveries", LandDeliveryViewSet, "land-delivery"),
]
