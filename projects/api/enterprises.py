"""Enterprises over REST: those behind the cases a user sees."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require
from accounts.idempotency import IdempotentWrites
from accounts.roles import Can
from cases.models import Enterprise
from kernel.refusals import Refused
from kernel.text import normal
from projects.actions import EnterpriseData, find_or_create_enterprise
from projects.api.serializers import EnterpriseIn, EnterpriseOut
from projects.duplicates import enterprises_of, known_enterprise


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
        rows = enterprises_of(user)
        q = self.request.query_params.get("q", "").strip()
        return rows.filter(Q(normalized_name__contains=normal(q)) | Q(credit_code=q.upper())) if q else rows

    @extend_schema(request=EnterpriseIn, responses={201: EnterpriseOut})
    def create(self, request: Request) -> Response:
        """Find the enterprise by credit code or name, else create it; 409 where its file is out of sight."""
        user: Any = request.user
        require(user, Can.REGISTER_PROJECT)
        body = EnterpriseIn(data=request.data)
        body.is_valid(raise_exception=True)
        self._require_in_sight(body.validated_data)
        row = find_or_create_enterprise(data=EnterpriseData(**body.validated_data), by=user)
        return Response(EnterpriseOut(row).data, status=201)

    def _require_in_sight(self, body: dict[str, Any]) -> None:
        """Raises Refused (conflict) telling no more than that the file exists, and the way on."""
        user: Any = self.request.user
        known = known_enterprise(body["name"], body.get("credit_code", ""))
        if known is not None and not enterprises_of(user).filter(pk=known.pk).exists():
            message = _("该企业已有档案，不在您的查阅范围；登记项目时填同一名称即可沿用，详情请询招商局")
            raise Refused.conflict(message, code="known_elsewhere")
