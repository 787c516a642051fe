"""Pages of completion: stages of the acceptance, guidance before it, land with its certificate."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.access import units_with
from accounts.roles import Can
from approvals.permissions import may_open, require_opener
from approvals.rules import answering
from approvals.views.base import Page
from kernel.paging import page_of
from kernel.refusals import Refused
from projects.facts import rules_of
from projects.views.base import ActionPage, ProjectPage, crumbs
from service.acceptance import forms as own
from service.acceptance import queries
from service.acceptance.guiding import (
    ask_guidance,
    find_rule,
    give_guidance,
    require_asker,
    require_giver,
    withdraw_guidance,
)
from service.acceptance.land import deliver_land, rule_for
from service.acceptance.staging import apply_for, drop_stage, plan_stage
from service.models import AcceptanceStage, Guidance, GuidanceState, LandDelivery
from service.progress.permissions import require_recogniser


class Acceptance(ProjectPage):
    """验收与登记: the stages, what was asked before them, the land and its certificate."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rules, rule = rules_of(self.project), queries.staging_rule(self.project)
        step = rules.steps[rule.step] if rule else None
        lines = queries.stages_of(self.project)
        running = self.project.is_running
        context = {
            "project": self.project, "crumbs": crumbs(self.project), "rule": rule, "step": step,
            "lines": lines, "last": lines[-1] if lines else None,
            "may_open": running and step is not None and may_open(self.project, step, self.user),
            "guidance": queries.guidance_of(self.project),
            "asks": [one for one in rules.guidance.values() if running and self._asks(one)],
            "gives": units_with(self.user, Can.GIVE_OPINION),
            "land": LandDelivery.objects.filter(
                reached__project=self.project, reached__withdrawn_on__isnull=True
            ).select_related("certificate").first(),
            "land_rule": rules.milestone_of_action("deliver_land"),
        }  # fmt: skip
        return render(request, "service/acceptance/acceptance.html", context)

    def _asks(self, rule: Any) -> bool:
        try:
            require_asker(self.project, rule, self.user, self.today)
        except Refused:
            return False
        return True


class OfAcceptance(ActionPage):
    """A form about the acceptance of a project, for whom the plan lets open it."""

    needs = Can.OPEN_STEP

    def check(self) -> None:
        rule = queries.staging_rule(self.project)
        if rule is None:
            raise Http404
        self.rule = rule
        require_opener(self.project, rules_of(self.project).steps[rule.step], self.user)

    def after(self) -> str:
        return reverse("acceptance", args=[self.project.pk])

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"cited": self.rule, "back": self.after()}


class PlanStage(OfAcceptance):
    title = gettext_lazy("登记验收分期")
    lead = gettext_lazy("写明本期验收哪些部分；各期可以先后或并行申请，全部通过才算验收完成。")
    button = gettext_lazy("登记")
    done = gettext_lazy("已登记")

    def make_form(self, data: Any = None, files: Any = None) -> own.StageForm:
        return own.StageForm(data)

    def act(self, form: forms.Form) -> Any:
        return plan_stage(project=self.project, by=self.user, on=self.today, **form.cleaned_data)


class OfStage(OfAcceptance):
    def check(self) -> None:
        super().check()
        rows = AcceptanceStage.objects.filter(project=self.project)
        self.stage = get_object_or_404(rows, pk=self.kwargs["stage"])

    def also(self, form: forms.Form) -> dict[str, Any]:
        return super().also(form) | {"subject": self.stage.name}


class Apply(OfStage):
    title = gettext_lazy("申请验收")
    lead = gettext_lazy("征求参加联合验收的各部门意见；登记可以同时申请，不必等验收办结。")
    button = gettext_lazy("申请")
    done = gettext_lazy("已申请")

    def make_form(self, data: Any = None, files: Any = None) -> own.ApplyForm:
        lines = [line for line in queries.stages_of(self.project) if line.stage.pk == self.stage.pk]
        again = any(step.concluded_on for line in lines for step in line.steps)
        return own.ApplyForm(data, again=again, along=bool(self.rule.along_with))

    def act(self, form: forms.Form) -> Any:
        return apply_for(stage=self.stage, by=self.user, on=self.today, **form.cleaned_data)


class Drop(OfStage):
    title = gettext_lazy("取消验收分期")
    button = gettext_lazy("取消这一期")
    done = gettext_lazy("已取消")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> own.ReasonForm:
        return own.ReasonForm(data)

    def act(self, form: forms.Form) -> Any:
        return drop_stage(stage=self.stage, by=self.user, on=self.today, **form.cleaned_data)


class AskGuidance(ActionPage):
    needs = Can.RECORD_CONTACT
    title = gettext_lazy("请求指导")
    lead = gettext_lazy("自愿、无偿；不起算任何期限。")
    button = gettext_lazy("提出")
    done = gettext_lazy("已提出")

    def check(self) -> None:
        try:
            _rules, self.rule = find_rule(self.project, self.kwargs["code"])
        except Refused as error:
            raise Http404 from error
        require_asker(self.project, self.rule, self.user, self.today)

    def make_form(self, data: Any = None, files: Any = None) -> own.AskForm:
        return own.AskForm(data, units=answering(self.rule.units, (), self.project.pk, self.today))

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"cited": self.rule, "subject": self.rule.name, "back": self.after()}

    def act(self, form: forms.Form) -> Any:
        return ask_guidance(
            project=self.project, rule=self.rule.code, by=self.user, on=self.today, **form.cleaned_data
        )

    def after(self) -> str:
        return reverse("acceptance", args=[self.project.pk])


class OfGuidance(ActionPage):
    """A form about one request; its project is the page's."""

    needs = Can.GIVE_OPINION

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            rows = Guidance.objects.visible_to(request.user).for_list()
            self.guidance: Guidance = get_object_or_404(rows, pk=kwargs["pk"])
            kwargs["pk"] = self.guidance.project_id
        return super().dispatch(request, *args, **kwargs)

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {
            "cited": self.guidance.clause, "subject": self.guidance.name, "asked": self.guidance,
            "back": self.after(),
        }  # fmt: skip

    def after(self) -> str:
        return reverse("acceptance", args=[self.project.pk])


class Give(OfGuidance):
    title = gettext_lazy("提供指导")
    button = gettext_lazy("保存")
    done = gettext_lazy("已保存")
    template = "service/acceptance/give.html"

    def check(self) -> None:
        require_giver(self.guidance, self.user)

    def make_form(self, data: Any = None, files: Any = None) -> own.GiveForm:
        return own.GiveForm(data)

    def act(self, form: forms.Form) -> Any:
        return give_guidance(guidance=self.guidance, by=self.user, on=self.today, **form.cleaned_data)


class WithdrawGuidance(OfGuidance):
    title = gettext_lazy("撤回请求")
    button = gettext_lazy("撤回")
    done = gettext_lazy("已撤回")
    danger = True

    def check(self) -> None:
        """Whoever did not ask is told so by the action."""

    def make_form(self, data: Any = None, files: Any = None) -> own.ReasonForm:
        return own.ReasonForm(data)

    def act(self, form: forms.Form) -> Any:
        return withdraw_guidance(guidance=self.guidance, by=self.user, on=self.today, **form.cleaned_data)


class GuidanceList(Page):
    """验收前指导: what is asked, of whom, and what came of it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.dict()
        page = page_of(request, queries.guidance(self.user, asked))
        gives = units_with(self.user, Can.GIVE_OPINION)
        context = {"page": page, "asked": asked, "states": GuidanceState.choices, "gives": gives}
        return render(request, "service/acceptance/guidance.html", context)


class DeliverLand(ActionPage):
    """交地即交证."""

    needs = Can.RECORD_MILESTONE
    title = gettext_lazy("登记交地即交证")
    button = gettext_lazy("登记")
    done = gettext_lazy("已登记")

    def check(self) -> None:
        try:
            self.rule = rule_for(self.project)
        except Refused as error:
            raise Http404 from error
        require_recogniser(self.project, self.rule, self.user)

    def make_form(self, data: Any = None, files: Any = None) -> own.LandForm:
        return own.LandForm(data, files)

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"cited": self.rule, "back": self.after()}

    def act(self, form: forms.Form) -> Any:
        return deliver_land(project=self.project, by=self.user, on=self.today, **form.cleaned_data)

    def after(self) -> str:
        return reverse("acceptance", args=[self.project.pk])
