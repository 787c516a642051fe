"""A refusal that no view caught still becomes an answer that says what is missing, never a 500."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kernel.numbers import whole
from kernel.problems import refusal
from kernel.refusals import Refused
from lifecycle.errors import of_rest

STATUS = {"unmet": 409, "conflict": 409, "forbidden": 403, "invalid": 400}


class Refusals:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """A NUL in an address, which no text in the database can hold, is left out of what is asked."""
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "")
            request.__dict__.pop("GET", None)  # read already, perhaps
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """What no column can hold is nobody's key: 404."""
        if any(str(value).isdigit() and whole(value) is None for value in kwargs.values()):
            raise Http404

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer(request, exception) if isinstance(exception, Refused) else None


def answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The refusal as a page, or as a problem to programs."""
    if of_rest(request):
        return refusal(refused)
    context = {"refused": refused, "back": request.META.get("HTTP_REFERER")}
    return render(request, "refused.html", context, status=STATUS[refused.status])
