"""更正 over REST, with its preview; and the project's national codes."""

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.clock import today
from kernel.rest import NewestFirst
from projects import actions
from projects.actions import Change
from projects.api import serializers as s
from projects.api import shapes
from projects.api.base import paper_of
from projects.models import ProjectCode

if TYPE_CHECKING:
    from projects.api.base import ProjectBase as Base
else:
    Base = object


class Corrections(Base):
    @extend_schema(request=s.CorrectionIn, responses=s.MovesOut)
    @action(detail=True, methods=["post"])
    def corrections(self, request: Request, pk: str) -> Response:
        """Put a wrong day or figure right; with ``preview`` only see what would move."""
        fields, seen = self.checked(s.CorrectionIn), self.project(pk)
        reason, preview = fields.pop("reason", ""), fields.pop("preview")
        if "funds" in fields:
            fields["figure"] = fields.pop("funds")
        change = Change(**fields | {"evidence": paper_of(seen, fields.get("evidence"))})
        what: dict[str, Any] = {"change": change, "by": self.user, "on": today()}
        if preview:
            return Response({"moves": actions.preview_correction(project=seen, **what), "done": False})
        moves = actions.correct(project=seen, reason=reason, **what)
        return Response({"moves": moves, "done": True})

    @extend_schema(request=s.ProjectPatch, responses=shapes.ReopensOut)
    @action(detail=True, methods=["post"], url_path="preview")
    def preview_fields(self, request: Request, pk: str) -> Response:
        """What changing plain fields (PATCH) would reopen; writes nothing."""
        changes = self.checked(s.ProjectPatch)
        for name in ("enterprise", "reason"):
            changes.pop(name, None)
        lines = actions.preview_edit(project=self.project(pk), changes=changes, by=self.user)
        return Response({"lines": lines})

    @extend_schema(request=s.FundsIn, responses=shapes.ReopensOut)
    @action(detail=True, methods=["post"], url_path="funds/preview")
    def preview_funds(self, request: Request, pk: str) -> Response:
        """What stating such a figure would reopen; writes nothing."""
        said = self.checked(s.FundsIn)
        kept = {
            name: said[name] for name in ("measure", "raw", "currency", "rate", "rate_on") if name in said
        }
        return Response({"lines": actions.preview_money(project=self.project(pk), by=self.user, **kept)})


class Codes(Base):
    @extend_schema(methods=["GET"], parameters=shapes.PAGES, responses=shapes.CodePage)
    @extend_schema(methods=["POST"], request=s.CodeIn, responses={201: shapes.CodeOut})
    @action(detail=True, methods=["get", "post"])
    def codes(self, request: Request, pk: str) -> Response:
        """National project codes (GB/T 40058-2021), newest first, voided ones marked."""
        row = self.project(pk)
        if request.method == "GET":
            pages = NewestFirst()
            rows = ProjectCode.objects.filter(project=row).select_related("voided_by")
            page = pages.paginate_queryset(rows, request)
            return pages.get_paginated_response([s.code_out(code) for code in page or []])
        fields = {"on": today(), **self.checked(s.CodeIn)}
        return Response(s.code_out(actions.add_code(project=row, by=self.user, **fields)), status=201)

    @extend_schema(request=s.ReasonIn, responses=shapes.CodeOut)
    @action(detail=True, methods=["post"], url_path=r"codes/(?P<code>\d{1,18})/void")
    def void_code(self, request: Request, pk: str, code: str) -> Response:
        """Void a code with a reason; it stays on file."""
        row = get_object_or_404(ProjectCode, project=self.project(pk), pk=code)
        fields = {"on": today(), **self.checked(s.ReasonIn)}
        return Response(s.code_out(actions.void_code(code=row, by=self.user, **fields)))
