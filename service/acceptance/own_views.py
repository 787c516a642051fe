"""The enterprise's own pages of guidance before acceptance: ask, read the answer, take a request back."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from approvals.rules import answering
from kernel.paging import page_of
from service.acceptance.forms import AskForm, ReasonForm
from service.acceptance.guiding import ask_guidance, require_asker, withdraw_guidance
from service.acceptance.own import own_guidance, own_rules
from service.models import Guidance
from service.portal.access import out_of_bounds
from service.portal.views import PortalForm, PortalPage


class OwnGuidance(PortalPage):
    """验收前指导: what the enterprise asked, with the answers; 404 where the plan offers it none."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rules = own_rules(self.speaker)
        if not rules:
            raise Http404
        page = page_of(request, own_guidance(self.speaker))
        return self.show(
            "service/acceptance/own_guidance.html", page=page, rules=rules if self.speaker.may_write else []
        )


class GuidanceForm(PortalForm):
    def after(self) -> str:
        return reverse("portal-guidance", args=[self.speaker.project.pk])


class OwnAsk(GuidanceForm):
    title = gettext_lazy("请求指导")
    lead = gettext_lazy("自愿、无偿；不起算任何期限。")
    button = gettext_lazy("提出")
    done = gettext_lazy("已提出，答复会在此告知您")

    def check(self) -> None:
        found = next((one for one in own_rules(self.speaker) if one.code == self.kwargs["code"]), None)
        if found is None:
            raise Http404
        self.rule = found
        require_asker(self.speaker.project, found, self.user, self.today)

    def make_form(self, data: Any = None, files: Any = None) -> AskForm:
        units = answering(self.rule.units, (), self.speaker.project.pk, self.today)
        return AskForm(data, units=units)

    def also(self, form: Any) -> dict[str, Any]:
        return {"cited": self.rule, "subject": self.rule.name}

    def act(self, form: Any) -> Any:
        return ask_guidance(
            project=self.speaker.project, rule=self.rule.code, by=self.user, on=self.today,
            **form.cleaned_data,
        )  # fmt: skip


class OwnWithdrawal(GuidanceForm):
    title = gettext_lazy("撤回请求")
    button = gettext_lazy("撤回")
    done = gettext_lazy("已撤回")
    danger = True

    def check(self) -> None:
        found = own_guidance(self.speaker).filter(pk=self.kwargs["id"]).first()
        if found is None:
            raise out_of_bounds(self.user, f"guidance:{self.kwargs['id']}", self.request)
        self.row: Guidance = found

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def also(self, form: Any) -> dict[str, Any]:
        return {"subject": self.row.name}

    def act(self, form: Any) -> Any:
        return withdraw_guidance(guidance=self.row, by=self.user, on=self.today, **form.cleaned_data)
