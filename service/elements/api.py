"""Element needs over REST: list, register several at once, and one POST for each move."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from kernel.clock import today
from kernel.phones import mask_in_prose
from projects.models import Project
from service.elements import actions, queries
from service.elements.models import ElementNeed, State


class ElementNeedOut(serializers.ModelSerializer[ElementNeed]):
    """``amount`` in ``measure`` as text; ``due_on`` is the owner's last day; ``assignment`` its duty."""

    project = serializers.IntegerField(source="project_id", read_only=True)
    amount = serializers.DecimalField(max_digits=18, decimal_places=3, allow_null=True, read_only=True)
    words = serializers.SerializerMethodField()
    unit = serializers.SerializerMethodField()
    due_on = serializers.SerializerMethodField()
    registered_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    moved_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = ElementNeed
        fields = (
            *("id", "project", "element", "state", "amount", "measure", "words", "needed_by", "unit"),
            *("assignment", "due_on", "platform", "platform_url", "platform_ref", "registered_on"),
            *("registered_by", "moved_on", "moved_by", "note"),
        )
        read_only_fields = fields

    def get_words(self, row: ElementNeed) -> str:
        return mask_in_prose(row.words)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_unit(self, row: ElementNeed) -> str | None:
        return row.assignment.unit.code if row.assignment else None

    @extend_schema_field(OpenApiTypes.DATE)
    def get_due_on(self, row: ElementNeed) -> str | None:
        clock = row.assignment.deadline if row.assignment else None
        return str(clock.due_on) if clock else None


class WantIn(serializers.Serializer[Any]):
    """``needed`` false: there is no need; else an amount or words. ``unit``: instead of the plan's."""

    element = serializers.CharField(max_length=64, help_text="code of the plan")
    needed = serializers.BooleanField(required=False)
    amount = serializers.DecimalField(max_digits=15, decimal_places=3, required=False, allow_null=True)
    words = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    needed_by = serializers.DateField(required=False, allow_null=True)
    unit = serializers.SlugRelatedField[Unit](
        slug_field="code", queryset=Unit.objects.all(), required=False, allow_null=True
    )
    platform = serializers.CharField(required=False, allow_blank=True, max_length=100)
    platform_url = serializers.URLField(required=False, allow_blank=True, max_length=300)
    platform_ref = serializers.CharField(required=False, allow_blank=True, max_length=100)


class ElementsIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(min_value=1, max_value=2**62)
    on = serializers.DateField(required=False)
    wants = WantIn(many=True, allow_empty=False)


class ElementBeginIn(serializers.Serializer[Any]):
    on = serializers.DateField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)


class ElementMeetIn(serializers.Serializer[Any]):
    on = serializers.DateField(required=False)
    result = serializers.CharField(max_length=500)


class ElementDropIn(serializers.Serializer[Any]):
    on = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=300)


_FILTERS = [
    OpenApiParameter("project", OpenApiTypes.INT),
    OpenApiParameter("element", OpenApiTypes.STR, description="code of the plan"),
    OpenApiParameter("show", OpenApiTypes.STR, description=f"open, late, {', '.join(State.values)}, all"),
    OpenApiParameter("park", OpenApiTypes.STR, description="code of the park where the project settles"),
    OpenApiParameter("unit", OpenApiTypes.STR, description="code of the unit that sees to it"),
]


class ElementNeedViewSet(
    IdempotentWrites, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ElementNeed]
):
    """What projects need of land, water, power, labour, financing …, and how far it is."""

    serializer_class = ElementNeedOut
    queryset = ElementNeed.objects.none()
    lookup_value_regex = r"\d+"
    filter_backends = ()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ElementNeed.objects.none()
        user: Any = self.request.user
        if self.action == "list":
            asked = {"show": "all"} | self.request.query_params.dict()
            return queries.filtered(user, asked, today()).for_list()
        return ElementNeed.objects.visible_to(user).for_list()

    @extend_schema(parameters=_FILTERS)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=ElementsIn, responses={201: ElementNeedOut(many=True)})
    def create(self, request: Request) -> Response:
        """Register several at once: all or none."""
        fields: dict[str, Any] = {"on": today()} | self._checked(ElementsIn)
        user: Any = request.user
        rows = Project.objects.visible_to(user).select_related("case")
        project = get_object_or_404(rows, pk=fields["project"])
        wants = [actions.Want(**want) for want in fields["wants"]]
        made = actions.register(project=project, wants=wants, by=user, on=fields["on"], today=today())
        return Response(ElementNeedOut(made, many=True).data, status=201)

    @extend_schema(request=ElementBeginIn, responses=ElementNeedOut)
    @action(detail=True, methods=["post"])
    def begin(self, request: Request, pk: str) -> Response:
        """对接中."""
        return self._moved(actions.begin, ElementBeginIn)

    @extend_schema(request=ElementMeetIn, responses=ElementNeedOut)
    @action(detail=True, methods=["post"])
    def meet(self, request: Request, pk: str) -> Response:
        """已落实: the owner's clock ends."""
        return self._moved(actions.meet, ElementMeetIn)

    @extend_schema(request=ElementDropIn, responses=ElementNeedOut)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """取消."""
        return self._moved(actions.drop, ElementDropIn)

    def _moved(self, act: Any, shape: type[serializers.Serializer[Any]]) -> Response:
        fields = {"on": today()} | self._checked(shape)
        row = act(need=self.get_object(), by=self.request.user, today=today(), **fields)
        return Response(ElementNeedOut(row).data)

    def _checked(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        found: dict[str, Any] = body.validated_data
        return found


routes = [("elements", ElementNeedViewSet, "element-need")]

__all__ = ["ElementNeedViewSet", "routes"]
