"""Pages: the commissioner's day on a phone, and how contact is kept, unit by unit."""

import json
from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Unit
from accounts.roles import Can
from kernel.clock import today
from kernel.paging import page_of
from kernel.refusals import Refused
from projects.models import Project
from projects.permissions import among
from projects.views.base import FIELDS_WRONG, show
from service import queries as service
from service.visits import forms, queries, recording

TABS = (
    ("all", gettext_lazy("全部")),
    ("open", gettext_lazy("待联系")),
    ("late", gettext_lazy("逾期或漏联系")),
    ("done", gettext_lazy("已联系")),
)
QUIET_DAYS = 30  # a month without contact stands out, unless the plan wants no contact unasked
# What the page needs when there is no network.
SHELL = (
    "vendor/tabler.css", "css/lifecycle.css", "css/visits.css", "vendor/tabler.js",
    "django_htmx/htmx-2.min.js", "js/app.js", "js/visits/queue.js", "js/visits/photos.js",
    "js/visits/sending.js", "js/visits/mine.js", "vendor/icons.svg", "img/mark.svg",
)  # fmt: skip


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """我的服务: whom to call or visit, what else is due, and the form for the call just made."""
    return _mine(request)


@login_required
@require_POST
def contact(request: HttpRequest) -> HttpResponse:
    """Write down a call or visit, without the script that keeps it on the phone."""
    user: Any = request.user
    form = forms.VisitForm(request.POST, request.FILES, projects=queries.served(user))
    if not form.is_valid():
        return _mine(request, form, status=FIELDS_WRONG)
    try:
        recording.record(by=user, today=today(), **form.cleaned_data)
    except Refused as refused:
        rest = show(form, refused)
        return _mine(request, form, Refused(rest, refused.status) if rest else None, status=409)
    messages.success(request, _("已记录"))
    return redirect("mine")


def _mine(
    request: HttpRequest, form: Any = None, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    user: Any = request.user
    day, rows = today(), queries.served(user)
    projects = list(rows[: queries.MOST_PROJECTS])
    calls = queries.calls_of(user, projects, day)
    told = {call.clock.pk for call in calls}
    clocks = [clock for clock in service.clocks_of(user, projects) if clock.pk not in told]
    due = service.agenda(clocks, service.duties_of(user), day)
    dialled = among(user, Can.SHOW_PHONE, [project.pk for project in projects])
    context = {
        "cards": [_card(project, day) for project in projects],
        "dialled": {
            p.pk for p in projects if p.pk in dialled and p.enterprise and p.enterprise.contact_phone
        },
        "calls": calls,
        "due": due,
        "late": sum(item.light == "red" for item in due) + sum(call.light == "red" for call in calls),
        "form": form or forms.VisitForm(projects=rows, initial=_initial(request, day)),
        "refused": refused,
        "open_form": bool(form or request.GET.get("project")),
        "today": day,
    }
    return render(request, "service/visits/mine.html", context, status=status)


def _initial(request: HttpRequest, day: date) -> dict[str, Any]:
    channel = request.GET.get("channel", "phone")
    return {
        "on": day,
        "project": request.GET.get("project", ""),
        "channel": channel if channel in {one.value for one in forms.QUICK} else "phone",
        "client_id": uuid4(),
    }


def _card(project: Project, day: date) -> dict[str, Any]:
    last = project.last_contact  # type: ignore[attr-defined]
    days = (day - last).days if last else None
    untimed = queries.untimed(project)
    silent = (days is None or days > QUIET_DAYS) and not queries.undisturbed(project)
    return {"project": project, "last": last, "days": days, "silent": silent, "untimed": untimed}


@login_required
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from here so that it takes in this page and nothing else (stack.md 20)."""
    known = {
        "page": reverse("mine"),
        "assets": [static(path) for path in SHELL],
        "words": _("没有网络，这一页也不在本机。已存的记录没有丢失，有网络后打开“我的服务”即可发送。"),
    }
    script = (
        f"self.VISITS = {json.dumps(known)};\nimportScripts({json.dumps(static('js/visits/worker.js'))});\n"
    )
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@login_required
@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """走访联系: what was due in a month, done and missed, with how each unit stands."""
    user: Any = request.user
    day, asked = today(), request.GET.dict()
    if asked.get("show") not in queries.SHOWN:
        asked["show"] = "all"
    rows = queries.timed(user, asked, day)
    listed = rows.select_related("case", "responsible_unit", "responsible_user").order_by("due_on", "id")
    page = page_of(request, listed)
    first, last = queries.month_of(asked.get("month", ""), day)
    unit = Unit.objects.filter(code=asked["unit"]).first() if asked.get("unit") else None
    whole = queries.timed(user, asked | {"show": "all", "unit": ""}, day)
    context = {
        "page": page,
        "lines": queries.lines_of(page.rows, day),
        "units": queries.by_unit(whole, day),
        "asked": asked,
        "unit": unit,
        "month": f"{first:%Y-%m}",
        "first": first,
        "last": last,
        "tabs": TABS,
    }
    return render(request, "service/visits/list.html", context)
