"""REST of reports: list, one, draft, change, issue, void, instructions, visits, and the Word file."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from approvals.special import actions, drafting, instructing, queries
from approvals.special import serializers as s
from approvals.special.models import SpecialReport
from approvals.special.rules import known_rule
from documents.downloads import hand_out
from kernel.clock import today
from kernel.etags import demand_match, tagged
from kernel.rest import Anything, OrjsonRenderer
from projects.models import ContactRecord, Project

_FILTERS = [
    OpenApiParameter("year", OpenApiTypes.INT, description="year of the number"),
    OpenApiParameter("state", OpenApiTypes.STR, description="draft, issued or voided"),
    OpenApiParameter("project", OpenApiTypes.INT, description="id of a project"),
]
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ReportViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[SpecialReport],
):
    """招商专报 of the projects in sight. Writes heed ``If-Match``; refusals are 409 with ``unmet``."""

    heeds = (*IdempotentWrites.heeds, "If-Match")
    serializer_class = s.ReportOut
    queryset = SpecialReport.objects.none()
    lookup_value_regex = r"\d+"
    parser_classes = [JSONParser, FormParser, MultiPartParser]
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return SpecialReport.objects.none()
        if self.action == "list":
            return queries.filtered(self._user, self.request.query_params.dict())
        return queries.visible(self._user).for_list()

    @extend_schema(parameters=_FILTERS, responses=s.ReportOut)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=s.ReportDetail)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One report with its sections; the figures of a draft are the case's own of today."""
        return self._answer(self.get_object())

    @extend_schema(request=s.DraftIn, responses={201: s.ReportDetail})
    def create(self, request: Request) -> Response:
        """Make a draft from the case; 409 lists what must come first."""
        fields = self._checked(s.DraftIn)
        project = get_object_or_404(Project.objects.visible_to(self._user), pk=fields.pop("project"))
        row = actions.draft_report(project=project, by=self._user, on=today(), today=today(), **fields)
        return self._answer(row, 201)

    @extend_schema(request=s.EditIn, responses=s.ReportDetail)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change title, addressee or words of a draft."""
        fields = self._checked(s.EditIn)
        return self._at_version(
            lambda row: actions.edit_draft(report=row, by=self._user, on=today(), **fields)
        )

    @extend_schema(request=s.IssueIn, responses=s.ReportDetail)
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, pk: str) -> Response:
        """印发: number, Word file, milestone; final from then on."""
        on = self._checked(s.IssueIn).get("on") or today()
        return self._at_version(
            lambda row: actions.issue_report(report=row, by=self._user, on=on, today=today())
        )

    @extend_schema(request=s.VoidIn, responses=s.ReportDetail)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str) -> Response:
        """作废: the number stays taken, the milestone is withdrawn."""
        fields = self._checked(s.VoidIn)
        return self._at_version(
            lambda row: actions.void_report(report=row, by=self._user, on=today(), **fields)
        )

    @extend_schema(
        request={"application/json": s.InstructIn, "multipart/form-data": s.InstructIn},
        responses={201: s.InstructionOut},
    )
    @action(detail=True, methods=["post"])
    def instructions(self, request: Request, pk: str) -> Response:
        """批示 of the caller, a leader; with ``leader`` one entered from paper (代录)."""
        fields = self._checked(s.InstructIn)
        leader, scan, given_on = (fields.pop(name, None) for name in ("leader", "scan", "given_on"))
        common: dict[str, Any] = {"report": self.get_object(), "by": self._user, "on": today(), **fields}
        if leader is None:
            made = instructing.instruct(**common)
        else:
            made = instructing.record_instruction(leader=leader, scan=scan, given_on=given_on, **common)
        return Response(s.InstructionOut(made).data, status=201)

    @extend_schema(request=s.VisitIn, responses={201: s.VisitOut})
    @action(detail=True, methods=["post"])
    def visits(self, request: Request, pk: str) -> Response:
        """率队考察: a contact of this project that a leader led."""
        fields = self._checked(s.VisitIn)
        seen = ContactRecord.objects.visible_to(self._user)
        contact = get_object_or_404(seen, pk=fields.pop("contact").pk)
        made = instructing.link_visit(
            report=self.get_object(), contact=contact, by=self._user, on=today(), **fields
        )
        return Response(s.VisitOut(made).data, status=201)

    @extend_schema(
        responses={(200, _WORD): OpenApiResponse(OpenApiTypes.BINARY, description="the Word file")}
    )
    @action(detail=True, methods=["get"], renderer_classes=[OrjsonRenderer, Anything])
    def word(self, request: Request, pk: str) -> HttpResponseBase:
        """The Word file; 404 for a draft."""
        row = self.get_object()
        if row.document is None:
            raise NotFound
        return hand_out(attachment=row.document.attachment, by=self._user, request=request)

    @property
    def _user(self) -> Any:
        return self.request.user

    def _checked(self, shape: type[Any]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    @transaction.atomic
    def _at_version(self, act: Callable[[SpecialReport], SpecialReport]) -> Response:
        """The write, refused with 412 if the report is no longer what the caller has read."""
        row = self.get_object()
        if "If-Match" in self.request.headers:
            demand_match(self.request, actions.locked(row))
        return self._answer(act(row))

    def _answer(self, report: SpecialReport, status: int = 200) -> Response:
        row = queries.visible(self._user).for_list().get(pk=report.pk)
        project = Project.objects.select_related(
            "case", "enterprise", "introducing_unit", "landing_unit"
        ).get(pk=row.case_id)
        row.sections = drafting.sections_of(row.body, known_rule(project, row.kind), project)  # type: ignore[attr-defined]
        return tagged(Response(s.ReportDetail(row).data, status=status), row)


routes = [("reports", ReportViewSet, "report")]
