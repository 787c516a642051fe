"""Figures: what is in force and what it replaced, each as written, with its source."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from documents.actions import attach
from projects import actions
from projects.forms import MoneyForm
from projects.models import Measure, Money
from projects.permissions import may_on
from projects.views import reopening
from projects.views.base import ActionPage, ProjectPage, crumbs
from projects.views.paging import newest_first

PAGE = 40
FOREIGN = ("currency", "rate", "rate_on")


class Figures(ProjectPage):
    """Every figure ever stated, newest first."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = Money.objects.filter(project=self.project)
        rows = rows.select_related("recorded_by", "evidence", "superseded_by")
        context = {
            "project": self.project,
            "crumbs": crumbs(self.project),
            "page": newest_first(rows, request, PAGE, keys=("on", "id")),
            "may_record": may_on(self.user, Can.RECORD_MONEY, self.project),
            "may_correct": may_on(self.user, Can.CORRECT_PROJECT, self.project),
            "paid_in": Measure.PAID_IN.value,
        }
        return render(request, "projects/money.html", context)


class State(ActionPage):
    needs = Can.RECORD_MONEY
    title = gettext_lazy("登记资金")
    lead = gettext_lazy("照原文登记；同一口径的旧数保留备查。到位资金逐笔登记，自动累加。")
    button = gettext_lazy("登记")
    done = gettext_lazy("资金已登记")
    template = "projects/money_new.html"
    moves: list[str] | None = None

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What would reopen is shown before it is saved; the next click saves knowingly."""
        self.check()
        form = self.make_form(request.POST, request.FILES)
        if form.is_valid():
            said = {name: form.cleaned_data[name] for name in ("measure", "raw", *FOREIGN)}
            told = reopening.told(
                request, form, lambda: actions.preview_money(project=self.project, by=self.user, **said)
            )
            if told:
                self.moves = told
                return self.page(form)
        return super().post(request, **kwargs)

    def make_form(self, data: Any = None, files: Any = None) -> MoneyForm:
        measure = self.request.GET.get("measure", "")
        return MoneyForm(
            data, files, initial={"measure": measure if measure in Measure.values else Measure.TOTAL}
        )

    def also(self, form: forms.Form) -> dict[str, Any]:
        """Foreign money is rare here: its fields are folded away until they are needed."""
        foreign = bool(form.data) and form.data.get("currency") != "CNY"
        names = [name for name in form.fields if name not in FOREIGN]
        return {"plain": [form[x] for x in names], "fx": [form[x] for x in FOREIGN], "foreign": foreign,
                "moves": self.moves}  # fmt: skip

    @transaction.atomic
    def act(self, form: forms.Form) -> Any:
        data = dict(form.cleaned_data)
        upload = data.pop("upload")
        if upload:
            note = _("资金佐证：%(measure)s") % {"measure": Measure(data["measure"]).label}
            data["evidence"] = attach(
                case=self.project.case, kind="other", upload=upload, by=self.user, on=data["on"], note=note
            )
        return actions.set_money(project=self.project, by=self.user, **data)

    def after(self) -> str:
        return reverse("project-detail", args=[self.project.pk]) + "#panel-money"
