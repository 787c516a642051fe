"""Pages of signings: sign, what was signed of a project, void one, the ledger of the district."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.access import can
from accounts.models import Unit
from accounts.roles import Can
from approvals import actions, signing_queries
from approvals.binding import current_versions
from approvals.models import AgreementVersion, Signing
from approvals.signing_export import signings_file
from approvals.signing_forms import SignForm, VoidForm
from approvals.signing_rules import gate_of, kind_of
from approvals.terms import shown
from approvals.views.base import Page
from kernel.clock import today
from kernel.paging import page_of
from kernel.refusals import Refused, Unmet
from policies.schema import Milestone
from projects.actions.milestones import missing_for, require_named
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.permissions import may_on, require_sight
from projects.views.base import ActionPage, ProjectPage, crumbs, user_of

FOREIGN = ("currency", "rate", "rate_on")
SUPPLIED = ("field:contract", "field:agreement_grade", "document:")
"""What the form itself brings: not shown as missing beforehand."""


class New(ActionPage):
    """签约: what is signed, and the deed; what stands in the way is shown before the form is sent."""

    needs = Can.RECORD_MILESTONE
    title = gettext_lazy("登记签约")
    button = gettext_lazy("登记签约")
    done = gettext_lazy("签约已登记")
    template = "approvals/signing_form.html"

    def check(self) -> None:
        rule = gate_of(rules_of(self.project))
        if rule is None:
            raise Refused.because("not_in_plan", _("所适用的制度没有签约的规定"))
        require_sight(self.user, self.project)
        require_named(self.project, rule, self.user)
        self.rule: Milestone = rule

    @property
    def first(self) -> bool:
        """What the form was shown for; the action refuses it where somebody signed meanwhile."""
        if self.request.method == "POST":
            return self.request.POST.get("adds", "") not in ("True", "true", "1", "on")
        return self.rule.code not in reached_codes(self.project)

    def version(self) -> AgreementVersion | None:
        kind = kind_of(rules_of(self.project))
        return current_versions(self.project.pk).get(kind.code) if kind else None

    def make_form(self, data: Any = None, files: Any = None) -> SignForm:
        rules = rules_of(self.project)
        return SignForm(self.project, rules, data, files, version=self.version(), first=self.first)

    def also(self, form: forms.Form) -> dict[str, Any]:
        rules, version, first = rules_of(self.project), self.version(), self.first
        terms = [
            (t, shown(t, version.values[t.code])) for t in rules.terms if version and t.code in version.values
        ]
        unmet = self._missing() if first and not form.is_bound else []
        names = [name for name in form.fields if name not in (*FOREIGN, "version", "adds")]
        foreign = form.is_bound and form.data.get("currency") != "CNY"
        return {"plain": [form[x] for x in names], "fx": [form[x] for x in FOREIGN], "foreign": foreign,
                "cited": self.rule, "version": version, "terms": terms, "first": first, "unmet": unmet,
                "back": reverse("signings-of", args=[self.project.pk])}  # fmt: skip

    def _missing(self) -> list[Unmet]:
        found = missing_for(self.project, self.rule, rules_of(self.project))
        return [item for item in found if not item.code.startswith(SUPPLIED)]

    def act(self, form: forms.Form) -> None:
        assert isinstance(form, SignForm)
        actions.sign(
            project=self.project, deed=form.deed(), by=self.user, on=form.cleaned_data["on"], today=self.today
        )

    def after(self) -> str:
        return reverse("signings-of", args=[self.project.pk])


class OfProject(ProjectPage):
    """Every signing of a project with the total: the first and what was added."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows, total = signing_queries.of_project(self.project)
        rule = gate_of(rules_of(self.project))
        context = {
            "project": self.project,
            "crumbs": crumbs(self.project),
            "rows": rows,
            "total": total,
            "rule": rule,
            "may_sign": rule is not None and self._may_sign(rule),
            "may_void": may_on(self.user, Can.WITHDRAW_MILESTONE, self.project),
        }
        return render(request, "approvals/signings_of.html", context)

    def _may_sign(self, rule: Milestone) -> bool:
        try:
            require_named(self.project, rule, self.user)
        except Refused:
            return False
        may = may_on(self.user, Can.RECORD_MILESTONE, self.project)
        return may and self.project.is_running and not self.project.merged_into_id


class Void(ActionPage):
    needs = Can.WITHDRAW_MILESTONE
    title = gettext_lazy("作废签约")
    lead = gettext_lazy("作废首次签约即撤销签约里程碑；作废增量签约，其金额不再计入。记录留存。")
    button = gettext_lazy("作废")
    done = gettext_lazy("签约已作废")
    danger = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            rows = signing_queries.visible(request.user)
            self.signing: Signing = get_object_or_404(rows, pk=kwargs["pk"])
            kwargs["pk"] = self.signing.case_id
        return super().dispatch(request, *args, **kwargs)

    def make_form(self, data: Any = None, files: Any = None) -> VoidForm:
        return VoidForm(data)

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"subject": str(self.signing.signed_on), "back": self.after()}

    def act(self, form: forms.Form) -> None:
        reason = form.cleaned_data["reason"]
        actions.void_signing(signing=self.signing, by=self.user, on=self.today, reason=reason)

    def after(self) -> str:
        return reverse("signings-of", args=[self.project.pk])


class Ledger(Page):
    """签约台账: the signings in sight by event, unit and period."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.dict()
        rows = signing_queries.filtered(self.user, asked).for_list()
        context = {
            "page": page_of(request, rows),
            "asked": asked,
            "units": Unit.objects.in_force(self.today).order_by("kind", "name"),
            "may_export": can(self.user, Can.EXPORT_LEDGER),
            "query": urlencode({key: value for key, value in asked.items() if key != "page"}),
        }
        return render(request, "approvals/signings.html", context)


@login_required
@require_GET
def export(request: HttpRequest) -> FileResponse:
    """The filtered signings as .xlsx; the temporary file goes as soon as it is open."""
    path = signings_file(by=user_of(request), asked=request.GET.dict(), request=request)
    with_name = _("签约台账") + f"-{today():%Y%m%d}.xlsx"
    try:
        return FileResponse(path.open("rb"), as_attachment=True, filename=with_name)
    finally:
        path.unlink(missing_ok=True)
