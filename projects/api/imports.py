"""Imports over REST: the same steps as the pages. Own unit's batches only; the work itself is a worker's."""

from typing import Any

from django.core.files import File
from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import User
from kernel.clock import today
from kernel.refusals import Refused
from kernel.rest import NewestFirst
from projects.actions import imports
from projects.api import import_serializers as s
from projects.importing import preview
from projects.importing.results import XLSX, workbook_of
from projects.ledgers.errors import LedgerError
from projects.ledgers.mapping import Mapping
from projects.models import ImportBatch, ImportMapping, Outcome

_OUTCOME = OpenApiParameter(
    "outcome",
    OpenApiTypes.STR,
    enum=[*Outcome.values, preview.UNCLEAR],
    description="only rows of this outcome",
)
_PAGES = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="opaque, from next or previous"),
    OpenApiParameter("page_size", OpenApiTypes.INT, description="up to 200"),
]


class FromTheTop(NewestFirst):
    ordering = "excel_row"


class ImportViewSet(
    IdempotentWrites, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ImportBatch]
):
    """Ledgers of the caller's unit: upload, map, check, decide, commit, undo.

    ``check/``, ``commit/`` and ``undo/`` answer at once (202); ask the detail until ``running`` is false.
    """

    serializer_class = s.ImportOut
    queryset = ImportBatch.objects.none()
    lookup_value_regex = r"\d+"

    @property
    def user(self) -> User:
        user = self.request.user
        assert isinstance(user, User)
        return user

    def get_queryset(self) -> QuerySet[ImportBatch]:
        if getattr(self, "swagger_fake_view", False):
            return ImportBatch.objects.none()
        unit = imports.require_unit(self.user)
        return ImportBatch.objects.filter(unit=unit).select_related("user", "unit").order_by("-pk")

    def get_parsers(self) -> list[Any]:
        creating = (getattr(self, "action_map", None) or {}).get("post") == "create"
        return [MultiPartParser()] if creating else super().get_parsers()

    def _checked(self, shape: type[Any]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        found: dict[str, Any] = body.validated_data
        return found

    def _answer(self, batch: ImportBatch, status: int = 200) -> Response:
        return Response(s.ImportOut(self.get_queryset().get(pk=batch.pk)).data, status=status)

    @extend_schema(request={"multipart/form-data": s.UploadIn}, responses={201: s.ImportOut})
    def create(self, request: Request) -> Response:
        """Upload a file; its heading is recognised and a mapping proposed. Nothing is imported yet."""
        imports.require_unit(self.user)
        fields = self._checked(s.UploadIn)
        mapping = _saved(self.user, fields.get("mapping", ""))
        file = File(fields["file"], name=fields["file"].name)
        batch = imports.upload(
            by=self.user, file=file, on=today(), sheet=fields.get("sheet", ""), mapping=mapping
        )
        return self._answer(batch, 201)

    @extend_schema(methods=["GET"], responses=s.MappingOut)
    @extend_schema(methods=["PUT"], request=s.MappingIn, responses=s.MappingOut)
    @action(detail=True, methods=["get", "put"])
    def mapping(self, request: Request, pk: str) -> Response:
        """Which column means what. A PUT sets the batch back to before its check."""
        batch = self.get_object()
        if request.method == "PUT":
            fields = self._checked(s.MappingIn)
            save_as = fields.pop("save_as", "")
            batch = imports.remap(batch=batch, by=self.user, mapping=_mapping(fields), save_as=save_as)
        return Response({"mapping": batch.mapping, "header": batch.header})

    @extend_schema(request=None, responses={202: s.ImportOut})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str) -> Response:
        """Have every row read and checked."""
        return self._answer(imports.check(batch=self.get_object(), by=self.user), 202)

    @extend_schema(parameters=[_OUTCOME, *_PAGES], responses=s.RowOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=FromTheTop)
    def rows(self, request: Request, pk: str) -> Response:
        """The staged rows from the top: what was read, what will happen, why not."""
        found = preview.rows_of(self.get_object(), request.query_params.get("outcome", ""))
        pages = FromTheTop()
        page = pages.paginate_queryset(found, request) or []
        return pages.get_paginated_response([s.row_out(row) for row in page])

    @extend_schema(request=s.DecideIn, responses=s.DecidedOut)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Let suspects in, leave rows out, or tell the phase of rows that do not."""
        fields = self._checked(s.DecideIn)
        return Response({"decided": imports.decide(batch=self.get_object(), by=self.user, **fields)})

    @extend_schema(request=None, responses={202: s.ImportOut})
    @action(detail=True, methods=["post"])
    def commit(self, request: Request, pk: str) -> Response:
        """Have the checked rows brought in, all or none, dated today."""
        return self._answer(imports.commit(batch=self.get_object(), by=self.user, on=today()), 202)

    @extend_schema(request=None, responses={202: s.ImportOut})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Have the whole import taken back; rows touched since are listed in ``undo_report`` and stay."""
        return self._answer(imports.undo(batch=self.get_object(), by=self.user, on=today()), 202)

    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def rejected(self, request: Request, pk: str) -> FileResponse:
        """The rejected and suspect rows as Excel, with the reason in an added column."""
        return workbook_of(self.get_object())


def _saved(user: User, name: str) -> Mapping | None:
    if not name:
        return None
    return _mapping(get_object_or_404(ImportMapping, user=user, name=name).columns)


def _mapping(data: dict[str, Any]) -> Mapping:
    try:
        return Mapping.from_json({"phase": None, **data})
    except LedgerError as error:
        raise Refused.invalid("mapping", imports.said(error), code=error.code) from error
