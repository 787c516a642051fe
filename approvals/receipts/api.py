"""REST of running slips (``receipts/``): one slip by its project's id, entries, sendings, the Word file."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_unit
from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from approvals.models import ReceiptEntry, ReceiptSending
from approvals.receipts import actions, word
from approvals.receipts.models import Level
from approvals.receipts.permissions import rule_for
from approvals.receipts.rows import lines_of
from kernel.clock import today
from kernel.numbers import whole
from kernel.rest import Anything, BusinessDay, OrjsonRenderer
from projects.models import Project

SENDINGS = 50


class ReceiptLineOut(serializers.Serializer[Any]):
    """One line of the slip; ``entry`` is its id where it was written by hand."""

    on = serializers.CharField()
    unit = serializers.CharField()
    matter = serializers.CharField()
    service = serializers.CharField()
    outcome = serializers.CharField()
    entry = serializers.IntegerField(allow_null=True)


class ReceiptSendingOut(serializers.ModelSerializer[ReceiptSending]):
    """The slip as it was sent: ``to`` are the names of who was told."""

    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    to = serializers.ListField(child=serializers.CharField(), read_only=True)
    rows = ReceiptLineOut(many=True, read_only=True)

    class Meta:
        model = ReceiptSending
        fields = ("id", "level", "on", "by", "reason", "to", "clause", "rows")
        read_only_fields = fields


class ReceiptOut(serializers.Serializer[Any]):
    """The slip as it stands; ``sendings`` newest first, at most 50."""

    project = serializers.IntegerField()
    name = serializers.CharField()
    clause = serializers.CharField()
    lines = ReceiptLineOut(many=True)
    sendings = ReceiptSendingOut(many=True)


class ReceiptEntryOut(serializers.ModelSerializer[ReceiptEntry]):
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)

    class Meta:
        model = ReceiptEntry
        fields = ("id", "on", "unit", "matter", "service", "outcome", "struck_on", "struck_reason")
        read_only_fields = fields


class ReceiptEntryIn(serializers.Serializer[Any]):
    unit = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all())
    matter = serializers.CharField(max_length=100)
    service = serializers.CharField(max_length=500)
    outcome = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    on = BusinessDay(required=False, help_text="today if left out")


class StrikeIn(serializers.Serializer[Any]):
    entry = serializers.IntegerField(min_value=1, max_value=2**62)
    reason = serializers.CharField(max_length=300)


class SendReceiptIn(serializers.Serializer[Any]):
    """``level``: leader, or top, which says why."""

    level = serializers.ChoiceField(choices=Level.choices, required=False, default=Level.LEADER)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class ReceiptViewSet(IdempotentWrites, viewsets.GenericViewSet[Project]):
    """手续办理回执单 by the project's id. 409 ``no_receipts`` where the plan has no slip."""

    serializer_class = ReceiptOut  # the slip of a project, not a project
    queryset = Project.objects.none()
    lookup_value_regex = r"\d+"
    pagination_class = None
    filter_backends: list[Any] = []

    @extend_schema(responses=ReceiptOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Every line, from the permits and by hand, oldest first."""
        project = self._project(pk)
        rule = rule_for(project)
        sent = ReceiptSending.objects.filter(case_id=project.pk).select_related("by")[:SENDINGS]
        slip: Any = {
            "project": project.pk, "name": rule.name, "clause": rule.clause,
            "lines": [line.as_dict() for line in lines_of(project)], "sendings": sent,
        }  # fmt: skip
        return Response(ReceiptOut(slip).data)

    @extend_schema(request=ReceiptEntryIn, responses={201: ReceiptEntryOut})
    @action(detail=True, methods=["post"])
    def entries(self, request: Request, pk: str) -> Response:
        """Enter what a department did for the enterprise."""
        fields = self._checked(ReceiptEntryIn)
        fields.setdefault("on", today())
        row = actions.add_entry(project=self._project(pk), by=self._user, today=today(), **fields)
        return Response(ReceiptEntryOut(row).data, status=201)

    @extend_schema(request=StrikeIn, responses=ReceiptEntryOut)
    @action(detail=True, methods=["post"])
    def strike(self, request: Request, pk: str) -> Response:
        """Strike a wrong entry out with a reason."""
        fields = self._checked(StrikeIn)
        entry = get_object_or_404(ReceiptEntry, pk=fields["entry"], case_id=self._project(pk).pk)
        row = actions.strike_entry(entry=entry, by=self._user, on=today(), reason=fields["reason"])
        return Response(ReceiptEntryOut(row).data)

    @extend_schema(request=SendReceiptIn, responses={201: ReceiptSendingOut})
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        """Send it to the leader in charge, or when needed to the top leaders."""
        fields = self._checked(SendReceiptIn)
        row = actions.send_receipt(project=self._project(pk), by=self._user, on=today(), **fields)
        return Response(ReceiptSendingOut(row).data, status=201)

    @extend_schema(
        responses={(200, word.WORD): OpenApiResponse(OpenApiTypes.BINARY, description="the Word file")}
    )
    @action(detail=True, methods=["get"], renderer_classes=[OrjsonRenderer, Anything])
    def word(self, request: Request, pk: str) -> HttpResponse:
        """The slip as it stands today."""
        unit = acting_unit(self._user)
        return word.answer(self._project(pk), today(), unit.name if unit else "")

    @property
    def _user(self) -> Any:
        return self.request.user

    def _project(self, pk: str) -> Project:
        related = ("case", "enterprise", "landing_unit")
        rows = Project.objects.visible_to(self._user).select_related(*related)
        return get_object_or_404(rows, pk=whole(pk) or 0)

    def _checked(self, shape: type[Any]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


routes = [("receipts", ReceiptViewSet, "receipt")]
