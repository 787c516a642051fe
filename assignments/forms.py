"""Forms of assignments. What they let through is judged again by the actions."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit, User
from accounts.roles import ROLES, Can
from assignments.models import Kind


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def units_in_force(on: date) -> QuerySet[Unit]:
    rows: QuerySet[Unit] = Unit.objects.in_force(on).order_by("kind", "name")
    return rows


class Person(forms.ModelChoiceField):
    """A colleague, told from namesakes by the unit."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.unit_name}）"


def answerable(on: date) -> QuerySet[User]:
    """Who may be named to answer for a duty: everybody who reports on one, with the name of a unit."""
    roles = [role for role, rule in ROLES.items() if Can.REPORT_ASSIGNMENT in rule.can]
    held = Membership.objects.in_force(on).filter(role__in=roles)
    unit = held.filter(user=OuterRef("pk")).order_by("id").values("unit__name")[:1]
    found = User.objects.filter(is_active=True, pk__in=held.values("user"))
    return found.annotate(unit_name=Subquery(unit)).order_by("unit_name", "name")


def person_field(*, label: Any, required: bool = False) -> Person:
    return Person(
        User.objects.none(), label=label, required=required, empty_label="—",
        widget=forms.Select(attrs={"data-search": ""}),
    )  # fmt: skip


class IssueForm(forms.Form):
    """交办: what, to whom, until when."""

    kind = forms.ChoiceField(label=_("类别"))
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("承办单位"))
    user = person_field(label=_("责任人"))
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
        self.fields["user"].queryset = answerable(on)  # type: ignore[attr-defined]


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


class ProblemForm(forms.Form):
    """问题: what does not go on; who is to see to it, if that is known."""

    kind = forms.ChoiceField(
        label=_("类别"), choices=[(k.value, k.label) for k in (Kind.PROBLEM, Kind.COMPLAINT)]
    )
    title = forms.CharField(label=_("问题"), max_length=120)
    text = forms.CharField(
        label=_("情况说明"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("责任单位"), required=False, help_text=_("不填的，按制度由受理单位分办"),
        widget=forms.Select(attrs={"data-search": ""}),
    )  # fmt: skip
    user = person_field(label=_("责任人"))
    due_on = forms.DateField(
        label=_("整改时限"), required=False, widget=DayInput(), help_text=_("不填的，按制度规定的时限")
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_in_force(on)  # type: ignore[attr-defined]
        self.fields["user"].queryset = answerable(on)  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """议定: what was decided, who carries it out until when; the minutes, where another enters it."""

    decision = forms.CharField(label=_("议定意见"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("落实单位"), widget=forms.Select(attrs={"data-search": ""})
    )
    user = person_field(label=_("责任人"))
    due_on = forms.DateField(label=_("落实时限"), required=False, widget=DayInput())
    evidence = forms.FileField(label=_("会议纪要"), required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_in_force(on)  # type: ignore[attr-defined]
        self.fields["user"].queryset = answerable(on)  # type: ignore[attr-defined]


ISSUING = frozenset({Can.ISSUE_ASSIGNMENT, Can.INSTRUCT, Can.SUPERVISE})


class FilterForm(forms.Form):
    """The list's filters; an unknown value filters nothing."""

    state = forms.CharField(required=False)
    kind = forms.ChoiceField(required=False, choices=[("", _("全部类别")), *Kind.choices])
    unit = forms.SlugField(required=False)
