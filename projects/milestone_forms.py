"""Forms of a milestone: reached, its evidence supplied, withdrawn."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policies.rulebook import Rulebook
from policies.schema import Milestone
from projects.actions.evidence import papers_of
from projects.form_fields import Day
from projects.forms import ReasonForm
from projects.models import ReachedMilestone
from projects.models.records import Precision


class MilestoneForm(forms.Form):
    """A milestone of the plan on its day: with its evidence, and its part where it comes in parts."""

    on = Day(label=_("完成日期"))
    part_no = forms.IntegerField(label=_("第几期"), min_value=1, max_value=99, initial=1)
    parts_total = forms.IntegerField(label=_("共几期"), min_value=1, max_value=99, initial=1)
    kind = forms.ChoiceField(label=_("佐证类别"), required=False)
    upload = forms.FileField(label=_("佐证材料"), required=False)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, rule: Milestone, rules: Rulebook, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not rule.staged:
            del self.fields["part_no"], self.fields["parts_total"]
        _offer_kinds(self.fields["kind"], rule, rules)


def _offer_kinds(kind: forms.Field, rule: Milestone, rules: Rulebook) -> None:
    """The kinds of paper that the plan asks for with a milestone, else all that it knows."""
    assert isinstance(kind, forms.ChoiceField)
    wanted = papers_of(rule) or tuple(rules.documents)
    kind.choices = [(code, rules.document(code).name) for code in wanted if code in rules.documents]
    kind.initial = "other" if "other" in wanted else None
    if len(kind.choices) == 1:
        kind.widget, kind.initial = forms.HiddenInput(), kind.choices[0][0]


class EvidenceForm(forms.Form):
    """The paper of a milestone that a ledger brought in; its day where the ledger did not tell it exactly."""

    day = Day(label=_("实际日期"), initial=None)
    kind = forms.ChoiceField(label=_("佐证类别"), required=False)
    upload = forms.FileField(label=_("佐证材料"), required=False)
    document_no = forms.CharField(
        label=_("文号"), max_length=100, required=False, help_text=_("没有电子件的，填写文件的文号")
    )
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(
        self, row: ReachedMilestone, rule: Milestone, rules: Rulebook, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer_kinds(self.fields["kind"], rule, rules)
        day = self.fields["day"]
        day.required = row.precision == Precision.UNKNOWN
        if row.precision == Precision.DAY:
            del self.fields["day"]
        elif not day.required:
            day.help_text = gettext("台账所记为 %(said)s，知道确切日期的填写") % {"said": row.said_on}
        if papers_of(rule):
            del self.fields["document_no"]


class WithdrawForm(ReasonForm):
    part_no = forms.IntegerField(required=False, widget=forms.HiddenInput)
