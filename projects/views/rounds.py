"""二次投资: naming the first project of an enterprise, and taking that back."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from projects import actions
from projects.form_fields import Words
from projects.forms import ReasonForm
from projects.models import Project
from projects.rounds import first_of
from projects.views.base import ActionPage

OFFERED = 50


class FirstForm(forms.Form):
    """By number: of the same enterprise the ones in sight are offered, any other may be typed."""

    first = forms.CharField(
        label=gettext_lazy("首个项目的编号"), max_length=40, widget=forms.TextInput(attrs={"list": "firsts"})
    )
    reason = Words(
        label=gettext_lazy("说明"), max_length=300, rows=2, required=False,
        help_text=gettext_lazy("投资企业不同的（如新设公司）必须填写"),
    )  # fmt: skip

    def __init__(self, user: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_first(self) -> Project:
        code = self.cleaned_data["first"].strip()
        rows = Project.objects.visible_to(self.user).filter(case__code=code)
        found = rows.select_related("case").first()
        if found is None:
            raise forms.ValidationError(_("没有编号为“%(code)s”的项目，或您看不到它") % {"code": code})
        return found


class LinkFirst(ActionPage):
    needs = Can.EDIT_PROJECT
    title = gettext_lazy("关联首个项目")
    lead = gettext_lazy("已落地企业再次投资的，关联其首个项目；两个项目的档案互相可见。")
    button = gettext_lazy("关联")
    done = gettext_lazy("已关联")
    template = "projects/first.html"

    def make_form(self, data: Any = None, files: Any = None) -> FirstForm:
        return FirstForm(self.user, data)

    def also(self, form: forms.Form) -> dict[str, Any]:
        same = Project.objects.visible_to(self.user).filter(enterprise=self.project.enterprise_id)
        rows = same.exclude(pk=self.project.pk).select_related("case").order_by("pk")
        offered = list(rows[:OFFERED]) if self.project.enterprise_id else []
        return {"offered": offered, "first": first_of(self.project, self.user)}

    def act(self, form: forms.Form) -> Any:
        return actions.link_first(project=self.project, by=self.user, on=self.today, **form.cleaned_data)


class UnlinkFirst(ActionPage):
    needs = Can.EDIT_PROJECT
    title = gettext_lazy("取消关联首个项目")
    button = gettext_lazy("取消关联")
    done = gettext_lazy("已取消")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def act(self, form: forms.Form) -> Any:
        return actions.unlink_first(project=self.project, by=self.user, on=self.today, **form.cleaned_data)

    def after(self) -> str:
        return reverse("project-detail", args=[self.project.pk])
