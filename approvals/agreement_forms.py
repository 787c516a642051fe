"""The form of an agreement: its terms are the plan's, so its fields are made from the pack."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from approvals.actions import AgreementDraft, Commitment
from approvals.agreement_models import AgreementVersion
from approvals.revision import amended
from approvals.terms import MOST_COMMITMENTS, written
from documents.models import Attachment
from policies.rulebook import Rulebook
from policies.schema import Term
from projects.facts import facts_of
from projects.form_fields import Words, units
from projects.models import Project

FIRST_ROWS, MORE_ROWS = 4, 2
"""Empty lines for commitments in a first version, and in a later one."""


def term_field(code: str) -> str:
    return f"term_{code}"


class CommitmentForm(forms.Form):
    """One line; a line left empty is none."""

    unit = forms.ChoiceField(label=gettext_lazy("承诺单位"), required=False)
    what = forms.CharField(label=gettext_lazy("承诺事项"), max_length=120, required=False)
    by = forms.DateField(
        label=gettext_lazy("期限"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *choices]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        said = [bool(clean.get(name)) for name in ("unit", "what")]
        if any(said) and not all(said):
            self.add_error("what" if said[0] else "unit", _("单位和事项须一并填写"))
        if clean.get("by") and not any(said):
            self.add_error("unit", _("单位和事项须一并填写"))
        return dict(clean)


class AgreementForm(forms.Form):
    """Grade, terms, text and commitments of one version; a first one has a title as well."""

    title = forms.CharField(label=gettext_lazy("协议名称"), max_length=120)
    grade = forms.ChoiceField(label=gettext_lazy("协议等级"))
    upload = forms.FileField(
        label=gettext_lazy("协议文本"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("上传新文本，或在旁边选择档案中已有的"),
    )
    paper = forms.ModelChoiceField(
        label=gettext_lazy("档案中的文本"),
        queryset=Attachment.objects.none(),
        required=False,
        empty_label="—",
    )
    note = Words(label=gettext_lazy("说明"), max_length=300, required=False, rows=2)
    as_decided = forms.BooleanField(
        label=gettext_lazy("按会议意见修改"),
        required=False,
        help_text=gettext_lazy("仅落实会议“修改后同意”的内容，不再重新上会；改动触及的部门审查仍重新征求"),
    )
    supersede = Words(
        label=gettext_lazy("取代原因"),
        max_length=300,
        required=False,
        rows=2,
        help_text=gettext_lazy("原协议将注明已被取代"),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        project: Project,
        rules: Rulebook,
        data: Any = None,
        files: Any = None,
        *,
        before: AgreementVersion | None = None,
        replaces: bool = False,
        kind: str = "",
    ) -> None:
        """``before``: the version that this one follows; ``replaces``: another agreement is under way."""
        self.rules, self.before = rules, before
        super().__init__(data, files, initial=_initial(project, rules, before))
        choices = [(grade.code, grade.name) for grade in rules.grades]
        self._choose("grade", choices)
        for term in rules.terms:
            self.fields[term_field(term.code)] = _field(term)
        if before is not None:
            del self.fields["title"]
        if before is None or not amended(project, kind):
            del self.fields["as_decided"]
        if not replaces:
            del self.fields["supersede"]
        rule = rules.agreements.get(kind)
        papers = Attachment.objects.filter(
            case_id=project.pk, withdrawn_on__isnull=True, kind__in=rule.documents if rule else ()
        )
        field = self.fields["paper"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = papers.order_by("-id")
        self.commitments = self._formset(data)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _formset(self, data: Any) -> Any:
        known = [(unit.code, unit.name) for unit in units()]
        shape = forms.formset_factory(
            CommitmentForm,
            extra=FIRST_ROWS if self.before is None else MORE_ROWS,
            max_num=MOST_COMMITMENTS,
            validate_max=True,
        )
        rows = self.before.commitments if self.before else []
        first = [{"unit": row["unit"], "what": row["what"], "by": row["by"] or None} for row in rows]
        return shape(data, prefix="commitments", initial=first, form_kwargs={"choices": known})

    def is_valid(self) -> bool:
        return super().is_valid() & self.commitments.is_valid()

    def draft(self) -> AgreementDraft:
        clean = self.cleaned_data
        return AgreementDraft(
            grade=clean["grade"],
            values={term.code: clean[term_field(term.code)] for term in self.rules.terms},
            commitments=self._promised(),
            paper=clean["upload"] or clean["paper"],
            note=clean["note"],
            as_decided=clean.get("as_decided", False),
        )

    def _promised(self) -> list[Commitment]:
        rows = [row for row in self.commitments.cleaned_data if row.get("unit")]
        known = {unit.code: unit for unit in Unit.objects.filter(code__in=[row["unit"] for row in rows])}
        return [Commitment(known[row["unit"]], row["what"], row["by"]) for row in rows]

    def of_party(self, party: str) -> list[tuple[forms.BoundField, Term]]:
        return [(self[term_field(term.code)], term) for term in self.rules.terms if term.party == party]

    @property
    def of_enterprise(self) -> list[tuple[forms.BoundField, Term]]:
        return self.of_party("enterprise")

    @property
    def of_government(self) -> list[tuple[forms.BoundField, Term]]:
        return self.of_party("government")


def _field(term: Term) -> forms.Field:
    """A field that takes the text as written: reading it is the action's business."""
    label = f"{term.name}（{term.measure}）" if term.measure else term.name
    more: dict[str, Any] = {"label": label, "required": False, "help_text": term.hint}
    if term.kind == "text":
        return Words(max_length=1000, rows=2, **more)
    if term.kind == "date":
        return forms.CharField(max_length=10, widget=forms.DateInput(attrs={"type": "date"}), **more)
    more["help_text"] = term.hint or {"money": _("如“20亿元”“6000万元”"), "ratio": _("百分比，0 到 100")}.get(
        term.kind, ""
    )
    return forms.CharField(max_length=40, **more)


def _initial(project: Project, rules: Rulebook, before: AgreementVersion | None) -> dict[str, Any]:
    """What the version before says; for a first one what the project knows already."""
    if before is not None:
        found = {term_field(t.code): written(t, before.values.get(t.code)) for t in rules.terms}
        return found | {"grade": before.grade, "paper": before.file_id, "version": before.agreement.version}
    facts = facts_of(project)
    found = {term_field(t.code): written(t, facts.get(t.fact)) for t in rules.terms if t.fact}
    return found | {
        "grade": project.agreement_grade,
        "title": (_("%(name)s投资协议") % {"name": project.name})[:120],
    }
