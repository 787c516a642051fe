"""What people fill in to propose and to withdraw. Rules live in the actions; here is only shape and words."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from approvals.dispatching.rules import TRANSFER, Suggestion, industry_of
from policies.rulebook import Rulebook
from policies.schema import Step as StepRule
from projects.form_fields import Words, units
from projects.models import Project


class ProposeForm(forms.Form):
    """Which units, by which principles, why, for which industry; one or several, as the plan says."""

    units = forms.ModelMultipleChoiceField(
        label=gettext_lazy("拟承接园区"),
        queryset=Unit.objects.none(),
        widget=forms.SelectMultiple(attrs={"data-search": ""}),
    )
    principles = forms.MultipleChoiceField(
        label=gettext_lazy("匹配原则"), widget=forms.CheckboxSelectMultiple, required=False
    )
    industry = forms.CharField(label=gettext_lazy("依据行业"), max_length=100, required=False)
    reason = Words(label=gettext_lazy("推荐理由"), max_length=2000, rows=4)
    again = Words(label=gettext_lazy("再次办理原因"), max_length=300, rows=2)

    def __init__(
        self, project: Project, rules: Rulebook, rule: StepRule, data: Any = None, *, again: bool
    ) -> None:
        super().__init__(data, initial={"industry": industry_of(project)})
        assert rule.proposing is not None
        part = rules.part(rule.proposing.part)
        chosen = cast("forms.ModelMultipleChoiceField[Any]", self.fields["units"])
        chosen.queryset = units(part.kinds)
        chosen.label = part.name
        self.one = rule.proposing.most == 1
        if self.one:
            self.fields["units"] = forms.ModelChoiceField(
                label=_("接收园区") if rule.kind == TRANSFER else part.name,
                queryset=chosen.queryset, empty_label="—", widget=forms.Select(attrs={"data-search": ""}),
            )  # fmt: skip
        else:
            chosen.help_text = _("可以同时推荐几个园区；理由不同的分次提出")
        if rule.kind == TRANSFER:
            self.fields["reason"].label = _("移交理由")
        self._principles(rules)
        if not rule.proposing.by_industry:
            del self.fields["industry"]
        if not again:
            del self.fields["again"]

    def _principles(self, rules: Rulebook) -> None:
        if not rules.principles:
            del self.fields["principles"]
            return
        field = cast(forms.MultipleChoiceField, self.fields["principles"])
        field.choices = [(row.code, row.name) for row in rules.principles]

    def suggestions(self) -> list[Suggestion]:
        said = self.cleaned_data
        chosen = [said["units"]] if self.one else list(said["units"])
        principles, industry = tuple(said.get("principles", ())), said.get("industry", "")
        return [Suggestion(unit, said["reason"], principles, industry) for unit in chosen]


class WithdrawForm(forms.Form):
    reason = Words(label=gettext_lazy("撤回原因"), max_length=300)
