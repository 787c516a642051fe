"""REST of hand-overs: ``handovers/`` with their receipts; by letter, acknowledge, decline, push again,
undo."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from documents.papers import PaperKey
from kernel.clock import today
from kernel.numbers import whole
from projects.models import Project
from service.handing import actions, queries
from service.handing.models import Handing, Receipt, ReceiptState, Way


class HandoverReceiptOut(serializers.ModelSerializer[Receipt]):
    """One receiver. ``due_on``: until when it is to be acknowledged; ``replaced_by``: the receipt by which a
    declined one was pushed again."""

    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    unit_name = serializers.CharField(source="unit.name", read_only=True)
    state = serializers.ChoiceField(choices=ReceiptState.choices, read_only=True)
    due_on = serializers.DateField(source="deadline.due_on", read_only=True)
    provisional = serializers.BooleanField(source="deadline.provisional", read_only=True)
    acknowledged_by = serializers.SlugRelatedField[User](
        slug_field="username", read_only=True, allow_null=True
    )
    declined_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)

    class Meta:
        model = Receipt
        fields = (
            "id", "unit", "unit_name", "part", "part_name", "state", "pushed_on", "deadline", "due_on",
            "provisional", "acknowledged_on", "acknowledged_by", "note", "declined_on", "declined_by",
            "declined_reason", "replaced_by",
        )  # fmt: skip
        read_only_fields = fields


class HandingOut(serializers.ModelSerializer[Handing]):
    """One hand-over with its receivers. ``letter`` is the id of the paper."""

    from_unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    way = serializers.ChoiceField(choices=Way.choices, read_only=True)
    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    receipts = HandoverReceiptOut(source="rows", many=True, read_only=True)

    class Meta:
        model = Handing
        fields = (
            "id", "project", "rule", "name", "clause", "from_unit", "way", "letter_no", "letter", "on", "by",
            "completed_on", "withdrawn_on", "withdrawn_reason", "receipts",
        )  # fmt: skip
        read_only_fields = fields


class LetterIn(serializers.Serializer[Any]):
    """By letter: ``paper`` is an upload, or ``paper_id`` a paper of the case."""

    project = serializers.IntegerField()
    rule = serializers.CharField(max_length=64)
    number = serializers.CharField(max_length=60)
    paper = serializers.FileField(required=False)
    paper_id = PaperKey(required=False)
    on = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("paper" in attrs) is ("paper_id" in attrs):
            raise serializers.ValidationError({"paper": [_("请上传函件，或写明材料编号 paper_id，二者取一")]})
        return attrs


class HandingNoteIn(serializers.Serializer[Any]):
    receipt = serializers.IntegerField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class HandingDeclineIn(serializers.Serializer[Any]):
    receipt = serializers.IntegerField()
    reason = serializers.CharField(max_length=300)


class HandingAgainIn(serializers.Serializer[Any]):
    receipt = serializers.IntegerField()
    unit = serializers.SlugRelatedField[Unit](
        slug_field="code", queryset=Unit.objects.all(), required=False, allow_null=True
    )


class HandingReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


_FILTERS = [
    OpenApiParameter("project", OpenApiTypes.INT, description="id of a project"),
    OpenApiParameter("rule", OpenApiTypes.STR, description="code of the hand-over in the plan"),
    OpenApiParameter(
        "show", OpenApiTypes.STR, description="mine: waits for my units; back: given back to my units"
    ),
]


class HandingViewSet(
    IdempotentWrites, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Handing]
):
    """Hand-overs of the projects in sight, newest first. Refusals are 409 with ``unmet``."""

    serializer_class = HandingOut
    queryset = Handing.objects.none()
    lookup_value_regex = r"\d+"
    parser_classes = [JSONParser, FormParser, MultiPartParser]
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Handing.objects.none()
        return queries.with_receipts(queries.visible(self._user))

    def filter_queryset(self, queryset: Any) -> Any:
        asked = self.request.query_params
        if project := asked.get("project", ""):
            queryset = queryset.filter(project=whole(project) or 0)
        if rule := asked.get("rule", ""):
            queryset = queryset.filter(rule=rule)
        if asked.get("show") in ("mine", "back"):
            found = queries.filtered(self._user, asked.dict(), today()).order_by()
            queryset = queryset.filter(pk__in=found.values("handing"))
        return queryset

    @extend_schema(parameters=_FILTERS)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        request={"application/json": LetterIn, "multipart/form-data": LetterIn}, responses={201: HandingOut}
    )
    def create(self, request: Request) -> Response:
        """函件移交: 409 names what the plan still waits for."""
        said = self._checked(LetterIn)
        rows = Project.objects.visible_to(self._user).select_related("case")
        project = get_object_or_404(rows, pk=said.pop("project"))
        paper = said.pop("paper", None) or said.pop("paper_id", None)
        row = actions.by_letter(
            project=project, paper=paper, today=today(), **self._by, **({"on": today()} | said)
        )
        return self._answer(row.pk, 201)

    @extend_schema(request=HandingNoteIn, responses=HandingOut)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """签收 by one's own unit."""
        said = self._checked(HandingNoteIn)
        return self._moved(actions.acknowledge, said)

    @extend_schema(request=HandingDeclineIn, responses=HandingOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """退回 with a reason; the answer shows the hand-over as it then stands."""
        return self._moved(actions.decline, self._checked(HandingDeclineIn))

    @extend_schema(request=HandingAgainIn, responses=HandingOut)
    @action(detail=True, methods=["post"], url_path="push-again")
    def push_again(self, request: Request, pk: str) -> Response:
        """重新移交 what was given back."""
        return self._moved(actions.push_again, self._checked(HandingAgainIn))

    @extend_schema(request=HandingReasonIn, responses=HandingOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """撤销."""
        row = self.get_object()
        actions.withdraw(handing=row, on=today(), **self._by, **self._checked(HandingReasonIn))
        return self._answer(row.pk)

    @property
    def _user(self) -> Any:
        return self.request.user

    @property
    def _by(self) -> dict[str, Any]:
        return {"by": self._user}

    def _checked(self, shape: type[Any]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _moved(self, act: Any, said: dict[str, Any]) -> Response:
        row = self.get_object()
        rows = Receipt.objects.select_related("handing__project")
        receipt = get_object_or_404(rows, handing=row, pk=said.pop("receipt"))
        act(receipt=receipt, on=today(), **self._by, **said)
        return self._answer(row.pk)

    def _answer(self, pk: int, status: int = 200) -> Response:
        row = queries.with_receipts(Handing.objects.filter(pk=pk)).get()
        return Response(HandingOut(row).data, status=status)


routes = [("handovers", HandingViewSet, "handover")]
