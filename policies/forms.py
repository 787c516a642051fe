"""The one form of policies: a pack as a file."""

from typing import NamedTuple

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.loader import MOST_BYTES


class Sent(NamedTuple):
    name: str
    text: str


class PackForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("制度包文件（TOML）"))

    def clean_file(self) -> Sent:
        """The file as text; refuses what is too big or not UTF-8."""
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("文件太大，制度包不超过2MB"))
        try:
            text = upload.read().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("文件不是UTF-8编码的文本")) from error
        return Sent(upload.name or "", text)
