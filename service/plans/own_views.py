"""The enterprise's own pages of the plan: its list in the newest version, a day changed, its seal."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from policies.schema import PlanRule, PlanSealRule
from projects.facts import rules_of
from service.plans import actions, queries
from service.plans.forms import ItemForm, SealForm
from service.plans.models import Plan, PlanItem, PlanVersion
from service.plans.rules import plan_rule
from service.plans.standing import standing
from service.portal.views import PortalForm, PortalPage


class OfOwnPlan(PortalPage):
    """The plan of the enterprise's project; 404 before there is one, and where the policy has none."""

    @cached_property
    def plan(self) -> Plan:
        found = queries.plan_of(self.speaker.project) if rules_of(self.speaker.project).plans else None
        if found is None:
            raise Http404
        return found

    @cached_property
    def rule(self) -> PlanRule:
        return plan_rule(self.speaker.project, self.plan.code)

    @cached_property
    def version(self) -> PlanVersion:
        return queries.versions_of(self.plan)[0]


class OwnPlan(OfOwnPlan):
    """项目主体任务清单 of the newest version: what the enterprise undertakes, until when."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        project, version = self.speaker.project, self.version
        sides = queries.sides_of(project, version, self.rule, self.user, self.today)
        now = standing(self.plan, version, self.rule, self.today)
        drafting = version.sealed_on is None and self.speaker.may_write
        return self.show(
            "service/plans/own.html",
            rule=self.rule,
            version=version,
            lines=[line for line in now.lines if line.by_enterprise],
            sides=sides,
            editing=drafting and not any(side.seal for side in sides),
        )


class OwnForm(PortalForm, OfOwnPlan):
    def after(self) -> str:
        return reverse("portal-plan", args=[self.speaker.project.pk])


class OwnItem(OwnForm):
    title = gettext_lazy("修改事项")
    button = gettext_lazy("保存")
    done = gettext_lazy("已保存")

    @cached_property
    def item(self) -> PlanItem:
        found = get_object_or_404(PlanItem, version=self.version, code=self.kwargs["code"])
        if self.rule.owner_of(found.form) != "enterprise":
            raise Http404
        return found

    def make_form(self, data: Any = None, files: Any = None) -> ItemForm:
        names = ("name", "goal", "timing", "note", "planned_on")
        return ItemForm(data, initial={name: getattr(self.item, name) for name in names})

    def also(self, form: Any) -> dict[str, Any]:
        return {"subject": self.item.name}

    def act(self, form: Any) -> Any:
        return actions.edit_item(
            plan=self.plan, code=self.item.code, by=self.user, on=self.today, **form.cleaned_data
        )


class OwnSeal(OwnForm):
    title = gettext_lazy("签章")
    lead = gettext_lazy("签章即确认本版内容；各方都签章后本版生效，不能再改。")
    button = gettext_lazy("签章")
    done = gettext_lazy("已签章")

    @cached_property
    def side(self) -> PlanSealRule:
        found = next((side for side in self.rule.seals if side.part is None), None)
        if found is None:
            raise Http404
        return found

    def make_form(self, data: Any = None, files: Any = None) -> SealForm:
        form = SealForm(data, signer=self.side.signer)
        del form.fields["upload"]
        return form

    def act(self, form: Any) -> Any:
        return actions.seal_plan(
            plan=self.plan, side=self.side.code, by=self.user, today=self.today, **form.cleaned_data
        )
