"""What people fill in to sign. Rules live in the actions; here is only shape and words."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.actions import Deed
from approvals.models import AgreementVersion
from policies.rulebook import Rulebook
from projects.form_fields import Day, Words, unit_choice, units
from projects.models import Currency, Project


class SignForm(forms.Form):
    """The deed. Of a first signing the sum on file is offered; a later one states what it adds."""

    on = Day(label=_("签约日期"))
    grade = forms.ChoiceField(label=_("协议等级"), required=False)
    raw = forms.CharField(label=_("协议资金（照原文）"), max_length=100, required=False)
    currency = forms.ChoiceField(label=_("币种"), choices=Currency.choices)
    rate = forms.CharField(label=_("汇率"), max_length=20, required=False, help_text=_("外币折人民币"))
    rate_on = Day(label=_("汇率日期"), required=False, initial=None)
    event = forms.CharField(
        label=_("签约活动"), max_length=100, required=False, help_text=_("如省级重大招商活动；没有的不填")
    )
    place = forms.CharField(label=_("签约地点"), max_length=100, required=False)
    unit = unit_choice(label=_("我方签约单位"), required=False)
    counterparty = forms.CharField(label=_("对方签署人"), max_length=100, required=False)
    paper = forms.FileField(label=_("签署的协议"), required=False, allow_empty_file=True)
    note = Words(label=_("说明"), max_length=300, required=False, rows=2)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    adds = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        project: Project,
        rules: Rulebook,
        data: Any = None,
        files: Any = None,
        *,
        version: AgreementVersion | None = None,
        first: bool = True,
    ) -> None:
        held = project.landing_unit_id or project.introducing_unit_id
        kept = {
            "grade": project.agreement_grade,
            "unit": held,
            "version": version.pk if version else None,
            "adds": not first,
        }
        super().__init__(data, files, initial=kept)
        cast(forms.ModelChoiceField, self.fields["unit"]).queryset = units()
        grade = self.fields["grade"]
        assert isinstance(grade, forms.ChoiceField)
        grade.choices = [("", "—"), *((row.code, row.name) for row in rules.grades)]
        self.fields["raw"].help_text = (
            _("不填的，按档案中的协议资金") if first else _("本次增加的数额，如“5000万元”")
        )
        self.fields["raw"].required = self.fields["paper"].required = not first
        if not first:
            del self.fields["grade"], self.fields["version"]

    def deed(self) -> Deed:
        said = {name: value for name, value in self.cleaned_data.items() if name != "on" and value}
        return Deed(**said)


class VoidForm(forms.Form):
    reason = Words(label=_("作废原因"), max_length=300)
