"""企业账号 as the offices see it: who speaks for the project, what is asked of it, what it asks."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.access import can
from accounts.roles import Can
from assignments.permissions import may_answer
from kernel.refusals import Refused
from projects.facts import rules_of
from projects.permissions import may_on
from projects.views.base import FIELDS_WRONG, STATUS, FormPage, ProjectPage, crumbs, show
from service.portal import asking, opening, requesting
from service.portal.forms import AnswerForm, AskForm, LinkForm, OpenForm
from service.portal.models import Ask, EnterpriseAccount, EnterpriseRequest
from service.portal.policies.models import PolicyPush

LATEST = 50


class Accounts(ProjectPage):
    """Who speaks for the enterprise, what was asked of it and what it asked; forms for those who serve it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page()

    def page(self, refused: Refused | None = None, status: int = 200, **more: Any) -> HttpResponse:
        project = self.project
        rows = EnterpriseAccount.objects.filter(project=project).select_related(
            "user", "opened_by", "ended_by"
        )
        asks = Ask.objects.filter(project=project).standing().select_related("asked_by", "done_by")
        context = {
            "project": project,
            "crumbs": crumbs(project),
            "today": self.today,
            "accounts": list(rows[:LATEST]),
            "absorbed": self._of_doubles(),
            "asks": list(asks[:LATEST]),
            "requests": list(EnterpriseRequest.objects.filter(project=project).for_list()[:LATEST]),
            "portal": rules_of(project).portal,
            "pushes": list(PolicyPush.objects.filter(project=project).standing()[:LATEST]),
            "may_push": can(self.user, Can.PUSH_POLICIES),
            "may": may_on(self.user, Can.OPEN_PORTAL, project),
            "open_form": OpenForm(),
            "link_form": LinkForm(),
            "ask_form": AskForm(),
            "refused": refused,
        }
        return render(self.request, "service/portal/accounts.html", context | more, status=status)

    def _of_doubles(self) -> list[EnterpriseAccount]:
        """Accounts of projects merged into this one: they see neither until somebody links them."""
        rows = EnterpriseAccount.objects.in_force(self.today).filter(project__merged_into=self.project)
        known = EnterpriseAccount.objects.in_force(self.today).filter(project=self.project)
        return list(rows.exclude(user__in=known.values("user")).select_related("user")[:LATEST])

    def account_of(self, pk: int) -> EnterpriseAccount:
        rows = EnterpriseAccount.objects.filter(project=self.project).select_related("user", "project__case")
        return get_object_or_404(rows, pk=pk)

    def refuse(self, refused: Refused, name: str = "", form: Any = None) -> HttpResponse:
        """The page again: each objection at its field, the rest above; a form that was filled in stays."""
        if refused.status == "forbidden":
            raise refused
        rest = show(form, refused) if form is not None else refused.unmet
        more = {name: form} if name else {}
        left = Refused(rest, refused.status) if rest else None
        return self.page(left, STATUS[refused.status], **more)

    def back(self, words: str) -> HttpResponse:
        messages.success(self.request, words)
        return redirect("enterprise-accounts", self.project.pk)


class _Posted(Accounts):
    """A form of that page: checked, then its one action."""

    http_method_names = ["post"]
    name = ""
    form_class: type[django_forms.Form]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.page(None, FIELDS_WRONG, **{self.name: form})
        try:
            return self.act(form)
        except Refused as refused:
            return self.refuse(refused, self.name, form)

    def act(self, form: Any) -> HttpResponse:
        raise NotImplementedError


class Open(_Posted):
    """The page that shows the first password, once: it is not kept, so it cannot be redirected to."""

    name, form_class = "open_form", OpenForm

    def act(self, form: Any) -> HttpResponse:
        made = opening.open_account(project=self.project, by=self.user, on=self.today, **form.cleaned_data)
        return self.page(secret=made.password, person=made.account.user)


class Link(_Posted):
    name, form_class = "link_form", LinkForm

    def act(self, form: Any) -> HttpResponse:
        username = form.cleaned_data["existing"]
        made = opening.link_account(project=self.project, username=username, by=self.user, on=self.today)
        return self.back(_("已关联企业账号%(name)s") % {"name": made.account.user.name})


class AskOf(_Posted):
    name, form_class = "ask_form", AskForm

    def act(self, form: Any) -> HttpResponse:
        asking.ask(project=self.project, by=self.user, on=self.today, **form.cleaned_data)
        return self.back(_("已告知企业"))


class End(Accounts):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row, reason = self.account_of(kwargs["account"]), request.POST.get("reason", "")
        try:
            opening.end_account(account=row, reason=reason, by=self.user, on=self.today)
        except Refused as refused:
            return self.refuse(refused)
        return self.back(_("企业账号已停用"))


class Password(Accounts):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = self.account_of(kwargs["account"])
        try:
            secret = opening.renew_password(account=row, by=self.user, on=self.today)
        except Refused as refused:
            return self.refuse(refused)
        return self.page(secret=secret, person=row.user)


class WithdrawAsk(Accounts):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = Ask.objects.filter(project=self.project).select_related("project__case")
        row = get_object_or_404(rows, pk=kwargs["ask"])
        try:
            asking.withdraw_ask(ask=row, reason=request.POST.get("reason", ""), by=self.user, on=self.today)
        except Refused as refused:
            return self.refuse(refused)
        return self.back(_("已撤回"))


class Request(FormPage, ProjectPage):
    """One request of the enterprise, with the form that answers it."""

    title = gettext_lazy("企业诉求")
    button = gettext_lazy("答复企业")
    done = gettext_lazy("已答复，待企业评价")
    template = "service/portal/staff_request.html"

    def make_form(self, data: Any = None, files: Any = None) -> AnswerForm:
        rows = EnterpriseRequest.objects.filter(project=self.project).for_list()
        related = ("project__case", "assignment__case", "assignment__user")
        self.row = get_object_or_404(rows.select_related(*related), pk=self.kwargs["id"])
        return AnswerForm(data)

    def frame(self) -> dict[str, Any]:
        here = [*crumbs(self.project), (_("企业账号"), self.after())]
        return {"project": self.project, "crumbs": here, "back": self.after(), "unmet": []}

    def also(self, form: Any) -> dict[str, Any]:
        last = self.row.latest
        open_ = self.row.assignment.is_open and not (last and not last.verdict)
        return {
            "row": self.row,
            "answers": list(self.row.answers.select_related("by", "unit")),
            "may_answer": open_ and may_answer(self.user, self.row.assignment),
            "today": self.today,
        }

    def act(self, form: Any) -> Any:
        return requesting.answer(request=self.row, by=self.user, on=self.today, **form.cleaned_data)

    def after(self) -> str:
        return reverse("enterprise-accounts", args=[self.project.pk])


open_account = never_cache(Open.as_view())
renew_password = never_cache(Password.as_view())
