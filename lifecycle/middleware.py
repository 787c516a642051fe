"""A refusal that no view caught still becomes a page that says what is missing, never a 500."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kernel.refusals import Refused

STATUS = {"unmet": 409, "conflict": 409, "forbidden": 403, "invalid": 400}


class Refusals:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        status = STATUS[exception.status]
        return render(
            request,
            "refused.html",
            {"refused": exception, "back": request.META.get("HTTP_REFERER")},
            status=status,
        )
