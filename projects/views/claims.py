"""首接认领: claiming, giving up, handing over in the case file; the bureau's conflicts and its ruling."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require
from accounts.guard import needs, signed_in
from accounts.roles import Can
from kernel.clock import today
from kernel.paging import page_of
from kernel.refusals import Refused
from projects import actions
from projects.claim_traces import Side, conflicts, sides
from projects.forms import ReasonForm
from projects.forms_claims import ClaimForm, HandOverForm, RulingForm
from projects.models import Claim, ClaimHandover
from projects.permissions import require_sight
from projects.views.base import FIELDS_WRONG, STATUS, ActionPage, ProjectPage, show

PANEL = "#panel-claim"


class OfClaims(ActionPage):
    """A form about the claims of a project: who may is asked by the action, sight alone by the page."""

    needs = Can.RECORD_CONTACT

    def check(self) -> None:
        require_sight(self.user, self.project)

    def after(self) -> str:
        return reverse("project-detail", args=[self.project.pk]) + PANEL

    def claim(self) -> Claim:
        return get_object_or_404(Claim, pk=self.kwargs["claim"], project=self.project)

    def offer(self) -> ClaimHandover:
        rows = ClaimHandover.objects.select_related("claim", "to_user")
        return get_object_or_404(rows, pk=self.kwargs["offer"], claim__project=self.project)


class Make(OfClaims):
    title = gettext_lazy("首接认领")
    lead = gettext_lazy("已有他人认领同一项目或同一企业的，双方认领一并报招商局裁定。")
    button = gettext_lazy("认领")
    done = gettext_lazy("已认领")

    def check(self) -> None:
        require(self.user, Can.REGISTER_PROJECT)

    def make_form(self, data: Any = None, files: Any = None) -> ClaimForm:
        return ClaimForm(data)

    def act(self, form: forms.Form) -> Any:
        said = form.cleaned_data
        return actions.claim(project=self.project, by=self.user, today=self.today, **said)


class GiveUp(OfClaims):
    title = gettext_lazy("放弃认领")
    lead = gettext_lazy("放弃后不再担任首接服务责任人，他人可以认领。")
    button = gettext_lazy("放弃")
    done = gettext_lazy("已放弃认领")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def act(self, form: forms.Form) -> Any:
        return actions.give_up(claim=self.claim(), by=self.user, on=self.today, **form.cleaned_data)


class HandOver(OfClaims):
    title = gettext_lazy("移交首接服务责任")
    lead = gettext_lazy(
        "接收人同意后生效，您认领的同一企业的其他项目一并移交；在此之前一切照旧，接收人可以查阅本项目。"
    )
    button = gettext_lazy("提出移交")
    done = gettext_lazy("已提出，待接收人同意")

    def make_form(self, data: Any = None, files: Any = None) -> HandOverForm:
        return HandOverForm(self.claim().by_id, data)

    def act(self, form: forms.Form) -> Any:
        return actions.hand_over(claim=self.claim(), by=self.user, on=self.today, **form.cleaned_data)


class Decline(OfClaims):
    title = gettext_lazy("不接手首接服务责任")
    button = gettext_lazy("不接手")
    done = gettext_lazy("已答复不接手")

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def act(self, form: forms.Form) -> Any:
        return actions.decline(handover=self.offer(), by=self.user, on=self.today, **form.cleaned_data)

    def after(self) -> str:
        """Whoever declines may not see the case any more."""
        return reverse("workbench")


class Withdraw(OfClaims):
    title = gettext_lazy("撤回移交")
    button = gettext_lazy("撤回")
    done = gettext_lazy("已撤回移交")

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def act(self, form: forms.Form) -> Any:
        said = form.cleaned_data
        return actions.withdraw_handover(handover=self.offer(), by=self.user, on=self.today, **said)


class Accept(ProjectPage):
    """同意接手: one button in the panel; what stands in the way is told above the case file."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = ClaimHandover.objects.select_related("claim")
        offer = get_object_or_404(rows, pk=kwargs["offer"], claim__project=self.project)
        try:
            actions.accept(handover=offer, by=self.user, on=self.today)
        except Refused as refused:
            if refused.status == "forbidden":
                raise
            messages.error(request, str(refused))
        else:
            messages.success(request, _("已接手首接服务责任"))
        return redirect(reverse("project-detail", args=[self.project.pk]) + PANEL)


@needs(Can.RULE_ON_CLAIMS)
@require_safe
def conflict_list(request: HttpRequest) -> HttpResponse:
    """认领裁定: claims that stand against each other, each side with its traces, oldest conflict first."""
    user = signed_in(request)
    page = page_of(request, conflicts(user, today()))
    cases = zip(page.rows, sides(page.rows, today()), strict=True)
    context = {"page": page, "cases": list(cases)}
    return render(request, "projects/claim_conflicts.html", context)


@needs(Can.RULE_ON_CLAIMS)
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, claim: int) -> HttpResponse:
    """Rule on one conflict: which claim is upheld, and why."""
    user, day = signed_in(request), today()
    row = get_object_or_404(Claim.objects.visible_to(user).in_conflict(day), pk=claim)
    found = sides([row], day)[0]
    form = RulingForm([side.row for side in found], request.POST or None)
    if not (form.is_bound and form.is_valid()):
        return _ruling(request, found, form, status=FIELDS_WRONG if form.errors else 200)
    upheld = next(side.row for side in found if str(side.row.pk) == form.cleaned_data["upheld"])
    try:
        actions.rule_on_claims(upheld=upheld, by=user, on=day, reason=form.cleaned_data["reason"])
    except Refused as refused:
        return _ruling(request, found, form, refused, STATUS[refused.status])
    messages.success(request, _("已裁定，各方已收到通知"))
    return redirect("claim-conflicts")


def _ruling(
    request: HttpRequest,
    found: list[Side],
    form: forms.Form,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    rest = show(form, refused) if refused else []
    context = {
        "project": found[-1].row.project,
        "sides": found,
        "form": form,
        "refused": Refused(rest, refused.status) if refused and rest else None,
    }
    return render(request, "projects/claim_ruling.html", context, status=status)
