"""National project codes: those that a project holds, another one registered, a wrong one voided."""

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from projects import actions
from projects.forms import CodeForm, ReasonForm
from projects.models import ProjectCode
from projects.views.base import ActionPage
from projects.views.paging import newest_first

PAGE = 50


class Codes(ActionPage):
    needs = Can.EDIT_PROJECT
    title = gettext_lazy("投资项目代码")
    lead = gettext_lazy("一个项目可有多个代码；作废的保留备查。台账中可按完整代码查找。")
    button = gettext_lazy("登记")
    done = gettext_lazy("代码已登记")
    template = "projects/codes.html"

    def make_form(self, data: Any = None, files: Any = None) -> CodeForm:
        return CodeForm(data)

    def also(self, form: forms.Form) -> dict[str, Any]:
        rows = ProjectCode.objects.filter(project=self.project).select_related("voided_by")
        return {"listed": newest_first(rows, self.request, PAGE)}

    def act(self, form: forms.Form) -> Any:
        return actions.add_code(project=self.project, by=self.user, on=self.today, **form.cleaned_data)

    def after(self) -> str:
        return reverse("project-codes", args=[self.project.pk])


class VoidCode(ActionPage):
    needs = Can.EDIT_PROJECT
    title = gettext_lazy("作废投资项目代码")
    lead = gettext_lazy("代码留在档案中，标明已作废。")
    button = gettext_lazy("作废")
    done = gettext_lazy("代码已作废")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"subject": self._code().code}

    def act(self, form: forms.Form) -> Any:
        return actions.void_code(code=self._code(), by=self.user, on=self.today, **form.cleaned_data)

    def after(self) -> str:
        return reverse("project-codes", args=[self.project.pk])

    def _code(self) -> ProjectCode:
        return get_object_or_404(ProjectCode, pk=self.kwargs["code"], project=self.project)
