"""REST from start to production: monthly progress, recognition, days side by side and where they differ."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from documents.models import Attachment
from documents.papers import require_of_case
from kernel.clock import today
from kernel.numbers import whole
from kernel.rest import BusinessDay
from projects.models import Project
from projects.permissions import sees
from service.models import DayDifference, MonthlyProgress, RecognisedBy, StatedDay
from service.progress import queries
from service.progress.dating import state_day
from service.progress.months import read_month
from service.progress.recognising import Fact, recognise
from service.progress.reporting import MOST_FEN, Report, report_month


def filters(**texts: str) -> list[OpenApiParameter]:
    return [OpenApiParameter(name, OpenApiTypes.STR, description=text) for name, text in texts.items()]


def project_in_sight(user: Any, pk: int) -> Project:
    """The project, for who sees it; an enterprise has rooms of its own (``portal/``). Raises Http404."""
    rows = Project.objects.filter(pk=pk).select_related("case")
    row: Project = get_object_or_404(rows)
    if sees(user, pk):
        return row
    raise Http404


def checked(shape: type[Any], request: Request) -> dict[str, Any]:
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


KEY: dict[str, Any] = {"min_value": 1, "max_value": 2**62}


@extend_schema_field(OpenApiTypes.STR)
class Month(serializers.Field[Any, Any, Any, Any]):
    """A month, "2026-03"; a field of text would hold its validators against the date."""

    def to_internal_value(self, data: Any) -> Any:
        month = read_month(data) if isinstance(data, str) else None
        if month is None:
            raise serializers.ValidationError(_("月份写作“2026-03”"), "month")
        return month

    def to_representation(self, value: Any) -> Any:
        return f"{value:%Y-%m}"


class ProgressOut(serializers.ModelSerializer[MonthlyProgress]):
    """Amounts in 分. ``completed_fen``: the sum up to and with this month. ``supersedes``: the report it
    corrected."""

    project = serializers.IntegerField(source="project_id", read_only=True)
    month = Month(read_only=True)
    completed_fen = serializers.IntegerField(read_only=True)
    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)

    class Meta:
        model = MonthlyProgress
        fields = (
            *("id", "project", "month", "invested_fen", "completed_fen", "stage", "percent", "words"),
            *("problems", "reason", "reported_on", "by", "unit", "by_enterprise", "in_force", "supersedes"),
        )
        read_only_fields = fields


class ProgressIn(serializers.Serializer[Any]):
    """``invested_fen``: completed in this month alone, in 分; ``stage``: a code of the plan. ``reason``:
    for a correction, progress that falls, or more than was agreed."""

    project = serializers.IntegerField(**KEY)
    month = Month()
    invested_fen = serializers.IntegerField(min_value=-MOST_FEN, max_value=MOST_FEN)
    stage = serializers.CharField(max_length=64)
    percent = serializers.IntegerField(min_value=0, max_value=100)
    words = serializers.CharField(required=False, allow_blank=True, max_length=500)
    problems = serializers.CharField(required=False, allow_blank=True, max_length=500)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


class ProgressViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[MonthlyProgress],
):
    """Monthly progress of projects in sight, newest first."""

    serializer_class = ProgressOut
    queryset = MonthlyProgress.objects.none()
    lookup_value_regex = r"\d{1,18}"
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        asked = self.request.query_params.dict() if self.action == "list" else {"all": "1"}
        return queries.filtered(self.request.user, asked).select_related("by", "unit").with_completed()

    @extend_schema(
        parameters=filters(
            project="id of a project", month="2026-03", park="code of the landing unit",
            all="1: corrected reports, too",
        ),
        responses=ProgressOut,
    )  # fmt: skip
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=ProgressIn, responses={201: ProgressOut})
    def create(self, request: Request) -> Response:
        """Report or correct a month; 400 names what needs a reason (``progress that falls`` …)."""
        said = checked(ProgressIn, request)
        user: Any = request.user
        project = project_in_sight(user, said.pop("project"))
        row = report_month(project=project, report=Report(**said), by=user, on=today())
        rows = MonthlyProgress.objects.select_related("by", "unit").with_completed()
        return Response(ProgressOut(rows.get(pk=row.pk)).data, status=201)


class GroundIn(serializers.Serializer[Any]):
    """``code``: of the plan; ``evidence``: id of a paper of the project."""

    code = serializers.CharField(max_length=64)
    on = BusinessDay()
    evidence = serializers.IntegerField(required=False, **KEY)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class RecogniseIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(**KEY)
    milestone = serializers.CharField(max_length=64)
    grounds = GroundIn(many=True, allow_empty=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class GroundOut(serializers.ModelSerializer[RecognisedBy]):
    """One fact by which a milestone was recognised; ``reached_on`` is the milestone's day."""

    project = serializers.IntegerField(source="reached.project_id", read_only=True)
    milestone = serializers.CharField(source="reached.code", read_only=True)
    reached_on = serializers.DateField(source="reached.on", read_only=True)
    withdrawn_on = serializers.DateField(source="reached.withdrawn_on", read_only=True, allow_null=True)
    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = RecognisedBy
        fields = (
            *("id", "project", "milestone", "reached_on", "withdrawn_on", "code", "name", "counts", "on"),
            *("evidence", "note", "by"),
        )
        read_only_fields = fields


class RecognitionViewSet(IdempotentWrites, mixins.ListModelMixin, viewsets.GenericViewSet[RecognisedBy]):
    """认定: the facts by which milestones were recognised, newest first."""

    serializer_class = GroundOut
    queryset = RecognisedBy.objects.none()
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        rows = RecognisedBy.objects.visible_to(self.request.user).select_related("reached", "by")
        key = self.request.query_params.get("project")
        return rows.filter(reached__project=whole(key) or 0) if key else rows

    @extend_schema(parameters=filters(project="id of a project"), responses=GroundOut)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=RecogniseIn, responses={201: GroundOut(many=True)})
    def create(self, request: Request) -> Response:
        """Recognise a milestone; its day follows from the grounds. 409 with ``unmet`` when they do not do."""
        said = checked(RecogniseIn, request)
        user: Any = request.user
        project = project_in_sight(user, said["project"])
        row = recognise(
            project=project, milestone=said["milestone"], by=user, on=today(), note=said.get("note", ""),
            facts=[_fact(project, one) for one in said["grounds"]],
        )  # fmt: skip
        rows = row.grounds.select_related("reached", "by")
        return Response(GroundOut(rows, many=True).data, status=201)


def _fact(project: Project, said: dict[str, Any]) -> Fact:
    key = said.get("evidence")
    paper = (Attachment.objects.filter(pk=key).first() or Attachment()) if key else None
    require_of_case(paper, project.pk, "evidence")
    return Fact(said["code"], said["on"], paper, note=said.get("note", ""))


class StatedDayOut(serializers.ModelSerializer[StatedDay]):
    project = serializers.IntegerField(source="project_id", read_only=True)
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = StatedDay
        fields = (
            *("id", "project", "milestone", "reading", "name", "unit", "day", "source", "reason"),
            *("stated_on", "by", "on_behalf", "in_force", "supersedes"),
        )
        read_only_fields = fields


class StatedDayIn(serializers.Serializer[Any]):
    """``reading``: a code of the plan; ``reason``: why what stands is corrected."""

    project = serializers.IntegerField(**KEY)
    reading = serializers.CharField(max_length=64)
    day = BusinessDay()
    source = serializers.CharField(required=False, allow_blank=True, max_length=200)  # type: ignore[assignment]
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


class StatedDayViewSet(IdempotentWrites, mixins.ListModelMixin, viewsets.GenericViewSet[StatedDay]):
    """口径: the days that departments state, newest first; corrected ones stay, ``in_force`` false."""

    serializer_class = StatedDayOut
    queryset = StatedDay.objects.none()
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        rows = StatedDay.objects.visible_to(self.request.user).select_related("unit", "by")
        key = self.request.query_params.get("project")
        return rows.filter(project=whole(key) or 0) if key else rows

    @extend_schema(parameters=filters(project="id of a project"), responses=StatedDayOut)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=StatedDayIn, responses={201: StatedDayOut})
    def create(self, request: Request) -> Response:
        """State or correct the day of one's own department."""
        said = checked(StatedDayIn, request)
        user: Any = request.user
        row = state_day(project=project_in_sight(user, said.pop("project")), by=user, on=today(), **said)
        return Response(StatedDayOut(row).data, status=201)


class DayDifferenceOut(serializers.ModelSerializer[DayDifference]):
    """``days``: how far the statements lie apart, beyond the plan's tolerance."""

    project = serializers.IntegerField(source="project_id", read_only=True)
    name = serializers.CharField(source="project.name", read_only=True)

    class Meta:
        model = DayDifference
        fields = ("id", "project", "name", "milestone", "days", "since")
        read_only_fields = fields


class DayDifferenceViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[DayDifference]):
    """口径不一致: newest first."""

    serializer_class = DayDifferenceOut
    queryset = DayDifference.objects.none()
    filter_backends: list[Any] = []

    def get_queryset(self) -> Any:
        return queries.differences(self.request.user, self.request.query_params.dict())

    @extend_schema(
        parameters=filters(milestone="code of a milestone", park="code of the landing unit"),
        responses=DayDifferenceOut,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By cursor, newest first."""
        return super().list(request, *args, **kwargs)


routes = [
    ("day-differences", DayDifferenceViewSet, "day-difference"),
    ("progress", ProgressViewSet, "progress"),
    ("recognitions", RecognitionViewSet, "recognition"),
    ("stated-days", StatedDayViewSet, "stated-day"),
]
__all__ = ["checked", "filters", "project_in_sight", "routes"]
