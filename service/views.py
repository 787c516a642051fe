"""Pages of service: naming and handing over the commissioner."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kernel.clock import today
from kernel.refusals import Refused
from projects.models import Project
from service import actions, forms, queries


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
