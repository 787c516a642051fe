"""What people fill in for permits. Rules live in the actions; here is only shape and words."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from approvals.models import Material
from approvals.permits.recording import Application
from approvals.permits.rules import Wanted
from policies.schema import PermitRule
from policies.schema import Step as StepRule
from projects.form_fields import Day, Person, Words, approvers, people


class NoForm(forms.Form):
    """Only a button."""


class Ticks(forms.MultipleChoiceField):
    """Materials to tick, by their place in the list; cleaned to their names."""

    def __init__(self, names: Sequence[str], **options: Any) -> None:
        self.names = list(names)
        choices = [(str(place), name) for place, name in enumerate(self.names)]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, **options)

    def clean(self, value: Any) -> list[str]:
        return [self.names[int(place)] for place in super().clean(value)]


class OnADay(forms.Form):
    on = Day(label=gettext_lazy("日期"))


class Choice:
    """One matter on the application form: rule, materials, and whether it was applied for before.

    ``waits``: for what another permit gives, by the material's name; it is not there to be ticked.
    """

    def __init__(
        self,
        rule: StepRule,
        lines: Sequence[Wanted],
        *,
        commits: bool,
        again: bool,
        waits: Mapping[str, StepRule],
    ) -> None:
        self.rule, self.lines, self.commits, self.again = rule, lines, commits, again
        self.waits = [(line.name, waits[line.name].name) for line in lines if line.name in waits]
        self.to_hand = [line.name for line in lines if not line.in_case and line.name not in waits]


class ApplyForm(OnADay):
    """Several permits at one stroke: which, and for each what is handed in."""

    def __init__(self, *args: Any, choices: Sequence[Choice], chosen: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].label = _("申请日期")
        self.choices = list(choices)
        for one in self.choices:
            self._add(one, chosen=one.rule.code == chosen)

    def _add(self, one: Choice, *, chosen: bool) -> None:
        code = one.rule.code
        self.fields[f"apply-{code}"] = forms.BooleanField(label=one.rule.name, required=False, initial=chosen)
        if one.to_hand:
            self.fields[f"handed-{code}"] = Ticks(one.to_hand, label=_("已备齐的材料"), required=False)
        if one.commits:
            self.fields[f"commit-{code}"] = forms.BooleanField(label=_("以告知承诺方式申请"), required=False)
        if one.again:
            self.fields[f"reason-{code}"] = Words(
                label=_("再次办理原因"), rows=2, max_length=300, required=False
            )

    @property
    def blocks(self) -> list[tuple[Choice, list[forms.BoundField]]]:
        """Each matter with its fields, for the page."""
        names = ("apply", "handed", "commit", "reason")
        keys = [(one, [f"{name}-{one.rule.code}" for name in names]) for one in self.choices]
        return [(one, [self[key] for key in some if key in self.fields]) for one, some in keys]

    def applications(self) -> list[Application]:
        said = self.cleaned_data
        codes = [one.rule.code for one in self.choices if said[f"apply-{one.rule.code}"]]
        return [
            Application(
                step=code, handed=said.get(f"handed-{code}", ()), reason=said.get(f"reason-{code}", ""),
                by_commitment=said.get(f"commit-{code}", False),
            )
            for code in codes
        ]  # fmt: skip


class MaterialsForm(OnADay):
    """Some of the materials, and the day."""

    def __init__(self, *args: Any, rows: Sequence[Material], label: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["materials"] = Ticks([row.name for row in rows], label=label)
        self.order_fields(["materials", "on"])


class WithdrawForm(MaterialsForm):
    reason = Words(label=gettext_lazy("撤回原因"), max_length=300)


class NoticeForm(OnADay):
    """一次告知: what is missing goes by itself; for what is there, in words what is wrong with it."""

    def __init__(self, *args: Any, rows: Sequence[Material], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].label = _("告知日期")
        self.rows = list(rows)
        for row in self.rows:
            text = _("%(name)s的问题") if row.there else _("%(name)s（缺少，自动列入）")
            self.fields[f"fault-{row.place}"] = Words(
                label=text % {"name": row.name}, rows=2, max_length=300, required=False
            )

    def faults(self) -> dict[str, str]:
        """By name of the material; what is left empty is not named."""
        said = {row.name: self.cleaned_data[f"fault-{row.place}"].strip() for row in self.rows}
        return {name: words for name, words in said.items() if words}


class SpecialForm(forms.Form):
    reason = Words(label=gettext_lazy("特殊情况的理由"), max_length=300)
    approver = Person(queryset=User.objects.none(), label=gettext_lazy("批准人"))

    def __init__(self, *args: Any, rule: PermitRule, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = rule.special.approved_by_roles if rule.special else ()
        chosen = cast("forms.ModelChoiceField[Any]", self.fields["approver"])
        chosen.queryset = people(roles).exclude(pk=by.pk)


class DeclineForm(forms.Form):
    reason = Words(label=gettext_lazy("不同意的理由"), max_length=300)


class StopForm(OnADay):
    cause = forms.ChoiceField(label=gettext_lazy("停表情形"), widget=forms.RadioSelect)
    body = forms.CharField(
        label=gettext_lazy("上级审批机关"),
        max_length=80,
        required=False,
    )
    note = Words(label=gettext_lazy("说明"), max_length=200, required=False)
    approved_by = Person(queryset=User.objects.none(), label=gettext_lazy("批准人"))
    field_order = ("cause", "body", "note", "approved_by", "on")

    def __init__(self, *args: Any, rule: PermitRule, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].label = _("停表日（当日不计）")
        causes = cast(forms.ChoiceField, self.fields["cause"])
        causes.choices = [(cause.code, cause.name) for cause in rule.stops]
        elsewhere = [cause.name for cause in rule.stops if cause.elsewhere]
        if elsewhere:
            self.fields["body"].help_text = _("“%(names)s”的必填") % {"names": "、".join(elsewhere)}
        else:
            del self.fields["body"]
        chosen = cast("forms.ModelChoiceField[Any]", self.fields["approved_by"])
        chosen.queryset = approvers(by)


class ResumeForm(OnADay):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].label = _("恢复日（当日起计）")


class ResultForm(forms.Form):
    """Number, file and validity; a correction of the number says why."""

    number = forms.CharField(label=gettext_lazy("文号（证号）"), max_length=80, required=False)
    valid_until = Day(label=gettext_lazy("有效期至"), future=True, required=False, initial=None)
    upload = forms.FileField(
        label=gettext_lazy("审批文书"),
        required=False,
        help_text=gettext_lazy("PDF 或图片"),
        allow_empty_file=True,
    )
    reason = Words(label=gettext_lazy("更正理由"), rows=2, max_length=200, required=False)


class EarlyForm(OnADay):
    step = forms.ChoiceField(label=gettext_lazy("事项"))
    note = Words(label=gettext_lazy("辅导内容"), max_length=300)
    field_order = ("step", "note", "on")

    def __init__(self, *args: Any, rules: Sequence[StepRule], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = cast(forms.ChoiceField, self.fields["step"])
        chosen.choices = [(rule.code, rule.name) for rule in rules]
