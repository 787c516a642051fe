"""Forms before a permit is there: apply for one or several at one stroke; help before the application."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from approvals.models import Permit
from approvals.overview import Line, steps_of
from approvals.permits import actions
from approvals.permits.forms import ApplyForm, Choice, EarlyForm
from approvals.permits.owed import owed
from approvals.permits.rules import PERMIT, green_channel, may_commit, permit_of, wanted
from projects.facts import rules_of
from projects.gates import held
from projects.permissions import require_sight, require_unmerged
from projects.views.base import ActionPage


class Apply(ActionPage):
    """申请许可: what may be applied for now, each with its materials; what may not, with the reason."""

    needs = Can.OPEN_STEP
    title = gettext_lazy("申请许可")
    lead = gettext_lazy("可以一次申请几项，同时受理、并联审批；材料齐备之日起计时。")
    button = gettext_lazy("提交申请")
    done = gettext_lazy("已申请")
    template = "approvals/permits/apply.html"
    made: list[Permit]

    def check(self) -> None:
        require_unmerged(self.user, self.project)
        require_sight(self.user, self.project)
        self.lines = [
            line
            for group in steps_of(self.project, self.user, self.today)
            for line in group.lines
            if line.rule.kind == PERMIT
        ]

    def make_form(self, data: Any = None, files: Any = None) -> ApplyForm:
        have = held(self.project)
        choices = [self._choice(line, have) for line in self.lines if line.may_open]
        return ApplyForm(data, choices=choices, chosen=self.request.GET.get("step", ""))

    def _choice(self, line: Line, have: Any) -> Choice:
        again = line.latest is not None and line.latest.concluded_on is not None
        commits = may_commit(line.rule, self.project)
        # With a commitment fewer are wanted: what is listed is what either way may ask for.
        rows = wanted(line.rule, have, by_commitment=False)
        more = (
            [row for row in wanted(line.rule, have, by_commitment=True) if row not in rows] if commits else []
        )
        due = owed(line.rule, self.project, have.milestones)
        waiting = {name: one.giver for name, one in due.items()}
        return Choice(line.rule, [*rows, *more], commits=commits, again=again, waits=waiting)

    def also(self, form: forms.Form) -> dict[str, Any]:
        blocked = [line for line in self.lines if not line.may_open and line.state in ("open", "blocked")]
        return {"blocked": blocked, "green": green_channel(self.project, rules_of(self.project))}

    def act(self, form: ApplyForm) -> None:
        self.made = actions.apply(
            project=self.project, applications=form.applications(), by=self.user, on=form.cleaned_data["on"],
            today=self.today,
        )  # fmt: skip

    def after(self) -> str:
        if len(getattr(self, "made", ())) == 1:
            return reverse("permit", args=[self.made[0].pk])
        return reverse("project-detail", args=[self.project.pk]) + "#panel-permits"


class Early(ActionPage):
    needs = Can.OPEN_STEP
    title = gettext_lazy("登记提前帮")
    lead = gettext_lazy("正式申请以前的辅导，记录在案，不计入任何时限。")
    button = gettext_lazy("登记")
    done = gettext_lazy("已登记，不计入时限")

    def check(self) -> None:
        require_sight(self.user, self.project)

    def make_form(self, data: Any = None, files: Any = None) -> EarlyForm:
        rules = rules_of(self.project).steps.values()
        helped = [rule for rule in rules if rule.kind == PERMIT and permit_of(rule).early_help]
        return EarlyForm(data, rules=helped, initial={"step": self.request.GET.get("step", "")})

    def act(self, form: forms.Form) -> None:
        actions.help_early(project=self.project, by=self.user, today=self.today, **form.cleaned_data)
