"""惠企政策 as the offices publish it: the list, a draft with whom it concerns, publishing, withdrawing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.roles import Can
from approvals.views.base import Page
from kernel.numbers import whole
from kernel.paging import page_of
from kernel.refusals import Refused
from projects.models import Project
from projects.views.base import STATUS, FormPage
from service.portal.policies import publishing, queries
from service.portal.policies.forms import PolicyForm, WithdrawForm, initial
from service.portal.policies.models import PolicyNotice, Stand


class OfOffice(Page):
    """A page for those who publish; others are refused, whatever the address."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            require(self.user, Can.PUSH_POLICIES)
        return super().dispatch(request, *args, **kwargs)

    def notice_of(self, pk: int) -> PolicyNotice:
        return get_object_or_404(PolicyNotice.objects.visible_to(self.user).for_list(), pk=pk)


class Policies(OfOffice):
    """What one's own offices (or those of the district) drafted and published, with who has read it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = page_of(request, PolicyNotice.objects.visible_to(self.user).for_list().order_by("-id"))
        lines = [(row, row.stand(self.today)) for row in page.rows]
        return render(request, "service/portal/policies/list.html", {"page": page, "lines": lines})


class Policy(OfOffice):
    """One of them: a draft with everybody it concerns, a published one with who has read it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(pk)

    def page(self, pk: int, refused: Refused | None = None) -> HttpResponse:
        row = self.notice_of(pk)
        stand = row.stand(self.today)
        context = {
            "row": row,
            "today": self.today,
            "stand": stand,
            "crumbs": [(_("惠企政策"), reverse("enterprise-policies"))],
            "conditions": conditions(row, self.today),
            "may_change": stand == Stand.DRAFT and publishing.may_change(self.user, row),
            "may_withdraw": stand != Stand.WITHDRAWN,
            "withdraw_form": WithdrawForm(),
            "refused": refused,
            **(self._preview(row) if stand == Stand.DRAFT else self._pushed(row)),
        }
        status = STATUS[refused.status] if refused else 200
        return render(self.request, "service/portal/policies/detail.html", context, status=status)

    def _preview(self, row: PolicyNotice) -> dict[str, Any]:
        """Whom it concerns: of these a user is shown by name what is in sight, the numbers are whole."""
        rows = queries.concerned_with_accounts(row, self.today)
        seen = Project.objects.visible_to(self.user).values("pk")
        page = page_of(self.request, rows.filter(pk__in=seen).select_related("case", "landing_unit"))
        return {"page": page, "matching": rows.count(), "told": queries.told(row, self.today).count()}

    def _pushed(self, row: PolicyNotice) -> dict[str, Any]:
        rows = row.pushes.visible_to(self.user).select_related("project__case", "project__landing_unit")
        return {"page": page_of(self.request, rows.select_related("read_by").order_by("-id"))}


def conditions(row: PolicyNotice, on: Any) -> list[tuple[str, str]]:
    """Whom it concerns, in words."""
    found = []
    for name, known in publishing.choices(on).items():
        codes, names = getattr(row, name), dict(known)
        label = str(PolicyForm.base_fields[name].label)
        words = "、".join(names.get(code, code) for code in codes)
        found.append((label, words or _("不限")))
    return found


class PolicyFormPage(FormPage, OfOffice):
    button = gettext_lazy("保存并查看匹配项目")
    done = gettext_lazy("已保存，请核对匹配的企业后发布")
    template = "service/portal/policies/form.html"
    row: PolicyNotice | None = None

    def after(self) -> str:
        return (
            reverse("enterprise-policy", args=[self.row.pk]) if self.row else reverse("enterprise-policies")
        )

    def frame(self) -> dict[str, Any]:
        return {"crumbs": [(_("惠企政策"), reverse("enterprise-policies"))], "back": self.after()}


class New(PolicyFormPage):
    title = gettext_lazy("起草惠企政策")
    lead = gettext_lazy("填好后先看匹配到哪些企业，核对无误再发布。")

    def make_form(self, data: Any = None, files: Any = None) -> PolicyForm:
        return PolicyForm(data, on=self.today)

    def act(self, form: Any) -> Any:
        self.row = publishing.draft(said=form.cleaned_data, by=self.user, on=self.today)


class Edit(PolicyFormPage):
    title = gettext_lazy("修改惠企政策")

    def make_form(self, data: Any = None, files: Any = None) -> PolicyForm:
        self.row = self.notice_of(self.kwargs["pk"])
        return PolicyForm(data, on=self.today, initial=initial(self.row))

    def act(self, form: Any) -> Any:
        assert self.row is not None
        publishing.revise(notice=self.row, said=form.cleaned_data, by=self.user, on=self.today)


class Publish(Policy):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.notice_of(pk)
        expected = whole(request.POST.get("expected")) or 0
        try:
            publishing.publish(notice=row, expected=expected, by=self.user, on=self.today)
        except Refused as refused:
            return self.page(pk, refused)
        messages.success(request, _("已发布"))
        return redirect("enterprise-policy", pk)


class Withdraw(Policy):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        reason = request.POST.get("reason", "")
        try:
            publishing.withdraw(notice=self.notice_of(pk), reason=reason, by=self.user, on=self.today)
        except Refused as refused:
            return self.page(pk, refused)
        messages.success(request, _("已撤回"))
        return redirect("enterprise-policy", pk)
