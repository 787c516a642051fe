"""The administrators' pages: accounts, roles, the audit trail. By capability; none with business content."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import actions, forms
from accounts.access import can
from accounts.guard import needs, signed_in
from accounts.models import AuditEntry, Membership, User
from accounts.paging import keyset
from accounts.roles import Can
from kernel.clock import CHINA, today
from kernel.forms import show_refusal
from kernel.refusals import Refused

PEOPLE = (Can.MANAGE_ACCOUNTS, Can.ASSIGN_ROLES)


@needs(*PEOPLE, Can.MANAGE_UNITS, Can.READ_AUDIT)
def index(request: HttpRequest) -> HttpResponse:
    """The first page of the administrators that this one may open."""
    return redirect("system-users" if any(can(request.user, what) for what in PEOPLE) else "system-audit")


@needs(*PEOPLE)
def users(request: HttpRequest) -> HttpResponse:
    form = forms.SearchForm(request.GET)
    word = form.cleaned_data["q"].strip() if form.is_valid() else ""
    rows = User.objects.prefetch_related(Prefetch("memberships", _in_force(), to_attr="held"))
    if word:
        rows = rows.filter(Q(username__startswith=word) | Q(name__startswith=word))
    page = keyset(request, rows, by="username")
    return render(request, "accounts/system/users.html", {"page": page, "form": form, "word": word})


def _in_force() -> "QuerySet[Membership]":
    return Membership.objects.in_force(today()).select_related("unit").order_by("id")


@needs(*PEOPLE)
@never_cache
def user(request: HttpRequest, pk: int) -> HttpResponse:
    return _user_page(request, get_object_or_404(User, pk=pk))


def _user_page(request: HttpRequest, person: User, **more: Any) -> HttpResponse:
    """One account with its roles; ``more`` carries a refused form, or a password to be shown once."""
    context = {
        "person": person,
        "memberships": list(person.memberships.select_related("unit").order_by("-valid_from", "-id")),
        "today": today(),
        "grant": forms.GrantForm(on=today()),
        "correct": forms.CorrectPersonForm(initial={"name": person.name}),
        "reason": forms.ReasonForm(auto_id="active_%s"),
    }
    bad = any(isinstance(value, Form) and value.errors for value in more.values())
    return render(request, "accounts/system/user.html", context | more, status=400 if bad else 200)


@needs(Can.MANAGE_ACCOUNTS)
@never_cache
def user_new(request: HttpRequest) -> HttpResponse:
    form = forms.PersonForm(request.POST or None)
    if form.is_valid():
        try:
            person, secret = actions.create_user(by=signed_in(request), **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return _user_page(request, person, secret=secret)
    return render(
        request, "accounts/system/user_new.html", {"form": form}, status=400 if form.errors else 200
    )


@needs(Can.MANAGE_ACCOUNTS)
@require_POST
def user_correct(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = forms.CorrectPersonForm(request.POST)
    if not form.is_valid():
        return _user_page(request, person, correct=form)
    # The page never shows the number there is: left blank it stays.
    phone = form.cleaned_data["phone"] or person.phone
    actions.correct_user(user=person, name=form.cleaned_data["name"], phone=phone, by=signed_in(request))
    messages.success(request, _("已保存"))
    return redirect("system-user", pk)


@needs(Can.MANAGE_ACCOUNTS)
@require_POST
def user_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Enable or disable, with a reason."""
    person = get_object_or_404(User, pk=pk)
    form = forms.ReasonForm(request.POST, auto_id="active_%s")
    if not form.is_valid():
        return _user_page(request, person, reason=form)
    wanted = request.POST.get("active") == "1"
    actions.set_active(user=person, active=wanted, reason=form.cleaned_data["reason"], by=signed_in(request))
    messages.success(request, _("账号已启用") if wanted else _("账号已停用"))
    return redirect("system-user", pk)


@needs(Can.MANAGE_ACCOUNTS)
@require_POST
@never_cache
def user_reset(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    secret = actions.reset_password(user=person, by=signed_in(request))
    return _user_page(request, person, secret=secret)


@needs(Can.ASSIGN_ROLES)
@require_POST
def role_grant(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = forms.GrantForm(request.POST, on=today())
    if form.is_valid():
        try:
            actions.grant_role(user=person, by=signed_in(request), on=today(), **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("角色已授予"))
            return redirect("system-user", pk)
    return _user_page(request, person, grant=form)


@needs(Can.ASSIGN_ROLES)
@require_POST
def role_end(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Membership, pk=pk)
    reason = request.POST.get("reason", "")
    actions.end_role(membership=row, reason=reason, by=signed_in(request), on=today())
    messages.success(request, _("角色已终止"))
    return redirect("system-user", row.user_id)


@needs(Can.READ_AUDIT)
def audit_trail(request: HttpRequest) -> HttpResponse:
    """The trail, newest first, filtered by user, kind and days; nobody can change it, here or elsewhere."""
    form = forms.AuditForm(request.GET)
    rows = AuditEntry.objects.all()
    if form.is_valid():
        rows = _filtered(rows, form.cleaned_data)
    page = keyset(request, rows)
    return render(request, "accounts/system/audit.html", {"page": page, "form": form})


def _filtered(rows: "QuerySet[AuditEntry]", asked: dict[str, Any]) -> "QuerySet[AuditEntry]":
    if asked["username"]:
        rows = rows.filter(username=asked["username"].strip())
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["since"]:
        rows = rows.filter(at__gte=datetime.combine(asked["since"], time.min, CHINA))
    if asked["until"]:
        rows = rows.filter(at__lt=datetime.combine(asked["until"] + timedelta(days=1), time.min, CHINA))
    return rows
