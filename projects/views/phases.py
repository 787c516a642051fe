"""Moving a project on, putting it aside, taking it up again, giving it up."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.roles import Can
from kernel.numbers import whole
from projects import actions
from projects.facts import rules_of
from projects.forms import ReasonForm, ShelveForm
from projects.views.base import ActionPage, ProjectPage


class Advance(ProjectPage):
    """What is unmet is refused with clause and link, as its own page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        moved = actions.advance(
            project=self.project,
            by=self.user,
            on=self.today,
            expected_version=whole(request.POST.get("version")),
        )
        name = rules_of(moved).phase(moved.phase).name
        messages.success(request, _("已进入%(phase)s阶段") % {"phase": name})
        return redirect("project-detail", pk=self.project.pk)


class Shelve(ActionPage):
    needs = Can.SHELVE_PROJECT
    title = gettext_lazy("搁置项目")
    lead = gettext_lazy("正在计时的期限经另一人批准后停表，批准前照常计时；恢复推进后接着计算。")
    button = pgettext_lazy("verb", "搁置")
    done = gettext_lazy("项目已搁置")

    def make_form(self, data: Any = None, files: Any = None) -> ShelveForm:
        return ShelveForm(self.user, data)

    def act(self, form: forms.Form) -> Any:
        return actions.shelve(project=self.project, by=self.user, on=self.today, **form.cleaned_data)


class Resume(ActionPage):
    needs = Can.SHELVE_PROJECT
    title = gettext_lazy("恢复推进")
    lead = gettext_lazy("因搁置而停的期限从今天起继续计时。")
    button = gettext_lazy("恢复推进")
    done = gettext_lazy("项目已恢复推进")

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        form = ReasonForm(data)
        form.fields["reason"].required = False
        form.fields["reason"].label = _("说明")
        return form

    def act(self, form: forms.Form) -> Any:
        return actions.resume(project=self.project, by=self.user, on=self.today, **form.cleaned_data)


class Exit(ActionPage):
    needs = Can.EXIT_PROJECT
    title = gettext_lazy("项目退出")
    lead = gettext_lazy("退出后未办结的期限一律撤销；档案和记录全部保留，不能再推进。")
    button = gettext_lazy("确认退出")
    done = gettext_lazy("项目已退出")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def act(self, form: forms.Form) -> Any:
        return actions.exit_project(project=self.project, by=self.user, on=self.today, **form.cleaned_data)
