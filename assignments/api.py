"""Assignments over REST: list, create, and one POST for each move."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from assignments import actions, problems, queries
from assignments.models import Assignment, AssignmentQuerySet, Kind
from assignments.problems import PROBLEMS
from cases.models import Case
from documents.papers import PaperKey
from kernel.clock import today


class AssignmentOut(serializers.ModelSerializer[Assignment]):
    """``light``: green, yellow, red, grey, paused or met. ``due_on`` is that of its clock;
    ``provisional``: it rests on a year whose calendar is not published."""

    project = serializers.IntegerField(source="case_id", read_only=True)
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    user = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    issued_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    due_on = serializers.SerializerMethodField()
    provisional = serializers.SerializerMethodField()
    light = serializers.SerializerMethodField()

    class Meta:
        model = Assignment
        fields = (
            "id", "project", "kind", "state", "title", "text", "rule", "level", "clause", "unit", "user",
            "issued_by", "issued_on", "deadline", "due_on", "provisional", "light", "parent", "accepted_on",
            "reported_on", "report", "evidence", "returned_times", "returned_reason", "ended_on",
            "ended_note",
        )  # fmt: skip
        read_only_fields = fields

    def get_due_on(self, row: Assignment) -> str | None:
        return str(row.deadline.due_on) if row.deadline else None

    def get_provisional(self, row: Assignment) -> bool:
        return bool(row.deadline and row.deadline.provisional)

    def get_light(self, row: Assignment) -> str:
        return row.light(today())


class AssignmentIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(help_text="id of the project or chain (its case)")
    kind = serializers.ChoiceField(choices=Kind.choices)
    unit = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all())
    user = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.all(), required=False, allow_null=True
    )
    title = serializers.CharField(max_length=120)
    text = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    due_on = serializers.DateField(required=False, allow_null=True)


class ProblemIn(serializers.Serializer[Any]):
    """A problem or complaint; without ``unit`` it goes to whoever collects them by the plan."""

    project = serializers.IntegerField(help_text="id of the project (its case)")
    kind = serializers.ChoiceField(choices=[(k.value, k.label) for k in PROBLEMS], default=Kind.PROBLEM.value)
    unit = serializers.SlugRelatedField[Unit](
        slug_field="code", queryset=Unit.objects.all(), required=False, allow_null=True
    )
    user = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.all(), required=False, allow_null=True
    )
    title = serializers.CharField(max_length=120)
    text = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    due_on = serializers.DateField(required=False, allow_null=True)


class OrderOfDecisionIn(serializers.Serializer[Any]):
    unit = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all())
    user = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.all(), required=False, allow_null=True
    )
    title = serializers.CharField(required=False, allow_blank=True, max_length=120)
    due_on = serializers.DateField(required=False, allow_null=True)


class DecisionIn(serializers.Serializer[Any]):
    """What the level decided; ``evidence``: the minutes, a paper of the case."""

    decision = serializers.CharField(max_length=2000)
    orders = OrderOfDecisionIn(many=True, allow_empty=False)
    evidence = PaperKey(required=False, allow_null=True)


class AssignmentReportIn(serializers.Serializer[Any]):
    report = serializers.CharField(max_length=4000)
    evidence = PaperKey(required=False, allow_null=True)


class AssignmentNoteIn(serializers.Serializer[Any]):
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class AssignmentReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class AssignmentReissueIn(serializers.Serializer[Any]):
    unit = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all())
    due_on = serializers.DateField(required=False, allow_null=True)


_FILTERS = [
    OpenApiParameter(
        "show", OpenApiTypes.STR, description="open (default), late, mine, reported, ended or all"
    ),
    OpenApiParameter("kind", OpenApiTypes.STR, description=", ".join(Kind.values)),
    OpenApiParameter("unit", OpenApiTypes.STR, description="code of the answerable unit"),
    OpenApiParameter("project", OpenApiTypes.INT, description="id of the project"),
    OpenApiParameter("level", OpenApiTypes.STR, description="level of the plan's chain; any: raised at all"),
]


class AssignmentViewSet(
    IdempotentWrites, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Assignment]
):
    """What is handed to units on the cases the caller sees."""

    serializer_class = AssignmentOut
    queryset = Assignment.objects.none()
    lookup_value_regex = r"\d+"
    filter_backends = ()

    def get_queryset(self) -> AssignmentQuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Assignment.objects.none()
        user: Any = self.request.user
        if self.action == "list":
            asked = self.request.query_params.dict()
            return queries.filtered(user, asked, today()).for_list()
        return queries.visible(user).for_list()

    @extend_schema(parameters=_FILTERS)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first; ``show`` says which."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=AssignmentIn, responses={201: AssignmentOut})
    def create(self, request: Request) -> Response:
        """Issue an assignment. An instruction takes INSTRUCT, a supervision SUPERVISE."""
        fields = self._checked(AssignmentIn)
        user: Any = request.user
        case: Any = get_object_or_404(Case.objects.visible_to(user), pk=fields.pop("project"))
        row = actions.issue(case=case, by=user, on=today(), **fields)
        return Response(AssignmentOut(row).data, status=201)

    @extend_schema(request=ProblemIn, responses={201: AssignmentOut})
    @action(detail=False, methods=["post"])
    def problems(self, request: Request) -> Response:
        """提出问题 or complaint, by whoever works on the project."""
        fields = self._checked(ProblemIn)
        user: Any = request.user
        case: Any = get_object_or_404(Case.objects.visible_to(user), pk=fields.pop("project"))
        row = problems.raise_problem(case=case, by=user, on=today(), **fields)
        return Response(AssignmentOut(row).data, status=201)

    @extend_schema(request=AssignmentReasonIn, responses={201: AssignmentOut})
    @action(detail=True, methods=["post"], url_path="raise")
    def raise_up(self, request: Request, pk: str) -> Response:
        """提请上一级协调: gives the problem as it stands above."""
        fields: dict[str, Any] = self._checked(AssignmentReasonIn)
        row = problems.raise_up(assignment=self.get_object(), by=self._caller, on=today(), **fields)
        return Response(AssignmentOut(row).data, status=201)

    @extend_schema(request=DecisionIn, responses={201: AssignmentOut(many=True)})
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """议定: each order goes down as an assignment of its own."""
        fields: dict[str, Any] = self._checked(DecisionIn)
        orders = [problems.Order(**one) for one in fields.pop("orders")]
        made = problems.decide(
            assignment=self.get_object(), by=self._caller, on=today(), orders=orders, **fields
        )
        return Response(AssignmentOut(made, many=True).data, status=201)

    @property
    def _caller(self) -> Any:
        return self.request.user

    @extend_schema(request=None, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """签收."""
        return self._moved(actions.accept)

    @extend_schema(request=AssignmentReportIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def report(self, request: Request, pk: str) -> Response:
        """反馈: the clock stops today."""
        return self._moved(actions.report, AssignmentReportIn)

    @extend_schema(request=AssignmentNoteIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """销号."""
        return self._moved(actions.close, AssignmentNoteIn)

    @extend_schema(request=AssignmentReasonIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request: Request, pk: str) -> Response:
        """退回: a report that does not satisfy, or a duty that is not one's own."""
        return self._moved(actions.return_, AssignmentReasonIn)

    @extend_schema(request=AssignmentReissueIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def reissue(self, request: Request, pk: str) -> Response:
        """重新交办 what a unit gave back."""
        return self._moved(actions.reissue, AssignmentReissueIn)

    @extend_schema(request=AssignmentReasonIn, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """撤销."""
        return self._moved(actions.revoke, AssignmentReasonIn)

    def _moved(self, act: Any, shape: type[serializers.Serializer[Any]] | None = None) -> Response:
        fields = self._checked(shape) if shape else {}
        row = act(assignment=self.get_object(), by=self.request.user, on=today(), **fields)
        return Response(AssignmentOut(row).data)

    def _checked(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        found: dict[str, Any] = body.validated_data
        return found


routes = [("assignments", AssignmentViewSet, "assignment")]

__all__ = ["AssignmentViewSet", "routes"]
