"""Forms of hand-overs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.form_fields import Day, Words, unit_choice, units


class LetterForm(forms.Form):
    """函件移交: its number, its day, its scan."""

    number = forms.CharField(label=_("函件文号"), max_length=60)
    on = Day(label=_("移交日期"))
    paper = forms.FileField(label=_("函件扫描件"))


class AcknowledgeForm(forms.Form):
    note = forms.CharField(label=_("签收意见"), max_length=300, required=False)


class ReasonForm(forms.Form):
    reason = Words(label=_("原因"), max_length=300)


class AgainForm(forms.Form):
    """Pushed again: to the same unit, or to another that may play the part."""

    unit = unit_choice(label=_("接收单位"))

    def __init__(self, kinds: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units(kinds)
