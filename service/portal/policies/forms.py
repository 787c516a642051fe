"""What an office fills in to publish a policy; the rules live in the actions."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.form_fields import Day, Words
from service.portal.policies.models import PolicyNotice
from service.portal.policies.publishing import LISTS, WORDS, choices


class Ticks(forms.MultipleChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple(), required=False, **options)


class PolicyForm(forms.Form):
    """Words, time, and whom it concerns: nothing ticked takes in all."""

    title = forms.CharField(label=_("政策名称"), max_length=WORDS["title"])
    text = Words(label=_("政策内容"), max_length=WORDS["text"], rows=6)
    office = forms.CharField(
        label=_("咨询单位"), max_length=WORDS["office"], required=False, help_text=_("不填就是发布单位")
    )
    link = forms.CharField(
        label=_("办理网址"),
        max_length=WORDS["link"],
        required=False,
        help_text=_("以 https:// 开头；企业点开即到办理平台"),
        widget=forms.URLInput(),
    )
    valid_from = Day(label=_("有效期起"), future=True)
    valid_to = Day(label=_("有效期止"), future=True, required=False, initial=None)
    phases = Ticks(label=_("阶段"))
    sectors = Ticks(label=_("产业类别"))
    project_types = Ticks(label=_("项目类型"))
    classes = Ticks(label=_("项目等级"))
    parks = Ticks(label=_("承接园区"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in choices(on).items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]


def initial(row: PolicyNotice) -> dict[str, Any]:
    names = (*WORDS, "valid_from", "valid_to", *LISTS)
    return {name: getattr(row, name) for name in names}


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=300)
