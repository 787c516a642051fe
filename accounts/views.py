"""Signing in and out, the own account, the language of pages."""

import math
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language
from rest_framework.authtoken.models import Token

from accounts import actions, audit, demo
from accounts.access import memberships
from accounts.forms import PasswordForm, SignInForm
from accounts.guard import signed_in
from accounts.middleware import password_due
from accounts.models import User
from accounts.passwords import hints
from kernel.clock import now
from kernel.forms import show_refusal
from kernel.refusals import Refused


class SignIn(LoginView):
    """Sign-in: Django rotates the session and checks ``next``; we keep the trail and the language."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_initial(self) -> dict[str, Any]:
        return {"username": self.request.GET.get("as", "")} if settings.DEMO else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = demo.listed()
        own = {
            "idle": "idle" in self.request.GET,
            "idle_minutes": settings.IDLE_MINUTES,
            "demo_accounts": [row for row, main in accounts if main],
            "demo_enterprises": demo.enterprises(),
            "demo_reviewers": [row for row, main in accounts if not main],
            "demo_password": demo.DEMO_PASSWORD if accounts else "",
        }
        return super().get_context_data(**kwargs) | own

    def form_valid(self, form: Any) -> HttpResponse:
        user: User = form.get_user()
        login(self.request, user)
        audit.record(kind="account.signed_in", by=user, request=self.request)
        response = redirect(self._where_to(user))
        if user.language:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
        return response

    def _where_to(self, user: User) -> str:
        """Where the page asked for leads; an enterprise is not sent to a page that is shut to it."""
        asked = self.get_success_url()
        return "/" if user.is_enterprise and not asked.startswith(("/portal/", "/notices/")) else asked

    def form_invalid(self, form: Any) -> HttpResponse:
        name, tried = form.cleaned_data.get("username"), form.cleaned_data.get("password")
        if name and tried:
            # None while locked: axes then refuses without counting.
            failures = getattr(self.request, "axes_failures_since_start", None)
            self._note_failure(name, counted=failures is not None)
            left = settings.AXES_FAILURE_LIMIT - (failures or 0)
            if not form.names_shut_account():
                form.add_error(None, _("再失败 %(n)d 次，账号将暂时锁定") % {"n": max(left, 1)})
        return super().form_invalid(form)

    def _note_failure(self, username: str, *, counted: bool) -> None:
        locked = getattr(self.request, "axes_locked_out", False)
        audit.record(
            kind="account.locked" if locked and counted else "account.sign_in_failed",
            by=User.objects.filter(username=username).first(),
            username=username,
            success=False,
            detail={"while_locked": True} if locked and not counted else {},
            request=self.request,
        )


def locked_out(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The page instead of the sign-in while an account is locked: says for how long."""
    username = str((credentials or {}).get("username", ""))
    last = AccessAttempt.objects.filter(username=username).order_by("-attempt_time").first()
    pause = get_cool_off(request)
    until = last.attempt_time + pause if last and pause else now()
    seconds = max(1, math.ceil((until - now()).total_seconds()))
    context = {"minutes": math.ceil(seconds / 60), "until": until, "limit": settings.AXES_FAILURE_LIMIT}
    page = render(request, "accounts/locked_out.html", context, status=429)
    page["Retry-After"] = str(seconds)
    return page


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        audit.record(kind="account.signed_out", by=signed_in(request), request=request)
    logout(request)
    return redirect("sign-in")


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Switch the language of pages and remember it with the account; ``next`` stays on this site."""
    if isinstance(request.user, User):
        actions.choose_language(by=request.user, language=request.POST.get("language", ""))
    return django_set_language(request)


@login_required
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    return _me(request)


def _me(request: HttpRequest, secret: str = "") -> HttpResponse:
    user = signed_in(request)
    context = {
        "memberships": memberships(user),
        "token": Token.objects.filter(user=user).first(),
        "secret": secret,
        "password_days": settings.PASSWORD_DAYS,
    }
    return render(request, "accounts/me.html", context)


@login_required
@never_cache
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        old, new = form.cleaned_data["old"], form.cleaned_data["new"]
        try:
            user = actions.change_own_password(by=signed_in(request), old=old, new=new, request=request)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("密码已修改，其他设备上的登录已退出"))
            return redirect("/" if user.is_enterprise else "me")
    due = password_due(signed_in(request))
    context = {"form": form, "hints": hints(), "due": due, "days": settings.PASSWORD_DAYS}
    return render(request, "accounts/change_password.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
@never_cache
def new_token(request: HttpRequest) -> HttpResponse:
    """The page that shows a new token, once: it is not kept, so it cannot be redirected to."""
    return _me(request, actions.issue_token(by=signed_in(request), request=request))


@login_required
@require_POST
def end_token(request: HttpRequest) -> HttpResponse:
    if actions.revoke_token(by=signed_in(request), request=request):
        messages.success(request, _("接口令牌已撤销"))
    return redirect(reverse("me"))
