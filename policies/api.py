"""REST of policies, read-only: the versions, and each one's clauses and rules as data."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, viewsets

from accounts.access import can
from accounts.roles import Can
from kernel.clock import today
from policies.bites import read_version
from policies.models import PolicyVersion, Status
from policies.rulebook import pack_of


class PolicyVersionOut(serializers.ModelSerializer[PolicyVersion]):
    """One version; ``effective_to`` is its last day, null while none is set (Asia/Shanghai)."""

    code = serializers.CharField(source="policy.code", read_only=True)
    in_force = serializers.SerializerMethodField()

    class Meta:
        model = PolicyVersion
        fields = (
            "id",
            "code",
            "version",
            "title",
            "status",
            "effective_from",
            "effective_to",
            "in_force",
            "sha256",
            "published_at",
        )
        read_only_fields = fields

    def get_in_force(self, version: PolicyVersion) -> bool:
        """Whether it is published and in force today."""
        on = today()
        begun = version.status == Status.PUBLISHED and version.effective_from <= on
        return begun and (version.effective_to is None or version.effective_to >= on)


class BiteOut(serializers.Serializer[Any]):
    table = serializers.CharField()
    code = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    lines = serializers.ListField(child=serializers.CharField())
    choices = serializers.ListField(child=serializers.CharField())


class ClauseOut(serializers.Serializer[Any]):
    """A clause and where it bites; no bites: no rule carries it yet."""

    no = serializers.CharField()
    gist = serializers.CharField()
    phase = serializers.CharField()
    bites = BiteOut(many=True)


class PolicyVersionDetailOut(PolicyVersionOut):
    """With its clauses in people's words and its rules as data (amounts in 分, factors as text)."""

    clauses = serializers.SerializerMethodField()
    rules = serializers.SerializerMethodField()

    class Meta(PolicyVersionOut.Meta):
        fields: Any = (*PolicyVersionOut.Meta.fields, "clauses", "rules")
        read_only_fields: Any = fields

    @extend_schema_field(ClauseOut(many=True))
    def get_clauses(self, version: PolicyVersion) -> list[dict[str, Any]]:
        return list(ClauseOut(read_version(version), many=True).data)

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_rules(self, version: PolicyVersion) -> dict[str, Any]:
        pack = pack_of(version.body)
        return pack.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"clauses"})


_FILTERS = [
    OpenApiParameter("code", OpenApiTypes.STR, description="code of the policy"),
    OpenApiParameter("in_force_on", OpenApiTypes.DATE, description="only versions in force on this day"),
]


class PolicyViewSet(viewsets.ReadOnlyModelViewSet[PolicyVersion]):
    """The plans in force, to come and past. Drafts only for those who prepare them."""

    serializer_class = PolicyVersionOut
    queryset = PolicyVersion.objects.none()
    filter_backends = ()

    def get_queryset(self) -> QuerySet[PolicyVersion]:
        if getattr(self, "swagger_fake_view", False):
            return PolicyVersion.objects.none()
        rows = PolicyVersion.objects.select_related("policy")
        if not can(self.request.user, Can.LOAD_POLICIES):
            rows = rows.published()
        if code := self.request.query_params.get("code"):
            rows = rows.filter(policy__code=code)
        if day := self.request.query_params.get("in_force_on"):
            rows = rows.in_force(serializers.DateField().run_validation(day))
        return rows if self.action == "retrieve" else rows.defer("body")

    def get_serializer_class(self) -> type[PolicyVersionOut]:
        return PolicyVersionDetailOut if self.action == "retrieve" else PolicyVersionOut

    @extend_schema(parameters=_FILTERS)
    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().list(request, *args, **kwargs)


routes = [("policies", PolicyViewSet, "policy")]
