"""REST of steps: list, one step with its opinions, and one POST for each move."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import units_with
from accounts.idempotency import IdempotentWrites
from accounts.models import Unit
from accounts.roles import Can
from approvals import actions, queries
from approvals import serializers as s
from approvals.actions import Conclusion, Named
from approvals.actions.opinions import Said
from approvals.agreement_api import AgreementViewSet
from approvals.dispatching import api as dispatching
from approvals.models import Opinion, Step, StepQuerySet
from approvals.permissions import may_answer
from approvals.permits import api as permits
from approvals.permits.closing import Result
from approvals.receipts import api as receipts
from approvals.signing_api import SigningViewSet
from approvals.sittings import api as sittings
from approvals.special import api as special
from kernel.clock import today
from kernel.numbers import whole
from kernel.refusals import Refused
from projects.models import Project

_FILTERS = [
    OpenApiParameter(name, OpenApiTypes.STR, description=text)
    for name, text in {
        "project": "id of a project",
        "code": "code of the step in the plan",
        "state": "running, concluded or cancelled",
        "mine": "asked: waits for an opinion of my units; lead: my units conclude it",
    }.items()
]


class StepViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Step],
):
    """Steps of the projects the caller may see, newest first. Refusals are 409 with ``unmet``."""

    serializer_class = s.StepOut
    queryset = Step.objects.none()
    lookup_value_regex = r"\d+"
    parser_classes = [JSONParser, FormParser, MultiPartParser]
    filter_backends: list[Any] = []

    def get_queryset(self) -> StepQuerySet:
        rows: StepQuerySet = Step.objects.visible_to(self.request.user).for_reading().with_counts()
        return rows.with_opinions() if self.action == "retrieve" else rows

    def get_serializer_class(self) -> Any:
        return s.StepDetail if self.action == "retrieve" else s.StepOut

    def filter_queryset(self, queryset: Any) -> Any:
        asked = self.request.query_params
        if project := asked.get("project", ""):
            queryset = queryset.filter(case_id=whole(project) or 0)
        if asked.get("code"):
            queryset = queryset.filter(code=asked["code"])
        if asked.get("state"):
            queryset = queryset.in_state(asked["state"])
        return self._mine(queryset, asked.get("mine", ""))

    def _mine(self, rows: Any, whose: str) -> Any:
        user: Any = self.request.user
        if whose == "lead":
            return rows.filter(lead_unit__in=units_with(user, Can.CONCLUDE_STEP))
        if whose == "asked":
            return rows.filter(pk__in=Opinion.objects.waiting().filter(queries.mine(user)).values("step"))
        return rows

    @extend_schema(parameters=_FILTERS, responses=s.StepOut)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=s.OpenIn, responses={201: s.StepDetail})
    def create(self, request: Request) -> Response:
        """Open a round by hand; 409 lists what is missing before it may be opened."""
        fields = self._checked(s.OpenIn)
        project = get_object_or_404(Project.objects.visible_to(request.user), pk=fields.pop("project"))
        row = actions.open_step(project=project, by=self._user, on=today(), **fields)
        return self._answer(row, 201)

    @extend_schema(
        request={"application/json": s.OpinionIn, "multipart/form-data": s.OpinionIn}, responses=s.OpinionOut
    )
    @action(detail=True, methods=["post"])
    def opinions(self, request: Request, pk: str) -> Response:
        """Give the opinion of one's own unit, or enter another's paper with its scan (代录)."""
        fields = self._checked(s.OpinionIn)
        step = self.get_object()
        on_behalf = fields.pop("on_behalf")
        row = self._asked(step, fields.pop("aspect"), fields.pop("unit", None), on_behalf=on_behalf)
        scan, given_on = self._scan(fields), fields.pop("given_on", None)
        said: dict[str, Any] = {"opinion": row, "by": self._user, "on": today(), **fields}
        if on_behalf:
            given = actions.record_on_behalf(scan=scan, given_on=given_on, **said)
        else:
            given = actions.give_opinion(**said)
        return Response(s.OpinionOut(given).data, status=201)

    @extend_schema(request=s.ConcludeIn, responses=s.StepDetail)
    @action(detail=True, methods=["post"])
    def conclude(self, request: Request, pk: str) -> Response:
        """The lead's verdict; 409 with ``unmet`` names outstanding opinions, vetoes, checks not confirmed."""
        fields = self._checked(s.ConcludeIn)
        others = fields.pop("together", [])
        all_of_them = [self._conclusion(self.get_object(), fields)]
        for other in others:
            step = get_object_or_404(
                self.get_queryset(), pk=other.pop("step"), case_id=all_of_them[0].step.case_id
            )
            all_of_them.append(self._conclusion(step, other))
        actions.conclude_together(conclusions=all_of_them, by=self._user, on=today())
        return self._answer(all_of_them[0].step)

    @extend_schema(request=s.MeetingIn, responses={201: s.OpinionOut(many=True)})
    @action(detail=True, methods=["post"])
    def meeting(self, request: Request, pk: str) -> Response:
        """会审: the opinions of several units from one meeting, with its signed minutes; all or nothing."""
        fields, step = self._checked(s.MeetingIn), self.get_object()
        said = {}
        for one in fields.pop("opinions"):
            row = self._asked(step, one.pop("aspect"), one.pop("unit", None), on_behalf=True)
            said[row.pk] = Said(**one)
        made = actions.record_meeting(
            step=step, scan=fields.pop("scan_id"), said=said, by=self._user, on=today(), **fields
        )
        return Response(s.OpinionOut(made, many=True).data, status=201)

    @extend_schema(request=s.FollowedIn, responses=s.OpinionOut)
    @action(detail=True, methods=["post"])
    def followed(self, request: Request, pk: str) -> Response:
        """修改后同意: record that the changes wanted are made without a new version of the agreement."""
        fields = self._checked(s.FollowedIn)
        row = self._asked(self.get_object(), fields.pop("aspect"), fields.pop("unit", None), on_behalf=True)
        made = actions.follow_up(opinion=row, by=self._user, on=today(), **fields)
        return Response(s.OpinionOut(made).data)

    @extend_schema(request=s.AskIn, responses={201: s.OpinionOut})
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, pk: str) -> Response:
        """Ask one more unit about an aspect."""
        row = actions.ask(step=self.get_object(), by=self._user, on=today(), **self._checked(s.AskIn))
        return Response(s.OpinionOut(row).data, status=201)

    @extend_schema(request=s.StepReasonIn, responses=s.StepDetail)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a step that was opened in error."""
        return self._answer(
            actions.cancel(step=self.get_object(), by=self._user, on=today(), **self._checked(s.StepReasonIn))
        )

    @extend_schema(request=s.StepReasonIn, responses={201: s.StepDetail})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Open a new round of a step that has ended."""
        row = actions.reopen(
            step=self.get_object(), by=self._user, on=today(), **self._checked(s.StepReasonIn)
        )
        return self._answer(row, 201)

    @property
    def _user(self) -> Any:
        return self.request.user

    def _checked(self, shape: type[Any]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _answer(self, step: Step, status: int = 200) -> Response:
        row = Step.objects.for_reading().with_counts().with_opinions().get(pk=step.pk)
        return Response(s.StepDetail(row).data, status=status)

    def _asked(self, step: Step, aspect: str, unit: Unit | None, *, on_behalf: bool) -> Opinion:
        """The opinion meant. Raises Refused (invalid) when nobody, or more than one unit, was asked."""
        rows = list(step.opinions.filter(aspect=aspect, in_force=True).select_related("unit"))
        if unit is not None:
            rows = [row for row in rows if row.unit_id == unit.pk]
        elif not on_behalf and len(rows) > 1:
            rows = [row for row in rows if may_answer(row, self._user)]
        if not rows:
            raise Refused.invalid("aspect", _("没有就此事项征求该单位的意见"), code="not_asked")
        if len(rows) > 1:
            raise Refused.invalid("unit", _("此事项征求多个单位，请写明是哪个单位的意见"))
        return rows[0]

    @staticmethod
    def _scan(fields: dict[str, Any]) -> Any:
        upload, paper = fields.pop("scan", None), fields.pop("scan_id", None)
        return upload if upload is not None else paper

    @staticmethod
    def _conclusion(step: Step, fields: dict[str, Any]) -> Conclusion:
        named = [Named(who["unit"], who.get("user")) for who in fields.pop("named", ())]
        granted = fields.pop("result", None)
        result = Result(**granted) if granted else None
        return Conclusion(step=step, named=named, result=result, **fields)


routes = [
    ("agreements", AgreementViewSet, "agreement"),
    ("signings", SigningViewSet, "signing"),
    ("steps", StepViewSet, "step"),
    *dispatching.routes,
    *permits.routes,
    *receipts.routes,
    *sittings.routes,
    *special.routes,
]
