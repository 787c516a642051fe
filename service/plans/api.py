"""REST of plans (``plans/``): list, one with its items, make, change, tick, seal, compare, Word, preview."""

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from kernel.clock import today
from kernel.etags import demand_match, tagged
from kernel.numbers import whole
from kernel.rest import Anything, OrjsonRenderer
from policies.schema import PlanRule
from projects.models import Project
from service.plans import actions, queries, wall
from service.plans import serializers as s
from service.plans.actions.making import checked_days
from service.plans.models import Plan, PlanQuerySet, PlanVersion
from service.plans.rules import agreed_days, plan_rule
from service.plans.standing import standing
from service.plans.views import WORD, word_answer

_FILTERS = [
    OpenApiParameter(name, OpenApiTypes.STR, description=text)
    for name, text in {
        "project": "id of a project",
        "park": "code of the park",
        "state": "late, soon, drafting or sealed",
    }.items()
]
_VERSION = OpenApiParameter("v", OpenApiTypes.INT, description="number of a version; the newest if left out")
_TWO = [OpenApiParameter(name, OpenApiTypes.INT, required=True) for name in ("a", "b")]


class PlanViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Plan],
):
    """Plans of the projects in sight. Writes heed ``If-Match``; refusals are 409 with ``unmet``."""

    heeds = (*IdempotentWrites.heeds, "If-Match")
    serializer_class = s.PlanOut
    queryset = Plan.objects.none()
    lookup_value_regex = r"\d+"
    filter_backends: list[Any] = []

    def get_queryset(self) -> PlanQuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Plan.objects.none()
        rows: PlanQuerySet = Plan.objects.visible_to(self._user)
        if self.action == "list":
            return self._filtered(rows).for_reading()
        return rows.for_reading()

    def _filtered(self, rows: PlanQuerySet) -> PlanQuerySet:
        asked = self.request.query_params
        if asked.get("park") or asked.get("state"):
            rows = wall.plans_on_wall(self._user, asked.get("park", ""), asked.get("state", ""), today())
        project = asked.get("project", "")
        return rows.filter(project_id=whole(project) or 0) if project else rows

    @extend_schema(parameters=_FILTERS, responses=s.PlanOut)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(parameters=[_VERSION], responses=s.PlanDetail)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One plan with the items of a version as they stand today."""
        return self._answer(self.get_object())

    @extend_schema(request=s.MakeIn, responses={201: s.PlanDetail})
    def create(self, request: Request) -> Response:
        """Make the plan from the preset; 409 names the days that cannot be met and what leads to them."""
        body = self._checked(s.MakeIn)
        data = body.validated_data
        plan = actions.make_plan(
            project=self._project(data["project"]), code=data["code"], agreed=body.agreed(),
            figures=body.figures(), contacts=body.sides(), accept_late=data["accept_late"], **self._by,
        )  # fmt: skip
        return self._answer(plan, 201)

    @extend_schema(request=s.PlanPreviewIn, responses=s.PlanPreviewOut)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """What a plan with these days would say: planned and earliest days, slack, what cannot be met."""
        body = self._checked(s.PlanPreviewIn)
        project = self._project(body.validated_data["project"])
        rule = plan_rule(project, body.validated_data["code"])
        days = checked_days(rule, agreed_days(project, rule) | body.agreed())
        found = queries.preview(project, rule, days, today())
        slots = [
            {"code": code, **asdict(slot), "slack": slot.slack, "critical": code in found.critical}
            for code, slot in found.slots.items()
        ]
        return Response(s.PlanPreviewOut({"items": slots, "missed": found.missed}).data)

    @extend_schema(request=s.ChangeDaysIn, responses=s.PlanDetail)
    @action(detail=True, methods=["post"])
    def days(self, request: Request, pk: str) -> Response:
        """重新倒排: count the draft anew from other agreed days."""
        body = self._checked(s.ChangeDaysIn)
        data = body.validated_data
        said = {name: data[name] for name in ("accept_late", "keep_by_hand")}
        plan = actions.set_days(agreed=body.agreed(), **said, **self._as_read(), **self._by)
        return self._answer(plan)

    @extend_schema(request=s.ParticularsIn, responses=s.PlanDetail)
    @action(detail=True, methods=["post"])
    def particulars(self, request: Request, pk: str) -> Response:
        """What is to be built, and whom to call on each side."""
        body, read = self._checked(s.ParticularsIn), self._as_read()
        actions.set_particulars(figures=body.figures(), contacts=body.sides(), **read, **self._by)
        return self._answer(read["plan"])

    @extend_schema(request=s.PlanItemAdd, responses={201: s.PlanDetail})
    @action(detail=True, methods=["post"])
    def items(self, request: Request, pk: str) -> Response:
        """Add an item of one's own to a list of the draft."""
        read = self._as_read()
        actions.add_item(**read, **self._by, **self._checked(s.PlanItemAdd).validated_data)
        return self._answer(read["plan"], 201)

    @extend_schema(request=s.PlanItemEdit, responses=s.PlanDetail)
    @action(detail=True, methods=["post"], url_path="edit-item")
    def edit_item(self, request: Request, pk: str) -> Response:
        """Change an item of the draft."""
        read = self._as_read()
        actions.edit_item(**read, **self._by, **self._checked(s.PlanItemEdit).validated_data)
        return self._answer(read["plan"])

    @extend_schema(request=s.PlanItemCode, responses=s.PlanDetail)
    @action(detail=True, methods=["post"], url_path="remove-item")
    def remove_item(self, request: Request, pk: str) -> Response:
        """Take an item off the draft."""
        read = self._as_read()
        actions.remove_item(**read, **self._by, **self._checked(s.PlanItemCode).validated_data)
        return self._answer(read["plan"])

    @extend_schema(request=s.PlanTickIn, responses=s.PlanDetail)
    @action(detail=True, methods=["post"])
    def tick(self, request: Request, pk: str) -> Response:
        """完成: an item was done on a day, today by default."""
        read, data = self._as_read(), self._checked(s.PlanTickIn).validated_data
        said = {"code": data["code"], "on": data.get("on") or today(), "note_text": data["note"]}
        actions.tick_item(**read, by=self._user, today=today(), **said)
        return self._answer(read["plan"])

    @extend_schema(request=s.PlanUntickIn, responses=s.PlanDetail)
    @action(detail=True, methods=["post"])
    def untick(self, request: Request, pk: str) -> Response:
        """撤销完成, with a reason."""
        read = self._as_read()
        actions.untick_item(**read, **self._by, **self._checked(s.PlanUntickIn).validated_data)
        return self._answer(read["plan"])

    @extend_schema(request=s.PlanSealIn, responses=s.PlanDetail)
    @action(detail=True, methods=["post"])
    def seal(self, request: Request, pk: str) -> Response:
        """签章: one side agrees to the draft; with the last one it is in force."""
        read, data = self._as_read(), self._checked(s.PlanSealIn).validated_data
        data["on"] = data.get("on") or today()
        actions.seal_plan(**read, by=self._user, today=today(), **data)
        return self._answer(read["plan"])

    @extend_schema(request=s.PlanReasonIn, responses=s.PlanDetail)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        """收回重改: the seals given on the draft are void."""
        read = self._as_read()
        actions.take_back(**read, **self._by, **self._checked(s.PlanReasonIn).validated_data)
        return self._answer(read["plan"])

    @extend_schema(request=s.PlanReasonIn, responses={201: s.PlanDetail})
    @action(detail=True, methods=["post"])
    def versions(self, request: Request, pk: str) -> Response:
        """变更: begin another version, the same as the last one."""
        read = self._as_read()
        actions.revise_plan(**read, **self._by, **self._checked(s.PlanReasonIn).validated_data)
        return self._answer(read["plan"], 201)

    @extend_schema(parameters=_TWO, responses=s.PlanCompareOut)
    @action(detail=True, methods=["get"])
    def compare(self, request: Request, pk: str) -> Response:
        """What differs between two versions."""
        plan = self.get_object()
        a, b = (self._numbered(plan, request.query_params.get(name, "")) for name in ("a", "b"))
        changes = queries.compare(a, b, self._rule(plan))
        return Response(s.PlanCompareOut({"a": a.number, "b": b.number, "changes": changes}).data)

    @extend_schema(
        parameters=[_VERSION],
        responses={(200, WORD): OpenApiResponse(OpenApiTypes.BINARY, description="the Word file")},
    )
    @action(detail=True, methods=["get"], renderer_classes=[OrjsonRenderer, Anything])
    def word(self, request: Request, pk: str) -> HttpResponse:
        """The forms of a version as Word."""
        plan = self.get_object()
        version = self._numbered(plan, request.query_params.get("v", ""))
        return word_answer(plan, version, self._rule(plan))

    @property
    def _user(self) -> Any:
        return self.request.user

    @property
    def _by(self) -> dict[str, Any]:
        return {"by": self._user, "on": today()}

    def _checked(self, shape: type[Any]) -> Any:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body

    def _project(self, key: int) -> Project:
        rows = Project.objects.visible_to(self._user).select_related("case")
        return get_object_or_404(rows, pk=key)

    def _as_read(self) -> dict[str, Any]:
        """The plan and, with ``If-Match``, its version, which the action checks again behind its lock."""
        plan: Plan = self.get_object()
        demand_match(self.request, plan)
        return {"plan": plan, "expected": plan.version if "If-Match" in self.request.headers else None}

    def _rule(self, plan: Plan) -> PlanRule:
        return plan_rule(plan.project, plan.code)

    def _numbered(self, plan: Plan, text: str) -> PlanVersion:
        versions = queries.versions_of(plan)
        number = whole(text) if text else versions[0].number
        found = next((row for row in versions if row.number == number), None)
        if found is None:
            raise Http404
        return found

    def _answer(self, plan: Plan, status: int = 200) -> Response:
        row: Any = Plan.objects.for_reading().get(pk=plan.pk)
        rows = PlanVersion.objects.filter(plan=row).prefetch_related("targets", "seals__unit", "seals__by")
        row.shown = self._numbered(row, self.request.query_params.get("v", ""))
        now = standing(row, row.shown, self._rule(row), today())
        body = {
            **s.PlanOut(row).data,
            "shown": s.PlanVersionOut(rows.get(pk=row.shown.pk)).data,
            "items": s.PlanLineOut(now.lines, many=True).data,
            "missed": s.MissedOut(now.missed, many=True).data,
            "doubts": s.DoubtOut(now.doubts, many=True).data,
            "warnings": queries.warnings(row.project, row.shown),
            "versions": s.PlanVersionOut(rows.order_by("-number"), many=True).data,
        }
        return tagged(Response(body, status=status), row)


routes = [("plans", PlanViewSet, "plan")]
