"""What people fill in about claims (首接认领)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ROLES, Can
from projects.form_fields import Day, Person, Words, people
from projects.models import Claim


class ClaimForm(forms.Form):
    on = Day(label=_("认领日期"))
    note = forms.CharField(
        label=_("说明"), max_length=300, required=False, help_text=_("何时、如何对接上企业")
    )


class HandOverForm(forms.Form):
    to_user = Person(
        label=_("接收人"),
        empty_label="—",
        queryset=User.objects.none(),
        widget=forms.Select(attrs={"data-search": ""}),
    )
    reason = Words(label=_("移交原因"), max_length=300)

    def __init__(self, holder: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to_user"]
        assert isinstance(field, forms.ModelChoiceField)
        able = [role for role, rule in ROLES.items() if Can.RECORD_CONTACT in rule.can]
        field.queryset = people(able).exclude(pk=holder)


class RulingForm(forms.Form):
    upheld = forms.ChoiceField(label=_("支持"), widget=forms.RadioSelect)
    reason = Words(label=_("裁定理由"), max_length=300)

    def __init__(self, rows: Sequence[Claim], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["upheld"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(row.pk), f"{row.unit.name} {row.by.name}") for row in rows]
