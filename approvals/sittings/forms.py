"""What people fill in for sittings. Rules live in the actions."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from approvals.sittings.holding import Ruling
from approvals.sittings.models import DocketItem, Outcome
from projects.form_fields import Day, Words


class PlanForm(forms.Form):
    body = forms.ModelChoiceField(label=_("会议"), queryset=Unit.objects.none(), empty_label="—")
    planned_on = Day(label=_("会议日期"), future=True)
    planned_at = forms.TimeField(
        label=_("时间"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    place = forms.CharField(label=_("地点"), max_length=100, required=False)
    chair = forms.CharField(label=_("主持人"), max_length=60)
    secretary = forms.CharField(label=_("记录人"), max_length=60, required=False)
    attendees = Words(label=_("出席"), required=False, rows=2)
    in_attendance = Words(label=_("列席"), required=False, rows=2)

    def __init__(self, *args: Any, bodies: Iterable[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        keys = [row.pk for row in bodies]
        cast(forms.ModelChoiceField, self.fields["body"]).queryset = Unit.objects.filter(pk__in=keys)


class ReasonForm(forms.Form):
    reason = Words(label=_("原因"), max_length=300)


class HoldForm(forms.Form):
    """The day, and for each item its outcome, the meeting's words, and what must change."""

    held_on = Day(label=_("召开日期"))

    def __init__(self, *args: Any, items: Iterable[DocketItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self.items = list(items)
        for item in self.items:
            label = {"title": item.title}
            self.fields[f"outcome-{item.pk}"] = forms.ChoiceField(
                label=_("%(title)s：审议结果") % label, choices=[("", "—"), *Outcome.choices]
            )
            self.fields[f"words-{item.pk}"] = Words(label=_("会议意见"), rows=3)
            self.fields[f"changes-{item.pk}"] = Words(
                label=_("须修改的内容"), rows=2, required=False, help_text=_("修改后通过的必填")
            )

    def rulings(self) -> list[Ruling]:
        names = ("outcome", "words", "changes")
        return [
            Ruling(item.pk, *(self.cleaned_data[f"{name}-{item.pk}"] for name in names))
            for item in self.items
        ]
