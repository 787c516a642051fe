"""Scoring over REST: entries with their derivation, totals by unit. Amounts in 分."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require
from accounts.models import Unit
from accounts.roles import Can
from scoring import queries
from scoring.models import Credit, CreditMeasure, CreditQuerySet
from scoring.wording import sentence

_YEAR = OpenApiParameter("year", OpenApiTypes.INT, description="of the day an entry counts for")
_MEASURE = OpenApiParameter("measure", OpenApiTypes.STR, description=", ".join(CreditMeasure.values))
_UNIT = OpenApiParameter("unit", OpenApiTypes.STR, description="code of the unit")
_PROJECT = OpenApiParameter("project", OpenApiTypes.INT, description="id of the project")


class CreditOut(serializers.ModelSerializer[Credit]):
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    project = serializers.IntegerField(source="case_id", read_only=True)
    derivation = serializers.SerializerMethodField()
    reversed_by = serializers.SerializerMethodField()

    class Meta:
        model = Credit
        fields = (
            "id", "unit", "project", "measure", "on", "at", "before_fen", "factor", "role", "share",
            "after_fen", "derivation", "formula", "clause", "source", "reverses", "reversed_by",
        )  # fmt: skip
        read_only_fields = fields

    def get_derivation(self, row: Credit) -> str:
        return sentence(row)

    def get_reversed_by(self, row: Credit) -> int | None:
        return row.reversed_by.pk if hasattr(row, "reversed_by") else None


class UnitTotals(serializers.Serializer[Any]):
    rank = serializers.IntegerField()
    unit = serializers.CharField()
    name = serializers.CharField()
    agreed_fen = serializers.IntegerField()
    paid_in_fen = serializers.IntegerField()
    projects = serializers.IntegerField()


class CreditViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Credit]):
    """Credit entries shown to the caller, newest first; never edited, only reversed."""

    serializer_class = CreditOut
    queryset = Credit.objects.none()
    lookup_value_regex = r"\d+"
    filter_backends = ()

    def get_queryset(self) -> CreditQuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Credit.objects.none()
        user: Any = self.request.user
        asked = self.request.query_params.dict() if self.action == "list" else {}
        return queries.filtered(user, asked).for_list()

    @extend_schema(parameters=[_YEAR, _MEASURE, _UNIT, _PROJECT])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Entries with their derivation."""
        user: Any = request.user
        require(user, Can.SEE_SCORING)
        return super().list(request, *args, **kwargs)


class UnitTotalsViewSet(viewsets.GenericViewSet[Credit]):
    serializer_class = UnitTotals
    queryset = Credit.objects.none()
    pagination_class = None
    filter_backends = ()

    @extend_schema(parameters=[_YEAR, _MEASURE], responses=UnitTotals(many=True))
    def list(self, request: Request) -> Response:
        """Totals by unit, ranked by agreed funds."""
        user: Any = request.user
        require(user, Can.SEE_SCORING)
        rows = queries.by_unit(queries.filtered(user, request.query_params.dict()))
        body = [
            {
                "rank": row["rank"],
                "unit": row["unit__code"],
                "name": row["unit__name"],
                "agreed_fen": row["agreed"],
                "paid_in_fen": row["paid_in"],
                "projects": row["projects"],
            }
            for row in rows
        ]
        return Response(UnitTotals(body, many=True).data)


routes = [
    ("scoring/credits", CreditViewSet, "credit"),
    ("scoring/units", UnitTotalsViewSet, "scoring-unit-totals"),
]

__all__ = ["CreditViewSet", "UnitTotalsViewSet", "routes"]
