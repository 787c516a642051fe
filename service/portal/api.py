"""``portal/``: the enterprise's own project over REST, with its session; the same doors as its pages.

What is not the caller's own is 404 and an entry of the audit trail. Such an account carries no token.
"""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from documents.downloads import hand_out
from documents.models import Attachment
from kernel.clock import today
from kernel.phones import mask
from kernel.rest import Anything, NewestFirst
from projects import reading
from projects.models import Project
from service.portal import permitting, pushing, requesting, showing, slots, uploading
from service.portal import serializers as s
from service.portal.access import Speaker, out_of_bounds, own, speaker_of
from service.portal.models import EnterpriseRequest, Verdict
from service.portal.policies import queries as policies

_PAPER = r"files/(?P<paper>\d{1,18})"
_POLICY = r"policies/(?P<policy>\d{1,18})"
_REQUEST = r"requests/(?P<request_pk>\d{1,18})"


class OldestFirst(NewestFirst):
    ordering = "pk"


class PortalViewSet(IdempotentWrites, viewsets.GenericViewSet[Project]):
    """The projects for which the caller's enterprise account speaks."""

    serializer_class = s.OwnProjectOut
    queryset = Project.objects.none()
    lookup_value_regex = r"\d{1,18}"
    pagination_class = OldestFirst
    filter_backends: list[Any] = []
    parser_classes = [JSONParser, FormParser, MultiPartParser]

    @extend_schema(responses=s.OwnProjectOut(many=True))
    def list(self, request: Request) -> Response:
        """Mine; nobody's for an account that has ended."""
        page = self.paginate_queryset(own(request.user, today()).select_related("case"))  # type: ignore[arg-type]
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses=s.PortalProjectOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Where the project stands, whom to turn to, what may be asked."""
        mine = self._speaker(pk)
        body = s.OwnProjectOut(mine.project).data | {
            "milestones": s.PortalMarkOut(showing.marks(mine), many=True).data,
            "contacts": [_contact(*one) for one in showing.contacts(mine)],
            "benefits": s.PortalBenefitOut(showing.benefits(mine), many=True).data,
            "offered": s.PortalKindOut(requesting.offered(mine.project), many=True).data,
        }
        return Response(body)

    @extend_schema(responses=s.PortalMatterOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def guide(self, request: Request, pk: str) -> Response:
        """办事指南, filtered to the case, each matter with how far it is."""
        mine = self._speaker(pk)
        reading.keep(mine.project)
        return Response(s.PortalMatterOut(permitting.matters(mine), many=True).data)

    @extend_schema(responses=s.PortalAskedOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def asked(self, request: Request, pk: str) -> Response:
        """What is asked of the enterprise, what is to do first."""
        return Response(s.PortalAskedOut(slots.asked_of(self._speaker(pk)), many=True).data)

    @extend_schema(request=s.PortalTickIn, responses=s.PortalAskedOut(many=True))
    @action(detail=True, methods=["post"], pagination_class=None)
    def tick(self, request: Request, pk: str) -> Response:
        """One item done; the list as it then stands."""
        mine, fields = self._speaker(pk), self._checked(s.PortalTickIn)
        source, _colon, key = fields["id"].partition(":")
        act = slots.ticking(source)
        if act is None:
            raise out_of_bounds(mine.user, f"asked:{fields['id']}", request)
        act(mine, key, fields.get("note", ""))
        return Response(s.PortalAskedOut(slots.asked_of(mine), many=True).data)

    @extend_schema(methods=["GET"], responses=s.PortalPaperOut(many=True))
    @extend_schema(
        methods=["POST"], request={"multipart/form-data": s.PortalPaperIn}, responses={201: s.PortalPaperOut}
    )
    @action(detail=True, methods=["get", "post"], pagination_class=NewestFirst)
    def files(self, request: Request, pk: str) -> Response:
        """The papers that the enterprise may read; a paper handed in."""
        mine = self._speaker(pk)
        if request.method == "GET":
            page = self.paginate_queryset(uploading.visible_papers(mine))  # type: ignore[arg-type]
            return self.get_paginated_response(self._papers(page))
        fields = self._checked(s.PortalPaperIn)
        paper = uploading.upload_paper(
            project=mine.project, upload=fields.pop("file"), by=mine.user, on=mine.on, **fields
        )
        return Response(self._papers([paper])[0], status=201)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(
        detail=True, methods=["get"], url_path=f"{_PAPER}/content", url_name="file-content",
        renderer_classes=[Anything],
    )  # fmt: skip
    def file_content(self, request: Request, pk: str, paper: str) -> FileResponse:
        mine = self._speaker(pk)
        return hand_out(attachment=self._paper(mine, paper), by=mine.user, request=request)

    @extend_schema(request=s.PortalReasonIn, responses=s.PortalPaperOut)
    @action(detail=True, methods=["post"], url_path=f"{_PAPER}/take-back", url_name="file-take-back")
    def take_back(self, request: Request, pk: str, paper: str) -> Response:
        mine, fields = self._speaker(pk), self._checked(s.PortalReasonIn)
        row = self._paper(mine, paper)
        uploading.take_back_paper(paper=row, project=mine.project, by=mine.user, on=mine.on, **fields)
        return Response(self._papers([row])[0])

    @extend_schema(methods=["GET"], responses=s.PortalRequestOut(many=True))
    @extend_schema(
        methods=["POST"],
        request={"application/json": s.PortalRequestIn, "multipart/form-data": s.PortalRequestIn},
        responses={201: s.PortalRequestOut},
    )
    @action(detail=True, methods=["get", "post"], pagination_class=NewestFirst)
    def requests(self, request: Request, pk: str) -> Response:
        """What the enterprise asked, newest first; one more asked."""
        mine = self._speaker(pk)
        rows = EnterpriseRequest.objects.filter(project=mine.project).for_list()
        if request.method == "GET":
            page = self.paginate_queryset(rows)  # type: ignore[arg-type]
            return self.get_paginated_response(s.PortalRequestOut(_rows(page), many=True).data)
        fields = self._checked(s.PortalRequestIn)
        made = requesting.raise_request(project=mine.project, by=mine.user, on=mine.on, **fields)
        return Response(s.PortalRequestOut(rows.get(pk=made.pk)).data, status=201)

    @extend_schema(request=s.PortalJudgeIn, responses=s.PortalRequestOut)
    @action(detail=True, methods=["post"], url_path=f"{_REQUEST}/judge", url_name="request-judge")
    def judge(self, request: Request, pk: str, request_pk: str) -> Response:
        """满意 strikes the duty off, 不满意 sends it back with the reason."""
        mine, fields = self._speaker(pk), self._checked(s.PortalJudgeIn)
        rows = EnterpriseRequest.objects.filter(project=mine.project).for_list()
        row = rows.select_related("project__case").filter(pk=request_pk).first()
        if row is None:
            raise out_of_bounds(mine.user, f"request:{request_pk}", request)
        satisfied = fields["verdict"] == Verdict.SATISFIED
        words = fields.get("words", "")
        requesting.judge(request=row, satisfied=satisfied, words=words, by=mine.user, on=mine.on)
        return Response(s.PortalRequestOut(rows.get(pk=row.pk)).data)

    @extend_schema(responses=s.PortalPolicyOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=NewestFirst)
    def policies(self, request: Request, pk: str) -> Response:
        """惠企政策 that were pushed to the enterprise, newest first."""
        page = self.paginate_queryset(policies.of_project(self._speaker(pk)))  # type: ignore[arg-type]
        return self.get_paginated_response(s.PortalPolicyOut(_rows(page), many=True).data)

    @extend_schema(request=None, responses=s.PortalPolicyOut)
    @action(detail=True, methods=["post"], url_path=f"{_POLICY}/read", url_name="policy-read")
    def read_policy(self, request: Request, pk: str, policy: str) -> Response:
        """Opened by somebody of the enterprise; the first time counts."""
        mine = self._speaker(pk)
        rows = policies.of_project(mine).filter(pk=policy)
        push = rows.first()
        if push is None:
            raise out_of_bounds(mine.user, f"policy:{policy}", request)
        pushing.read(push=push, speaker=mine)
        return Response(s.PortalPolicyOut(rows.get()).data)

    def _speaker(self, pk: str) -> Speaker:
        return speaker_of(self.request.user, int(pk), today(), self.request)

    def _checked(self, shape: type[Any]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _paper(self, mine: Speaker, pk: str) -> Attachment:
        row = uploading.visible_papers(mine).filter(pk=pk).first()
        if row is None:
            raise out_of_bounds(mine.user, f"attachment:{pk}", self.request)
        return row

    def _papers(self, rows: Any) -> Any:
        return s.PortalPaperOut(rows, many=True, context={"request": self.request}).data


def _rows(page: Any) -> Any:
    """The page of a viewset whose type is that of its projects."""
    return page


def _contact(name: str, row: Any) -> dict[str, str]:
    person = row.user
    return {
        "part": name,
        "unit": row.unit.name,
        "name": person.name if person else "",
        "phone": mask(person.phone) if person else "",
    }


routes = [("portal", PortalViewSet, "portal-rest")]
