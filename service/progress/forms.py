"""What people fill in on the way from start to production. Rules live in the actions."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.money import WAN
from policies.schema import MonthlyReport, Recognition
from projects.form_fields import Day, Words
from service.models import MonthlyProgress, StatedDay
from service.progress.recognising import Fact
from service.progress.reporting import Report

MOST_WAN = Decimal(10) ** 9


class Wan(forms.DecimalField):
    """An amount in 万元, exact to the 分; cleaned it is whole 分."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        merged: dict[str, Any] = {
            "max_value": MOST_WAN,
            "min_value": -MOST_WAN,
            "decimal_places": 6,
            "widget": widget,
        }
        super().__init__(**merged | options)

    def to_python(self, value: Any) -> Any:
        """Thousands may be separated by commas."""
        return super().to_python(
            value.replace(",", "").replace("，", "") if isinstance(value, str) else value
        )

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else int(number * WAN)


def in_wan(fen: int | None) -> str:
    """分 as a field of 万元 shows it: plain digits, nothing rounded."""
    if fen is None:
        return ""
    text = f"{Decimal(fen) / WAN:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class MonthForm(forms.Form):
    """One month of one project."""

    invested = Wan(
        label=gettext_lazy("本月完成投资（万元）"), help_text=gettext_lazy("只填本月，不填累计；没有的填 0")
    )
    stage = forms.ChoiceField(label=gettext_lazy("形象进度"))
    percent = forms.IntegerField(label=gettext_lazy("工程进度（%）"), min_value=0, max_value=100)
    words = Words(label=gettext_lazy("进展情况"), max_length=500, required=False, rows=2)
    problems = Words(label=gettext_lazy("存在问题"), max_length=500, required=False, rows=2)
    reason = Words(
        label=gettext_lazy("说明"), max_length=300, required=False, rows=2,
        help_text=gettext_lazy("更正、进度后退、超过协议资金或总投资的必须填写"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, rule: MonthlyReport, row: MonthlyProgress | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **{"initial": _said(row)} | options)
        choices: Any = [("", "—"), *((one.code, one.name) for one in rule.stages)]
        self.fields["stage"].choices = choices  # type: ignore[attr-defined]

    def report(self, month: date) -> Report:
        said = dict(self.cleaned_data)
        return Report(month=month, invested_fen=said.pop("invested"), **said)


def _said(row: MonthlyProgress | None) -> dict[str, Any]:
    if row is None:
        return {}
    kept = {name: getattr(row, name) for name in ("stage", "percent", "words", "problems")}
    return kept | {"invested": in_wan(row.invested_fen)}


class GridForm(MonthForm):
    """One line of the month's grid: the same in short; an untouched line says nothing."""

    words = forms.CharField(  # type: ignore[assignment]  # in one line here
        label=gettext_lazy("进展情况"), max_length=500, required=False
    )
    problems = None  # type: ignore[assignment]  # stays as it is: on the project's own page
    reason = forms.CharField(  # type: ignore[assignment]
        label=gettext_lazy("说明"), max_length=300, required=False
    )

    def __init__(self, *args: Any, kept_problems: str = "", **options: Any) -> None:
        super().__init__(*args, empty_permitted=True, use_required_attribute=False, **options)
        self.kept_problems = kept_problems
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = str(field.label)
            field.help_text = ""
            if name in ("invested", "percent"):
                field.widget.attrs["class"] = "num-field"

    def report(self, month: date) -> Report:
        said = dict(self.cleaned_data)
        return Report(month=month, invested_fen=said.pop("invested"), problems=self.kept_problems, **said)


class RecogniseForm(forms.Form):
    """For each ground of the plan its day and its paper; what is left empty is not claimed."""

    def __init__(self, rule: Recognition, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rule = rule
        for one in rule.grounds:
            label = one.name if one.counts else _("%(name)s（只登记，不据以认定）") % {"name": one.name}
            self.fields[f"day_{one.code}"] = Day(label=label, required=False, initial=None)
            file = forms.FileField(
                label=_("%(name)s的佐证") % {"name": one.name}, required=False, allow_empty_file=True
            )
            self.fields[f"file_{one.code}"] = file
        self.fields["note"] = Words(label=_("说明"), max_length=300, required=False, rows=2)

    def facts(self) -> list[Fact]:
        said = self.cleaned_data
        return [
            Fact(one.code, said[f"day_{one.code}"], upload=said[f"file_{one.code}"] or None)
            for one in self.rule.grounds
            if said[f"day_{one.code}"]
        ]

    def clean(self) -> dict[str, Any]:
        """A paper without its day is a slip."""
        said = super().clean() or {}
        for one in self.rule.grounds:
            if said.get(f"file_{one.code}") and not said.get(f"day_{one.code}") and not self.errors:
                self.add_error(f"day_{one.code}", _("请填写日期"))
        return said


class DayForm(forms.Form):
    """A department's day; a correction says why."""

    day = Day(label=gettext_lazy("日期"), initial=None)
    source = forms.CharField(
        label=gettext_lazy("依据"), max_length=200, required=False,
        help_text=gettext_lazy("如入库单号、统计报表、文号；代其他单位填报的必须写明"),
    )  # fmt: skip
    reason = Words(label=gettext_lazy("更正原因"), max_length=300, required=False, rows=2)

    def __init__(self, *args: Any, before: StatedDay | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if before is None:
            del self.fields["reason"]
        else:
            self.fields["day"].initial, self.fields["reason"].required = before.day, True


class SheetForm(forms.Form):
    """The office's monthly table, filled in."""

    file = forms.FileField(
        label=gettext_lazy("月报表（xlsx）"), allow_empty_file=True,
        help_text=gettext_lazy("“导出表格”得到的表，填好后传回；全部核对无误后才入库"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls"}),
    )  # fmt: skip
