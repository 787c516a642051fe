"""Forms of the service team: who takes a post, from which day; a replacement says why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ROLES, Scope
from policies.schema import PartKind
from projects.form_fields import Day, Person, people, unit_choice, units


class HolderForm(forms.Form):
    """A unit of a kind that may play the part, and a person where one is asked for or known."""

    unit = unit_choice(label=_("单位"))
    user = Person(
        label=_("人员"),
        empty_label="—",
        queryset=User.objects.none(),
        required=False,
        widget=forms.Select(attrs={"data-search": ""}),
    )
    on = Day(label=_("起始日期"))
    reason = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, kind: PartKind, *args: Any, replacing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit, user = self.fields["unit"], self.fields["user"]
        assert isinstance(unit, forms.ModelChoiceField)
        assert isinstance(user, forms.ModelChoiceField)
        unit.queryset = units(kind.kinds)
        user.queryset = people(role for role, rule in ROLES.items() if rule.scope is not Scope.NONE)
        user.required = kind.person
        if replacing:
            self.fields["reason"].label, self.fields["reason"].required = _("更换原因"), True


class EndForm(forms.Form):
    on = Day(label=_("终止日期"))
    reason = forms.CharField(label=_("原因"), max_length=300)
