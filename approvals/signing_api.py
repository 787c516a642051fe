"""REST of signings: list, one, sign, void."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import IdempotentWrites
from accounts.models import Unit, User
from approvals import actions, signing_queries
from approvals.models import Signing
from approvals.signing_models import SigningQuerySet
from documents.papers import PaperKey
from kernel.clock import today
from projects.models import Currency, Project

_FILTERS = [
    OpenApiParameter(name, OpenApiTypes.STR, description=text)
    for name, text in {
        "project": "id of a project",
        "event": "name of the event, exactly",
        "unit": "code of our signing unit",
        "kind": "first or increment",
        "from": "ISO date: signed on it or later",
        "to": "ISO date: signed on it or before",
    }.items()
]


class SigningOut(serializers.ModelSerializer[Signing]):
    """``fen`` is the contract figure it states, in 分; of an increment what it adds. ``first`` is null for
    the first signing itself."""

    project = serializers.IntegerField(source="case_id", read_only=True)
    unit = serializers.SlugRelatedField[Unit](slug_field="code", read_only=True)
    recorded_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    fen = serializers.IntegerField(source="money.fen", default=None, read_only=True)
    raw = serializers.CharField(source="money.raw", default=None, read_only=True)
    currency = serializers.CharField(source="money.currency", default=None, read_only=True)

    class Meta:
        model = Signing
        fields = (
            *("id", "project", "first", "version", "signed_on", "place", "unit", "counterparty", "event"),
            *("grade", "raw", "currency", "fen", "paper", "note", "from_ledger", "recorded_by"),
            *("recorded_at", "voided_on", "voided_reason"),
        )
        read_only_fields = fields


class SigningIn(serializers.Serializer[Any]):
    """A deed. ``paper``: id of an attachment of the project; ``upload``: the file itself (multipart)."""

    project = serializers.IntegerField(min_value=1, max_value=2**62)
    on = serializers.DateField(required=False)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**62)
    raw = serializers.CharField(required=False, allow_blank=True, max_length=100)
    currency = serializers.ChoiceField(required=False, choices=Currency.choices)
    rate = serializers.CharField(required=False, allow_blank=True, max_length=20)
    rate_on = serializers.DateField(required=False)
    grade = serializers.CharField(required=False, allow_blank=True, max_length=64)
    place = serializers.CharField(required=False, allow_blank=True, max_length=100)
    unit = serializers.SlugRelatedField[Unit](slug_field="code", queryset=Unit.objects.all(), required=False)
    counterparty = serializers.CharField(required=False, allow_blank=True, max_length=100)
    event = serializers.CharField(required=False, allow_blank=True, max_length=100)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)
    adds = serializers.BooleanField(
        required=False, help_text="an increment on what was signed; without it the first signing"
    )
    paper = PaperKey(required=False, allow_null=True)
    upload = serializers.FileField(required=False, allow_empty_file=True)


class SigningVoidIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class SigningViewSet(
    IdempotentWrites,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Signing],
):
    """Signings of the projects the caller may see, newest first. Refusals are 409 with ``unmet``."""

    serializer_class = SigningOut
    queryset = Signing.objects.none()
    lookup_value_regex = r"\d+"
    parser_classes = [JSONParser, FormParser, MultiPartParser]
    filter_backends: list[Any] = []

    def get_queryset(self) -> SigningQuerySet:
        if self.action == "list":
            asked = self.request.query_params.dict()
            return signing_queries.filtered(self.request.user, asked).for_list()
        return signing_queries.visible(self.request.user).for_list()

    @extend_schema(parameters=_FILTERS, responses=SigningOut)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those not voided, by cursor."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        request={"application/json": SigningIn, "multipart/form-data": SigningIn}, responses={201: SigningOut}
    )
    def create(self, request: Request) -> Response:
        """Sign: the first passes the gate (409 lists what is missing), a later one adds to it."""
        body = SigningIn(data=request.data)
        body.is_valid(raise_exception=True)
        fields = dict(body.validated_data)
        project = get_object_or_404(Project.objects.visible_to(self._user), pk=fields.pop("project"))
        on, upload = fields.pop("on", today()), fields.pop("upload", None)
        if upload is not None:
            fields["paper"] = upload
        made = actions.sign(project=project, deed=actions.Deed(**fields), by=self._user, on=on, today=today())
        return self._answer(made, 201)

    @extend_schema(request=SigningVoidIn, responses=SigningOut)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str) -> Response:
        """The first withdraws the milestone, an increment stops counting; both stay on record."""
        body = SigningVoidIn(data=request.data)
        body.is_valid(raise_exception=True)
        row = actions.void_signing(
            signing=self.get_object(), by=self._user, on=today(), reason=body.validated_data["reason"]
        )
        return self._answer(row)

    @property
    def _user(self) -> Any:
        return self.request.user

    def _answer(self, row: Signing, status: int = 200) -> Response:
        found = Signing.objects.for_list().get(pk=row.pk)
        return Response(SigningOut(found).data, status=status)
