"""Editing the plain fields; two people at once lose nothing."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from kernel.refusals import Refused
from projects import actions, coded
from projects.actions.enterprises import lock_investor
from projects.facts import rules_of
from projects.forms import EditForm
from projects.models import Project
from projects.regions import regions
from projects.views import reopening
from projects.views.base import ActionPage, project_of


class Edit(ActionPage):
    needs = Can.EDIT_PROJECT
    title = gettext_lazy("编辑项目")
    button = gettext_lazy("保存")
    done = gettext_lazy("已保存")
    template = "projects/edit.html"
    differences: list[tuple[str, str, str]] | None = None
    moves: list[str] | None = None

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What would reopen is shown before it is saved; the next click saves knowingly."""
        self.check()
        form = self.make_form(request.POST)
        if form.is_valid():
            changes = {name: form.cleaned_data[name] for name in form.asked}
            told = reopening.told(
                request,
                form,
                lambda: actions.preview_edit(project=self.project, changes=changes, by=self.user),
            )
            if told:
                self.moves = told
                return self.page(form)
        return super().post(request, **kwargs)

    def make_form(self, data: Any = None, files: Any = None) -> EditForm:
        return EditForm(self.project, data)

    @transaction.atomic
    def act(self, form: forms.Form) -> Project:
        assert isinstance(form, EditForm)
        data = form.cleaned_data
        lock_investor(self.project)
        changes = {name: data[name] for name in form.asked}
        if form.another_investor():
            investor = actions.EnterpriseData(**form.investor())
            changes["enterprise"] = actions.find_or_create_enterprise(data=investor, by=self.user)
        edited = actions.edit(
            project=self.project,
            by=self.user,
            on=self.today,
            changes=changes,
            reason=data.get("reason", ""),
            expected_version=data["version"],
        )
        if data["enterprise"] and edited.enterprise_id == self.project.enterprise_id:
            actions.edit_enterprise(
                project=edited, by=self.user, on=self.today, changes=form.investor_changes()
            )
        return edited

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"differences": self.differences, "regions": regions(), "moves": self.moves}

    def page(self, form: forms.Form, refused: Refused | None = None, status: int = 200) -> HttpResponse:
        if refused and refused.status == "conflict" and isinstance(form, EditForm):
            self._compare(form)
        return super().page(form, refused, status)

    def _compare(self, form: EditForm) -> None:
        """What stands there now beside what the user wrote; the next click saves knowingly."""
        now = project_of(self.request, self.project.pk)
        data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["version"] = str(now.version)
        form.data = data
        self.differences = [
            (str(form.fields[name].label), _say(now, name), _typed(now, form, name))
            for name in form.asked
            if (getattr(now, name) or "") != (form.cleaned_data.get(name) or "")
        ]


def _say(project: Project, name: str) -> str:
    if name in coded.TABLES:
        return _codes(project, name, getattr(project, name))
    return _word(getattr(project, f"get_{name}_display", lambda: getattr(project, name))())


def _codes(project: Project, name: str, value: str) -> str:
    return _word(coded.said(coded.names(rules_of(project), name), value))


def _choices(field: Any) -> Any:
    return field.choices


def _typed(project: Project, form: forms.Form, name: str) -> str:
    value = form.cleaned_data.get(name)
    if name in coded.TABLES:
        return _codes(project, name, value or "")
    field = form.fields[name]
    words = (
        {str(key): word for key, word in _choices(field)} if isinstance(field, forms.TypedChoiceField) else {}
    )
    return _word(words.get(str(value), value))


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value) if value not in (None, "") else "—"
