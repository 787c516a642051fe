"""Visits over REST: what was written down, what is due, and the record that a phone sends."""

from typing import Any
from uuid import UUID

from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import HEADER, IdempotentWrites
from deadlines.models import Light
from kernel.clock import today
from kernel.numbers import whole
from kernel.phones import mask, mask_in_prose
from projects.models import ContactRecord, Project
from projects.models.records import Channel
from service.visits import queries, recording
from service.visits.forms import MOST_PHOTOS
from service.visits.keeping import Kept


class ServiceVisitOut(serializers.ModelSerializer[ContactRecord]):
    """Telephone numbers are masked. ``papers``: ids of attachments."""

    project = serializers.IntegerField(source="project_id", read_only=True)
    project_name = serializers.CharField(source="project.name", read_only=True)
    by = serializers.CharField(source="by.name", read_only=True)
    papers = serializers.SerializerMethodField()

    class Meta:
        model = ContactRecord
        fields = (
            *("id", "project", "project_name", "on", "channel", "with_whom", "place", "matter", "outcome"),
            *("next_step", "next_on", "on_request", "papers", "by", "client_id", "recorded_at"),
        )
        read_only_fields = fields

    def get_papers(self, row: ContactRecord) -> list[int]:
        return [paper.attachment_id for paper in row.papers.all()]

    def to_representation(self, instance: ContactRecord) -> dict[str, Any]:
        found = super().to_representation(instance)
        prose = {name: mask_in_prose(found[name]) for name in ("matter", "outcome", "next_step")}
        return {**found, **prose, "with_whom": mask(found["with_whom"])}


class ServiceVisitIn(serializers.Serializer[Any]):
    """``client_id`` is made by the sender; left out, an ``Idempotency-Key`` that is a UUID stands for it."""

    project = serializers.IntegerField(min_value=1, max_value=2**62)
    channel = serializers.ChoiceField(Channel.choices)
    on = serializers.DateField(required=False)
    with_whom = serializers.CharField(max_length=100)
    matter = serializers.CharField(max_length=2000)
    outcome = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    place = serializers.CharField(required=False, allow_blank=True, max_length=100)
    next_step = serializers.CharField(required=False, allow_blank=True, max_length=300)
    next_on = serializers.DateField(required=False, allow_null=True)
    on_request = serializers.BooleanField(required=False)
    client_id = serializers.UUIDField(required=False, allow_null=True)
    uploads = serializers.ListField(
        child=serializers.FileField(), required=False, max_length=MOST_PHOTOS, help_text="photos"
    )


class ServiceVisitMarkOut(serializers.Serializer[Any]):
    """One week, month or span: from – to its last day for the contact, and the day of the contact."""

    first = serializers.DateField()
    due = serializers.DateField()
    kept = serializers.ChoiceField([(one.value, one.value) for one in Kept])
    on = serializers.DateField(allow_null=True)


class ServiceVisitDueOut(serializers.Serializer[queries.Line]):
    """A contact that is due. ``marks``: the spans that its clock stands for; ``missed``: how many went by."""

    id = serializers.IntegerField(source="clock.pk", help_text="of the clock, under /deadlines/")
    project = serializers.IntegerField(source="clock.case_id")
    rule = serializers.CharField(source="clock.rule")
    name = serializers.CharField(source="clock.name")
    clause = serializers.CharField(source="clock.clause")
    unit = serializers.CharField(source="clock.responsible_unit.code", default=None, allow_null=True)
    started_on = serializers.DateField(source="clock.started_on")
    due_on = serializers.DateField(source="clock.due_on")
    provisional = serializers.BooleanField(source="clock.provisional")
    met_on = serializers.DateField(source="clock.met_on", allow_null=True)
    light = serializers.ChoiceField([*Light.choices, ("met", "met")])
    missed = serializers.IntegerField()
    marks = ServiceVisitMarkOut(many=True)


class ServiceVisitSessionOut(serializers.Serializer[Any]):
    """Who is signed in on this device, and a fresh token for its next write."""

    user = serializers.IntegerField()
    name = serializers.CharField()
    csrf = serializers.CharField()


_DUE = [
    OpenApiParameter("month", OpenApiTypes.STR, description="2026-03; this month if left out"),
    OpenApiParameter("unit", OpenApiTypes.STR, description="code of the answerable unit"),
    OpenApiParameter("project", OpenApiTypes.INT),
    OpenApiParameter("show", OpenApiTypes.STR, description="open, late, done or all (default)"),
]
_LIST = [
    OpenApiParameter("project", OpenApiTypes.INT),
    OpenApiParameter("mine", OpenApiTypes.BOOL, description="1: only one's own"),
    OpenApiParameter("since", OpenApiTypes.DATE, description="contacts on or after this day"),
]


class VisitViewSet(
    IdempotentWrites, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ContactRecord]
):
    """Calls and visits to the enterprises of the projects that the caller sees."""

    serializer_class = ServiceVisitOut
    queryset = ContactRecord.objects.none()
    lookup_value_regex = r"\d+"
    filter_backends = ()
    parser_classes = (JSONParser, MultiPartParser, FormParser)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ContactRecord.objects.none()
        rows = ContactRecord.objects.visible_to(self._user).select_related("by", "project")
        return self._filtered(rows.prefetch_related("papers"))

    def _filtered(self, rows: Any) -> Any:
        asked = self.request.query_params
        if asked.get("mine") in ("1", "true"):
            rows = rows.filter(by=self._user)
        if project := asked.get("project", ""):
            rows = rows.filter(project_id=whole(project) or 0)
        if since := asked.get("since", ""):
            rows = rows.filter(on__gte=serializers.DateField().run_validation(since))
        return rows

    @extend_schema(parameters=_LIST)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=ServiceVisitIn, responses={200: ServiceVisitOut, 201: ServiceVisitOut})
    def create(self, request: Request) -> Response:
        """Record one, with photos (multipart). Sent again with the same ``client_id``: 200 and the first."""
        fields: dict[str, Any] = {"on": today()} | self._checked()
        fields["client_id"] = fields.get("client_id") or _uuid(request.headers.get(HEADER, ""))
        rows = Project.objects.visible_to(self._user).select_related("case")
        project = get_object_or_404(rows, pk=fields.pop("project"))
        sent = ContactRecord.objects.filter(by=self._user, client_id=fields["client_id"] or _NOBODY).exists()
        row = recording.record(project=project, by=self._user, today=today(), **fields)
        return Response(ServiceVisitOut(row).data, status=200 if sent else 201)

    @extend_schema(parameters=_DUE, responses=ServiceVisitDueOut(many=True))
    @action(detail=False, methods=["get"])
    def due(self, request: Request) -> Response:
        """The contacts due in a month: what was done in time, late, or missed."""
        rows = queries.timed(self._user, request.query_params.dict(), today())
        page: Any = self.paginate_queryset(rows.select_related("case", "responsible_unit"))  # type: ignore[arg-type]  # of clocks, not of contacts
        lines: Any = queries.lines_of(list(page or []), today())
        return self.get_paginated_response(ServiceVisitDueOut(lines, many=True).data)

    @extend_schema(responses=forced_singular_serializer(ServiceVisitSessionOut))
    @action(detail=False, methods=["get"], pagination_class=None)
    def session(self, request: Request) -> Response:
        """Who would send now: asked by the phone before it sends what it has kept."""
        user = self._user
        found = {"user": user.pk, "name": user.name, "csrf": get_token(self.request._request)}
        return Response(found, headers={"Cache-Control": "no-store"})

    @property
    def _user(self) -> Any:
        return self.request.user

    def _checked(self) -> dict[str, Any]:
        body = ServiceVisitIn(data=self.request.data)
        body.is_valid(raise_exception=True)
        found: dict[str, Any] = body.validated_data
        return found


_NOBODY = UUID(int=0)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


routes = [("visits", VisitViewSet, "visit")]

__all__ = ["VisitViewSet", "routes"]
