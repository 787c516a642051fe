"""Forms of chains."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from chains.models import Position, Strength
from chains.queries import Seat


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ChainForm(forms.Form):
    name = forms.CharField(label=_("产业链名称"), max_length=100)
    focus = forms.CharField(label=_("发展重点"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class NodeForm(forms.Form):
    position = forms.ChoiceField(label=_("环节"), choices=Position.choices)
    name = forms.CharField(label=_("节点"), max_length=80)
    strength = forms.ChoiceField(label=_("现状"), choices=Strength.choices, initial=Strength.FAIR)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
    order = forms.IntegerField(label=_("次序"), min_value=0, max_value=999, initial=0)


class PostForm(forms.Form):
    """任命: a unit, a user, or a person by name (an adviser from outside)."""

    part = forms.ChoiceField(label=_("职务"))
    person_name = forms.CharField(label=_("姓名（专班填专班名称）"), max_length=60, required=False)
    title = forms.CharField(label=_("现任职务"), max_length=100, required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("单位"), required=False)
    user = forms.ModelChoiceField(User.objects.none(), label=_("系统用户"), required=False)
    note = forms.CharField(label=_("成员或说明"), max_length=500, required=False)
    on = forms.DateField(label=_("起始日期"), widget=DayInput())

    def __init__(self, *args: Any, seats: dict[str, Seat], day: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": day}} | kwargs)
        labels = [(code, seat.rule.name) for code, seat in seats.items()]
        self.fields["part"].choices = labels  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.in_force(day).order_by("kind", "name")  # type: ignore[attr-defined]
        self.fields["user"].queryset = User.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]
