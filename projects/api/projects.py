"""Projects over REST: the list, one project, its phase."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from cases.models import Enterprise
from kernel.clock import today
from kernel.etags import not_modified, tagged, unchanged
from kernel.refusals import Refused
from kernel.text import normal
from projects import actions, queries
from projects.actions import EnterpriseData
from projects.actions.enterprises import lock_investor
from projects.api import serializers as s
from projects.api import shapes
from projects.api.corrections import Codes, Corrections
from projects.api.duplicate_shapes import RegisteredOut, alike_out
from projects.api.files import Files
from projects.api.leads import Stillness
from projects.api.records import Records
from projects.api.rounds import Rounds
from projects.api.versioned import VersionedWrites
from projects.gates import unmet_for_next_phase
from projects.models import FoundBy, Project
from projects.permissions import readable

_FILTERS = [
    OpenApiParameter(name, OpenApiTypes.STR, description=text)
    for name, text in {
        "phase": "planning, negotiation, landing, construction or production",
        "batch": "reserve, negotiating, signed, started or producing",
        "park": "code of the landing unit",
        "class": "project class of the pack",
        "origin": "outside_city, city_outside_district or district",
        "channel": "lead channel of the pack",
        "target": "target class of the pack",
        "tag": "tag of the pack",
        "stillness": "dormant, warned or explained",
        "still_days": "no movement for at least so many days",
        "stage": "milestone to which the talks have come; none: before the first",
        "leads": "1: only what is not signed yet",
        "q": "fragment of the name or investor, or pinyin initials",
        "updated_since": "ISO 8601 moment",
        "order": "-id (default), id, -updated_at, -total_fen, moved_on …",
        "cursor": "opaque, from next or previous",
        "page_size": "up to 200",
    }.items()
]


class ProjectViewSet(
    VersionedWrites, Records, Corrections, Codes, Files, Stillness, Rounds, viewsets.GenericViewSet[Project]
):
    """Projects the caller may see. ``ETag`` on reads; ``If-Match`` on writes: 412 if somebody was faster."""

    serializer_class = s.ProjectOut
    queryset = Project.objects.none()
    lookup_value_regex = r"\d{1,18}"  # what a key can be

    @extend_schema(
        operation_id="projects_list",
        parameters=_FILTERS,
        responses={200: forced_singular_serializer(shapes.ProjectPage)},
    )
    def list(self, request: Request) -> Response:
        """``{"next", "previous", "count", "count_capped", "results"}``, newest first; amounts in 分."""
        return Response(
            queries.rest_page(self.user, request.query_params, request.build_absolute_uri(request.path))
        )

    @extend_schema(request=s.ProjectIn, responses={201: RegisteredOut})
    def create(self, request: Request) -> Response:
        """Register a lead. The registering unit introduces it; ``duplicates`` tells what it resembles.

        409 ``sure_duplicate`` when it is there already, unless ``confirmed_distinct`` comes with a
        ``distinct_reason``.
        """
        fields = self.checked(s.ProjectIn)
        sure, reason = fields.pop("confirmed_distinct", False), fields.pop("distinct_reason", "")
        name, enterprise = fields.pop("name"), fields.pop("enterprise", None)
        data = EnterpriseData(**enterprise) if enterprise else None
        row, alike = actions.register_lead(
            by=self.user, on=today(), name=name, enterprise=data, fields=fields,
            distinct_reason=reason if sure else "", source=FoundBy.API,
        )  # fmt: skip
        answer = self.answer(row, 201)
        answer.data |= alike_out(alike)
        return answer

    @extend_schema(responses=s.ProjectOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        row = self.project(pk)
        return not_modified(row) if unchanged(request, row) else self.answer(row)

    @extend_schema(request=s.ProjectPatch, responses=s.ProjectOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change plain fields, name the investor or put right what is kept of it."""
        changes = self.checked(s.ProjectPatch)
        reason = changes.pop("reason", "")
        if "enterprise" in changes:
            return self._with_investor(pk, changes, reason)
        return self.answer(self.acted(actions.edit, pk, on=today(), changes=changes, reason=reason))

    def _with_investor(self, pk: str, changes: dict[str, Any], reason: str) -> Response:
        """As the page does it: another investor is found or made, the one on file is put right."""
        said, seen, on = changes.pop("enterprise"), self.project(pk), today()
        firm, same = seen.enterprise, _is(seen.enterprise, said)
        with transaction.atomic():
            lock_investor(seen)
            if not same:
                firm = actions.find_or_create_enterprise(data=EnterpriseData(**said), by=self.user)
            both = changes | {"enterprise": firm}
            row = actions.edit(project=seen, by=self.user, on=on, changes=both, reason=reason)
            if same:
                actions.edit_enterprise(project=row, by=self.user, on=on, changes=said)
        return self.answer(self.project(pk))

    @extend_schema(responses=s.GateOut)
    @action(detail=True, methods=["get"])
    def gate(self, request: Request, pk: str) -> Response:
        """What stands between the project and its next phase."""
        row = self.project(pk)
        missing = [item.as_dict() for item in unmet_for_next_phase(row)]
        return Response({"phase": row.phase, "next_phase": row.next_phase, "unmet": missing})

    @extend_schema(request=s.DayIn, responses=s.ProjectOut)
    @action(detail=True, methods=["post"])
    def advance(self, request: Request, pk: str) -> Response:
        """Enter the next phase; 409 with ``unmet`` when the gate is shut."""
        on = self.checked(s.DayIn).get("on", today())
        return self.answer(self.acted(actions.advance, pk, on=on))

    @extend_schema(request=s.ShelveIn, responses=s.ProjectOut)
    @action(detail=True, methods=["post"])
    def shelve(self, request: Request, pk: str) -> Response:
        """Put aside with a reason; clocks stop once ``approved_by`` grants it (``pause-requests``)."""
        return self._with_reason(pk, partial(actions.shelve, today=today()), s.ShelveIn)

    @extend_schema(request=s.ProjectResumeIn, responses=s.ProjectOut)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Take up again; clocks run on."""
        return self._with_reason(pk, actions.resume, s.ProjectResumeIn)

    @extend_schema(request=s.ReasonIn, responses=s.ProjectOut)
    @action(detail=True, methods=["post"], url_path="exit")
    def exit_project(self, request: Request, pk: str) -> Response:
        """Give up for good, with the cause."""
        return self._with_reason(pk, actions.exit_project, s.ReasonIn)

    def _with_reason(self, pk: str, act: Any, shape: type[Any]) -> Response:
        fields = self.checked(shape)
        fields.setdefault("on", today())
        if "approved_by" in fields:
            fields["approved_by"] = get_object_or_404(User, username=fields["approved_by"])
        return self.answer(self.acted(act, pk, **fields))

    @property
    def user(self) -> Any:
        return self.request.user

    def project(self, pk: str) -> Project:
        related = ("case", "enterprise", "landing_unit", "introducing_unit")
        found = Project.objects.visible_to(self.user).select_related(*related).filter(pk=pk).first()
        if found is None and readable(self.user, int(pk)):  # merged into another: read, no longer written
            found = Project.objects.select_related(*related).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def acted(self, act: Callable[..., Any], pk: str, **said: Any) -> Any:
        """What an action that locks and checks makes of the project. Raises Http404 where it is not seen."""
        try:
            return act(project=Project(pk=int(pk)), by=self.user, **said)
        except Project.DoesNotExist as error:
            raise Http404 from error
        except Refused as error:
            if error.codes == ["not_visible"]:
                raise Http404 from error
            raise

    def checked(self, shape: type[Any]) -> dict[str, Any]:
        """The request body by a serializer. Raises ValidationError (400) naming each field at fault."""
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def answer(self, row: Project, status: int = 200) -> Response:
        return tagged(Response(s.project_out(row), status=status), row)


def _is(firm: Enterprise | None, said: dict[str, Any]) -> bool:
    """Whether what is said of an investor is meant of the one on file: the same name, and no other code."""
    if firm is None or normal(said["name"])[:200] != firm.normalized_name:
        return False
    return said.get("credit_code", "").strip().upper() in ("", firm.credit_code)
