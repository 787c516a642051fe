"""What people fill in for plans. Rules live in the actions."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.money import yuan
from policies.schema import PlanRule
from projects.form_fields import Day, Words
from service.plans.actions import Contact, Figures
from service.plans.models import WHOLE, PlanTarget

WAN = 10_000


def _day_fields(rule: PlanRule) -> dict[str, forms.Field]:
    """The agreed days, and why they stand where they cannot be met."""
    days: dict[str, forms.Field] = {
        f"{one.code}_on": Day(label=one.name, future=True, initial=None) for one in rule.anchors
    }
    why = Words(
        label=_("日期无法实现时，仍按此编制的理由"),
        rows=2,
        max_length=300,
        required=False,
        help_text=_("可先不填：日期不能实现时，会列出最早可能的日期和关键路径"),
    )
    return days | {"accept_late": why}


class DaysForm(forms.Form):
    """The agreed days that the plan counts back from."""

    def __init__(self, *args: Any, rule: PlanRule, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rule = rule
        self.fields |= _day_fields(rule)

    def agreed(self) -> dict[str, date]:
        return {one.code: self.cleaned_data[f"{one.code}_on"] for one in self.rule.anchors}


class FiguresForm(forms.Form):
    """What is to be built, in all and in one year (万元, ㎡), and whom to call on each side."""

    def __init__(self, *args: Any, rule: PlanRule, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rule = rule
        if rule.table is None:
            self._figures("whole", str(_("总建设计划")), rule)
            self._contacts(rule)
            return
        for lead, name in (("whole", rule.table.total.name), ("year", rule.table.year.name)):
            if lead == "year":
                self.fields["year"] = forms.IntegerField(
                    label=_("当年为"), min_value=2000, max_value=2090, required=False
                )
            self._figures(lead, name, rule)
        self._contacts(rule)

    def _figures(self, lead: str, name: str, rule: PlanRule) -> None:
        amount = forms.DecimalField(min_value=0, max_digits=14, decimal_places=6, required=False)
        amount.label = _("%(name)s：投资（万元）") % {"name": name}
        area = forms.IntegerField(min_value=0, max_value=100_000_000, required=False)
        area.label = _("%(name)s：建筑面积（㎡）") % {"name": name}
        self.fields |= {f"{lead}_invest": amount, f"{lead}_area": area}
        for kind in rule.table.buildings if rule.table else ():
            number = forms.IntegerField(min_value=0, max_value=9_999, required=False)
            number.label = _("%(name)s：%(kind)s（栋）") % {"name": name, "kind": kind.name}
            self.fields[f"{lead}_{kind.code}"] = number

    def _contacts(self, rule: PlanRule) -> None:
        for side in rule.seals:
            who = forms.CharField(max_length=60, required=False)
            who.label = _("%(side)s联络人") % {"side": side.name}
            phone = forms.CharField(max_length=30, required=False)
            phone.label = _("%(side)s联系电话") % {"side": side.name}
            self.fields |= {f"contact_{side.code}": who, f"phone_{side.code}": phone}

    @staticmethod
    def filled(
        rule: PlanRule, targets: Iterable[PlanTarget], frame: Mapping[str, Any], this_year: int
    ) -> dict[str, Any]:
        """What a version holds, as the form shows it."""
        rows = {row.year: row for row in targets}
        years = sorted(year for year in rows if year != WHOLE)
        year = this_year if this_year in rows or not years else years[0]
        found: dict[str, Any] = {"year": year}
        for lead, row in (("whole", rows.get(WHOLE)), ("year", rows.get(year))):
            if row is not None:
                fen = row.invest_fen
                found[f"{lead}_invest"] = None if fen is None else (yuan(fen) / WAN).normalize()
                found[f"{lead}_area"] = row.floor_area
                found |= {f"{lead}_{code}": number for code, number in row.buildings.items()}
        for side in rule.seals:
            known = frame.get("contacts", {}).get(side.code, {})
            found[f"contact_{side.code}"], found[f"phone_{side.code}"] = known.get("name"), known.get("phone")
        return found

    def figures(self) -> list[Figures]:
        if self.rule.table is None:
            return [self._read("whole", WHOLE)]
        year = self.cleaned_data.get("year")
        found = [self._read("whole", WHOLE)]
        return found + ([self._read("year", year)] if year else [])

    def _read(self, lead: str, year: int) -> Figures:
        data = self.cleaned_data
        amount: Decimal | None = data.get(f"{lead}_invest")
        kinds = self.rule.table.buildings if self.rule.table else ()
        return Figures(
            year=year,
            invest=None if amount is None else amount * WAN,
            floor_area=data.get(f"{lead}_area"),
            buildings={kind.code: data.get(f"{lead}_{kind.code}") or 0 for kind in kinds},
        )

    def contacts(self) -> dict[str, Contact]:
        data = self.cleaned_data
        return {
            side.code: Contact(data.get(f"contact_{side.code}", ""), data.get(f"phone_{side.code}", ""))
            for side in self.rule.seals
        }


class MakeForm(FiguresForm):
    """Both at once, for a plan that is about to be made: the days first."""

    def __init__(self, *args: Any, rule: PlanRule, **options: Any) -> None:
        super().__init__(*args, rule=rule, **options)
        self.fields = {**_day_fields(rule), **self.fields}

    def agreed(self) -> dict[str, date]:
        return {one.code: self.cleaned_data[f"{one.code}_on"] for one in self.rule.anchors}


class ItemForm(forms.Form):
    """One item of a list: what is to be done, until when or in which rhythm."""

    name = Words(label=_("任务"), rows=2, max_length=300)
    planned_on = Day(label=_("计划完成"), future=True, initial=None, required=False)
    timing = forms.CharField(
        label=_("时间节点（文字）"),
        max_length=60,
        required=False,
        help_text=_("没有确定日期的，如“每周”“全程”"),
    )
    goal = forms.CharField(label=_("工作目标"), max_length=300, required=False)
    note = forms.CharField(label=_("备注"), max_length=300, required=False)


def _why_all_the_same() -> Words:
    return Words(
        label=_("日期有矛盾时，仍按此日期的理由"), rows=2, max_length=300, required=False,
        help_text=_("可先不填：与工序、前序或约定的日期矛盾时，会列出最早可能的日期和关键路径"),
    )  # fmt: skip


class EditItemForm(ItemForm):
    """An item that stands in the plan: a day against the others is kept with its reason."""

    accept_late = _why_all_the_same()


class TickForm(forms.Form):
    on = Day(label=_("实际完成日期"))
    note_text = forms.CharField(label=_("说明"), max_length=300, required=False)


class PlanReasonForm(forms.Form):
    reason = Words(label=_("原因"), max_length=300)


class SealForm(forms.Form):
    """Who signs for the side, on which day; the scanned page where it is entered for it."""

    on = Day(label=_("签章日期"))
    signatory = forms.CharField(max_length=60)
    upload = forms.FileField(label=_("签章页扫描件"), required=False, help_text=_("代为登记的必须上传"))

    def __init__(self, *args: Any, signer: str, doubtful: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["signatory"].label = signer
        if doubtful:
            self.fields["accept_late"] = _why_all_the_same()
