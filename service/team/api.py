"""REST of the service team: ``team/<project>/`` with its posts; fill, replace, end."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from cases.models import Part
from kernel.clock import today
from kernel.numbers import whole
from projects.models import Phase, Project
from service.team import actions, roster, vacancies
from service.team.roster import Seat


class HolderOut(serializers.ModelSerializer[Part]):
    """Who holds a post; ``part`` is its id, by which it is replaced or ended."""

    part = serializers.IntegerField(source="pk", read_only=True)
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    unit_name = serializers.CharField(source="unit.name", read_only=True)
    user = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)
    name = serializers.CharField(source="user.name", read_only=True, default="")

    class Meta:
        model = Part
        fields = ("part", "unit", "unit_name", "user", "name", "valid_from", "valid_to", "reason")
        read_only_fields = fields


class PostOut(serializers.Serializer[Any]):
    """``missing``: asked for by now and not there. ``applies`` is null while facts are missing to say so;
    ``due_on``: until when it is to be filled, null without a clock."""

    code = serializers.CharField()
    name = serializers.CharField()
    group = serializers.CharField()
    clause = serializers.CharField()
    part_code = serializers.CharField(allow_null=True)
    document = serializers.CharField(allow_null=True)
    least = serializers.IntegerField()
    due = serializers.BooleanField()
    applies = serializers.BooleanField(allow_null=True)
    filled = serializers.BooleanField()
    missing = serializers.BooleanField()
    due_on = serializers.DateField(allow_null=True)
    duties = serializers.ListField(child=serializers.CharField())
    holders = HolderOut(many=True)


class TeamOut(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    missing = serializers.IntegerField()
    posts = PostOut(many=True)


class _WhoIn(serializers.Serializer[Any]):
    unit = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all())
    user = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.all(), required=False, allow_null=True
    )
    on = serializers.DateField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


class FillIn(_WhoIn):
    post = serializers.CharField(max_length=64)


class ReplaceIn(_WhoIn):
    part = serializers.IntegerField(help_text="id of the part that is replaced")


class TeamEndIn(serializers.Serializer[Any]):
    part = serializers.IntegerField()
    on = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=300)


class TeamViewSet(IdempotentWrites, viewsets.GenericViewSet[Project]):
    """The service team of one project, by the project's id."""

    serializer_class = TeamOut
    queryset = Project.objects.none()
    lookup_value_regex = r"\d+"
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=TeamOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Every post that the plan asks for, with who holds it and what is missing."""
        return self._answer(self._project(pk))

    @extend_schema(request=FillIn, responses={201: TeamOut})
    @action(detail=True, methods=["post"])
    def fill(self, request: Request, pk: str) -> Response:
        """配备: 409 when the post has its one holder."""
        project, said = self._project(pk), self._checked(FillIn)
        actions.fill(project=project, **said)
        return self._answer(project, 201)

    @extend_schema(request=ReplaceIn, responses=TeamOut)
    @action(detail=True, methods=["post"])
    def replace(self, request: Request, pk: str) -> Response:
        """更换, with every duty still open; ``reason`` is needed."""
        project, said = self._project(pk), {"reason": ""} | self._checked(ReplaceIn)
        actions.replace(project=project, part=self._part(project, said.pop("part")), **said)
        return self._answer(project)

    @extend_schema(request=TeamEndIn, responses=TeamOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """终止: 409 where duties are still open with the holder."""
        project, said = self._project(pk), self._checked(TeamEndIn)
        actions.end(project=project, part=self._part(project, said.pop("part")), **said)
        return self._answer(project)

    def _checked(self, shape: type[Any]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return {"on": today(), "today": today(), "by": self.request.user} | dict(body.validated_data)

    def _project(self, pk: str) -> Project:
        rows = Project.objects.visible_to(self.request.user).select_related("case")
        return get_object_or_404(rows, pk=whole(pk) or 0)

    def _part(self, project: Project, key: int) -> Part:
        return get_object_or_404(Part, pk=key, case_id=project.pk)

    def _answer(self, project: Project, status: int = 200) -> Response:
        fresh = Project.objects.select_related("case").get(pk=project.pk)
        seats, clocks = roster.seats(fresh), roster.clocks(fresh)
        posts = [_shown(seat, clocks) for seat in seats]
        body = {"project": fresh.pk, "missing": sum(seat.missing for seat in seats), "posts": posts}
        return Response(TeamOut(body).data, status=status)


def _shown(seat: Seat, clocks: dict[str, Any]) -> dict[str, Any]:
    rule, clock = seat.rule, clocks.get(seat.rule.code)
    return {
        **{name: getattr(rule, name) for name in ("code", "name", "group", "clause", "document", "least")},
        **{name: getattr(seat, name) for name in ("due", "filled", "missing", "holders")},
        "part_code": rule.part,
        "applies": seat.taken.answer,
        "due_on": clock.due_on if clock else None,
        "duties": list(rule.duties),
    }


class VacantPostOut(serializers.Serializer[Any]):
    """A post that is asked for by now and not filled; ``due_on`` null without a clock."""

    code = serializers.CharField()
    name = serializers.CharField()
    clause = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)


class VacantOut(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    phase = serializers.ChoiceField(choices=Phase.choices)
    park = serializers.CharField(allow_null=True, help_text="code of the unit where it settles")
    vacant = VacantPostOut(many=True)


_FILTERS = [
    OpenApiParameter("park", OpenApiTypes.STR, description="code of a unit where projects settle"),
    OpenApiParameter("post", OpenApiTypes.STR, description="code of a post of the plans"),
    OpenApiParameter("class", OpenApiTypes.STR, description="class of the project"),
]


class VacantViewSet(viewsets.GenericViewSet[Project]):
    """岗位缺位: the running projects in sight in which a post is vacant."""

    serializer_class = VacantOut
    queryset = Project.objects.none()
    filter_backends = ()

    @extend_schema(parameters=_FILTERS, responses=VacantOut(many=True))
    def list(self, request: Request) -> Response:
        """Newest first, each with what is vacant in it."""
        asked: Any = request.query_params.dict()
        user: Any = request.user
        rows = vacancies.vacant(user, asked, vacancies.plans()).select_related("case", "landing_unit")
        page: Any = self.paginate_queryset(rows)
        return self.get_paginated_response(VacantOut(map(_line, vacancies.lines(page)), many=True).data)


def _line(line: vacancies.Line) -> dict[str, Any]:
    row = line.project
    posts = [
        {
            "code": seat.rule.code, "name": seat.rule.name, "clause": seat.rule.clause,
            "due_on": clock.due_on if clock else None,
        }
        for seat, clock in line.vacant
    ]  # fmt: skip
    park = row.landing_unit.code if row.landing_unit else None
    return {
        "project": row.pk, "code": row.case.code, "name": row.name, "phase": row.phase, "park": park,
        "vacant": posts,
    }  # fmt: skip


routes = [("team", TeamViewSet, "team"), ("vacant-posts", VacantViewSet, "vacant-post")]
