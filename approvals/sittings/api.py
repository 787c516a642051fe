"""REST of sittings (``decisions/``): plan, docket, minutes, and what waits for a body."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from approvals.models import Opinion
from approvals.sittings import actions, holding, papers, queries
from approvals.sittings import serializers as s
from approvals.sittings.models import DocketItem, Sitting
from approvals.sittings.permissions import visible
from kernel.clock import today
from kernel.etags import demand_match, tagged
from kernel.rest import Anything, OrjsonRenderer

_FILTERS = [
    OpenApiParameter(name, OpenApiTypes.STR, description=text)
    for name, text in {
        "body": "code of the body",
        "state": "planned, held or cancelled",
        "from": "ISO date: planned for it or later",
        "to": "ISO date: planned for it or before",
    }.items()
]


class SittingViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Sitting],
):
    """Sittings of the deciding bodies in sight. Writes heed ``If-Match``; refusals are 409 with ``unmet``."""

    heeds = (*IdempotentWrites.heeds, "If-Match")
    serializer_class = s.SittingOut
    queryset = Sitting.objects.none()
    lookup_value_regex = r"\d+"
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Sitting.objects.none()
        if self.action == "list":
            return queries.filtered(self._user, self.request.query_params.dict())
        return visible(self._user)

    @extend_schema(parameters=_FILTERS, responses=s.SittingOut)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=s.SittingDetail)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One sitting with its docket."""
        return self._answer(self.get_object())

    @extend_schema(request=s.PlanIn, responses={201: s.SittingDetail})
    def create(self, request: Request) -> Response:
        """Plan the next sitting of a body."""
        row = actions.plan_sitting(by=self._user, on=today(), **self._checked(s.PlanIn))
        return self._answer(row, 201)

    @extend_schema(request=s.ChangeIn, responses=s.SittingDetail)
    def update(self, request: Request, pk: str) -> Response:
        """Change day, place and people of one that is still to come."""
        fields = self._checked(s.ChangeIn)
        return self._answer(actions.change_sitting(**self._as_read(), **self._by, **fields))

    @extend_schema(request=s.SittingReasonIn, responses=s.SittingDetail)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Its items wait again."""
        fields = self._checked(s.SittingReasonIn)
        return self._answer(actions.cancel_sitting(**self._as_read(), **self._by, **fields))

    @extend_schema(request=s.ItemIn, responses={201: s.DocketItemOut})
    @action(detail=True, methods=["post"])
    def items(self, request: Request, pk: str) -> Response:
        """Put a question on the docket; 409 names the papers that are missing."""
        row, fields = self.get_object(), self._checked(s.ItemIn)
        seen = Opinion.objects.visible_to(self._user).select_related("step__case")
        question = get_object_or_404(seen, pk=fields.pop("opinion"))
        made = actions.add_item(sitting=row, opinion=question, **self._by, **fields)
        return Response(s.DocketItemOut(made).data, status=201)

    @extend_schema(request=s.OrderIn, responses=s.SittingDetail)
    @action(detail=True, methods=["post"])
    def order(self, request: Request, pk: str) -> Response:
        """The order of the docket, first to last."""
        fields = self._checked(s.OrderIn)
        return self._answer(actions.order_items(**self._as_read(), **self._by, **fields))

    @extend_schema(request=s.ItemReasonIn, responses=s.DocketItemOut)
    @action(detail=True, methods=["post"], url_path="take-off")
    def take_off(self, request: Request, pk: str) -> Response:
        """撤下: the item leaves the docket."""
        fields = self._checked(s.ItemReasonIn)
        item = self._item(fields.pop("item"))
        return Response(s.DocketItemOut(actions.take_off_item(item=item, **self._by, **fields)).data)

    @extend_schema(request=s.PostponeIn, responses={201: s.DocketItemOut})
    @action(detail=True, methods=["post"])
    def postpone(self, request: Request, pk: str) -> Response:
        """延期: the item leaves for a later sitting; returns the new item."""
        fields = self._checked(s.PostponeIn)
        to = get_object_or_404(visible(self._user), pk=fields.pop("to"))
        made = actions.postpone_item(item=self._item(fields.pop("item")), to=to, **self._by, **fields)
        return Response(s.DocketItemOut(made).data, status=201)

    @extend_schema(request=s.HoldIn, responses=s.SittingDetail)
    @action(detail=True, methods=["post"])
    def minutes(self, request: Request, pk: str) -> Response:
        """会议纪要: every outcome at once; they become the body's opinions."""
        fields = self._checked(s.HoldIn)
        rulings = [holding.Ruling(**one) for one in fields.pop("rulings")]
        return self._answer(holding.hold_sitting(rulings=rulings, **self._as_read(), **self._by, **fields))

    @extend_schema(responses=s.WaitingOut(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def waiting(self, request: Request) -> Response:
        """待上会: questions that stand on no docket, oldest first, at most 200."""
        return Response(s.WaitingOut(queries.waiting(self._user), many=True).data)

    @extend_schema(
        responses={(200, papers.WORD): OpenApiResponse(OpenApiTypes.BINARY, description="the Word file")}
    )
    @action(detail=True, methods=["get"], renderer_classes=[OrjsonRenderer, Anything])
    def word(self, request: Request, pk: str) -> HttpResponse:
        """The docket, or once held the minutes, of the items in sight."""
        row = self.get_object()
        return papers.answer(row, list(queries.docket(row, self._user)))

    @property
    def _user(self) -> Any:
        return self.request.user

    @property
    def _by(self) -> dict[str, Any]:
        return {"by": self._user, "on": today()}

    def _checked(self, shape: type[Any]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _as_read(self) -> dict[str, Any]:
        """The sitting and, with ``If-Match``, its version, which the action checks again behind its lock."""
        row: Sitting = self.get_object()
        demand_match(self.request, row)
        return {"sitting": row, "expected": row.version if "If-Match" in self.request.headers else None}

    def _item(self, key: int) -> DocketItem:
        return get_object_or_404(queries.docket(self.get_object(), self._user), pk=key)

    def _answer(self, row: Sitting, status: int = 200) -> Response:
        found: Any = visible(self._user).get(pk=row.pk)
        found.in_sight = list(queries.docket(found, self._user))
        return tagged(Response(s.SittingDetail(found).data, status=status), found)


routes = [("decisions", SittingViewSet, "decision")]
