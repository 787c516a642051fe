"""A session ends after idle minutes; an old or handed-out password must be changed first."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from kernel.clock import now
from kernel.problems import refusal
from kernel.refusals import Refused, Unmet

GetResponse = Callable[[HttpRequest], HttpResponse]
_SEEN = "seen_at"
_TOUCH_SECONDS = 60  # SQLite has one writer: touch the session row at most once a minute


class IdleTimeout:
    """Ends a session that saw no click for ``IDLE_MINUTES`` (GB/T 22239-2019 8.1.4.1 b)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and _SEEN in request.session:
            idle = now().timestamp() - float(request.session[_SEEN])
            if idle > settings.IDLE_MINUTES * 60:
                return self._end(request)
            if idle > _TOUCH_SECONDS:
                request.session[_SEEN] = now().timestamp()
        elif request.user.is_authenticated:
            request.session[_SEEN] = now().timestamp()
        return self.get_response(request)

    def _end(self, request: HttpRequest) -> HttpResponse:
        audit.record(kind="account.timed_out", by=request.user, request=request)
        logout(request)
        if request.path.startswith("/api/"):
            return self.get_response(request)
        address = f"{reverse('sign-in')}?{urlencode({'next': _page(request), 'idle': 1})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": address})
        return redirect(address)


def _page(request: HttpRequest) -> str:
    """Where to go on after signing in: the page, no fragment of it; what was being sent is not sent twice."""
    if current := request.headers.get("HX-Current-URL"):
        url = urlsplit(current)
        return urlunsplit(("", "", url.path or "/", url.query, ""))
    return request.get_full_path() if request.method == "GET" else "/"


class PasswordDue:
    """Sends a user whose password is due to the page that changes it, and nowhere else.

    REST under the same session answers 403, but for ``me``. A token is a credential of its own: it ends when
    a password is handed out, not when one grows old.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not password_due(user) or self._allowed(request):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            text = _("密码为一次性密码或已到期，请先登录网页修改密码")
            unmet = Unmet("password_due", text, url=reverse("change-password"))
            return refusal(Refused([unmet], "forbidden"))
        return redirect("change-password")

    def _allowed(self, request: HttpRequest) -> bool:
        paths = (
            reverse("change-password"),
            reverse("sign-out"),
            "/static/",
            reverse("me-list"),
            reverse("set-language"),
        )
        return request.path.startswith(paths)


def password_due(user: User) -> bool:
    if user.must_change_password:
        return True
    if not settings.PASSWORD_DAYS or settings.DEMO or user.password_changed_at is None:
        return False
    return now() - user.password_changed_at > timedelta(days=settings.PASSWORD_DAYS)
