"""Forms of assignments. What they let through is judged again by the actions."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.roles import Can
from assignments.models import Kind


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def units_in_force(on: date) -> QuerySet[Unit]:
    rows: QuerySet[Unit] = Unit.objects.in_force(on).order_by("kind", "name")
    return rows


class IssueForm(forms.Form):
    """交办: what, to whom, until when."""

    kind = forms.ChoiceField(label=_("类别"))
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("承办单位"))
    title = forms.CharField(label=_("事项"), max_length=120)
    due_on = forms.DateField(label=_("办结时限"), required=False, widget=DayInput())
    text = forms.CharField(
        label=_("具体要求"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )

    def __init__(self, *args: Any, kinds: Iterable[Kind], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [(kind.value, kind.label) for kind in kinds]
        self.fields["kind"].choices = labels  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units_in_force(on)  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    """反馈: what was done, with a paper as evidence."""

    report = forms.CharField(label=_("办理情况"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000)
    evidence = forms.FileField(label=_("佐证材料"), required=False)


class NoteForm(forms.Form):
    note = forms.CharField(label=_("销号意见"), required=False, max_length=300)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=300)


class ReissueForm(forms.Form):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("承办单位"))
    due_on = forms.DateField(label=_("办结时限"), required=False, widget=DayInput())

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_in_force(on)  # type: ignore[attr-defined]


ISSUING = frozenset({Can.ISSUE_ASSIGNMENT, Can.INSTRUCT, Can.SUPERVISE})


class FilterForm(forms.Form):
    """The list's filters; an unknown value filters nothing."""

    state = forms.CharField(required=False)
    kind = forms.ChoiceField(required=False, choices=[("", _("全部类别")), *Kind.choices])
    unit = forms.SlugField(required=False)
