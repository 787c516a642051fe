"""Optimistic locking over REST: the ``version`` of a row as its ETag, checked by ``If-Match`` (RFC 9110).

    def retrieve(…):      return tagged(Response(data), row)
    def partial_update(…): demand_match(request, row)     # 412 when somebody was faster

The tag is strong (``"12.7"``: row 12, version 7), because ``If-Match`` compares strongly and a weak one
would never match. ``If-None-Match`` compares weakly, as the RFC asks.
"""

from typing import Protocol

from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.problems import PreconditionFailed


class Versioned(Protocol):
    @property
    def pk(self) -> object: ...
    @property
    def version(self) -> int: ...


class PreconditionRequired(exceptions.APIException):
    """A write that must say which version it means came without ``If-Match`` (RFC 6585)."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "if_match_required"

    def __init__(self) -> None:
        super().__init__(_("请在 If-Match 中注明所依据的版本（读取时返回的 ETag）"))


def etag_of(row: Versioned) -> str:
    """The strong validator of a row's current version, quoted as it goes into the header."""
    return f'"{row.pk}.{row.version}"'


def tagged(response: Response, row: Versioned) -> Response:
    response["ETag"] = etag_of(row)
    return response


def demand_match(request: Request, row: Versioned, *, required: bool = False) -> None:
    """Check ``If-Match`` against the row, which the caller has locked.

    Raises PreconditionFailed (412) when no tag matches strongly; PreconditionRequired (428) when the header
    is missing and ``required``.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        if required:
            raise PreconditionRequired
        return
    if header != "*" and etag_of(row) not in parse_etags(header):
        raise PreconditionFailed


def unchanged(request: Request, row: Versioned) -> bool:
    """Whether ``If-None-Match`` already names this version (weak comparison): answer 304."""
    header = request.headers.get("If-None-Match", "").strip()
    if header == "*":
        return True
    return etag_of(row) in {tag.removeprefix("W/") for tag in parse_etags(header)}


def not_modified(row: Versioned) -> Response:
    return tagged(Response(status=status.HTTP_304_NOT_MODIFIED), row)
