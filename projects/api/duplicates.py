"""The review pool over REST, and the question whether a lead is there already."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from kernel.clock import today
from kernel.refusals import Refused
from kernel.rest import NewestFirst
from projects import actions
from projects.actions.sums import read
from projects.api import duplicate_shapes as s
from projects.api.shapes import PAGES, paged
from projects.likeness import Lead
from projects.models import DuplicatePair, Project

_FILTERS = [
    OpenApiParameter("state", OpenApiTypes.STR, description="open (default), distinct or merged"),
    OpenApiParameter("grade", OpenApiTypes.STR, description="sure, likely or possible"),
    *PAGES,
]


class DuplicateViewSet(IdempotentWrites, viewsets.GenericViewSet[DuplicatePair]):
    """Pairs of projects that may be one, of which the caller sees both."""

    serializer_class = s.PairOut
    queryset = DuplicatePair.objects.none()
    lookup_value_regex = r"\d{1,18}"

    @extend_schema(operation_id="duplicates_list", parameters=_FILTERS, responses=paged(s.PairOut))
    def list(self, request: Request) -> Response:
        """Newest first."""
        asked = request.query_params
        rows = self._rows().in_state(asked.get("state") or "open")
        if asked.get("grade"):
            rows = rows.filter(grade=asked["grade"])
        pages = NewestFirst()
        found = pages.paginate_queryset(rows, request) or []
        return pages.get_paginated_response([s.pair_out(pair) for pair in found])

    @extend_schema(request=s.PairIn, responses={201: s.PairOut})
    def create(self, request: Request) -> Response:
        """Put two projects into the pool by hand; the pair that is there already is given."""
        said = self._checked(s.PairIn)
        project, other = self._project(said["project"]), self._project(said["other"])
        pair = actions.pair_up(project=project, other=other, by=self._user, on=today())
        return Response(s.pair_out(self._pair(str(pair.pk))), status=201)

    @extend_schema(responses=s.PairOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(s.pair_out(self._pair(pk)))

    @extend_schema(request=s.PairReasonIn, responses=s.PairOut)
    @action(detail=True, methods=["post"])
    def distinct(self, request: Request, pk: str) -> Response:
        """Not the same project, with the reason."""
        return self._judged(pk, actions.keep_apart, self._checked(s.PairReasonIn))

    @extend_schema(request=s.MergeIn, responses=s.PairOut)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """Merge the other project into ``keep``; 409 where both are signed."""
        said = self._checked(s.MergeIn)
        return self._judged(pk, actions.merge, said | {"keep": Project(pk=said["keep"])})

    @extend_schema(request=s.PairReasonIn, responses=s.PairOut)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Take the merge back; the pair is open again."""
        return self._judged(pk, actions.undo_merge, self._checked(s.PairReasonIn))

    @extend_schema(request=s.CheckIn, responses=s.AlikeOut)
    @action(detail=False, methods=["post"])
    def check(self, request: Request) -> Response:
        """What a lead resembles, before it is registered; writes nothing."""
        said = self._checked(s.CheckIn)
        try:
            total = read(said["total"]).fen if said.get("total") else None
        except Refused as refused:
            raise Refused.invalid("total", str(refused)) from refused
        lead = Lead(
            name=said.get("name", ""), investor=said.get("enterprise", ""), total_fen=total,
            credit_code=said.get("credit_code", "").strip().upper(), site=said.get("site", ""),
        )  # fmt: skip
        return Response(s.alike_out(actions.check(lead=lead, by=self._user, on=today())))

    def _judged(self, pk: str, act: Any, said: dict[str, Any]) -> Response:
        act(pair=self._pair(pk), by=self._user, **{"on": today(), **said})
        return Response(s.pair_out(self._pair(pk)))

    @property
    def _user(self) -> Any:
        return self.request.user

    def _rows(self) -> Any:
        return DuplicatePair.objects.visible_to(self._user).for_list()

    def _pair(self, pk: str) -> DuplicatePair:
        found: DuplicatePair = get_object_or_404(self._rows(), pk=pk)
        return found

    def _project(self, pk: int) -> Project:
        found = Project.objects.visible_to(self._user).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _checked(self, shape: type[Any]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)
