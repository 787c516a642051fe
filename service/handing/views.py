"""Pages of hand-overs: the inbox of a unit, one hand-over with its forms, a letter for one project."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from approvals.views.base import Page
from kernel.paging import page_of
from kernel.refusals import Refused
from policies.schema import HandoverRule
from projects.facts import rules_of
from projects.views.base import STATUS, ActionPage, FormPage
from service.handing import actions, pushing, queries
from service.handing.forms import AgainForm, LetterForm, ReasonForm
from service.handing.models import Handing, Receipt
from service.handing.permissions import may_answer, may_hand, require_answer, require_from, require_handing
from service.handing.rules import rule_of, waits_for
from service.scopes import Scopes

TABS = (
    ("mine", gettext_lazy("待我签收")),
    ("back", gettext_lazy("退回我单位的")),
    ("late", gettext_lazy("超期未签收")),
    ("waiting", gettext_lazy("待签收")),
    ("acknowledged", gettext_lazy("已签收")),
    ("all", gettext_lazy("全部")),
)


class Inbox(Page):
    """移交签收: what waits for my units first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.dict()
        show = asked.get("show") if asked.get("show") in queries.SHOWS else "mine"
        page = page_of(
            request, queries.filtered(self.user, asked | {"show": str(show)}, self.today).for_list()
        )
        context = {
            "page": page,
            "lines": [(row, row.light(self.today)) for row in page.rows],
            "tabs": TABS,
            "show": show,
            "asked": asked,
        }
        return render(request, "service/handing/list.html", context)


class Detail(Page):
    """One hand-over: from whom, by which way, and each receiver's answer with what this user may do."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show(self, pk)


def show(page: Page, pk: int, refused: Refused | None = None) -> HttpResponse:
    rows = queries.with_receipts(queries.visible(page.user))
    row: Any = get_object_or_404(rows, pk=pk)
    stands = row.withdrawn_on is None
    hands = stands and may_hand(page.user, row.from_unit_id)
    context = {
        "row": row,
        "crumbs": [(_("移交签收"), reverse("handings")),
                   (row.project.name, reverse("project-detail", args=[row.project_id]))],
        "lines": [_line(one, row, page, hands) for one in row.rows],
        "may_withdraw": hands,
        "letter_url": reverse("handing-letter", args=[row.project_id, row.rule])
        if hands and not row.letter_no else "",
        "reason_form": ReasonForm(),
        "refused": refused,
    }  # fmt: skip
    status = STATUS[refused.status] if refused else 200
    return render(page.request, "service/handing/detail.html", context, status=status)


def _line(one: Receipt, row: Handing, page: Page, hands: bool) -> dict[str, Any]:
    waits = one.is_waiting and row.withdrawn_on is None
    return {
        "row": one,
        "light": one.light(page.today),
        "may_answer": waits and may_answer(page.user, one),
        "may_again": hands and one.declined_on is not None and one.replaced_by_id is None,
    }


class Act(Page):
    """One POST, one action on a receipt; what it refuses is told above the hand-over."""

    http_method_names = ["post"]
    done: Any = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = queries.receipts(self.user).select_related("handing__project")
        receipt = get_object_or_404(rows, pk=pk)
        try:
            self.act(receipt)
        except Refused as refused:
            if refused.status == "forbidden":
                raise
            return show(self, receipt.handing_id, refused)
        messages.success(request, str(self.done))
        return redirect(self.after(receipt))

    def act(self, receipt: Receipt) -> None:
        raise NotImplementedError

    def after(self, receipt: Receipt) -> str:
        return reverse("handing", args=[receipt.handing_id])


class Acknowledge(Act):
    done = gettext_lazy("已签收")

    def act(self, receipt: Receipt) -> None:
        note = self.request.POST.get("note", "")
        actions.acknowledge(receipt=receipt, by=self.user, on=self.today, note=note)


class OfReceipt(FormPage, Page):
    """A form about one receipt in sight."""

    template = "service/handing/form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            rows = queries.receipts(self.user).select_related(
                "handing__project__case", "handing__from_unit", "unit"
            )
            self.receipt: Receipt = get_object_or_404(rows, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def after(self) -> str:
        return reverse("handing", args=[self.receipt.handing_id])

    def frame(self) -> dict[str, Any]:
        crumbs = [(_("移交签收"), reverse("handings")), (self.receipt.handing.name, self.after())]
        subject = f"{self.receipt.handing.project.name} · {self.receipt.unit}"
        return {"crumbs": crumbs, "back": self.after(), "subject": subject}


class Decline(OfReceipt):
    title = gettext_lazy("退回移交")
    lead = gettext_lazy("写明原因退回移交单位，由其改送或补充后重新移交。")
    button = gettext_lazy("退回")
    done = gettext_lazy("已退回移交单位")
    danger = True

    def check(self) -> None:
        require_answer(self.user, self.receipt)

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def act(self, form: forms.Form) -> None:
        reason = form.cleaned_data["reason"]
        actions.decline(receipt=self.receipt, reason=reason, by=self.user, on=self.today)

    def after(self) -> str:
        """Whoever gave it back may not see it any more."""
        return reverse("handings")


class Again(OfReceipt):
    title = gettext_lazy("重新移交")
    button = gettext_lazy("移交")
    done = gettext_lazy("已重新移交")

    def check(self) -> None:
        require_handing(self.user, self.receipt.handing)

    def make_form(self, data: Any = None, files: Any = None) -> AgainForm:
        kind = rules_of(self.receipt.handing.project).parts.get(self.receipt.part)
        return AgainForm(kind.kinds if kind else (), data, initial={"unit": self.receipt.unit_id})

    def act(self, form: forms.Form) -> None:
        unit = form.cleaned_data["unit"]
        actions.push_again(receipt=self.receipt, unit=unit, by=self.user, on=self.today)


class Withdraw(FormPage, Page):
    template = "service/handing/form.html"
    title = gettext_lazy("撤销移交")
    lead = gettext_lazy("移交有误时撤销；各接收单位的签收期限一并停止，记录留存。")
    button = gettext_lazy("撤销")
    done = gettext_lazy("已撤销移交")
    danger = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            rows = queries.visible(self.user).select_related("project__case", "from_unit")
            self.handing: Handing = get_object_or_404(rows, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def check(self) -> None:
        require_handing(self.user, self.handing)

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def act(self, form: forms.Form) -> None:
        reason = form.cleaned_data["reason"]
        actions.withdraw(handing=self.handing, reason=reason, by=self.user, on=self.today)

    def after(self) -> str:
        return reverse("handing", args=[self.handing.pk])

    def frame(self) -> dict[str, Any]:
        crumbs = [(_("移交签收"), reverse("handings")), (self.handing.name, self.after())]
        return {"crumbs": crumbs, "back": self.after(), "subject": self.handing.project.name}


class Letter(ActionPage):
    """函件移交 of one project; what the plan still waits for is shown beforehand."""

    needs = Can.ASSIGN_PARTS
    template = "service/handing/letter.html"
    title = gettext_lazy("函件移交")
    lead = gettext_lazy("平台未自动移交的，凭函件移交；已移交的，补登函件文号和扫描件。")
    button = gettext_lazy("移交")
    done = gettext_lazy("已登记函件移交")

    def check(self) -> None:
        require_from(self.user, self.project, self.rule)

    @property
    def rule(self) -> HandoverRule:
        return rule_of(self.project, self.kwargs["code"])

    def make_form(self, data: Any = None, files: Any = None) -> LetterForm:
        return LetterForm(data, files)

    def also(self, form: forms.Form) -> dict[str, Any]:
        standing = pushing.standing(self.project, self.rule.code)
        missing = [] if standing else waits_for(self.project, self.rule, Scopes(self.project))
        return {
            "subject": self.rule.name, "cited": self.rule, "missing": missing, "standing": standing,
            "button": _("补登") if standing else "",
        }  # fmt: skip

    def act(self, form: forms.Form) -> None:
        said = form.cleaned_data
        actions.by_letter(project=self.project, rule=self.rule.code, by=self.user, today=self.today, **said)
