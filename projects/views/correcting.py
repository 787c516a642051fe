"""更正: choose what is wrong, see what would move, confirm with the reason."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from kernel import keyset
from kernel.numbers import whole
from kernel.refusals import Refused
from projects import actions
from projects.actions import Change
from projects.correcting_form import CorrectForm
from projects.facts import rules_of
from projects.models import Measure, Money, ReachedMilestone
from projects.views.base import STATUS, ActionPage, project_of

PAYMENTS = 50


class Correct(ActionPage):
    """The first click previews; only what has been previewed unchanged is carried out by the second."""

    needs = Can.CORRECT_PROJECT
    title = gettext_lazy("更正")
    lead = gettext_lazy(
        "更正登记错误的日期或金额：先预览会牵动哪些期限、等级和计分，再写明原因确认。原值保留在历史中。"
    )
    button = gettext_lazy("预览影响")
    done = gettext_lazy("已更正")
    template = "projects/correct.html"
    moves: list[str] | None = None

    def make_form(self, data: Any = None, files: Any = None) -> CorrectForm:
        asked = self.request.GET.get("what", "")
        choices = self._choices((data or {}).get("what", asked))
        first = {"what": asked, "version": self.project.version}
        return CorrectForm(self.project, choices, data, initial=first)

    def _choices(self, asked: str) -> list[Any]:
        rules = rules_of(self.project)
        rows = ReachedMilestone.objects.filter(project=self.project, withdrawn_on__isnull=True).order_by(
            "on", "id"
        )
        days = [(f"milestone:{r.code}:{r.part_no}", self._day(r, rules)) for r in rows]
        sums = [(what_of(row), _sum(row)) for row in self._money(asked)]
        return [group for group in ((_("里程碑日期"), days), (_("金额"), sums)) if group[1]]

    def _money(self, asked: str) -> list[Money]:
        """The figures in force; of many payments the latest, and the one that was asked for."""
        rows = Money.objects.filter(project=self.project, superseded_by__isnull=True)
        paid = Q(measure=Measure.PAID_IN)
        payments = list(rows.filter(paid).order_by("-on", "-id")[:PAYMENTS])
        key = whole(asked.removeprefix("money:"))
        if key is not None and key not in {row.pk for row in payments}:
            payments += rows.filter(paid, pk=key)
        return [*rows.exclude(paid).order_by("measure"), *payments]

    def _day(self, row: ReachedMilestone, rules: Any) -> str:
        name = rules.milestone(row.code).name if row.code in rules.milestones else row.code
        part = _("（第%(n)s期）") % {"n": row.part_no} if row.parts_total > 1 else ""
        return f"{name}{part}：{row.on}"

    def also(self, form: forms.Form) -> dict[str, Any]:
        field = form.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        return {"nothing": not field.choices, "moves": self.moves}

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if form.is_valid() and form.cleaned_data["seen"] != _seal(form):
            return self._preview(form)
        return super().post(request, **kwargs)

    def _preview(self, form: CorrectForm) -> HttpResponse:
        try:
            moves = actions.preview_correction(
                project=self.project, change=_change(form), by=self.user, on=self.today
            )
        except Refused as refused:
            return self.page(form, refused, STATUS[refused.status])
        data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["seen"] = _seal(form)
        form.data = data
        self.moves = moves
        return self.page(form)

    def act(self, form: forms.Form) -> Any:
        change = _change(form)
        return actions.correct(
            project=self.project,
            change=change,
            by=self.user,
            on=self.today,
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
        )

    def page(self, form: forms.Form, refused: Refused | None = None, status: int = 200) -> HttpResponse:
        """Whom somebody else forestalled is told what changed, and previews anew from there."""
        if refused and refused.status == "conflict":
            data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            data["version"] = str(project_of(self.request, self.project.pk).version)
            data["seen"] = ""
            form.data = data
        return super().page(form, refused, status)


def what_of(row: Money) -> str:
    """How the form names a figure: by its measure, of which one is in force, a payment by its key."""
    return f"money:{row.pk if row.adds or row.measure == Measure.PAID_IN else row.measure}"


def _sum(row: Money) -> str:
    money = row.raw if row.currency == "CNY" else f"{row.raw} {row.currency}"
    return f"{row.get_measure_display()}：{row.qualifier}{money}（{row.on}）"


def _change(form: forms.Form) -> Change:
    data = form.cleaned_data
    kind, _colon, rest = data["what"].partition(":")
    if kind == "money":
        which: dict[str, Any] = {"figure": int(rest)} if rest.isdecimal() else {"measure": rest}
        said = {name: data[name] for name in ("day", *CorrectForm.SUM)}
        return Change(**which, **said | {name: data[name] or None for name in ("qualifier", "source")})
    code, _colon, part = rest.rpartition(":")
    return Change(milestone=code, day=data["day"], part_no=int(part))


def _seal(form: forms.Form) -> str:
    """Names the correction whose consequences were shown; another one is previewed anew."""
    data = form.cleaned_data
    paper = data["evidence"].pk if data["evidence"] else ""
    said = [str(data[name] or "") for name in ("day", *CorrectForm.SUM) if name != "evidence"]
    return keyset.pack(data["what"], *said, paper)
