"""Pages: the sittings with what waits for them, one sitting with its docket, and its forms."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from approvals.models import Opinion
from approvals.sittings import actions, holding, papers, queries
from approvals.sittings.forms import ChangeForm, HoldForm, PlanForm, PostponeForm, ReasonForm
from approvals.sittings.models import DocketItem, Sitting
from approvals.sittings.permissions import may_keep, require_keeper, visible
from approvals.views.base import Page
from kernel.numbers import whole
from kernel.paging import page_of
from kernel.refusals import Refused
from projects.views.base import STATUS, FormPage


class Sittings(Page):
    """Under tabs: sittings, and the questions that wait for one (待上会)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.dict()
        waiting = queries.waiting(self.user)
        tab = asked.get("tab", "sittings")
        context: dict[str, Any] = {"tab": tab, "asked": asked, "waiting": waiting}
        if tab != "waiting":
            rows = queries.coming_first(queries.filtered(self.user, asked))
            context["page"] = page_of(request, queries.with_counts(rows))
            context["bodies"] = queries.bodies(self.user)
        context["may_plan"] = bool(_bodies(self, waiting))
        return render(request, "approvals/sittings/list.html", context)


def _bodies(page: Page, waiting: list[Opinion]) -> list[Unit]:
    """Bodies that this user keeps and that have had, or now wait for, a sitting."""
    found = {row.unit for row in waiting} | set(queries.bodies(page.user))
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
    """One sitting; POST puts a waiting question of its body on the docket, or moves an item up."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page()

    def page(self, refused: Refused | None = None) -> HttpResponse:
        keeps = self.sitting.is_planned and may_keep(self.sitting.body, self.user)
        items = self.items()
        amounts = papers.amounts(items)
        context = {
            "sitting": self.sitting,
            "items": [(row, amounts.get(row.case_id)) for row in items if not row.gone_as],
            "gone": [row for row in items if row.gone_as],
            "keeps": keeps,
            "waiting": queries.waiting(self.user, [self.sitting.body]) if keeps else [],
            "refused": refused,
            "crumbs": [(_("会议审议"), reverse("sittings"))],
        }
        status = STATUS[refused.status] if refused else 200
        return render(self.request, "approvals/sittings/sitting.html", context, status=status)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            self._act(request)
        except Refused as refused:
            if refused.status == "forbidden":
                raise
            return self.page(refused)
        return redirect("sitting", pk)

    def _act(self, request: HttpRequest) -> None:
        common: dict[str, Any] = {"sitting": self.sitting, "by": self.user, "on": self.today}
        if "up" in request.POST:
            actions.order_items(items=self._moved_up(whole(request.POST["up"]) or 0), **common)
            return
        rows = Opinion.objects.visible_to(self.user).select_related("step__case")
        row = get_object_or_404(rows, pk=whole(request.POST.get("opinion", "")) or 0)
        actions.add_item(opinion=row, **common)
        messages.success(request, _("已列入议程"))

    def _moved_up(self, key: int) -> list[int]:
        keys = list(self.sitting.items.open().values_list("pk", flat=True))
        place = keys.index(key) if key in keys else 0
        if place:
            keys[place - 1], keys[place] = keys[place], keys[place - 1]
        return keys


class SittingForm(FormPage, SittingPage):
    """A form about one sitting, for who keeps it."""

    template = "approvals/sittings/form.html"

    def check(self) -> None:
        require_keeper(self.sitting.body, self.user)

    def after(self) -> str:
        return reverse("sitting", args=[self.sitting.pk])

    def frame(self) -> dict[str, Any]:
        crumbs = [(_("会议审议"), reverse("sittings")), (str(self.sitting), self.after())]
        return {"sitting": self.sitting, "crumbs": crumbs, "back": self.after()}


class Plan(FormPage, Page):
    template = "approvals/sittings/form.html"
    title = gettext_lazy("安排会议")
    lead = gettext_lazy("先安排会议，再把待上会的事项列入议程；开过以后在同一页记录会议纪要。")
    button = gettext_lazy("安排")
    done = gettext_lazy("会议已安排，请列入议题")
    made: Sitting

    def make_form(self, data: Any = None, files: Any = None) -> PlanForm:
        return PlanForm(data, bodies=_bodies(self, queries.waiting(self.user)))

    def act(self, form: PlanForm) -> None:
        self.made = actions.plan_sitting(by=self.user, on=self.today, **form.cleaned_data)

    def after(self) -> str:
        return reverse("sitting", args=[self.made.pk])

    def frame(self) -> dict[str, Any]:
        return {"crumbs": [(_("会议审议"), reverse("sittings"))], "back": reverse("sittings")}


class Change(SittingForm):
    title = gettext_lazy("修改会议安排")
    button = gettext_lazy("保存")
    done = gettext_lazy("会议安排已修改")

    def make_form(self, data: Any = None, files: Any = None) -> ChangeForm:
        return ChangeForm.of(data, self.sitting)

    def act(self, form: ChangeForm) -> None:
        actions.change_sitting(sitting=self.sitting, by=self.user, on=self.today, **form.cleaned_data)


class Cancel(SittingForm):
    title = gettext_lazy("取消会议")
    lead = gettext_lazy("议程上的事项回到待上会；会议次序保留，不再使用。")
    button = gettext_lazy("取消会议")
    done = gettext_lazy("会议已取消")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def act(self, form: ReasonForm) -> None:
        reason = form.cleaned_data["reason"]
        actions.cancel_sitting(sitting=self.sitting, by=self.user, on=self.today, reason=reason)


class ItemForm(SittingForm):
    """A form about one item of the docket."""

    item: DocketItem

    def check(self) -> None:
        super().check()
        self.item = get_object_or_404(queries.docket(self.sitting, self.user), pk=self.kwargs["item"])

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"subject": self.item.title}


class TakeOff(ItemForm):
    title = gettext_lazy("撤下议题")
    lead = gettext_lazy("撤下的事项回到待上会，撤下的原因留存。")
    button = gettext_lazy("撤下")
    done = gettext_lazy("议题已撤下")

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def act(self, form: ReasonForm) -> None:
        reason = form.cleaned_data["reason"]
        actions.take_off_item(item=self.item, by=self.user, on=self.today, reason=reason)


class Postpone(ItemForm):
    title = gettext_lazy("延期上会")
    lead = gettext_lazy("列入同一会议以后的一次；没有可选的，请先安排会议。")
    button = gettext_lazy("延期")
    done = gettext_lazy("议题已延期")

    def make_form(self, data: Any = None, files: Any = None) -> PostponeForm:
        rows = visible(self.user).planned().filter(body=self.sitting.body_id).exclude(pk=self.sitting.pk)
        return PostponeForm(data, later=rows.order_by("planned_on", "id"))

    def act(self, form: PostponeForm) -> None:
        actions.postpone_item(item=self.item, by=self.user, on=self.today, **form.cleaned_data)


class Hold(SittingForm):
    template = "approvals/sittings/hold.html"
    title = gettext_lazy("记录会议纪要")
    lead = gettext_lazy("逐项写明结果和会议意见；形成纪要后编号、生成 Word、作为该会议的意见，不能再改。")
    button = gettext_lazy("形成纪要")
    done = gettext_lazy("会议纪要已形成")

    def make_form(self, data: Any = None, files: Any = None) -> HoldForm:
        first = {"held_on": min(self.sitting.planned_on, self.today), "attendees": self.sitting.attendees}
        return HoldForm(data, initial=first, items=queries.docket(self.sitting, self.user).open())

    def act(self, form: HoldForm) -> None:
        holding.hold_sitting(
            sitting=self.sitting, rulings=form.rulings(), by=self.user, on=self.today,
            held_on=form.cleaned_data["held_on"], attendees=form.cleaned_data["attendees"],
        )  # fmt: skip


class Word(SittingPage):
    """The docket, or once held the minutes, of the items in sight."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return papers.answer(self.sitting, self.items())
