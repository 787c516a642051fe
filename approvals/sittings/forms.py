"""What people fill in for sittings. Rules live in the actions."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from approvals.sittings.holding import Ruling
from approvals.sittings.models import DocketItem, Outcome, Sitting
from projects.form_fields import Day, Words

PARTICULARS = ("planned_on", "planned_at", "place", "chair", "secretary", "attendees", "in_attendance")


class ChangeForm(forms.Form):
    """Day, place and people of a sitting."""

    planned_on = Day(label=_("会议日期"), future=True)
    planned_at = forms.TimeField(
        label=_("时间"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    place = forms.CharField(label=_("地点"), max_length=100, required=False)
    chair = forms.CharField(label=_("主持人"), max_length=60)
    secretary = forms.CharField(label=_("记录人"), max_length=60, required=False)
    attendees = Words(label=_("出席"), required=False, rows=2, max_length=2000)
    in_attendance = Words(label=_("列席"), required=False, rows=2, max_length=2000)
    expected = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, data: Any, sitting: Sitting) -> "ChangeForm":
        first = {name: getattr(sitting, name) for name in PARTICULARS}
        return cls(data, initial=first | {"expected": sitting.version})


class PlanForm(ChangeForm):
    body = forms.ModelChoiceField(label=_("会议"), queryset=Unit.objects.none(), empty_label="—")
    field_order = ("body", *PARTICULARS)

    def __init__(self, *args: Any, bodies: Iterable[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["expected"]
        keys = [row.pk for row in bodies]
        field = cast(forms.ModelChoiceField, self.fields["body"])
        field.queryset = Unit.objects.filter(pk__in=keys).order_by("kind", "code")
        if len(keys) == 1:
            field.initial = keys[0]


class ReasonForm(forms.Form):
    reason = Words(label=_("原因"), max_length=300)


class PostponeForm(ReasonForm):
    to = forms.ModelChoiceField(label=_("改到"), queryset=Sitting.objects.none(), empty_label="—")
    field_order = ("to", "reason")

    def __init__(self, *args: Any, later: QuerySet[Sitting], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["to"]).queryset = later


class HoldForm(forms.Form):
    """The day and who came, and for each item its outcome, the meeting's words, and what must change."""

    held_on = Day(label=_("召开日期"))
    attendees = Words(label=_("出席"), required=False, rows=2, max_length=2000)

    def __init__(self, *args: Any, items: Iterable[DocketItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self.items = list(items)
        for item in self.items:
            self.fields[f"outcome-{item.pk}"] = forms.ChoiceField(
                label=_("审议结果"), choices=Outcome.choices, widget=forms.RadioSelect
            )
            self.fields[f"words-{item.pk}"] = Words(label=_("会议意见"), rows=3, max_length=4000)
            self.fields[f"changes-{item.pk}"] = Words(
                label=_("须修改的内容"),
                rows=2,
                max_length=2000,
                required=False,
                help_text=_("修改后通过的必填"),
            )

    @property
    def rows(self) -> list[tuple[DocketItem, list[forms.BoundField]]]:
        """Each item with its three fields, for the page."""
        names = ("outcome", "words", "changes")
        return [(item, [self[f"{name}-{item.pk}"] for name in names]) for item in self.items]

    def rulings(self) -> list[Ruling]:
        names = ("outcome", "words", "changes")
        return [
            Ruling(item.pk, *(self.cleaned_data[f"{name}-{item.pk}"] for name in names))
            for item in self.items
        ]
