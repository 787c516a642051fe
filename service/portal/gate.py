"""The one gate: whoever signs in as an enterprise opens the enterprise's pages and nothing else.

It lets in what is named here and shuts out the rest, so that a page or endpoint of tomorrow is shut, too.
Behind it stands what holds without it: such a user has no role, sees no case, carries no token.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from service.portal.access import out_of_bounds

_OPEN = re.compile(
    r"^/(?:portal/|api/v1/portal/|notices/|api/v1/me/$|me/$|me/password/$|sign-in/$|sign-out/$"
    r"|i18n/setlang/$|static/|health/$)"
)


class EnterpriseGate:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not user.is_enterprise or _OPEN.match(request.path_info):
            return self.get_response(request)
        if request.path_info == "/":
            return redirect(reverse("portal"))
        raise out_of_bounds(user, f"{request.method} {request.path_info}"[:200], request)
