"""What people fill in to correct a day or a figure. Rules live in the action; here are shape and words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.models import Attachment
from projects.form_fields import Day, Words
from projects.models import Currency, Project


class Paper(forms.ModelChoiceField):
    """A paper that the case holds already."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.on}）"


class CorrectForm(forms.Form):
    """What is wrong, what is right; ``seen`` is the correction whose consequences were shown.

    Of a figure, what is left empty stays as it was stated.
    """

    what = forms.ChoiceField(label=_("更正什么"))
    day = Day(label=_("正确的日期"), required=False, initial=None, help_text=_("日期没有错就不填"))
    raw = forms.CharField(
        label=_("正确的金额"),
        max_length=100,
        required=False,
        help_text=_("更正金额时填写，如“20亿元”"),
    )
    currency = forms.ChoiceField(
        label=_("币种"), choices=[("", _("不改")), *Currency.choices], required=False
    )
    rate = forms.CharField(label=_("汇率"), max_length=20, required=False, help_text=_("不改就留空"))
    rate_on = Day(label=_("汇率日期"), required=False, initial=None, help_text=_("不改就留空"))
    qualifier = forms.CharField(label=_("限定"), max_length=40, required=False, help_text=_("不改就留空"))
    source = forms.CharField(label=_("来源"), max_length=200, required=False, help_text=_("不改就留空"))
    evidence = Paper(
        label=_("佐证材料"),
        queryset=Attachment.objects.none(),
        required=False,
        empty_label=_("不改"),
        help_text=_("从本项目已上传的材料中选择"),
    )
    reason = Words(label=_("更正原因"), max_length=300)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    SUM = ("raw", "currency", "rate", "rate_on", "qualifier", "source", "evidence")
    MORE = SUM[1:]

    def __init__(self, project: Project, choices: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what, evidence = self.fields["what"], self.fields["evidence"]
        assert isinstance(what, forms.ChoiceField)
        assert isinstance(evidence, forms.ModelChoiceField)
        what.choices = choices
        papers = Attachment.objects.filter(case_id=project.pk, withdrawn_on__isnull=True)
        evidence.queryset = papers.order_by("-id")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("what", "").partition(":")[0]
        if kind == "milestone" and not data.get("day"):
            self.add_error("day", _("请填写正确的日期"))
        if kind == "money" and not any(data.get(name) for name in ("day", *self.SUM)):
            self.add_error("raw", _("请填写正确的金额、日期或其他要更正的内容"))
        return data

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in ("what", "day", "raw")]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def more_open(self) -> bool:
        """Whether something stands in the folded fields."""
        return self.is_bound and any(self.data.get(name) or self.errors.get(name) for name in self.MORE)
