"""``portal/<project>/plan/``: the enterprise reads the version to be sealed, keeps its own list, seals."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.numbers import whole
from kernel.rest import Anything, BusinessDay, OrjsonRenderer
from service.plans import actions, queries
from service.plans import serializers as s
from service.plans.models import Plan, PlanVersion
from service.plans.permissions import own_side
from service.plans.rules import plan_rule
from service.plans.standing import standing
from service.plans.views import WORD, word_answer
from service.portal.access import Speaker
from service.portal.own_rest import OF_PROJECT, OfOwnProject

_VERSION = OpenApiParameter("v", OpenApiTypes.INT, description="number of a version; the newest if left out")


class OwnPlanLineOut(s.PlanLineOut):
    """One item, without who of the offices ticked it."""

    done_by = None  # type: ignore[assignment]
    slip_first = None  # type: ignore[assignment]
    slip_last = None  # type: ignore[assignment]
    own = serializers.BooleanField(source="by_enterprise")


class OwnSideOut(serializers.Serializer[Any]):
    """One side of the sealing; ``sealed_on`` null while it has not sealed."""

    side = serializers.CharField(source="code")
    name = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    signatory = serializers.CharField(source="seal.signatory", allow_null=True, default=None)
    sealed_on = serializers.DateField(source="seal.on", allow_null=True, default=None)


class OwnContactOut(serializers.Serializer[Any]):
    side = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)


class OwnPlanOut(serializers.Serializer[Any]):
    """One version as it stands today; telephone numbers with their middle hidden. ``may_seal``: it waits for
    the caller's seal."""

    code = serializers.CharField()
    name = serializers.CharField()
    number = serializers.IntegerField()
    numbers = serializers.ListField(child=serializers.IntegerField())
    reason = serializers.CharField(allow_blank=True)
    start_on = serializers.DateField(allow_null=True)
    finish_on = serializers.DateField(allow_null=True)
    production_on = serializers.DateField(allow_null=True)
    sealed_on = serializers.DateField(allow_null=True)
    targets = s.TargetOut(many=True)
    contacts = OwnContactOut(many=True)
    items = OwnPlanLineOut(many=True)
    sides = OwnSideOut(many=True)
    doubts = s.DoubtOut(many=True)
    may_seal = serializers.BooleanField()


class OwnSealIn(serializers.Serializer[Any]):
    """``signatory``: who signs for the enterprise; ``on``: today if left out; ``accept_late``: why it seals
    first although the draft contradicts itself."""

    accept_late = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    signatory = serializers.CharField(max_length=60)
    on = BusinessDay(required=False)


class OwnPlanViewSet(OfOwnProject):
    """The plan of one's own project. Refusals are 409 with ``unmet``."""

    serializer_class = OwnPlanOut
    queryset = Plan.objects.none()
    pagination_class = None

    @extend_schema(parameters=[_VERSION], responses={200: forced_singular_serializer(OwnPlanOut)})
    def list(self, request: Request, project_pk: str) -> Response:
        """One version, the newest by default, whole."""
        return self._answer(*self._found())

    @extend_schema(request=s.PlanItemAdd, responses={201: OwnPlanOut})
    @action(detail=False, methods=["post"])
    def items(self, request: Request, project_pk: str) -> Response:
        """Add an item to the enterprise's own list of the draft."""
        mine, plan = self._found()
        data = self.checked(s.PlanItemAdd).validated_data
        actions.add_item(plan=plan, by=mine.user, on=mine.on, **data)
        return self._answer(mine, plan, 201)

    @extend_schema(request=s.PlanItemEdit, responses=OwnPlanOut)
    @action(detail=False, methods=["post"], url_path="edit-item")
    def edit_item(self, request: Request, project_pk: str) -> Response:
        """Change an item of its own list."""
        mine, plan = self._found()
        data = self.checked(s.PlanItemEdit).validated_data
        actions.edit_item(plan=plan, by=mine.user, on=mine.on, **data)
        return self._answer(mine, plan)

    @extend_schema(request=s.PlanItemCode, responses=OwnPlanOut)
    @action(detail=False, methods=["post"], url_path="remove-item")
    def remove_item(self, request: Request, project_pk: str) -> Response:
        """Take an item off its own list."""
        mine, plan = self._found()
        data = self.checked(s.PlanItemCode).validated_data
        actions.remove_item(plan=plan, by=mine.user, on=mine.on, **data)
        return self._answer(mine, plan)

    @extend_schema(request=OwnSealIn, responses=OwnPlanOut)
    @action(detail=False, methods=["post"])
    def seal(self, request: Request, project_pk: str) -> Response:
        """签章 for the enterprise."""
        mine, plan = self._found()
        side = own_side(plan_rule(mine.project, plan.code))
        if side is None:
            raise Http404
        data = self.checked(OwnSealIn).validated_data
        data["on"] = data.get("on") or mine.on
        actions.seal_plan(plan=plan, side=side.code, by=mine.user, today=mine.on, **data)
        return self._answer(mine, plan)

    @extend_schema(
        parameters=[_VERSION],
        responses={(200, WORD): OpenApiResponse(OpenApiTypes.BINARY, description="the Word file")},
    )
    @action(detail=False, methods=["get"], renderer_classes=[OrjsonRenderer, Anything])
    def word(self, request: Request, project_pk: str) -> HttpResponse:
        """The forms of a version as Word."""
        mine, plan = self._found()
        plan.project = mine.project
        version = self._numbered(queries.versions_of(plan))
        return word_answer(plan, version, plan_rule(mine.project, plan.code))

    def _found(self) -> tuple[Speaker, Plan]:
        mine = self.speaker()
        plan = queries.plan_of(mine.project)
        if plan is None:
            raise Http404
        return mine, plan

    def _numbered(self, versions: Sequence[PlanVersion]) -> PlanVersion:
        text = self.request.query_params.get("v", "")
        number = whole(text) if text else versions[0].number
        found = next((row for row in versions if row.number == number), None)
        if found is None:
            raise Http404
        return found

    def _answer(self, mine: Speaker, plan: Plan, status: int = 200) -> Response:
        plan = Plan.objects.for_reading().get(pk=plan.pk)
        versions, rule = queries.versions_of(plan), plan_rule(mine.project, plan.code)
        version = self._numbered(versions)
        sides = queries.sides_of(mine.project, version, rule, mine.user, mine.on)
        now = standing(plan, version, rule, mine.on)
        names = ("number", "reason", "start_on", "finish_on", "production_on", "sealed_on")
        body = {name: getattr(version, name) for name in names} | {
            "code": rule.code,
            "name": rule.name,
            "numbers": [row.number for row in versions],
            "targets": list(version.targets.all()),
            "contacts": [
                dict(zip(("side", "name", "phone"), one, strict=True))
                for one in queries.contacts_of(version, rule)
            ],
            "items": now.lines,
            "doubts": now.doubts,
            "sides": sides,
            "may_seal": mine.may_write and any(side.may for side in sides),
        }
        return Response(OwnPlanOut(body).data, status=status)


routes = [(rf"{OF_PROJECT}/plan", OwnPlanViewSet, "portal-plan-rest")]
