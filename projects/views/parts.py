"""The team: which unit and person plays which part, given and ended."""

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from cases.models import Part
from policies.schema import PartKind
from projects import actions
from projects.actions.parts import may_set, require_ender
from projects.facts import rules_of
from projects.forms import PartForm, ReasonForm
from projects.views.base import ActionPage


class Assign(ActionPage):
    needs = Can.ASSIGN_PARTS
    title = gettext_lazy("参与单位")
    lead = gettext_lazy("承担角色的单位能看到本项目；唯一的角色指定新单位后，原单位自动终止。")
    button = gettext_lazy("指定")
    done = gettext_lazy("已指定")
    template = "projects/parts.html"

    def make_form(self, data: Any = None, files: Any = None) -> PartForm:
        kinds = self._settable()
        part = self.request.GET.get("part", "")
        return PartForm(kinds.values(), data, initial={"part": part if part in kinds else None})

    def _settable(self) -> dict[str, PartKind]:
        """The parts of the plan that this user gives and ends by hand."""
        rules = rules_of(self.project).parts
        return {code: rule for code, rule in rules.items() if may_set(self.project, rule, self.user)}

    def also(self, form: forms.Form) -> dict[str, Any]:
        rules, settable = rules_of(self.project), self._settable()
        rows = Part.objects.filter(case_id=self.project.pk).select_related("unit", "user").order_by("-id")
        lines: list[dict[str, Any]] = [
            {
                "row": row,
                "rule": rules.parts.get(row.part),
                "may_end": row.part in settable or row.part not in rules.parts,
            }
            for row in rows
        ]
        order = {code: place for place, code in enumerate(rules.parts)}
        lines.sort(
            key=lambda line: (line["row"].valid_to is not None, order.get(line["row"].part, len(order)))
        )
        procedures = [
            (rule, "、".join(f"“{step.name}”" for step in steps))
            for code, rule in rules.parts.items()
            if (steps := rules.proposing(code))
        ]
        return {"lines": lines, "rules": rules, "procedures": procedures}

    def act(self, form: forms.Form) -> Any:
        return actions.set_parts(project=self.project, by=self.user, **form.cleaned_data)

    def after(self) -> str:
        return reverse("project-parts", args=[self.project.pk])


class End(ActionPage):
    needs = Can.ASSIGN_PARTS
    title = gettext_lazy("终止角色")
    lead = gettext_lazy("终止后，该单位不再因此角色看到本项目。")
    button = gettext_lazy("终止")
    done = gettext_lazy("已终止")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def also(self, form: forms.Form) -> dict[str, Any]:
        part, rule = self._part(), self._rule()
        return {"subject": f"{part.unit.name} · {rule.name if rule else part.part}", "cited": rule}

    def act(self, form: forms.Form) -> Any:
        return actions.end_part(
            project=self.project, part=self._part(), by=self.user, on=self.today, **form.cleaned_data
        )

    def after(self) -> str:
        return reverse("project-parts", args=[self.project.pk])

    def check(self) -> None:
        super().check()
        rule = self._rule()
        if rule is not None:
            require_ender(self.project, rule, self._part(), self.user)

    def _rule(self) -> PartKind | None:
        return rules_of(self.project).parts.get(self._part().part)

    def _part(self) -> Part:
        rows = Part.objects.select_related("unit", "user")
        return get_object_or_404(rows, pk=self.kwargs["part"], case_id=self.project.pk)
