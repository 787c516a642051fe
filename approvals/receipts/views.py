"""Pages of 办理回执单: the slip of one project, an entry, one struck out, sending it up, the Word file."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.access import acting_unit
from accounts.roles import Can
from approvals.models import ReceiptEntry, ReceiptSending
from approvals.receipts import actions, word
from approvals.receipts.forms import EntryForm, SendForm, StrikeForm
from approvals.receipts.models import Level
from approvals.receipts.permissions import may_keep, require_keeper, rule_for
from approvals.receipts.rows import lines_of
from projects.views.base import ActionPage, ProjectPage, crumbs

SENDINGS = 20


class Slip(ProjectPage):
    """The slip as it stands, and what was sent of it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rule = rule_for(self.project)
        sent = ReceiptSending.objects.filter(case_id=self.project.pk).select_related("by")
        context = {
            "project": self.project,
            "plan": rule,
            "crumbs": crumbs(self.project),
            "lines": lines_of(self.project),
            "sendings": sent[:SENDINGS],
            "may_keep": may_keep(self.project, rule, self.user) and self.project.is_running,
        }
        return render(request, "approvals/receipts/slip.html", context)


class Word(ProjectPage):
    """The slip as a file, or with ``?sending=`` as it was sent."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rule_for(self.project)
        rows = ReceiptSending.objects.filter(case_id=self.project.pk)
        key = kwargs.get("sending")
        sending = get_object_or_404(rows, pk=key) if key else None
        unit = acting_unit(self.user)
        return word.answer(self.project, self.today, unit.name if unit else "", sending)


class SlipForm(ActionPage):
    """A form about the slip, for its keepers."""

    needs = Can.RECORD_CONTACT

    def check(self) -> None:
        require_keeper(self.project, rule_for(self.project), self.user)

    def after(self) -> str:
        return reverse("receipt", args=[self.project.pk])

    def frame(self) -> dict[str, Any]:
        return super().frame() | {"back": self.after(), "cited": rule_for(self.project)}


class AddEntry(SlipForm):
    title = gettext_lazy("填写回执单")
    lead = gettext_lazy("各项许可的申请和办结自动列入，不必再填；这里填写各部门的其他服务。")
    button = gettext_lazy("保存")
    done = gettext_lazy("已填入回执单")

    def make_form(self, data: Any = None, files: Any = None) -> EntryForm:
        return EntryForm(data)

    def act(self, form: forms.Form) -> None:
        actions.add_entry(project=self.project, by=self.user, today=self.today, **form.cleaned_data)


class Strike(SlipForm):
    title = gettext_lazy("作废回执单记录")
    button = gettext_lazy("作废")
    done = gettext_lazy("该记录已作废")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> StrikeForm:
        return StrikeForm(data)

    def act(self, form: forms.Form) -> None:
        entry = get_object_or_404(ReceiptEntry, pk=self.kwargs["entry"], case_id=self.project.pk)
        actions.strike_entry(entry=entry, by=self.user, on=self.today, **form.cleaned_data)


class Send(SlipForm):
    title = gettext_lazy("报送回执单")
    lead = gettext_lazy("报送时的内容随即固定，留存备查。")
    button = gettext_lazy("报送")
    done = gettext_lazy("已报送")

    def make_form(self, data: Any = None, files: Any = None) -> SendForm:
        form = SendForm(data)
        if not rule_for(self.project).goes_further:
            form.fields["level"].choices = [(Level.LEADER.value, Level.LEADER.label)]  # type: ignore[attr-defined]
        return form

    def act(self, form: forms.Form) -> None:
        actions.send_receipt(project=self.project, by=self.user, on=self.today, **form.cleaned_data)
