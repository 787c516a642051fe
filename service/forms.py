"""Forms of service."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CommissionerForm(forms.Form):
    """Who becomes commissioner, from which day; a hand-over must say why."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("服务专员"), empty_label="—")
    on = forms.DateField(label=_("日期"), widget=DayInput())
    reason = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(
        self, *args: Any, people: QuerySet[User], handing_over: bool, on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"initial": {"on": on}} | kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        if handing_over:
            self.fields["user"].label = _("接任的服务专员")
            self.fields["reason"].label = _("移交原因")
            self.fields["reason"].required = True
