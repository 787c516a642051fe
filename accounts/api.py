"""REST: who am I, and which units there are."""

from typing import Any

import django_filters
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import can, memberships
from accounts.models import Membership, Unit, UnitKind, User
from accounts.roles import Can
from kernel.phones import mask
from kernel.rest import NewestFirst


class UnitCode(serializers.SlugRelatedField[Unit]):
    """A unit by its code, as packs and files name it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", **kwargs)


class UnitOut(serializers.ModelSerializer[Unit]):
    """``valid_to`` is the last day; ``successor`` the code of the unit that took over."""

    serializer_related_field = UnitCode

    class Meta:
        model = Unit
        fields = (
            "id", "code", "name", "short_name", "kind", "level", "division_code", "parent", "valid_from",
            "valid_to", "successor", "note",
        )  # fmt: skip
        read_only_fields = fields


class UnitFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=UnitKind.choices)
    in_force = django_filters.DateFilter(method="on", help_text="units in force on this day (Asia/Shanghai)")

    class Meta:
        model = Unit
        fields = ("kind", "in_force")

    def on(self, rows: Any, name: str, value: Any) -> Any:
        return rows.in_force(value)


class ByCode(NewestFirst):
    ordering = "code"


class UnitViewSet(viewsets.ReadOnlyModelViewSet[Unit]):
    """Units with their life and place in the tree; readable by everybody who may sign in."""

    queryset = Unit.objects.select_related("parent", "successor")
    serializer_class = UnitOut
    filterset_class = UnitFilter
    pagination_class = ByCode
    lookup_field = "code"


class MembershipOut(serializers.ModelSerializer[Membership]):
    unit = UnitCode(read_only=True)
    unit_name = serializers.CharField(source="unit.name", read_only=True)
    role_name = serializers.CharField(source="get_role_display", read_only=True)

    class Meta:
        model = Membership
        fields = ("role", "role_name", "unit", "unit_name", "valid_from")


class MeOut(serializers.ModelSerializer[User]):
    """The caller: roles in force today and what they allow. The telephone number is masked."""

    phone = serializers.SerializerMethodField()
    memberships = serializers.SerializerMethodField()
    capabilities = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = (
            "id", "username", "name", "phone", "language", "must_change_password", "memberships",
            "capabilities",
        )  # fmt: skip

    def get_phone(self, user: User) -> str:
        return mask(user.phone)

    @extend_schema_field(MembershipOut(many=True))
    def get_memberships(self, user: User) -> Any:
        return MembershipOut(memberships(user), many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=[c.value for c in Can])))
    def get_capabilities(self, user: User) -> list[str]:
        return [what.value for what in Can if can(user, what)]


class MeViewSet(viewsets.ViewSet):
    @extend_schema(responses={200: forced_singular_serializer(MeOut)}, operation_id="me")
    def list(self, request: Request) -> Response:
        """The caller's account, roles and capabilities."""
        user: Any = request.user
        return Response(MeOut(user).data)


routes = [("me", MeViewSet, "me"), ("units", UnitViewSet, "units")]
