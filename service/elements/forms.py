"""Forms of element needs: all elements on one sheet; one need's next state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from policies.schema import Element
from projects.form_fields import Day, Words
from service.elements.actions import Want

ANSWERS = (("", "—"), ("yes", _("有需求")), ("no", _("无需求")))


@dataclass(frozen=True, slots=True)
class Row:
    """One element of the sheet: its rule and its fields."""

    rule: Element
    fields: list[forms.BoundField]


class SheetForm(forms.Form):
    """One row for each element that may be registered; what is left at "—" is not touched."""

    on = Day(label=_("登记日期"))

    def __init__(self, rules: Sequence[Element], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        for rule in rules:
            self.fields.update(_fields(rule))

    def rows(self) -> list[Row]:
        found = []
        for rule in self.rules:
            names = [name for name in self.fields if name.endswith(f"_{rule.code}")]
            found.append(Row(rule, [self[name] for name in names if _own(name, rule)]))
        return found

    def wants(self) -> list[Want]:
        return [self._want(rule) for rule in self.rules if self.cleaned_data.get(f"answer_{rule.code}")]

    def _want(self, rule: Element) -> Want:
        def said(name: str) -> Any:
            return self.cleaned_data.get(f"{name}_{rule.code}")

        if said("answer") == "no":
            return Want(element=rule.code, needed=False, words=said("words") or "")
        return Want(
            element=rule.code,
            amount=said("amount"),
            words=said("words") or "",
            needed_by=said("by"),
            platform=said("platform") or "",
            platform_url=_address(rule, said("platform") or ""),
            platform_ref=said("ref") or "",
        )


def _own(name: str, rule: Element) -> bool:
    return name.partition("_")[2] == rule.code


def _address(rule: Element, platform: str) -> str:
    return next((one.url for one in rule.platforms if one.name == platform), "")


def _fields(rule: Element) -> dict[str, forms.Field]:
    code, label = rule.code, str(_("数量"))
    if rule.measure:
        label = str(_("数量（%(measure)s）") % {"measure": rule.measure})
    found: dict[str, forms.Field] = {
        f"answer_{code}": forms.ChoiceField(label=_("需求"), choices=ANSWERS, required=False),
        f"amount_{code}": forms.DecimalField(
            label=label, required=False, max_digits=15, decimal_places=3, localize=False
        ),
        f"by_{code}": Day(future=True, label=_("需要日期"), required=False, initial=None),
        f"words_{code}": Words(label=_("需求说明"), required=False, rows=2, max_length=1000),
    }
    if rule.platforms:
        choices = [("", "—"), *((one.name, one.name) for one in rule.platforms)]
        found[f"platform_{code}"] = forms.ChoiceField(label=_("对接平台"), choices=choices, required=False)
        found[f"ref_{code}"] = forms.CharField(label=_("平台编号"), max_length=100, required=False)
    return found


class BeginForm(forms.Form):
    on = Day()
    note = Words(label=_("对接情况"), required=False, rows=2, max_length=500)


class MeetForm(forms.Form):
    on = Day(label=_("落实日期"))
    result = Words(label=_("落实情况"), max_length=500)


class DropForm(forms.Form):
    on = Day()
    reason = Words(label=_("取消原因"), max_length=300)
