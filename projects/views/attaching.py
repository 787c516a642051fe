"""Papers of a case: uploaded under a kind that the plan knows, withdrawn with a reason."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from documents.actions import attach, kinds_of, withdraw_attachment
from documents.models import Attachment
from projects.facts import rules_of
from projects.forms import AttachForm, ReasonForm
from projects.permissions import may_on
from projects.views.base import ActionPage, ProjectPage, crumbs
from projects.views.paging import newest_first

PAGE = 50


class Papers(ProjectPage):
    """Every paper of the case, newest first, withdrawn ones marked."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        kinds = kinds_of(self.project.case)
        found = newest_first(
            Attachment.objects.filter(case_id=self.project.pk).select_related("uploaded_by"), request, PAGE
        )
        context = {
            "project": self.project,
            "crumbs": crumbs(self.project),
            "page": found,
            "lines": [{"row": row, "kind": kinds.get(row.kind, row.kind)} for row in found.rows],
            "may": {"attach": may_on(self.user, Can.ATTACH, self.project)},
        }
        return render(request, "projects/papers.html", context)


class Attach(ActionPage):
    needs = Can.ATTACH
    title = gettext_lazy("上传材料")
    lead = gettext_lazy("同一类别再次上传即为新版本，旧版本保留。")
    button = gettext_lazy("上传")
    done = gettext_lazy("材料已上传")

    def make_form(self, data: Any = None, files: Any = None) -> AttachForm:
        kinds, kind = kinds_of(self.project.case), self.request.GET.get("kind", "")
        return AttachForm(kinds, data, files, initial={"kind": kind if kind in kinds else "other"})

    def also(self, form: forms.Form) -> dict[str, Any]:
        """The rule that asks for the paper, where a gate sent the user here."""
        return {"cited": rules_of(self.project).documents.get(self.request.GET.get("kind", ""))}

    def act(self, form: forms.Form) -> Any:
        return attach(case=self.project.case, by=self.user, **form.cleaned_data)

    def after(self) -> str:
        return reverse("project-detail", args=[self.project.pk]) + "#panel-attachments"


class WithdrawPaper(ActionPage):
    needs = Can.ATTACH
    title = gettext_lazy("撤回材料")
    lead = gettext_lazy("材料留在档案中，标明已撤回，不再作为佐证。")
    button = gettext_lazy("撤回")
    done = gettext_lazy("材料已撤回")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"subject": self._paper().name}

    def act(self, form: forms.Form) -> Any:
        return withdraw_attachment(attachment=self._paper(), by=self.user, on=self.today, **form.cleaned_data)

    def after(self) -> str:
        return reverse("project-detail", args=[self.project.pk]) + "#panel-attachments"

    def _paper(self) -> Attachment:
        return get_object_or_404(Attachment, pk=self.kwargs["paper"], case_id=self.project.pk)
