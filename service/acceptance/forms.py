"""What people fill in for an acceptance. Rules live in the actions; here is only shape and words."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from projects.form_fields import Day, Words

MOST_AREA = 10**9


class StageForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("如：一期厂房"))
    scope = Words(label=_("验收范围"), max_length=500, rows=2, help_text=_("哪些单体、哪些配套"))
    area = forms.IntegerField(label=_("建筑面积（㎡）"), min_value=0, max_value=MOST_AREA, required=False)
    planned_on = Day(label=_("计划验收日期"), future=True, required=False, initial=None)


class ApplyForm(forms.Form):
    """``again``: the stage was sent back for mending, so it says why it comes again."""

    along = forms.BooleanField(label=_("一并申请不动产首次登记，并联办理"), required=False, initial=True)
    reason = Words(label=_("再次申请的说明"), max_length=300, rows=2)

    def __init__(self, *args: Any, again: bool, along: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not again:
            del self.fields["reason"]
        if not along:
            del self.fields["along"]


class ReasonForm(forms.Form):
    reason = Words(label=_("原因"), max_length=300)


class AskForm(forms.Form):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("指导单位"), empty_label="—")
    matter = Words(label=_("请求指导的事项"), max_length=500)

    def __init__(self, *args: Any, units: Sequence[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        keys = [unit.pk for unit in units]
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=keys)  # type: ignore[attr-defined]


class GiveForm(forms.Form):
    day = Day(label=_("指导日期"))
    words = Words(label=_("指导意见"), max_length=4000, rows=5)


class LandForm(forms.Form):
    delivered_on = Day(label=_("交地日期"), initial=None)
    certificate_on = Day(label=_("发证日期"), initial=None)
    certificate_no = forms.CharField(label=_("不动产权证号"), max_length=80)
    area = forms.IntegerField(label=_("用地面积（㎡）"), min_value=0, max_value=MOST_AREA, required=False)
    upload = forms.FileField(label=_("不动产权证书"), allow_empty_file=True)
    reason = Words(
        label=_("未同日交证的原因"), max_length=300, rows=2, required=False,
        help_text=_("交地与发证不在同一日的必须填写"),
    )  # fmt: skip
