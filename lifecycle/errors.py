"""What no view answered: a page for people, a problem (RFC 9457) for programs under ``/api/``."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views import defaults

from kernel.problems import problem


def of_rest(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if of_rest(request):
        return problem(400, "bad_request", _("请求无法读取"))
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if of_rest(request):
        return problem(403, "forbidden", _("没有权限"))
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if of_rest(request):
        return problem(404, "not_found", _("没有这个地址，或您看不到"))
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    if of_rest(request):
        return problem(500, "server_error", _("系统出了问题，数据没有改动；请稍后再试"))
    return defaults.server_error(request)
