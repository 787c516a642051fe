"""Errors of the REST interface as RFC 9457 problem details; a refusal lists what is unmet."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kernel.refusals import Refused

_STATUS = {"unmet": 409, "conflict": 409, "forbidden": 403, "invalid": 400}
_TITLES = {
    400: "Invalid input",
    401: "Not authenticated",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Refused",
    412: "Precondition failed",
    415: "Unsupported media type",
    422: "Unprocessable",
    428: "Precondition required",
    429: "Too many requests",
    500: "Server error",
}


class PreconditionFailed(exceptions.APIException):
    """The row changed since the client read it (``If-Match``)."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(_("资料已被他人修改，请重新读取后再提交"))


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every error leaves as ``application/problem+json``."""
    if isinstance(exc, Refused):
        return _refused(exc)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    response = exception_handler(exc, context)
    if response is None:
        return None
    body: dict[str, Any] = {
        "type": f"problem:{_kind(exc)}",
        "title": _title(response),
        "status": response.status_code,
    }
    if isinstance(exc, exceptions.ValidationError):
        body |= {"detail": _("提交的内容有误"), "errors": exc.detail}
    else:
        body["detail"] = str(getattr(exc, "detail", exc))
    return _as_problem(response, body)


def _kind(exc: Exception) -> str:
    return str(getattr(exc, "default_code", "error"))


def _title(response: Response) -> str:
    return _TITLES.get(response.status_code, "Error")


def _refused(exc: Refused) -> Response:
    body = _body(exc)
    return _as_problem(Response(status=body["status"]), body)


def refusal(exc: Refused) -> JsonResponse:
    """The same problem where no REST view is at work, as in a middleware."""
    return _plainly(_body(exc))


def problem(status: int, kind: str, detail: str) -> JsonResponse:
    """A problem that no REST view has met: an address that does not exist, a fault of the server's."""
    return _plainly({"type": f"problem:{kind}", "title": _TITLES[status], "status": status, "detail": detail})


def _plainly(body: dict[str, Any]) -> JsonResponse:
    return JsonResponse(body, status=body["status"], content_type="application/problem+json")


def _body(exc: Refused) -> dict[str, Any]:
    code = _STATUS[exc.status]
    return {
        "type": f"problem:{exc.status}",
        "title": _TITLES[code],
        "status": code,
        "detail": str(exc),
        "unmet": [item.as_dict() for item in exc.unmet],
    }


def _as_problem(response: Response, body: dict[str, Any]) -> Response:
    response.data = body
    response.content_type = "application/problem+json"
    return response
