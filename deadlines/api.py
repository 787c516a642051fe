"""REST of clocks, each with its arithmetic; stops asked for and granted; the calendar's years."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from deadlines import actions, calendars
from deadlines.kick import recompute_on_commit
from deadlines.loading import load_calendar_year
from deadlines.models import (
    CalendarDay,
    CalendarVersion,
    Deadline,
    DeadlineQuerySet,
    Light,
    Pause,
    PauseRequest,
    State,
)
from deadlines.planning import stops
from deadlines.queries import for_list
from deadlines.wording import lines
from kernel.clock import today
from kernel.numbers import MOST_KEY


class DeadlineOut(serializers.ModelSerializer[Deadline]):
    """One clock. Days are business dates in Asia/Shanghai; ``started_on`` is not counted. ``provisional``:
    the due day rests on a year whose calendar is not published. ``state`` and ``light`` are as of today."""

    responsible_unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    responsible_user = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    state = serializers.SerializerMethodField()
    light = serializers.SerializerMethodField()

    class Meta:
        model = Deadline
        fields: Any = (
            "id", "case", "rule", "name", "clause", "policy_version", "start_event", "started_on", "count",
            "unit", "strength", "roll_forward", "weekday", "due_on", "provisional", "state", "light",
            "warn_on", "met_on", "cancelled_on", "cancel_reason", "paused_from", "past", "responsible_unit",
            "responsible_user",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=State.choices))
    def get_state(self, row: Deadline) -> str:
        return row.state(today()).value

    @extend_schema_field(serializers.ChoiceField(choices=Light.choices))
    def get_light(self, row: Deadline) -> str:
        return row.light(today()).value


class PauseOut(serializers.ModelSerializer[Pause]):
    """A stop: ``from_on`` is not counted, ``to_on`` is counted again; null while it lasts."""

    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    approved_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = Pause
        fields = ("reason", "from_on", "to_on", "by", "approved_by")


class PauseRequestOut(serializers.ModelSerializer[PauseRequest]):
    """A stop asked for: the clock runs on until it is granted. ``approver`` is who was asked, ``decided_by``
    who decided; ``state``: pending, approved, declined or withdrawn."""

    by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    approver = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    decided_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    case = serializers.IntegerField(source="deadline.case_id", read_only=True)

    class Meta:
        model = PauseRequest
        fields = (
            "id", "deadline", "case", "reason", "from_on", "by", "approver", "state", "decided_on",
            "decided_by", "decided_reason",
        )  # fmt: skip
        read_only_fields = fields


class ArithmeticOut(serializers.Serializer[Any]):
    """How the due day came about: every day since the start is counted, a day of rest, or stopped."""

    counted = serializers.ListField(child=serializers.DateField())
    rest_days = serializers.ListField(child=serializers.DateField())
    makeup_days = serializers.ListField(child=serializers.DateField(), help_text="weekend days worked")
    paused_days = serializers.ListField(child=serializers.DateField())
    unpublished_years = serializers.ListField(child=serializers.IntegerField())
    lines = serializers.ListField(child=serializers.CharField(), help_text="the same in sentences")


class DeadlineDetailOut(DeadlineOut):
    """With its stops, those asked for, and its arithmetic."""

    pauses = PauseOut(many=True, read_only=True)
    pause_requests = PauseRequestOut(many=True, read_only=True)
    arithmetic = serializers.SerializerMethodField()

    class Meta(DeadlineOut.Meta):
        fields: Any = (*DeadlineOut.Meta.fields, "pauses", "pause_requests", "arithmetic")
        read_only_fields: Any = fields

    @extend_schema_field(ArithmeticOut)
    def get_arithmetic(self, row: Deadline) -> dict[str, Any]:
        told = calendars.current().explain(row.started_on, row, stops(row.pauses.all()))
        names = ("counted", "rest_days", "makeup_days", "paused_days", "unpublished_years")
        return {name: list(getattr(told, name)) for name in names} | {"lines": lines(told)}


class DeadlineFilter(django_filters.FilterSet):
    case = django_filters.NumberFilter(
        max_value=MOST_KEY, help_text="id of the case: of the project or chain"
    )
    state = django_filters.ChoiceFilter(choices=State.choices, method="by_state")
    light = django_filters.ChoiceFilter(choices=Light.choices, method="by_light")
    due_from = django_filters.DateFilter("due_on", lookup_expr="gte")
    due_to = django_filters.DateFilter("due_on", lookup_expr="lte")
    unit = django_filters.CharFilter("responsible_unit__code", help_text="code of the responsible unit")

    class Meta:
        model = Deadline
        fields = ("case", "state", "light", "due_from", "due_to", "unit")

    def by_state(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        return rows.in_state(value, today())

    def by_light(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        return rows.with_light_of(value, today())


class _OnADay(serializers.Serializer[Any]):
    on = serializers.DateField(required=False, help_text="not to come; today if left out (Asia/Shanghai)")

    def validate_on(self, on: Any) -> Any:
        if on > today():
            raise serializers.ValidationError("on lies in the future")
        return on


class PauseIn(_OnADay):
    reason = serializers.CharField(max_length=300)
    approved_by = serializers.SlugRelatedField[User](slug_field="username", queryset=User.objects.all())


class ResumeIn(_OnADay):
    pass


class DeadlineViewSet(
    IdempotentWrites, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Deadline]
):
    """Clocks of the cases the caller sees."""

    serializer_class = DeadlineOut
    queryset = Deadline.objects.none()
    filterset_class = DeadlineFilter
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[Deadline]:
        if getattr(self, "swagger_fake_view", False):
            return Deadline.objects.none()
        return for_list(Deadline.objects.visible_to(self.request.user))

    def get_serializer_class(self) -> type[DeadlineOut]:
        return DeadlineOut if self.action == "list" else DeadlineDetailOut

    @extend_schema(request=PauseIn, responses={202: DeadlineDetailOut})
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """申请停表: ask ``approved_by`` to stop the clock from ``on``, which is not counted. It runs on until
        the request is granted (``pause-requests/{id}/approve/``). A clock overdue today cannot be stopped."""
        row, fields = self.get_object(), self._checked(PauseIn)
        actions.request_pause(deadline=row, by=self.request.user, today=today(), **fields)  # type: ignore[arg-type]  # authenticated
        return Response(DeadlineDetailOut(row).data, status=202)

    @extend_schema(request=ResumeIn, responses=DeadlineDetailOut)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """恢复计时: the day itself counts again; the due day moves by the days stopped."""
        fields = self._checked(ResumeIn)
        row = actions.resume(deadline=self.get_object(), by=self.request.user, **fields)  # type: ignore[arg-type]  # authenticated
        return Response(DeadlineDetailOut(row).data)

    def _checked(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return {"on": today()} | body.validated_data


class DeclineIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class PauseRequestFilter(django_filters.FilterSet):
    case = django_filters.NumberFilter(
        "deadline__case", max_value=MOST_KEY, help_text="id of the case: of the project or chain"
    )
    approver = django_filters.CharFilter("approver__username", help_text="user name of who was asked")

    class Meta:
        model = PauseRequest
        fields = ("case", "deadline", "state", "approver")


class PauseRequestViewSet(
    IdempotentWrites, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[PauseRequest]
):
    """停表申请: stops asked for on the cases the caller sees, newest first."""

    serializer_class = PauseRequestOut
    queryset = PauseRequest.objects.none()
    filterset_class = PauseRequestFilter
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[PauseRequest]:
        if getattr(self, "swagger_fake_view", False):
            return PauseRequest.objects.none()
        rows = PauseRequest.objects.visible_to(self.request.user)
        return rows.select_related("deadline", "by", "approver", "decided_by")

    @extend_schema(request=None, responses=PauseRequestOut)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """批准: the clock stands still from the day asked for. Not by who asked for it."""
        return self._decided(actions.approve_pause)

    @extend_schema(request=DeclineIn, responses=PauseRequestOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """不同意, with a reason: the clock runs on."""
        body = DeclineIn(data=request.data)
        body.is_valid(raise_exception=True)
        return self._decided(actions.decline_pause, **body.validated_data)

    def _decided(self, act: Any, **fields: Any) -> Response:
        row = self.get_object()
        act(request=row, by=self.request.user, on=today(), **fields)
        return Response(PauseRequestOut(self.get_object()).data)


class CalendarDayOut(serializers.ModelSerializer[CalendarDay]):
    class Meta:
        model = CalendarDay
        fields = ("date", "working")


class CalendarOut(serializers.ModelSerializer[CalendarVersion]):
    """One year as published: weekdays that rest and weekend days that are worked."""

    days = CalendarDayOut(many=True, read_only=True)

    class Meta:
        model = CalendarVersion
        fields = ("id", "year", "version", "source", "published_on", "loaded_at", "days")


class CalendarIn(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="TOML or CSV: year, version, source, published_on, rest, work")


class CalendarViewSet(IdempotentWrites, mixins.ListModelMixin, viewsets.GenericViewSet[CalendarVersion]):
    """The loaded years, newest version first; the newest of a year is in force."""

    queryset = CalendarVersion.objects.prefetch_related("days")
    serializer_class = CalendarOut
    parser_classes = (MultiPartParser,)
    filter_backends = ()

    @extend_schema(request=CalendarIn, responses={201: CalendarOut})
    def create(self, request: Request) -> Response:
        """Put a year in force; open clocks that touch it are recomputed in the background."""
        body = CalendarIn(data=request.data)
        body.is_valid(raise_exception=True)
        sent, user = body.validated_data["file"], request.user
        row = load_calendar_year(name=sent.name, content=sent.read(), by=user)  # type: ignore[arg-type]  # authenticated
        recompute_on_commit()
        return Response(CalendarOut(row).data, status=201)


routes = [
    ("deadlines", DeadlineViewSet, "deadline"),
    ("pause-requests", PauseRequestViewSet, "pause-request"),
    ("calendar", CalendarViewSet, "calendar"),
]
