"""REST tokens: shown once, kept only as a digest, sent as ``Authorization: Bearer …`` ("Token" will do)."""

import secrets
from hashlib import sha256
from typing import Any

from rest_framework.authentication import TokenAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.request import Request

from accounts.models import User

_DIGITS = 40  # what the token table holds: 160 bits of the digest


def digest(secret: str) -> str:
    """What is stored: whoever reads the table or a backup cannot sign in with it."""
    return sha256(secret.encode()).hexdigest()[:_DIGITS]


def issue(user: User) -> str:
    """Replace the user's token and return the new secret. It cannot be shown again."""
    secret = secrets.token_urlsafe(30)
    Token.objects.filter(user=user).delete()
    Token.objects.create(user=user, key=digest(secret))
    return secret


def withdraw(user: User) -> bool:
    """End the user's token; whether there was one."""
    return Token.objects.filter(user=user).delete()[0] > 0


class BearerToken(TokenAuthentication):
    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        words = request.META.get("HTTP_AUTHORIZATION", "").split()
        if len(words) == 2 and words[0].lower() in {"token", "bearer"}:
            found: tuple[Any, Any] = self.authenticate_credentials(digest(words[1]))
            return found
        return None
