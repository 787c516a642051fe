"""Pages of service: naming and handing over the commissioner; the commissioner's own page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel.clock import today
from kernel.refusals import Refused
from projects.actions import record_contact
from projects.models import Project
from service import actions, forms, queries

QUIET_DAYS = 30  # a month without contact stands out on the commissioner's page


@login_required
def commissioner(request: HttpRequest, pk: int) -> HttpResponse:
    """配备或移交项目服务专员."""
    user: Any = request.user
    project = get_object_or_404(Project.objects.visible_to(user).select_related("case"), pk=pk)
    now = queries.standing(project)
    people = queries.candidates(now.body, today())
    form = forms.CommissionerForm(
        request.POST or None, people=people, handing_over=now.present is not None, on=today()
    )
    context: dict[str, Any] = {"form": form, "project": project, "standing": now, "nobody": not people}
    if request.method == "POST" and form.is_valid():
        try:
            words = _settle(project, now, form.cleaned_data, user)
        except Refused as refused:
            return render(request, "service/commissioner.html", context | {"refused": refused}, status=409)
        messages.success(request, words)
        return redirect(f"/projects/{project.pk}/")
    return render(request, "service/commissioner.html", context)


def _settle(project: Project, now: queries.Standing, data: dict[str, Any], by: Any) -> str:
    person, on, reason = data["user"], data["on"], data["reason"]
    unit = queries.unit_of(person, now.body, on)
    common = {"project": project, "unit": unit, "by": by, "on": on, "reason": reason, "today": today()}
    if now.present is None:
        actions.name_commissioner(user=person, **common)
        return _("已配备服务专员%(user)s") % {"user": person.name}
    actions.hand_over(to_user=person, **common)
    return _("已移交%(user)s") % {"user": person.name}


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """我的服务: the commissioner's projects, what is due, and a form for the call just made."""
    return _mine(request)


@login_required
@require_POST
def contact(request: HttpRequest) -> HttpResponse:
    """Write down a call or visit to one of one's own projects."""
    user: Any = request.user
    form = forms.QuickContactForm(request.POST, projects=queries.own_projects(user))
    if not form.is_valid():
        return _mine(request, form)
    try:
        record_contact(by=user, today=today(), **form.cleaned_data)
    except Refused as refused:
        return _mine(request, form, refused)
    messages.success(request, _("已记录"))
    return redirect("mine")


def _mine(request: HttpRequest, form: Any = None, refused: Refused | None = None) -> HttpResponse:
    user: Any = request.user
    day = today()
    projects = list(queries.own_projects(user)[:100])
    clocks = queries.clocks_of(user, projects)
    duties = queries.duties_of(user)
    due = queries.agenda(clocks, duties, day)
    initial = {"on": day, "project": request.GET.get("project", ""), "channel": "phone"}
    context = {
        "cards": [_card(project, day) for project in projects],
        "due": due,
        "late": sum(item.light == "red" for item in due),
        "quiet": sum(_silent(project, day) for project in projects),
        "form": form or forms.QuickContactForm(projects=queries.own_projects(user), initial=initial),
        "refused": refused,
        "open_form": bool(form or request.GET.get("project")),
    }
    return render(request, "service/mine.html", context, status=409 if refused else 200)


def _card(project: Project, day: Any) -> dict[str, Any]:
    last = project.last_contact  # type: ignore[attr-defined]
    days = (day - last).days if last else None
    return {"project": project, "last": last, "days": days, "silent": _silent(project, day)}


def _silent(project: Project, day: Any) -> bool:
    last = project.last_contact  # type: ignore[attr-defined]
    return last is None or (day - last).days > QUIET_DAYS
