"""What people fill in on the pages of a report. Rules live in the actions; here is only shape and words."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from approvals.special.actions import LONGEST_SECTION
from approvals.special.models import SpecialReport
from approvals.special.permissions import LEADING
from projects.form_fields import Day, Person, Words, people, units
from projects.models import ContactRecord


class DraftForm(forms.Form):
    """Title, addressee, and one field for the words of each section, named by its code."""

    title = forms.CharField(label=_("标题"), max_length=200)
    addressee = forms.CharField(label=_("主送"), max_length=120)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, report: SpecialReport) -> None:
        first = {"title": report.title, "addressee": report.addressee, "version": report.version}
        first |= {section["code"]: section["text"] for section in report.body}
        super().__init__(data, initial=first)
        self.codes = [section["code"] for section in report.body]
        for section in report.body:
            rows = min(14, max(3, section["text"].count("\n") + 2))
            self.fields[section["code"]] = Words(
                label=section["heading"], rows=rows, max_length=LONGEST_SECTION, required=False
            )

    def parts(self) -> dict[str, Any]:
        """As the action takes them."""
        data = self.cleaned_data
        heads = {"title": data["title"], "addressee": data["addressee"], "expected_version": data["version"]}
        return {**heads, "texts": {code: data[code] for code in self.codes}}


class NoForm(forms.Form):
    """Nothing to fill in: the button alone."""


class IssueForm(forms.Form):
    on = Day(label=_("印发日期"))


class VoidForm(forms.Form):
    reason = Words(label=_("作废原因"), max_length=300)


class InstructForm(forms.Form):
    """批示: what is to be done, by whom, until when."""

    text = Words(label=_("批示内容"), rows=4, max_length=2000)
    units = forms.ModelMultipleChoiceField(
        label=_("承办单位"), queryset=units(), widget=forms.SelectMultiple(attrs={"data-search": ""})
    )
    due_on = Day(label=_("办结时限"), future=True, required=False, initial=None)

    def __init__(self, *args: Any, limit: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelMultipleChoiceField, self.fields["units"]).queryset = units()
        self.fields["due_on"].help_text = limit
        self.fields["due_on"].required = not limit


class RecordForm(InstructForm):
    """代录: who wrote it, on which day, with its scan."""

    leader = Person(label=_("批示领导"), queryset=people(LEADING), empty_label="—")
    given_on = Day(label=_("批示日期"))
    scan = forms.FileField(
        label=_("批示扫描件"), help_text=_("PDF 或图片；代录必须上传"), allow_empty_file=True
    )
    field_order = ("leader", "given_on", "text", "units", "due_on", "scan")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["leader"]).queryset = people(LEADING)


class VisitForm(forms.Form):
    """率队考察: which contact, led by whom."""

    contact = forms.ModelChoiceField(
        label=_("对接记录"), queryset=ContactRecord.objects.none(), empty_label="—"
    )
    leader = Person(label=_("带队领导"), queryset=people(LEADING), empty_label="—")

    def __init__(self, *args: Any, contacts: "QuerySet[ContactRecord]", **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["contact"]).queryset = contacts
        cast(forms.ModelChoiceField, self.fields["leader"]).queryset = people(LEADING)
