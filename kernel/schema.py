"""What every operation of the REST interface has beyond its own: the headers it heeds, how it says no.

A view names in ``heeds`` the headers that its writes heed.
"""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

_HEEDED = {
    "Idempotency-Key": "up to 128 characters: the same write sent again is answered, not done twice",
    "If-Match": "the ETag that was read: 412 if the project has changed since",
}
_PROBLEM = ("application/problem+json",)


class UnmetOut(serializers.Serializer[Any]):
    """One thing that stands in the way: ``code`` for programs, ``message`` for people."""

    code = serializers.CharField()
    message = serializers.CharField()
    clause = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    field = serializers.CharField(allow_blank=True)


class Problem(serializers.Serializer[Any]):
    """An error as RFC 9457 has it. A refusal lists what is ``unmet``; bad input lists ``errors`` by field."""

    type = serializers.CharField(help_text="problem:unmet, problem:conflict, problem:invalid …")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    unmet = UnmetOut(many=True, required=False)
    errors = serializers.JSONField(  # type: ignore[assignment]  # a member of that name, not DRF's own
        required=False
    )


class Described(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        found = list(super().get_override_parameters())
        if self.method not in ("POST", "PUT", "PATCH", "DELETE"):
            return found
        view: Any = self.view
        heeded = [name for name in getattr(view, "heeds", ()) if name != "If-Match" or view.detail]
        return found + [
            OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=_HEEDED[name])
            for name in heeded
        ]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        """One ``default`` for whatever is refused."""
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        problem = self._get_response_for_code(Problem, "default", _PROBLEM, direction)
        return bodies | {"default": problem | {"description": "refused, and why (RFC 9457)"}}
