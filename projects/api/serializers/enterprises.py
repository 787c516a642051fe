"""Enterprises over REST; phones are masked."""

from collections.abc import Iterable
from typing import Any

from django.utils.timezone import localtime
from rest_framework import serializers

from cases.models import Enterprise
from kernel.phones import mask


class EnterpriseIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    credit_code = serializers.CharField(max_length=18, required=False, allow_blank=True)
    no_code_reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
    division_code = serializers.RegexField(r"^\d{6}$", required=False, allow_blank=True)
    country = serializers.CharField(min_length=2, max_length=2, required=False)
    contact_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    contact_phone = serializers.CharField(max_length=40, required=False, allow_blank=True)


class EnterpriseOut(serializers.ModelSerializer[Enterprise]):
    """``contact_phone`` is masked."""

    class Meta:
        model = Enterprise
        fields = [
            "id",
            "name",
            "credit_code",
            "no_code_reason",
            "division_code",
            "country",
            "contact_name",
            "contact_phone",
            "updated_at",
        ]

    def to_representation(self, instance: Enterprise) -> dict[str, Any]:
        return enterprise_out(instance)


def enterprise_out(row: Enterprise) -> dict[str, Any]:
    own = {"contact_phone": mask(row.contact_phone), "updated_at": localtime(row.updated_at)}
    return filled(EnterpriseOut.Meta.fields, row, own)


def filled(names: Iterable[str], row: Any, own: dict[str, Any]) -> dict[str, Any]:
    """These keys in their order, what is not given in ``own`` as it is kept.

    By hand, as all rows: a model serializer takes several times as long.
    """
    return {name: own[name] if name in own else getattr(row, name) for name in names}
