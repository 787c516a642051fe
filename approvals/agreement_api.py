"""REST of agreements: list, one with its ETag, versions, and what a further version would reopen."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from approvals import actions
from approvals import agreement_serializers as s
from approvals.agreement_models import Agreement, AgreementQuerySet, AgreementVersion
from approvals.comparing import compare
from kernel.clock import today
from kernel.etags import demand_match, not_modified, tagged, unchanged
from kernel.numbers import whole
from policies.rulebook import rulebook
from projects.models import Project
from projects.permissions import lock

_PROJECT = OpenApiParameter("project", OpenApiTypes.STR, description="id of a project")
_TWO = [
    OpenApiParameter(name, OpenApiTypes.INT, required=True, description=f"number of the {which} version")
    for name, which in (("a", "older"), ("b", "newer"))
]


class AgreementViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Agreement],
):
    """Agreements of the projects the caller may see, newest first. Writes heed ``If-Match``."""

    heeds = (*IdempotentWrites.heeds, "If-Match")
    serializer_class = s.AgreementOut
    queryset = Agreement.objects.none()
    lookup_value_regex = r"\d+"
    filter_backends: list[Any] = []

    def get_queryset(self) -> AgreementQuerySet:
        rows: AgreementQuerySet = Agreement.objects.visible_to(self.request.user).for_list()
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        project = self.request.query_params.get("project", "") if self.action == "list" else ""
        return queryset.filter(case_id=whole(project) or 0) if project else queryset

    @extend_schema(parameters=[_PROJECT], responses=s.AgreementOut)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        return (
            not_modified(row) if unchanged(request, row) else tagged(Response(s.AgreementOut(row).data), row)
        )

    @extend_schema(request=s.AgreementIn, responses={201: s.AgreementVersionOut})
    def create(self, request: Request) -> Response:
        """Open an agreement with its first version."""
        body = self._checked(s.AgreementIn)
        fields = body.validated_data
        project = get_object_or_404(
            Project.objects.visible_to(request.user), pk=min(fields["project"], 2**62)
        )
        made = actions.draft_agreement(
            project=project,
            title=fields["title"],
            draft=body.draft(),
            by=self._user,
            on=today(),
            kind=fields["kind"],
            supersede=fields["supersede"],
        )
        return tagged(Response(s.AgreementVersionOut(made).data, status=201), made.agreement)

    @extend_schema(methods=["GET"], responses=s.AgreementVersionOut(many=True))
    @extend_schema(methods=["POST"], request=s.WordingIn, responses={201: s.AgreementVersionOut})
    @action(detail=True, methods=["get", "post"])
    def versions(self, request: Request, pk: str) -> Response:
        """Every version, newest first; POST adds one and asks again what it touches."""
        row = self.get_object()
        if request.method == "GET":
            found = AgreementVersion.objects.filter(agreement=row).select_related(
                "agreement__case", "drafted_by"
            )
            page: Any = self.paginate_queryset(found)  # type: ignore[arg-type]  # rows of another model
            return self.get_paginated_response(s.AgreementVersionOut(page, many=True).data)
        body = self._checked(s.WordingIn)
        with transaction.atomic():
            self._match(row)
            made = actions.revise_agreement(agreement=row, draft=body.draft(), by=self._user, on=today())
        row = self.get_queryset().get(pk=row.pk)
        return tagged(Response(s.AgreementVersionOut(made).data, status=201), row)

    @extend_schema(request=s.WordingIn, responses=s.PreviewOut)
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, pk: str) -> Response:
        """What such a version would change, ask again and withdraw; writes nothing."""
        body = self._checked(s.WordingIn)
        found = actions.preview_agreement(
            agreement=self.get_object(), draft=body.draft(), by=self._user, on=today()
        )
        return Response({"changes": [asdict(one) for one in found.changes], "lines": found.lines})

    @extend_schema(parameters=_TWO, responses=s.CompareOut)
    @action(detail=True, methods=["get"])
    def compare(self, request: Request, pk: str) -> Response:
        """Two versions, term by term."""
        row = self.get_object()
        a, b = (self._numbered(row, request.query_params.get(name, "")) for name in ("a", "b"))
        lines = compare(a, b, row.kind, rulebook(row.case.policy_set_id))
        return Response({"a": a.number, "b": b.number, "lines": [asdict(line) for line in lines]})

    @extend_schema(request=s.GiveUpIn, responses=s.AgreementOut)
    @action(detail=True, methods=["post"], url_path="give-up")
    def give_up(self, request: Request, pk: str) -> Response:
        """Nothing comes of it; the reviews bound to it end."""
        row, fields = self.get_object(), self._checked(s.GiveUpIn).validated_data
        with transaction.atomic():
            self._match(row)
            actions.give_up_agreement(agreement=row, by=self._user, on=today(), **fields)
        row = self.get_queryset().get(pk=row.pk)
        return tagged(Response(s.AgreementOut(row).data), row)

    @property
    def _user(self) -> Any:
        return self.request.user

    def _match(self, row: Agreement) -> None:
        """``If-Match`` against the row, the project locked as the action locks it."""
        lock(Project(pk=row.case_id))
        demand_match(self.request, Agreement.objects.get(pk=row.pk))

    def _checked(self, shape: type[Any]) -> Any:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body

    @staticmethod
    def _numbered(row: Agreement, number: str) -> AgreementVersion:
        rows = AgreementVersion.objects.filter(agreement=row).select_related("file")
        return get_object_or_404(rows, number=min(whole(number) or 0, 30_000))
