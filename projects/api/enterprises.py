"""Enterprises over REST: those behind the cases a user sees."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require, see_all
from accounts.idempotency import IdempotentWrites
from accounts.roles import Can
from cases.models import Enterprise
from kernel.text import normal
from projects.actions import EnterpriseData, find_or_create_enterprise
from projects.api.serializers import EnterpriseIn, EnterpriseOut
from projects.models import Project


class EnterpriseViewSet(
    IdempotentWrites, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Enterprise]
):
    """Investors. Phones are masked; ``?q=`` searches the name or the credit code."""

    serializer_class = EnterpriseOut
    queryset = Enterprise.objects.none()
    filterset_fields = ("credit_code",)

    def get_queryset(self) -> QuerySet[Enterprise]:
        if getattr(self, "swagger_fake_view", False):
            return Enterprise.objects.none()
        user: Any = self.request.user
        mine = Project.objects.visible_to(user).filter(enterprise_id=OuterRef("pk"))
        rows = Enterprise.objects.filter(Exists(mine)) if not see_all(user) else Enterprise.objects.all()
        q = self.request.query_params.get("q", "").strip()
        return rows.filter(Q(normalized_name__contains=normal(q)) | Q(credit_code=q.upper())) if q else rows

    @extend_schema(request=EnterpriseIn, responses={201: EnterpriseOut})
    def create(self, request: Request) -> Response:
        """Find the enterprise by credit code or name, else create it."""
        user: Any = request.user
        require(user, Can.REGISTER_PROJECT)
        body = EnterpriseIn(data=request.data)
        body.is_valid(raise_exception=True)
        row = find_or_create_enterprise(data=EnterpriseData(**body.validated_data), by=user)
        return Response(EnterpriseOut(row).data, status=201)
