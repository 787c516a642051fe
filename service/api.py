"""The commissioner over REST: ``projects/<pk>/commissioner/``."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from cases.models import Part
from kernel.clock import today
from projects.models import Project
from service import actions, queries
from service.acceptance import api as acceptance
from service.acceptance import own_api as own_guidance
from service.elements import api as elements
from service.handing import api as handing
from service.plans import api as plans
from service.plans import own_api as own_plan
from service.platforms import api as platforms
from service.portal import api as portal_api
from service.portal import staff_api
from service.portal.policies import api as policies
from service.progress import api as progress
from service.progress import own_api as own_progress
from service.team import api as team
from service.visits import api as visits


class CommissionerOut(serializers.ModelSerializer[Part]):
    user = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)

    class Meta:
        model = Part
        fields = ("id", "user", "name", "unit", "valid_from", "valid_to", "reason")
        read_only_fields = fields


class StandingOut(serializers.Serializer[Any]):
    """``missing``: the plan asks for a commissioner by now and there is none."""

    missing = serializers.BooleanField()
    clause = serializers.CharField()
    present = CommissionerOut(allow_null=True)
    former = CommissionerOut(many=True)


class CommissionerIn(serializers.Serializer[Any]):
    user = serializers.SlugRelatedField[User](slug_field="username", queryset=User.objects.all())
    unit = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all())
    on = serializers.DateField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


class CommissionerViewSet(IdempotentWrites, viewsets.GenericViewSet[Part]):
    """Exactly one service commissioner for each landed project."""

    serializer_class = CommissionerOut
    queryset = Part.objects.none()
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses={200: forced_singular_serializer(StandingOut)})
    def list(self, request: Request, project_pk: str) -> Response:
        """Who is commissioner, who was, and whether one is missing."""
        found = queries.standing(self._project(project_pk))
        body = {
            "missing": found.missing,
            "clause": found.rule.clause if found.rule else "",
            "present": found.present,
            "former": found.former,
        }
        return Response(StandingOut(body).data)

    @extend_schema(request=CommissionerIn, responses={201: CommissionerOut})
    def create(self, request: Request, project_pk: str) -> Response:
        """配备: 409 with ``unmet`` before signing or when there is one already."""
        fields = self._checked()
        fields["on"] = fields.get("on", today())
        project = self._project(project_pk)
        part = actions.name_commissioner(project=project, by=self._user, today=today(), **fields)
        return Response(CommissionerOut(part).data, status=201)

    @extend_schema(request=CommissionerIn, responses=CommissionerOut)
    @action(detail=False, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, project_pk: str) -> Response:
        """移交, with every duty still open; ``reason`` is needed."""
        fields: dict[str, Any] = {"on": today(), "reason": ""} | self._checked()
        person, project = fields.pop("user"), self._project(project_pk)
        row = actions.hand_over(project=project, to_user=person, by=self._user, today=today(), **fields)
        return Response(CommissionerOut(row.to_part).data)

    @property
    def _user(self) -> Any:
        return self.request.user

    def _project(self, pk: str) -> Project:
        rows = Project.objects.visible_to(self._user).select_related("case")
        return get_object_or_404(rows, pk=pk)

    def _checked(self) -> dict[str, Any]:
        body = CommissionerIn(data=self.request.data)
        body.is_valid(raise_exception=True)
        found: dict[str, Any] = body.validated_data
        return found


routes = [
    (r"projects/(?P<project_pk>\d+)/commissioner", CommissionerViewSet, "commissioner"),
    *acceptance.routes,
    *elements.routes,
    *handing.routes,
    *own_guidance.routes,
    *own_plan.routes,
    *own_progress.routes,
    *plans.routes,
    *platforms.routes,
    *policies.routes,
    *portal_api.routes,
    *progress.routes,
    *staff_api.routes,
    *team.routes,
    *visits.routes,
]

__all__ = ["CommissionerViewSet", "routes"]
