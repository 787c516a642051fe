"""Pages of problems: registering one, raising it a level, writing down what a level has decided."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import require
from accounts.models import User
from accounts.roles import Can
from assignments import forms, problems
from assignments.models import Assignment
from assignments.permissions import require_reporting
from assignments.views import detail, seen
from cases.models import Case
from documents.actions import attach
from kernel.clock import today
from kernel.refusals import Refused


@login_required
def report(request: HttpRequest, case_pk: int) -> HttpResponse:
    """提出问题: by whoever works on the project; whom it is for, the plan knows if nobody else does."""
    user: Any = request.user
    case: Any = get_object_or_404(Case.objects.visible_to(user), pk=case_pk)
    require_reporting(user, case)
    form = forms.ProblemForm(request.POST or None, on=today())
    context: dict[str, Any] = {"form": form, "case": case}
    if request.method == "POST" and form.is_valid():
        try:
            row = problems.raise_problem(case=case, by=user, on=today(), **form.cleaned_data)
        except Refused as refused:
            return render(request, "assignments/problem.html", context | {"refused": refused}, status=409)
        messages.success(request, _("已提出，由%(unit)s办理") % {"unit": row.unit})
        return redirect("assignment", row.pk)
    return render(request, "assignments/problem.html", context)


@login_required
@require_POST
def raise_up(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    row, reason = seen(request, pk), request.POST.get("reason", "")
    try:
        upper = problems.raise_up(assignment=row, reason=reason, by=user, on=today())
    except Refused as refused:
        return detail(request, seen(request, pk), refused=refused)
    messages.success(request, _("已提请%(unit)s协调") % {"unit": upper.unit})
    return redirect("assignment", pk)


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    row = seen(request, pk)
    form = forms.DecisionForm(request.POST, request.FILES, on=today())
    if not form.is_valid():
        return detail(request, row, form)
    user: Any = request.user
    try:
        _decide(row, form.cleaned_data, user)
    except Refused as refused:
        return detail(request, seen(request, pk), form, refused)
    messages.success(request, _("已议定并交办落实"))
    return redirect("assignment", pk)


@transaction.atomic
def _decide(row: Assignment, said: dict[str, Any], user: User) -> None:
    """Minutes and decision come together or not at all."""
    paper = None
    if said["evidence"]:
        require(user, Can.ATTACH)
        paper = attach(
            case=row.case, kind="other", upload=said["evidence"], by=user, on=today(), note=row.title
        )
    order = problems.Order(unit=said["unit"], user=said["user"], due_on=said["due_on"])
    problems.decide(
        assignment=row, decision=said["decision"], orders=[order], by=user, on=today(), evidence=paper
    )
