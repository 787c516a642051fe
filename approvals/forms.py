"""What people fill in on the pages of a step. Rules live in the actions; here is only shape and words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Unit, User
from approvals.actions import Conclusion, Named
from approvals.actions.opinions import Said
from approvals.models import AGAINST, ANSWERS, Answer, Asks, Opinion, Step
from approvals.permits.closing import LONGEST_NUMBER, Result
from approvals.permits.rules import PERMIT
from kernel.clock import today
from policies.schema import PartKind, Score
from policies.schema import Step as StepRule
from projects.actions.milestones import MOST_PARTS
from projects.form_fields import Day, Words, unit_choice, units


class ReasonForm(forms.Form):
    reason = Words(label=gettext_lazy("原因"), max_length=300)


class OpenForm(forms.Form):
    """Opening a round by hand; a further one says why."""

    reason = Words(label=gettext_lazy("再次办理原因"), max_length=300)

    def __init__(self, *args: Any, again: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not again:
            del self.fields["reason"]


class FollowedForm(forms.Form):
    note = Words(label=gettext_lazy("怎样落实"), max_length=300)


class OpinionForm(forms.Form):
    """What one unit says about one aspect: which fields there are, the plan says."""

    answer = forms.ChoiceField(label=gettext_lazy("态度"), widget=forms.RadioSelect)
    words = Words(label=gettext_lazy("意见"), rows=6, max_length=4000, required=False)
    score = forms.IntegerField(label=gettext_lazy("评分"), required=False)
    agreement_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, opinion: Opinion, limits: Score, **options: Any) -> None:
        super().__init__(*args, **options)
        self._answers(ANSWERS[opinion.asks])
        _bind(self, opinion.step.agreement_version_id)
        if opinion.asks == Asks.WORDS_AND_SCORE:
            self._scored(limits)
        else:
            del self.fields["score"]

    def _answers(self, takes: Collection[Answer]) -> None:
        if len(takes) == 1:
            del self.fields["answer"]
            self.fields["words"].required = True
            return
        field = cast(forms.ChoiceField, self.fields["answer"])
        field.choices = [(one.value, one.label) for one in takes]
        against = "、".join(str(one.label) for one in takes if one in AGAINST)
        self.fields["words"].label = _("意见（%(against)s须写明理由）") % {"against": against}

    def _scored(self, limits: Score) -> None:
        field = self.fields["score"]
        field.help_text = _("可不填；%(min)s–%(max)s 分") % {"min": limits.min, "max": limits.max}
        field.widget.attrs |= {"min": limits.min, "max": limits.max, "inputmode": "numeric"}


def _bind(form: forms.Form, version: int | None) -> None:
    """What the reader had before the eyes comes back with the form, where the step is bound."""
    if version is None:
        del form.fields["agreement_version"]
    else:
        form.fields["agreement_version"].initial = version


class OnBehalfForm(OpinionForm):
    """代录: the same, with the day on the paper and its scan."""

    given_on = Day(label=gettext_lazy("书面意见日期"))
    scan = forms.FileField(
        label=gettext_lazy("书面意见扫描件"),
        help_text=gettext_lazy("PDF 或图片；代录必须上传"),
        allow_empty_file=True,
    )


class MeetingForm(forms.Form):
    """会审记录: the day, the signed minutes, and what each unit said; who said nothing is left empty."""

    given_on = Day(label=gettext_lazy("会议日期"))
    scan = forms.FileField(
        label=gettext_lazy("会审记录扫描件"),
        help_text=gettext_lazy("各单位签字的会议记录，PDF 或图片"),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, asked: Sequence[Opinion], **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked = list(asked)
        for row in self.asked:
            takes = ANSWERS[row.asks]
            if len(takes) > 1:
                choices = [("", _("未表态")), *((one.value, one.label) for one in takes)]
                self.fields[f"answer-{row.pk}"] = forms.ChoiceField(
                    label=_("态度"), choices=choices, required=False
                )
            self.fields[f"words-{row.pk}"] = Words(label=_("意见"), rows=2, max_length=4000, required=False)

    @property
    def rows(self) -> list[tuple[Opinion, list[forms.BoundField]]]:
        """Each question with its fields, for the page."""
        names = ("answer", "words")
        return [
            (row, [self[f"{name}-{row.pk}"] for name in names if f"{name}-{row.pk}" in self.fields])
            for row in self.asked
        ]

    def said(self) -> dict[int, Said]:
        """By key of the question, for those who spoke."""
        clean = self.cleaned_data
        found = {
            row.pk: Said(clean[f"words-{row.pk}"], None, clean.get(f"answer-{row.pk}", ""))
            for row in self.asked
        }
        return {key: one for key, one in found.items() if one.words.strip() or one.answer}


class AskForm(forms.Form):
    """One more unit for one aspect."""

    aspect = forms.ChoiceField(label=gettext_lazy("事项"))
    unit = unit_choice(label=gettext_lazy("征求单位"))

    def __init__(self, *args: Any, rule: StepRule, **options: Any) -> None:
        # It stands on one page with the conclusion, which may have a unit of its own.
        super().__init__(*args, **options | {"auto_id": "id_ask_%s"})
        field = cast(forms.ChoiceField, self.fields["aspect"])
        proposed = rule.proposing.aspect if rule.proposing else ""  # asked of whoever is proposed alone
        field.choices = [(aspect.code, aspect.name) for aspect in rule.aspects if aspect.code != proposed]


@dataclass(frozen=True, slots=True)
class Stage:
    """The next part of a milestone that may be reached in parts (分期验收)."""

    part_no: int = 1
    parts_total: int = 1


class ConcludeForm(forms.Form):
    """The verdict, the conditions confirmed, and whoever the verdict names."""

    verdict = forms.ChoiceField(label=gettext_lazy("结论"), widget=forms.RadioSelect)
    checks = forms.MultipleChoiceField(
        label=gettext_lazy("逐项确认"), widget=forms.CheckboxSelectMultiple, required=False
    )
    unit = unit_choice(required=False)
    person = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="—",
        widget=forms.Select(attrs={"data-search": ""}),
    )
    part_no = forms.IntegerField(label=gettext_lazy("第几期"), min_value=1, max_value=MOST_PARTS)
    parts_total = forms.IntegerField(
        label=gettext_lazy("共几期"),
        min_value=1,
        max_value=MOST_PARTS,
        help_text=gettext_lazy("不分期的填 1；分期的各期办结后才算达成"),
    )
    reason = Words(label=gettext_lazy("理由"), max_length=4000, required=False)
    agreement_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        rule: StepRule,
        part: PartKind | None,
        holder: Any,
        partners: Collection[tuple[Step, StepRule]] = (),
        staged: Mapping[str, Stage] = MappingProxyType({}),
        agreement_version: int | None = None,
        among: "QuerySet[Unit] | None" = None,
        **options: Any,
    ) -> None:
        """``staged``: by code of a step, where its milestone, which may come in parts, stands. ``among``: of
        which units one is named, where not every unit of the right kind may be."""
        super().__init__(*args, **options)
        _bind(self, agreement_version)
        self.rule, self.part, self.partners, self.staged = rule, part, partners, staged
        self._stages()
        choices = [(verdict.code, verdict.name) for verdict in rule.verdicts]
        cast(forms.ChoiceField, self.fields["verdict"]).choices = choices
        if len(choices) == 1:
            self.fields["verdict"].initial = choices[0][0]
        self._checks()
        self._named(holder, among)
        needing = "、".join(verdict.name for verdict in rule.verdicts if verdict.needs_reason)
        if needing:
            self.fields["reason"].help_text = _("结论为%(names)s时必填") % {"names": needing}

        if rule.kind == PERMIT:
            self._granted("", rule)
        for step, other in partners:
            self._partner(step, other)
            if other.kind == PERMIT:
                self._granted(f"_{step.pk}", other)

    def _granted(self, key: str, rule: StepRule) -> None:
        """Number and validity of what a permit grants; its file is kept on the permit's own page."""
        label = _("%(name)s文号（证号）") % {"name": rule.name} if key else _("文号（证号）")
        self.fields[f"number{key}"] = forms.CharField(label=label, max_length=LONGEST_NUMBER, required=False)
        label = _("%(name)s有效期至") % {"name": rule.name} if key else _("有效期至")
        self.fields[f"valid_until{key}"] = Day(label=label, future=True, required=False, initial=None)

    def _result(self, key: str = "") -> Result | None:
        clean = self.cleaned_data
        found = Result(number=clean.get(f"number{key}", ""), valid_until=clean.get(f"valid_until{key}"))
        return None if found.empty else found

    def of_result(self) -> list[forms.BoundField]:
        return [self[name] for name in ("number", "valid_until") if name in self.fields]

    def _partner(self, step: Step, rule: StepRule) -> None:
        """The verdict on a step that the plan wants concluded together with this one."""
        self.fields[f"verdict_{step.pk}"] = forms.ChoiceField(
            label=_("一并办结：%(name)s") % {"name": step.name},
            choices=[("", "—"), *((verdict.code, verdict.name) for verdict in rule.verdicts)],
            required=False,
        )
        if rule.checks:
            self.fields[f"checks_{step.pk}"] = forms.MultipleChoiceField(
                label=_("%(name)s：逐项确认") % {"name": step.name},
                choices=[(check.code, check.name) for check in rule.checks],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )

    def of_partners(self) -> list[forms.BoundField]:
        leads = ("verdict_", "checks_", "number_", "valid_until_")
        return [self[name] for name in self.fields if name.startswith(leads)]

    def conclusions(self, step: Step) -> list[Conclusion]:
        """This step's conclusion, then those of the partners for which a verdict was chosen."""
        clean, reason = self.cleaned_data, self.cleaned_data["reason"]
        checks = clean.get("checks", ())
        stage = self._stage_of(self.rule)
        own = Conclusion(
            step=step,
            verdict=clean["verdict"],
            reason=reason,
            checks=checks,
            named=self.named(),
            part_no=stage.part_no,
            parts_total=stage.parts_total,
            agreement_version=clean.get("agreement_version"),
            result=self._result(),
        )
        return [own] + [
            Conclusion(
                step=other,
                verdict=clean[f"verdict_{other.pk}"],
                reason=reason,
                checks=clean.get(f"checks_{other.pk}", ()),
                part_no=self._stage_of(rule).part_no,
                parts_total=self._stage_of(rule).parts_total,
                result=self._result(f"_{other.pk}"),
            )
            for other, rule in self.partners
            if clean[f"verdict_{other.pk}"]
        ]

    def _stages(self) -> None:
        """Which part this is and of how many: only where something is reached in parts."""
        stage = next(iter(self.staged.values()), None)
        for name in ("part_no", "parts_total"):
            if stage is None:
                del self.fields[name]
            else:
                self.fields[name].initial = getattr(stage, name)

    def _stage_of(self, rule: StepRule) -> Stage:
        if rule.code not in self.staged:
            return Stage()
        return Stage(self.cleaned_data["part_no"], self.cleaned_data["parts_total"])

    def of_stages(self) -> list[forms.BoundField]:
        return [self[name] for name in ("part_no", "parts_total") if name in self.fields]

    def _checks(self) -> None:
        if not self.rule.checks:
            del self.fields["checks"]
            return
        field = cast(forms.MultipleChoiceField, self.fields["checks"])
        field.choices = [(check.code, check.name) for check in self.rule.checks]

    def _named(self, holder: Any, among: "QuerySet[Unit] | None") -> None:
        """Keep the one field that the part asks for: a person, or a unit of the right kind."""
        wanted = None if self.part is None else "person" if self.part.person else "unit"
        for name in ("unit", "person"):
            if name != wanted:
                del self.fields[name]
        if wanted is None or self.part is None:
            return
        field = cast("forms.ModelChoiceField[Any]", self.fields[wanted])
        field.label, field.initial = self.part.name, holder
        field.queryset = people() if wanted == "person" else units(self.part.kinds)
        if among is not None:
            field.queryset = among

    def named(self) -> list[Named]:
        """Whoever was chosen; a person stands for the unit of the oldest membership in force."""
        person: User | None = self.cleaned_data.get("person")
        unit: Unit | None = self.cleaned_data.get("unit")
        if person is not None:
            row = (
                Membership.objects.in_force(today())
                .filter(user=person)
                .select_related("unit")
                .order_by("id")
                .first()
            )
            return [Named(row.unit, person)] if row else []
        return [Named(unit)] if unit is not None else []


def people() -> QuerySet[User]:
    """Who can be named: active people with a post that sees cases."""
    from accounts.roles import ADMINISTRATORS

    held = Membership.objects.in_force(today()).exclude(role__in=ADMINISTRATORS).values("user")
    return User.objects.filter(pk__in=held, is_active=True).order_by("name", "pk")
