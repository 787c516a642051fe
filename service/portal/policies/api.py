"""REST of published policies: ``enterprise-policies/`` with whom they concern; publish, withdraw."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require
from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from accounts.roles import Can
from kernel.clock import today
from projects.models import Project
from service.portal.policies import publishing, queries
from service.portal.policies.models import PolicyNotice, Stand
from service.portal.policies.publishing import LISTS, WORDS


class PolicyOut(serializers.ModelSerializer[PolicyNotice]):
    """``state`` is derived; ``pushed`` counts the projects that have it, ``read`` those that opened it."""

    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    made_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    published_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)
    state = serializers.SerializerMethodField()
    pushed = serializers.IntegerField(read_only=True)
    read = serializers.IntegerField(read_only=True)

    class Meta:
        model = PolicyNotice
        fields = (
            *("id", *WORDS, "valid_from", "valid_to", *LISTS, "unit", "state", "made_on", "made_by"),
            *("published_on", "published_by", "withdrawn_on", "withdrawn_reason", "pushed", "read"),
        )
        read_only_fields = fields

    def get_state(self, row: PolicyNotice) -> Stand:
        return row.stand(today())


def _codes() -> Any:
    return serializers.ListField(child=serializers.CharField(max_length=64), required=False, max_length=100)


class PolicyIn(serializers.Serializer[Any]):
    """A list left out or empty takes in all."""

    title = serializers.CharField(max_length=WORDS["title"])
    text = serializers.CharField(max_length=WORDS["text"])
    office = serializers.CharField(max_length=WORDS["office"], required=False, allow_blank=True)
    link = serializers.CharField(max_length=WORDS["link"], required=False, allow_blank=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)
    phases = _codes()
    sectors = _codes()
    project_types = _codes()
    classes = _codes()
    parks = _codes()


class PolicyPublishIn(serializers.Serializer[Any]):
    expected = serializers.IntegerField(min_value=0, help_text="``told`` as ``matching`` counted it")


class PolicyReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class PolicyMatchOut(serializers.Serializer[Project]):
    """A project that it concerns. ``reachable``: its enterprise has an account and is told at once."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField(source="case.code")
    name = serializers.CharField()
    reachable = serializers.BooleanField()


class PolicyCountOut(serializers.Serializer[Any]):
    matching = serializers.IntegerField(help_text="running projects that it concerns")
    told = serializers.IntegerField(help_text="of these: with an account of the enterprise")


class PolicyViewSet(IdempotentWrites, viewsets.GenericViewSet[PolicyNotice]):
    """惠企政策 that offices publish beside the plan; for those who may."""

    serializer_class = PolicyOut
    queryset = PolicyNotice.objects.none()
    lookup_value_regex = r"\d{1,18}"
    filter_backends: list[Any] = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(self._user, Can.PUSH_POLICIES)

    def list(self, request: Request) -> Response:
        """Of one's own offices, or of the district; newest first."""
        page = self.paginate_queryset(self._rows())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._answer(self._row(pk))

    @extend_schema(request=PolicyIn, responses={201: PolicyOut})
    def create(self, request: Request) -> Response:
        """A draft: nobody hears of it yet."""
        return self._answer(publishing.draft(said=self._checked(PolicyIn), by=self._user, on=today()), 201)

    @extend_schema(request=PolicyIn, responses=PolicyOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a draft; 409 once it is published."""
        said = self._checked(PolicyIn, partial=True)
        return self._answer(publishing.revise(notice=self._row(pk), said=said, by=self._user, on=today()))

    @extend_schema(responses=PolicyCountOut)
    @action(detail=True, methods=["get"], pagination_class=None)
    def matching(self, request: Request, pk: str) -> Response:
        """How many it concerns now."""
        row = self._row(pk)
        found = queries.concerned_with_accounts(row, today()).count()
        return Response({"matching": found, "told": queries.told(row, today()).count()})

    @extend_schema(responses=PolicyMatchOut(many=True))
    @action(detail=True, methods=["get"])
    def projects(self, request: Request, pk: str) -> Response:
        """Whom it concerns now, of the projects in sight; newest first."""
        rows: Any = queries.concerned_with_accounts(self._row(pk), today()).select_related("case")
        rows = rows.filter(pk__in=Project.objects.visible_to(self._user).values("pk"))
        page: Any = self.paginate_queryset(rows)
        return self.get_paginated_response(PolicyMatchOut(page, many=True).data)

    @extend_schema(request=PolicyPublishIn, responses=PolicyOut)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """409 when it concerns another number of enterprises than ``expected`` by now."""
        fields = self._checked(PolicyPublishIn)
        return self._answer(publishing.publish(notice=self._row(pk), by=self._user, on=today(), **fields))

    @extend_schema(request=PolicyReasonIn, responses=PolicyOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Taken back; the enterprises that had it are told."""
        fields = self._checked(PolicyReasonIn)
        return self._answer(publishing.withdraw(notice=self._row(pk), by=self._user, on=today(), **fields))

    @property
    def _user(self) -> Any:
        return self.request.user

    def _rows(self) -> Any:
        return PolicyNotice.objects.visible_to(self._user).for_list()

    def _row(self, pk: str) -> PolicyNotice:
        return get_object_or_404(self._rows(), pk=pk)

    def _checked(self, shape: type[Any], **how: Any) -> dict[str, Any]:
        body = shape(data=self.request.data, **how)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _answer(self, row: PolicyNotice, status: int = 200) -> Response:
        return Response(self.get_serializer(self._row(str(row.pk))).data, status=status)


routes = [("enterprise-policies", PolicyViewSet, "enterprise-policy-rest")]
