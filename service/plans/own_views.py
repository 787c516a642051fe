"""The enterprise's own pages of the plan: the whole version it seals, its own list to keep, its seal."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from kernel.numbers import whole
from policies.schema import PlanList, PlanRule, PlanSealRule
from projects import reading
from projects.facts import rules_of
from service.plans import actions, queries
from service.plans.forms import ItemForm, SealForm
from service.plans.models import Plan, PlanItem, PlanVersion
from service.plans.permissions import own_side
from service.plans.rules import plan_rule
from service.plans.standing import standing
from service.plans.views import item_form, word_answer
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
    def versions(self) -> list[PlanVersion]:
        return queries.versions_of(self.plan)

    @property
    def version(self) -> PlanVersion:
        return self.versions[0]

    def asked_for(self) -> PlanVersion:
        """The version of ``?v=``, the newest by default; 404 for one that is not there."""
        text = self.request.GET.get("v", "")
        number = whole(text) if text else self.version.number
        found = next((row for row in self.versions if row.number == number), None)
        if found is None:
            raise Http404
        return found


class OwnPlan(OfOwnPlan):
    """The whole of one version, read-only but for the enterprise's own list while nobody has sealed."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        reading.keep(self.speaker.project)
        project, version = self.speaker.project, self.asked_for()
        sides = queries.sides_of(project, version, self.rule, self.user, self.today)
        now = standing(self.plan, version, self.rule, self.today)
        drafting = version.sealed_on is None and self.speaker.may_write
        return self.show(
            "service/plans/own.html",
            rule=self.rule,
            version=version,
            versions=self.versions,
            forms=[(form, now.of_form(code)) for code, form in self.rule.forms.items()],
            anchors=[(one, version.agreed.get(one.code)) for one in self.rule.anchors],
            figures=[(row.year, queries.figures_text(row, self.rule)) for row in version.targets.all()],
            contacts=queries.contacts_of(version, self.rule),
            sides=sides,
            standing=now,
            editing=drafting and not any(side.seal for side in sides),
        )


class OwnWord(OfOwnPlan):
    """The forms of a version as Word."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        plan = self.plan
        plan.project = self.speaker.project
        return word_answer(plan, self.asked_for(), self.rule)


class OwnForm(PortalForm, OfOwnPlan):
    template = "service/plans/form.html"

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

    def make_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return item_form(self.item, data)

    def also(self, form: Any) -> dict[str, Any]:
        return {"subject": self.item.name, "removable": not self.item.track}

    def act(self, form: Any) -> Any:
        common: dict[str, Any] = {
            "plan": self.plan, "code": self.item.code, "by": self.user, "on": self.today,
        }  # fmt: skip
        if "remove" in self.request.POST:
            return actions.remove_item(**common)
        return actions.edit_item(**common, **form.cleaned_data)


class OwnAddition(OwnForm):
    title = gettext_lazy("增加事项")
    button = gettext_lazy("增加")
    done = gettext_lazy("已增加")

    @cached_property
    def form(self) -> PlanList:
        found = self.rule.forms.get(self.kwargs["form"])
        if not isinstance(found, PlanList) or found.owner != "enterprise":
            raise Http404
        return found

    def make_form(self, data: Any = None, files: Any = None) -> ItemForm:
        return ItemForm(data)

    def also(self, form: Any) -> dict[str, Any]:
        return {"subject": self.form.name}

    def act(self, form: Any) -> Any:
        return actions.add_item(
            plan=self.plan, form=self.form.code, by=self.user, on=self.today, **form.cleaned_data
        )


class OwnSeal(OwnForm):
    title = gettext_lazy("签章")
    lead = gettext_lazy("签章即确认本版内容；各方都签章后本版生效，不能再改。")
    button = gettext_lazy("签章")
    done = gettext_lazy("已签章")

    @cached_property
    def side(self) -> PlanSealRule:
        found = own_side(self.rule)
        if found is None:
            raise Http404
        return found

    def make_form(self, data: Any = None, files: Any = None) -> SealForm:
        doubtful = queries.open_doubts(self.plan, self.version, self.rule, self.today)
        form = SealForm(data, signer=self.side.signer, doubtful=doubtful)
        del form.fields["upload"]
        return form

    def act(self, form: Any) -> Any:
        return actions.seal_plan(
            plan=self.plan, side=self.side.code, by=self.user, today=self.today, **form.cleaned_data
        )
