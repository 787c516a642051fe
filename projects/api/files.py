"""Papers of a project over REST: multipart in, metadata and an address out, the file at that address."""

from typing import TYPE_CHECKING, Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require
from accounts.roles import Can
from documents.actions import attach
from documents.downloads import hand_out
from documents.models import Attachment
from kernel.clock import today
from kernel.rest import Anything, NewestFirst
from projects.api import serializers as s
from projects.api import shapes

if TYPE_CHECKING:
    from projects.api.base import ProjectBase as Base
else:
    Base = object


class Files(Base):
    @extend_schema(methods=["GET"], parameters=shapes.PAGES, responses=shapes.AttachmentPage)
    @extend_schema(
        methods=["POST"],
        request={"multipart/form-data": s.AttachmentIn},
        responses={201: shapes.AttachmentOut},
    )
    @action(detail=True, methods=["get", "post"], parser_classes=[MultiPartParser])
    def attachments(self, request: Request, pk: str) -> Response:
        row = self.project(pk)
        if request.method == "GET":
            pages = NewestFirst()
            page = pages.paginate_queryset(Attachment.objects.filter(case_id=row.pk), request)
            return pages.get_paginated_response([_out(paper) for paper in page or []])
        require(self.user, Can.ATTACH)
        fields = self.checked(s.AttachmentIn)
        paper = attach(
            case=row.case,
            kind=fields["kind"],
            upload=fields["file"],
            by=self.user,
            on=fields.get("on", today()),
            note=fields.get("note", ""),
        )
        return Response(_out(paper), status=201)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(
        detail=True,
        methods=["get"],
        url_path=r"attachments/(?P<paper>\d{1,18})/content",
        url_name="attachment-content",
        renderer_classes=[Anything],
    )
    def attachment_content(self, request: Request, pk: str, paper: str) -> FileResponse:
        """The file itself under the name it came with. Every download is an entry of the audit trail."""
        papers = Attachment.objects.visible_to(self.user).filter(case_id=pk)
        return hand_out(attachment=get_object_or_404(papers, pk=paper), by=self.user, request=request)


def _out(row: Attachment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "name": row.name,
        "size": row.size,
        "sha256": row.sha256,
        "content_type": row.content_type,
        "version": row.version,
        "on": row.on,
        "withdrawn_on": row.withdrawn_on,
        "url": reverse("project-attachment-content", args=[row.case_id, row.pk]),
    }
