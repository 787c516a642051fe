"""Pages: the sittings with what waits for them, one sitting with its docket, and its forms."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from approvals.models import Opinion
from approvals.sittings import actions, holding, papers, queries
from approvals.sittings.forms import HoldForm, PlanForm, ReasonForm
from approvals.sittings.models import DocketItem, Sitting
from approvals.sittings.permissions import may_keep, require_keeper, visible
from approvals.views.base import Page, refused_on
from kernel.paging import page_of
from kernel.refusals import Refused
from projects.views.base import FIELDS_WRONG, STATUS

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Sittings(Page):
    """Under tabs: sittings, and the questions that wait for one (待上会)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        waits = request.GET.get("tab") == "waiting"
        context: dict[str, Any] = {"tab": "waiting" if waits else "sittings"}
        if waits:
            context["waiting"] = queries.waiting(self.user)
        else:
            context["page"] = page_of(request, queries.filtered(self.user, request.GET.dict()))
        context["may_plan"] = bool(_bodies(self))
        return render(request, "approvals/sittings/list.html", context)


def _bodies(page: Page) -> list[Unit]:
    """Bodies that this user keeps and that have had, or now wait for, a sitting."""
    found = {row.unit for row in queries.waiting(page.user)} | set(queries.bodies(page.user))
    return sorted((row for row in found if may_keep(row, page.user)), key=lambda row: row.pk)


class SittingPage(Page):
    sitting: Sitting

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.sitting = get_object_or_404(visible(self.user), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def items(self) -> list[DocketItem]:
        return list(queries.docket(self.sitting, self.user))


class Docket(SittingPage):
    """One sitting; POST puts a waiting question of its body on the docket."""

    def get(self, request: HttpRequest, pk: int, refused: Refused | None = None) -> HttpResponse:
        keeps = self.sitting.is_planned and may_keep(self.sitting.body, self.user)
        context = {
            "sitting": self.sitting,
            "items": self.items(),
            "keeps": keeps,
            "waiting": queries.waiting(self.user, [self.sitting.body]) if keeps else [],
            "refused": refused,
            "crumbs": [(_("会议审议"), reverse("sittings"))],
        }
        status = STATUS[refused.status] if refused else 200
        return render(request, "approvals/sittings/sitting.html", context, status=status)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        key = request.POST.get("opinion", "")
        rows = Opinion.objects.visible_to(self.user).select_related("step__case")
        row = get_object_or_404(rows, pk=key if key.isdecimal() else 0)
        try:
            actions.add_item(sitting=self.sitting, opinion=row, by=self.user, on=self.today)
        except Refused as refused:
            if refused.status == "forbidden":
                raise
            return self.get(request, pk, refused)
        messages.success(request, _("已列入议程"))
        return redirect("sitting", pk)


class _Form(Page):
    title: ClassVar[str | Promise]
    button: ClassVar[str | Promise]

    def make_form(self, *data: Any) -> Any:
        raise NotImplementedError

    def act(self, form: Any) -> Sitting:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.make_form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.show(form, status=FIELDS_WRONG)
        try:
            row = self.act(form)
        except Refused as refused:
            if refused.status == "forbidden":
                raise
            return self.show(form, refused_on(form, refused), STATUS[refused.status])
        return redirect("sitting", row.pk)

    def show(self, form: forms.Form, refused: Refused | None = None, status: int = 200) -> HttpResponse:
        context = {
            "page": self, "form": form, "refused": refused, "crumbs": [(_("会议审议"), reverse("sittings"))],
        }  # fmt: skip
        return render(self.request, "approvals/sittings/form.html", context, status=status)


class Plan(_Form):
    title = gettext_lazy("安排会议")
    button = gettext_lazy("安排")

    def make_form(self, *data: Any) -> PlanForm:
        return PlanForm(*data, bodies=_bodies(self))

    def act(self, form: PlanForm) -> Sitting:
        return actions.plan_sitting(by=self.user, on=self.today, **form.cleaned_data)


class Cancel(_Form, SittingPage):
    title = gettext_lazy("取消会议")
    button = gettext_lazy("取消会议")

    def make_form(self, *data: Any) -> ReasonForm:
        require_keeper(self.sitting.body, self.user)
        return ReasonForm(*data)

    def act(self, form: ReasonForm) -> Sitting:
        return actions.cancel_sitting(
            sitting=self.sitting, by=self.user, on=self.today, reason=form.cleaned_data["reason"]
        )


class TakeOff(_Form, SittingPage):
    title = gettext_lazy("撤下议题")
    button = gettext_lazy("撤下")

    def make_form(self, *data: Any) -> ReasonForm:
        require_keeper(self.sitting.body, self.user)
        return ReasonForm(*data)

    def act(self, form: ReasonForm) -> Sitting:
        item = get_object_or_404(queries.docket(self.sitting, self.user), pk=self.kwargs["item"])
        reason = form.cleaned_data["reason"]
        actions.take_off_item(item=item, by=self.user, on=self.today, reason=reason)
        return self.sitting


class Hold(_Form, SittingPage):
    title = gettext_lazy("记录会议纪要")
    button = gettext_lazy("形成纪要")

    def make_form(self, *data: Any) -> HoldForm:
        require_keeper(self.sitting.body, self.user)
        return HoldForm(*data, items=queries.docket(self.sitting, self.user).open())

    def act(self, form: HoldForm) -> Sitting:
        return holding.hold_sitting(
            sitting=self.sitting, rulings=form.rulings(), by=self.user, on=self.today,
            held_on=form.cleaned_data["held_on"],
        )  # fmt: skip


class Word(SittingPage):
    """The docket, or once held the minutes, of the items in sight."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        items = [row for row in self.items() if not row.gone_as]
        make = papers.minutes if self.sitting.held_on else papers.docket
        answer = HttpResponse(make(self.sitting, items), content_type=WORD)
        answer["Content-Disposition"] = f'attachment; filename="sitting-{pk}.docx"'
        answer["Cache-Control"] = "private, no-store"
        return answer
