"""What people fill in for running slips."""

from django import forms
from django.utils.translation import gettext_lazy

from approvals.receipts.models import Level
from projects.form_fields import Day, Words, unit_choice


class EntryForm(forms.Form):
    on = Day(label=gettext_lazy("日期"))
    unit = unit_choice(label=gettext_lazy("服务部门"))
    matter = forms.CharField(label=gettext_lazy("事项"), max_length=100)
    service = Words(label=gettext_lazy("服务情况"), max_length=500)
    outcome = forms.CharField(label=gettext_lazy("办结情况"), max_length=300, required=False)


class StrikeForm(forms.Form):
    reason = Words(label=gettext_lazy("作废原因"), max_length=300)


class SendForm(forms.Form):
    level = forms.ChoiceField(
        label=gettext_lazy("报送"), choices=Level.choices, widget=forms.RadioSelect, initial=Level.LEADER
    )
    reason = Words(
        label=gettext_lazy("提请研究的问题"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("报主要领导的必填"),
    )
