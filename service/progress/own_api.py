"""``portal/<project>/progress/``: the enterprise reads the months of its project and reports one."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.rest import NewestFirst
from service.models import MonthlyProgress
from service.portal.access import Speaker
from service.portal.own_rest import OF_PROJECT, OfOwnProject
from service.progress.api import Month, ProgressIn
from service.progress.own import own_rule
from service.progress.reporting import Report, report_month


class OwnProgressOut(serializers.ModelSerializer[MonthlyProgress]):
    """Amounts in 分; ``completed_fen``: the sum up to and with this month. What an office wrote beside its
    figures is its own."""

    month = Month(read_only=True)
    completed_fen = serializers.IntegerField(read_only=True)
    words = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()

    class Meta:
        model = MonthlyProgress
        fields = (
            *("id", "month", "invested_fen", "completed_fen", "stage", "percent", "words", "problems"),
            *("reason", "reported_on", "by_enterprise", "in_force", "supersedes"),
        )
        read_only_fields = fields

    def get_words(self, row: MonthlyProgress) -> str:
        return row.words if row.by_enterprise else ""

    def get_problems(self, row: MonthlyProgress) -> str:
        return row.problems if row.by_enterprise else ""

    def get_reason(self, row: MonthlyProgress) -> str:
        return row.reason if row.by_enterprise else ""


class OwnProgressIn(ProgressIn):
    """The same as ``progress/`` takes, without the project."""

    project = None  # type: ignore[assignment]  # it stands in the address


class OwnProgressViewSet(OfOwnProject):
    """Reports of one's own project, newest first."""

    serializer_class = OwnProgressOut
    queryset = MonthlyProgress.objects.none()
    pagination_class = NewestFirst

    @extend_schema(responses=OwnProgressOut(many=True))
    def list(self, request: Request, project_pk: str) -> Response:
        """By cursor, newest first; corrected ones stay, ``in_force`` false."""
        mine = self._reporting()
        page = self.paginate_queryset(_rows().filter(project=mine.project))
        return self.get_paginated_response(OwnProgressOut(page, many=True).data)

    @extend_schema(request=OwnProgressIn, responses={201: OwnProgressOut})
    def create(self, request: Request, project_pk: str) -> Response:
        """Report or correct a month; 400 names what needs a reason."""
        mine, said = self._reporting(), dict(self.checked(OwnProgressIn).validated_data)
        row = report_month(project=mine.project, report=Report(**said), by=mine.user, on=mine.on)
        return Response(OwnProgressOut(_rows().get(pk=row.pk)).data, status=201)

    def _reporting(self) -> Speaker:
        mine = self.speaker()
        if own_rule(mine) is None:
            raise Http404
        return mine


def _rows() -> Any:
    return MonthlyProgress.objects.with_completed()


routes = [(rf"{OF_PROJECT}/progress", OwnProgressViewSet, "portal-progress")]
