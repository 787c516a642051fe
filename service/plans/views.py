"""Pages of one plan: its lists, table and bars; making and changing it, ticking, sealing, comparing, Word."""

from typing import Any
from urllib.parse import quote

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.numbers import whole
from policies.schema import PlanRule, PlanSealRule
from projects import reading
from projects.facts import rules_of
from projects.views.base import FormPage, ProjectPage, crumbs
from service.plans import actions, queries
from service.plans.actions.making import path_text
from service.plans.bars import chart
from service.plans.forms import (
    DaysForm,
    EditItemForm,
    FiguresForm,
    ItemForm,
    MakeForm,
    PlanReasonForm,
    SealForm,
    TickForm,
)
from service.plans.models import Plan, PlanItem, PlanVersion
from service.plans.papers import word_of
from service.plans.permissions import may_plan, require_keeper, require_planner, require_sealer
from service.plans.rules import agreed_days, plan_rule, url_of
from service.plans.standing import standing

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class PlanPage(ProjectPage):
    """A page about the plan of a project; 404 where the policy has none."""

    @cached_property
    def rule(self) -> PlanRule:
        if not rules_of(self.project).plans:
            raise Http404
        return plan_rule(self.project)

    @cached_property
    def plan(self) -> Plan | None:
        return queries.plan_of(self.project)

    def made(self) -> Plan:
        if self.plan is None:
            raise Http404
        return self.plan

    def numbered(self, versions: list[PlanVersion], text: str) -> PlanVersion:
        """The version of this number, the newest by default; 404 for one that is not there."""
        number = whole(text) if text else versions[0].number
        found = next((row for row in versions if row.number == number), None)
        if found is None:
            raise Http404
        return found

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(self.project), (self.rule.name, url_of(self.project))]


class Show(PlanPage):
    """项目计划: one version, by default the newest, as it stands today."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        reading.keep(self.project)
        may = self.project.is_running and may_plan(self.user, self.project, self.rule)
        context: dict[str, Any] = {"project": self.project, "rule": self.rule, "plan": self.plan, "may": may}
        context["crumbs"] = crumbs(self.project)
        if self.plan is not None:
            context |= self._version(self.plan, may)
        return render(request, "service/plans/plan.html", context)

    def _version(self, plan: Plan, may: bool) -> dict[str, Any]:
        versions = queries.versions_of(plan)
        version = self.numbered(versions, self.request.GET.get("v", ""))
        now = standing(plan, version, self.rule, self.today)
        sides = queries.sides_of(self.project, version, self.rule, self.user, self.today)
        drafting = version.sealed_on is None
        return {
            "version": version,
            "versions": versions,
            "standing": now,
            "forms": [(form, now.of_form(code)) for code, form in self.rule.forms.items()],
            "chart": chart(now, self.today),
            "sides": sides,
            "figures": [(row.year, queries.figures_text(row, self.rule)) for row in version.targets.all()],
            "contacts": queries.contacts_of(version, self.rule),
            "warnings": queries.warnings(self.project, version),
            "missed": [(self.rule.anchor(one.anchor), one, path_text(self.rule, one)) for one in now.missed],
            "anchors": [(one, version.agreed.get(one.code)) for one in self.rule.anchors],
            "editing": may and drafting and not any(side.seal for side in sides),
            "sealing": may and drafting and any(side.seal for side in sides),
            "ticking": may and version.pk == plan.current_id,
            "revising": may and versions[0].sealed_on is not None,
        }


class PlanForm(FormPage, PlanPage):
    """A form about the plan, for whoever makes it."""

    template = "service/plans/form.html"

    def check(self) -> None:
        require_planner(self.user, self.project, self.rule)

    def after(self) -> str:
        return url_of(self.project)

    def frame(self) -> dict[str, Any]:
        return {
            "project": self.project,
            "crumbs": self.crumbs(),
            "back": self.after(),
            "unmet": [],
            "cited": self.rule,
        }

    def newest(self) -> PlanVersion:
        return queries.versions_of(self.made())[0]


class Make(PlanForm):
    title = gettext_lazy("编制项目计划")
    lead = gettext_lazy(
        "填写约定的日期，系统按工序倒排各事项的完成时间；日期不能实现的，会指出最早可能的日期和关键路径。"
    )
    button = gettext_lazy("倒排工期")
    done = gettext_lazy("计划已编制，请核对各清单")

    def make_form(self, data: Any = None, files: Any = None) -> MakeForm:
        days = agreed_days(self.project, self.rule)
        first: dict[str, Any] = {f"{code}_on": day for code, day in days.items()}
        first |= {"year": self.today.year}
        if self.project.total_fen is not None:
            first["whole_invest"] = self.project.total_fen / 1_000_000
        return MakeForm(data, rule=self.rule, initial=first)

    def act(self, form: MakeForm) -> None:
        actions.make_plan(
            project=self.project, by=self.user, on=self.today, agreed=form.agreed(), figures=form.figures(),
            contacts=form.contacts(), accept_late=form.cleaned_data["accept_late"],
        )  # fmt: skip


class SetDays(PlanForm):
    title = gettext_lazy("重新倒排")
    lead = gettext_lazy("改动约定的日期，各事项按工序重新倒排；人工填写的日期保持不变。")
    button = gettext_lazy("重新倒排")
    done = gettext_lazy("已重新倒排")

    def make_form(self, data: Any = None, files: Any = None) -> DaysForm:
        version = self.newest()
        first: dict[str, Any] = {f"{code}_on": day for code, day in version.agreed.items()}
        return DaysForm(data, rule=self.rule, initial=first | {"accept_late": version.accepted_late})

    def act(self, form: DaysForm) -> None:
        actions.set_days(
            plan=self.made(), by=self.user, on=self.today, agreed=form.agreed(),
            accept_late=form.cleaned_data["accept_late"],
        )  # fmt: skip


class SetParticulars(PlanForm):
    title = gettext_lazy("建设规模和联络人")
    button = gettext_lazy("保存")
    done = gettext_lazy("已保存")

    def make_form(self, data: Any = None, files: Any = None) -> FiguresForm:
        version = self.newest()
        first = FiguresForm.filled(self.rule, version.targets.all(), version.frame, self.today.year)
        return FiguresForm(data, rule=self.rule, initial=first)

    def act(self, form: FiguresForm) -> None:
        actions.set_particulars(
            plan=self.made(), by=self.user, on=self.today, figures=form.figures(), contacts=form.contacts()
        )


class Revise(PlanForm):
    title = gettext_lazy("变更计划")
    lead = gettext_lazy("生效的版本不再改动；另起一版修改，经各方重新签章后取代，原版留存备查。")
    button = gettext_lazy("另起一版")
    done = gettext_lazy("已另起一版，请修改后送各方签章")

    def make_form(self, data: Any = None, files: Any = None) -> PlanReasonForm:
        return PlanReasonForm(data)

    def act(self, form: PlanReasonForm) -> None:
        actions.revise_plan(plan=self.made(), by=self.user, on=self.today, **form.cleaned_data)


class TakeBack(PlanForm):
    title = gettext_lazy("收回重改")
    lead = gettext_lazy("收回后可再修改，本版已有的签章作废，修改后须由各方重新签章。")
    button = gettext_lazy("收回")
    done = gettext_lazy("已收回，可以修改")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> PlanReasonForm:
        return PlanReasonForm(data)

    def act(self, form: PlanReasonForm) -> None:
        actions.take_back(plan=self.made(), by=self.user, on=self.today, **form.cleaned_data)


class Seal(PlanForm):
    title = gettext_lazy("签章")
    lead = gettext_lazy("签章即确认本版内容；各方都签章后本版生效，不能再改。")
    button = gettext_lazy("签章")
    done = gettext_lazy("已签章")

    def check(self) -> None:
        require_sealer(self.user, self.project, self._side(), self.today)

    def _side(self) -> PlanSealRule:
        found = self.rule.seal(self.kwargs["side"])
        if found is None:
            raise Http404
        return found

    def make_form(self, data: Any = None, files: Any = None) -> SealForm:
        doubtful = queries.open_doubts(self.made(), self.newest(), self.rule, self.today)
        return SealForm(data, files, signer=self._side().signer, doubtful=doubtful)

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"subject": self._side().name}

    def act(self, form: SealForm) -> None:
        actions.seal_plan(
            plan=self.made(), side=self._side().code, by=self.user, today=self.today, **form.cleaned_data
        )


class AddItem(PlanForm):
    title = gettext_lazy("增加事项")
    button = gettext_lazy("增加")
    done = gettext_lazy("已增加")

    def check(self) -> None:
        self._form()
        require_keeper(self.user, self.project, self.rule, self.kwargs["form"], self.today)

    def _form(self) -> Any:
        found = self.rule.forms.get(self.kwargs["form"])
        if found is None:
            raise Http404
        return found

    def make_form(self, data: Any = None, files: Any = None) -> ItemForm:
        return ItemForm(data)

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"subject": self._form().name}

    def act(self, form: ItemForm) -> None:
        actions.add_item(
            plan=self.made(), form=self.kwargs["form"], by=self.user, on=self.today, **form.cleaned_data
        )


class OneItem(PlanForm):
    """A form about one item of the newest version."""

    item: PlanItem

    def check(self) -> None:
        self.item = get_object_or_404(PlanItem, version=self._version(), code=self.kwargs["code"])
        require_keeper(self.user, self.project, self.rule, self.item.form, self.today)

    def _version(self) -> PlanVersion:
        return self.newest()

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"subject": self.item.name}


def item_form(item: PlanItem, data: Any) -> forms.Form:
    """The item's form; taking it off needs no field of it."""
    if data is not None and "remove" in data:
        return forms.Form(data)
    names = ("name", "goal", "timing", "note", "planned_on")
    return EditItemForm(data, initial={name: getattr(item, name) for name in names})


class EditItem(OneItem):
    title = gettext_lazy("修改事项")
    button = gettext_lazy("保存")
    done = gettext_lazy("已保存")

    def make_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return item_form(self.item, data)

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"removable": not self.item.track, "item": self.item}

    def act(self, form: forms.Form) -> None:
        common: dict[str, Any] = {
            "plan": self.made(),
            "code": self.item.code,
            "by": self.user,
            "on": self.today,
        }
        if "remove" in self.request.POST:
            actions.remove_item(**common)
        else:
            actions.edit_item(**common, **form.cleaned_data)


class Tick(OneItem):
    title = gettext_lazy("完成")
    button = gettext_lazy("登记完成")
    done = gettext_lazy("已登记")

    def _version(self) -> PlanVersion:
        current = self.made().current
        if current is None:
            raise Http404
        return current

    def make_form(self, data: Any = None, files: Any = None) -> TickForm:
        return TickForm(data)

    def act(self, form: TickForm) -> None:
        actions.tick_item(
            plan=self.made(), code=self.item.code, by=self.user, today=self.today, **form.cleaned_data
        )


class Untick(Tick):
    title = gettext_lazy("撤销完成")
    button = gettext_lazy("撤销")
    done = gettext_lazy("已撤销")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> Any:
        return PlanReasonForm(data)

    def act(self, form: Any) -> None:
        actions.untick_item(
            plan=self.made(), code=self.item.code, by=self.user, on=self.today, **form.cleaned_data
        )


class Compare(PlanPage):
    """Two versions side by side: by default the last two."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        versions = queries.versions_of(self.made())
        if len(versions) < 2:
            return redirect("plan", self.project.pk)
        new = self.numbered(versions, request.GET.get("b", ""))
        old = self.numbered(versions, request.GET.get("a", str(versions[1].number)))
        context = {
            "project": self.project, "rule": self.rule, "old": old, "new": new, "versions": versions,
            "changes": queries.compare(old, new, self.rule), "crumbs": self.crumbs(),
            "picks": (("a", old.number), ("b", new.number)),
        }  # fmt: skip
        return render(request, "service/plans/compare.html", context)


class Word(PlanPage):
    """The forms of a version as Word."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        plan = self.made()
        version = self.numbered(queries.versions_of(plan), request.GET.get("v", ""))
        plan.project = self.project
        return word_answer(plan, version, self.rule)


def word_answer(plan: Plan, version: PlanVersion, rule: PlanRule) -> HttpResponse:
    """A version as a download."""
    words = {"plan": rule.name, "n": version.number, "project": plan.project.name}
    name = quote(_("%(project)s%(plan)s（第%(n)s版）") % words + ".docx")
    found = HttpResponse(word_of(plan, version, rule), content_type=WORD)
    found["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    found["Cache-Control"] = "private, no-store"
    return found
