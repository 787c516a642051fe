"""Pages of element needs: one project's sheet, the list over a park, one need's next state."""

from typing import Any, ClassVar

from django import forms as django_forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.roles import Can
from kernel.clock import today
from kernel.paging import page_of
from policies.rulebook import current
from projects.facts import rules_of
from projects.permissions import may_on, require_on
from projects.views.base import ActionPage, ProjectPage, crumbs
from service.elements import actions, forms, queries
from service.elements.models import ElementNeed, State


class OfProject(ProjectPage):
    """What a project needs, element by element."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rules, needs = rules_of(self.project), queries.needs_of(self.project)
        may = may_on(self.user, Can.MATCH_ELEMENTS, self.project) and self.project.is_running
        context = {
            "project": self.project,
            "crumbs": crumbs(self.project),
            "lines": [queries.line_of(row, rules, self.today) for row in needs],
            "unanswered": queries.unanswered(rules, needs),
            "may": may,
            "askable": may and bool(queries.askable(rules, needs)),
        }
        return render(request, "service/elements/of_project.html", context)


class Register(ActionPage):
    """All elements on one sheet."""

    needs = Can.MATCH_ELEMENTS
    title = _("登记要素需求")
    lead = _("逐项说明有无需求；没有需求的也请写明，全部答复后“要素供需对接”即告完成。")
    button = _("登记")
    done = _("要素需求已登记")
    template = "service/elements/sheet.html"

    def make_form(self, data: Any = None, files: Any = None) -> forms.SheetForm:
        rules = rules_of(self.project)
        return forms.SheetForm(queries.askable(rules, queries.needs_of(self.project)), data, files)

    def act(self, form: Any) -> Any:
        return actions.register(
            project=self.project,
            wants=form.wants(),
            by=self.user,
            on=form.cleaned_data["on"],
            today=self.today,
        )

    def after(self) -> str:
        return reverse("project-elements", args=[self.project.pk])


class Move(ActionPage):
    """One need's next state; the subclass says which."""

    needs = Can.MATCH_ELEMENTS
    form: ClassVar[type[django_forms.Form]]
    action: ClassVar[Any]

    @property
    def need(self) -> ElementNeed:
        rows = ElementNeed.objects.filter(project=self.project).select_related("assignment__unit")
        return get_object_or_404(rows, pk=self.kwargs["need"])

    def make_form(self, data: Any = None, files: Any = None) -> django_forms.Form:
        return self.form(data, files)

    def act(self, form: Any) -> Any:
        return type(self).action(need=self.need, by=self.user, today=self.today, **form.cleaned_data)

    def after(self) -> str:
        return reverse("project-elements", args=[self.project.pk])

    def frame(self) -> dict[str, Any]:
        rule = rules_of(self.project).elements.get(self.need.element)
        subject = rule.name if rule else self.need.element
        return {**super().frame(), "subject": subject, "cited": rule, "back": self.after()}


class Begin(Move):
    title, button, done = _("开始对接"), _("开始对接"), _("已标为对接中")
    form, action = forms.BeginForm, actions.begin

    def check(self) -> None:
        """The owner may, too: the action says who else may not."""
        if self.need.assignment is None:
            require_on(self.user, self.needs, self.project)


class Meet(Move):
    title, button, done = _("需求已落实"), _("确认落实"), _("已标为落实")
    form, action = forms.MeetForm, actions.meet


class Drop(Move):
    title, button, done = _("取消需求"), _("取消需求"), _("需求已取消")
    form, action = forms.DropForm, actions.drop
    danger = True


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """要素保障: how each element stands over a park, and the needs behind it."""
    user: Any = request.user
    day, asked = today(), request.GET.dict()
    if asked.get("show") not in queries.SHOWN:
        asked["show"] = "open"
    rules = current(day)[1]
    page = page_of(request, queries.filtered(user, asked, day).for_list())
    context = {
        "page": page,
        "lines": queries.lines_of(page.rows, day),
        "elements": queries.by_element(user, asked, day, rules),
        "parks": queries.parks(),
        "states": [("open", _("在办")), ("late", _("超期")), *State.choices, ("all", _("全部"))],
        "asked": asked,
    }
    return render(request, "service/elements/board.html", context)
