"""REST of outside platforms: what each is to know, how projects stand there, one entry."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import User
from kernel.clock import today
from kernel.numbers import whole
from kernel.rest import BusinessDay
from projects.columns import newest_rules
from projects.models import Project
from service.models import PlatformEntry
from service.platforms.entering import MOST_LETTERS, enter
from service.platforms.queries import TO_DO, Standing, on_platform, standing_of
from service.progress.api import KEY, checked, filters, project_in_sight


class PlatformEntryOut(serializers.ModelSerializer[PlatformEntry]):
    """An entry in force. ``changed``: the project has moved on since."""

    project = serializers.IntegerField(source="project_id", read_only=True)
    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    changed = serializers.BooleanField(source="is_behind", default=False, read_only=True)

    class Meta:
        model = PlatformEntry
        fields = ("id", "project", "platform", "number", "on", "by", "changed")
        read_only_fields = fields


class PlatformEntryIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(**KEY)
    platform = serializers.CharField(max_length=40, help_text="code of the plan")
    number = serializers.CharField(required=False, allow_blank=True, max_length=MOST_LETTERS)
    on = BusinessDay(required=False)


class OnPlatformOut(serializers.Serializer[Any]):
    """A project as it stands on the platform."""

    project = serializers.IntegerField(source="pk")
    code = serializers.CharField(source="case.code")
    name = serializers.CharField()
    number = serializers.CharField(source="entered_number", allow_null=True)
    on = serializers.DateField(source="entered_on", allow_null=True)
    state = serializers.SerializerMethodField()

    def get_state(self, row: Any) -> str:
        return standing_of(row).value


class PlatformViewSet(viewsets.GenericViewSet[Project]):
    """The projects that a platform of the plan is to know, newest first."""

    serializer_class = OnPlatformOut
    queryset = Project.objects.none()
    lookup_field = "code"
    lookup_value_regex = r"[a-z0-9_-]+"
    filter_backends = ()

    @extend_schema(
        parameters=filters(state=f"{', '.join(Standing.values)}, {TO_DO}", park="code"),
        responses=OnPlatformOut(many=True),
    )
    def retrieve(self, request: Request, code: str) -> Response:
        """How projects stand on the platform, a page at a time."""
        rules = newest_rules()
        rule = rules.platforms.get(code) if rules else None
        if rule is None:
            raise Http404
        user: Any = request.user
        page = self.paginate_queryset(on_platform(user, rule, request.query_params.dict()))
        return self.get_paginated_response(OnPlatformOut(page, many=True).data)


class PlatformEntryViewSet(
    IdempotentWrites, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[PlatformEntry]
):
    """Entries in force, in sight."""

    serializer_class = PlatformEntryOut
    queryset = PlatformEntry.objects.none()
    lookup_value_regex = r"\d+"
    filter_backends = ()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return PlatformEntry.objects.none()
        behind = Exists(PlatformEntry.objects.behind().filter(pk=OuterRef("pk")))
        rows = PlatformEntry.objects.visible_to(self.request.user).in_force().annotate(is_behind=behind)
        asked = self.request.query_params if self.action == "list" else {}
        if platform := asked.get("platform"):
            rows = rows.filter(platform=platform)
        if project := asked.get("project"):
            rows = rows.filter(project=whole(project) or 0)
        return rows.select_related("by")

    @extend_schema(parameters=filters(platform="code of the plan", project="its id"))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=PlatformEntryIn, responses={201: PlatformEntryOut})
    def create(self, request: Request) -> Response:
        """登记录入: the project stands there under this number; what was said before is superseded."""
        fields: dict[str, Any] = {"number": "", "on": today()} | checked(PlatformEntryIn, request)
        user: Any = request.user
        project = project_in_sight(user, fields.pop("project"))
        row = enter(project=project, by=user, today=today(), **fields)
        return Response(PlatformEntryOut(row).data, status=201)


routes = [
    ("platforms", PlatformViewSet, "platform"),
    ("platform-entries", PlatformEntryViewSet, "platform-entry"),
]
