"""REST tokens: shown once, kept only as a digest, sent as ``Authorization: Bearer …`` ("Token" will do)."""

import secrets
from functools import cache
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import TokenAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.demo import SHUT_OUT
from accounts.models import User
from kernel.prepared import Kept

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

    def authenticate_credentials(self, key: str) -> tuple[Any, Any]:
        """The active user of a stored digest, in one query. Raises AuthenticationFailed (401)."""
        found = _holder().ask(key=key)
        if not found or not found[0].is_active or found[0].is_enterprise:
            raise AuthenticationFailed(_("访问令牌无效"))
        if found[0].is_shut:
            raise AuthenticationFailed(SHUT_OUT)
        return found[0], Token(key=key, user=found[0])


@cache
def _holder() -> Kept[User]:
    mark = "?" * _DIGITS
    return Kept(User.objects.filter(auth_token__key=mark), {"key": mark}, planned=True)
