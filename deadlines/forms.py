"""Forms of stopping, resuming, and loading a year."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from deadlines.queries import approvers


class _OnADay(forms.Form):
    """A business date that is not to come."""

    on = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["on"].initial = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("日期不能晚于今天"))
        return on


class PauseForm(_OnADay):
    reason = forms.CharField(label=_("停表原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    approved_by = forms.ModelChoiceField(User.objects.none(), label=_("批准人"))

    field_order = ("reason", "approved_by", "on")

    def __init__(self, *args: Any, by: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["on"].label = _("停表日（当日不计）")
        chosen: Any = self.fields["approved_by"]
        chosen.queryset = approvers(by, today)


class ResumeForm(_OnADay):
    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["on"].label = _("恢复日（当日起计）")


class CalendarForm(forms.Form):
    file = forms.FileField(
        label=_("年度日历文件"),
        help_text=_("TOML 或 CSV：year、version、source、published_on、rest、work"),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml,.csv"}),
    )
