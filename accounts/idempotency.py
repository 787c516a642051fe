"""``Idempotency-Key`` for REST writes (draft-ietf-httpapi-idempotency-key-header): done once, answered alike.

    class ProjectViewSet(IdempotentWrites, …): …

A write with a key runs in one transaction with the record of its answer. The same key and content again gets
the stored answer (``Idempotency-Replayed: true``); with other content 422; while the first is still running
409. A refused or failed write leaves nothing, so that trying again with the same key is honest.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import orjson
from django.db import connection, transaction
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import IdempotencyKey, User
from kernel.rest import OrjsonRenderer

HEADER = "Idempotency-Key"
KEPT_DAYS = 7
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_KEPT_HEADERS = ("ETag", "Location")
Handler = Callable[..., Response]


class KeyReused(exceptions.APIException):
    """The key has been used for another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(_("该 Idempotency-Key 已用于内容不同的请求"))


class StillRunning(exceptions.APIException):
    """The first request with this key has not been answered yet."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "idempotency_in_progress"

    def __init__(self) -> None:
        super().__init__(_("带有相同 Idempotency-Key 的请求正在办理，请稍后重试"))


class IdempotentWrites(APIView):
    """Mixin, before the view class. Without the header a write runs as ever."""

    heeds: tuple[str, ...] = (HEADER,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After authentication and permission: put the guard around the handler of this request."""
        super().initial(request, *args, **kwargs)
        key = request.headers.get(HEADER, "")
        method = (request.method or "").lower()
        if method.upper() not in _WRITES or not key or not hasattr(self, method):
            return
        if len(key) > 128 or not key.isprintable():
            raise exceptions.ValidationError({HEADER: [_("应为不超过 128 个可见字符")]})
        setattr(self, method, _once(getattr(self, method), key))


def _once(handler: Handler, key: str) -> Callable[..., HttpResponseBase]:
    def answer(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        fingerprint = fingerprint_of(request)
        with transaction.atomic():
            _take(user, key)
            known = IdempotencyKey.objects.filter(user=user, key=key).first()
            if known is not None:
                return _replay(known, fingerprint)
            response = handler(request, *args, **kwargs)
            if response.status_code < status.HTTP_400_BAD_REQUEST:
                _keep(user, key, fingerprint, response)
            return response

    return answer


def _take(user: User, key: str) -> None:
    """One at a time per key. PostgreSQL says at once that it is taken; SQLite has one writer and waits."""
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(sha256(f"{user.pk}:{key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise StillRunning


def _replay(known: IdempotencyKey, fingerprint: str) -> HttpResponse:
    if known.fingerprint != fingerprint:
        raise KeyReused
    kept = known.body or {}
    headers = kept["headers"] | {"Idempotency-Replayed": "true"}
    return HttpResponse(
        kept["text"], status=known.status or 200, content_type="application/json", headers=headers
    )


def _keep(user: User, key: str, fingerprint: str, response: Response) -> None:
    # As text: a JSON column would order the keys anew.
    text = OrjsonRenderer().render(response.data).decode()
    headers = {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)}
    IdempotencyKey.objects.create(
        user=user,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        body={"text": text, "headers": headers},
    )


def fingerprint_of(request: Request) -> str:
    """What makes two requests the same: method, address, ``If-Match`` and content (files by theirs)."""
    digest = sha256()
    parts = [request.method or "", request.get_full_path(), request.headers.get("If-Match", "")]
    digest.update(orjson.dumps(parts))
    if (request.content_type or "").startswith("multipart/"):
        _add_form(digest, request)
    else:
        digest.update(request.body)
    return digest.hexdigest()


def _add_form(digest: Any, request: Request) -> None:
    """A form with files: the boundary between its parts differs every time, their content does not."""
    fields = request.data if isinstance(request.data, QueryDict) else QueryDict()
    for name in sorted(fields):
        for value in map(_anything, fields.getlist(name)):
            digest.update(orjson.dumps([name, getattr(value, "name", value)], default=str))
            if hasattr(value, "chunks"):
                for chunk in value.chunks():
                    digest.update(chunk)
                value.seek(0)


def _anything(value: Any) -> Any:
    """A form's list holds texts and files, whatever the type stubs say."""
    return value
