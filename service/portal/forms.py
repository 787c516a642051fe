"""What people fill in around the enterprise's account: shape and words, the rules live in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from policies.schema import RequestRule
from projects.form_fields import Words
from service.forms import DayInput
from service.portal.models import Verdict


class OpenForm(forms.Form):
    """A new account of the enterprise."""

    username = forms.CharField(
        label=_("用户名"), max_length=64, help_text=_("登录用，定后不改；可用企业简称拼音加姓名")
    )
    name = forms.CharField(label=_("企业人员姓名"), max_length=40)
    phone = forms.CharField(label=_("手机"), max_length=20, required=False)


class LinkForm(forms.Form):
    """An account that the enterprise has from another project."""

    existing = forms.CharField(label=_("已有企业账号的用户名"), max_length=64)


class AskForm(forms.Form):
    """What is asked of the enterprise."""

    title = forms.CharField(label=_("请企业办理的事项"), max_length=120)
    due_on = forms.DateField(label=_("希望完成日期"), widget=DayInput(), required=False)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)


class AnswerForm(forms.Form):
    words = Words(
        label=_("给企业的答复"),
        max_length=2000,
        rows=5,
        help_text=_("企业会看到这里的全部文字；内部意见请勿写在此处"),
    )


class UploadForm(forms.Form):
    """A paper of the enterprise; the kind is asked only where there is a choice."""

    upload = forms.FileField(label=_("文件或照片"))
    kind = forms.ChoiceField(label=_("材料类别"))
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, *args: Any, kinds: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(kinds) == 1:
            del self.fields["kind"]
        else:
            self.fields["kind"].choices = list(kinds.items())  # type: ignore[attr-defined]


class RequestForm(forms.Form):
    """诉求: which kind, what it is about, the circumstances, perhaps a paper."""

    kind = forms.ChoiceField(label=_("诉求类别"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("事项"), max_length=60)
    text = Words(label=_("具体情况"), max_length=2000, rows=5)
    upload = forms.FileField(label=_("附件"), required=False)

    def __init__(self, *args: Any, offered: list[RequestRule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(rule.code, rule.name) for rule in offered]  # type: ignore[attr-defined]


class JudgeForm(forms.Form):
    """满意 or 不满意, and what is still not solved."""

    verdict = forms.ChoiceField(label=_("您的评价"), choices=Verdict.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("说明（不满意时请写明）"), max_length=300, required=False)


class TakeBackForm(forms.Form):
    reason = forms.CharField(label=_("撤回原因"), max_length=300)
