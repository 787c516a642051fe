"""The form on the phone: a call or a visit in a few touches."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from projects.form_fields import Day, Files
from projects.models import Project
from projects.models.records import Channel

QUICK = (Channel.PHONE, Channel.WECHAT, Channel.VISIT, Channel.RECEPTION, Channel.MEETING)
MOST_PHOTOS = 6


class Photos(Files):
    """Photos from the camera or the album."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        found = super().clean(data, initial)
        if len(found) > MOST_PHOTOS:
            raise forms.ValidationError(_("一次最多 %(most)s 张照片") % {"most": MOST_PHOTOS})
        return found


class VisitForm(forms.Form):
    """A call or visit written down on the way. ``client_id``: made on the phone, so that it arrives once."""

    project = forms.ModelChoiceField(Project.objects.none(), label=_("项目"))
    channel = forms.ChoiceField(
        label=_("方式"),
        choices=[(channel.value, channel.label) for channel in QUICK],
        widget=forms.RadioSelect,
        initial=Channel.PHONE.value,
    )
    with_whom = forms.CharField(label=_("对方人员"), max_length=100)
    matter = forms.CharField(
        label=_("了解到的情况"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    outcome = forms.CharField(
        label=_("需要协调或下一步"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
    )
    on = Day()
    on_request = forms.BooleanField(label=_("应企业要求"), required=False)
    uploads = Photos(
        label=_("现场照片"), required=False, help_text=_("最多 6 张，大的先在手机上缩小；没有网络时存在本机")
    )
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, projects: QuerySet[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
        self.fields["uploads"].widget.attrs["accept"] = "image/*,.heic,.heif"
