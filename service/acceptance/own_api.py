"""``portal/<project>/guidance/``: the enterprise asks for guidance before acceptance and reads the answer."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Unit
from kernel.rest import NewestFirst
from service.acceptance.api import GuidanceIn, StageReasonIn
from service.acceptance.guiding import ask_guidance, withdraw_guidance
from service.acceptance.own import own_guidance, own_rules
from service.models import Guidance, GuidanceState
from service.portal.access import Speaker, out_of_bounds
from service.portal.own_rest import OF_PROJECT, OfOwnProject


class OwnGuidanceOut(serializers.ModelSerializer[Guidance]):
    """One request of the enterprise; ``words``: what the unit advised."""

    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    unit_name = serializers.CharField(source="unit.name", read_only=True)
    state = serializers.ChoiceField(choices=GuidanceState.choices, read_only=True)

    class Meta:
        model = Guidance
        fields = (
            *("id", "rule", "name", "clause", "unit", "unit_name", "matter", "asked_on", "state"),
            *("given_on", "words", "withdrawn_on", "withdrawn_reason"),
        )
        read_only_fields = fields


class OwnGuidanceIn(GuidanceIn):
    """The same as ``guidance/`` takes, without the project."""

    project = None  # type: ignore[assignment]  # it stands in the address


class OwnGuidanceViewSet(OfOwnProject):
    """Guidance that the caller's enterprise asked for, newest first."""

    serializer_class = OwnGuidanceOut
    queryset = Guidance.objects.none()
    lookup_value_regex = r"\d{1,18}"
    pagination_class = NewestFirst

    @extend_schema(responses=OwnGuidanceOut(many=True))
    def list(self, request: Request, project_pk: str) -> Response:
        """By cursor, newest first."""
        page = self.paginate_queryset(own_guidance(self._asking()))
        return self.get_paginated_response(OwnGuidanceOut(page, many=True).data)

    @extend_schema(request=OwnGuidanceIn, responses={201: OwnGuidanceOut})
    def create(self, request: Request, project_pk: str) -> Response:
        """Ask one of the bodies that the plan names; no clock starts."""
        mine, said = self._asking(), dict(self.checked(OwnGuidanceIn).validated_data)
        row = ask_guidance(project=mine.project, by=mine.user, on=mine.on, **said)
        return Response(OwnGuidanceOut(row).data, status=201)

    @extend_schema(request=StageReasonIn, responses=OwnGuidanceOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, project_pk: str, pk: str) -> Response:
        """Take back what was not answered yet, with a reason."""
        mine, said = self._asking(), dict(self.checked(StageReasonIn).validated_data)
        row: Any = own_guidance(mine).filter(pk=pk).first()
        if row is None:
            raise out_of_bounds(mine.user, f"guidance:{pk}", request)
        return Response(
            OwnGuidanceOut(withdraw_guidance(guidance=row, by=mine.user, on=mine.on, **said)).data
        )

    def _asking(self) -> Speaker:
        mine = self.speaker()
        if not own_rules(mine):
            raise Http404
        return mine


routes = [(rf"{OF_PROJECT}/guidance", OwnGuidanceViewSet, "portal-guidance-rest")]
