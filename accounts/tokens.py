"""Token authentication with the usual ``Authorization: Bearer …`` word ("Token" is accepted too)."""

from typing import Any

from rest_framework.authentication import TokenAuthentication
from rest_framework.request import Request


class BearerToken(TokenAuthentication):
    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        words = request.META.get("HTTP_AUTHORIZATION", "").split()
        if len(words) == 2 and words[0].lower() in {"token", "bearer"}:
            return self.authenticate_credentials(words[1])  # type: ignore[no-any-return]
        return None
