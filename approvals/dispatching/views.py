"""Pages of 推荐与流转: propose, withdraw, the chain of one project, the proposals of the district."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import can
from accounts.models import Unit
from accounts.roles import Can
from approvals.actions.opening import standing as standing_of
from approvals.dispatching import actions, queries
from approvals.dispatching.chain import chain_of, holders
from approvals.dispatching.forms import ProposeForm, WithdrawForm
from approvals.dispatching.rules import TRANSFER, holder_of, standing
from approvals.models import Proposal, ProposalState, Step
from approvals.permissions import may_open, require_lead, require_opener
from approvals.readiness import beside, nobody_asked, not_yet
from approvals.views.base import Page
from deadlines.showing import light_of
from kernel.paging import page_of
from policies.schema import Step as StepRule
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import require_unmerged
from projects.views.base import ActionPage, ProjectPage, crumbs


class Propose(ActionPage):
    """推荐或移交: which units, by which principle, why; what stands in the way is shown beforehand."""

    needs = Can.OPEN_STEP
    title = gettext_lazy("提出承接建议")
    button = gettext_lazy("提出")
    done = gettext_lazy("已提出")
    template = "approvals/dispatching/propose.html"
    made: Step

    def check(self) -> None:
        rule = rules_of(self.project).steps.get(self.kwargs["code"])
        if rule is None or rule.proposing is None:
            raise Http404
        require_unmerged(self.user, self.project)
        require_opener(self.project, rule, self.user)
        self.rule: StepRule = rule
        rows = Step.objects.filter(case_id=self.project.pk, code=rule.code).order_by("-round")
        self.latest = rows.select_related("lead_unit").first()

    @property
    def running(self) -> Step | None:
        return self.latest if self.latest is not None and self.latest.is_running else None

    def make_form(self, data: Any = None, files: Any = None) -> ProposeForm:
        again = self.latest is not None and self.latest.concluded_on is not None
        return ProposeForm(self.project, rules_of(self.project), self.rule, data, again=again)

    def also(self, form: forms.Form) -> dict[str, Any]:
        rules, rule = rules_of(self.project), self.rule
        part, held = rules.part(rule.proposing.part if rule.proposing else ""), self._holder()
        return {
            "plan": rule,
            "principle": next(iter(rules.principles), None),
            "missing": [] if self.running else self._missing(),
            "holder": held,
            "proposed": standing(self.running) if self.running else [],
            "running": self.running,
            "latest": self.latest,
            "is_transfer": rule.kind == TRANSFER,
            "move_url": self._move_url(),
            "same_trade": queries.same_trade(self.project, self.today, part.kinds),
            "back": self.after() if self.latest else reverse("proposals-of", args=[self.project.pk]),
        }

    def _holder(self) -> Unit | None:
        held = holder_of(self.project.pk, self.rule)
        return held.unit if held else None

    def _move_url(self) -> str:
        """From a dispatch to the procedure by which a project that has come to a park moves on."""
        rules = rules_of(self.project).proposing(self.rule.names_part or "")
        mover = next((rule for rule in rules if rule.kind == TRANSFER), None)
        if mover is None or self.rule.kind == TRANSFER:
            return ""
        return reverse("propose", args=[self.project.pk, mover.code])

    def _missing(self) -> list[Any]:
        at = standing_of(self.project, self.rule.code, self.today)
        return beside(self.rule, self.project) or not_yet(self.rule, at) or nobody_asked(self.rule, at)

    def act(self, form: forms.Form) -> None:
        assert isinstance(form, ProposeForm)
        self.latest = actions.propose(
            project=self.project, step=self.rule.code, suggestions=form.suggestions(), by=self.user,
            on=self.today, reason=form.cleaned_data.get("again", ""),
        )  # fmt: skip

    def after(self) -> str:
        assert self.latest is not None
        return reverse("step", args=[self.latest.pk])


class Withdraw(ActionPage):
    needs = Can.CONCLUDE_STEP
    title = gettext_lazy("撤回承接建议")
    lead = gettext_lazy("撤回后不再征求该园区，该园区不再因此看到本项目；记录留存。")
    button = gettext_lazy("撤回")
    done = gettext_lazy("已撤回")
    danger = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.proposal: Proposal = get_object_or_404(
                queries.visible(request.user).for_list(), pk=kwargs["pk"]
            )
            kwargs["pk"] = self.proposal.step.case_id
        return super().dispatch(request, *args, **kwargs)

    def check(self) -> None:
        require_lead(self.proposal.step, self.user)

    def make_form(self, data: Any = None, files: Any = None) -> WithdrawForm:
        return WithdrawForm(data)

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"subject": self.proposal.unit.name, "back": self.after()}

    def act(self, form: forms.Form) -> None:
        reason = form.cleaned_data["reason"]
        actions.withdraw_proposal(proposal=self.proposal, by=self.user, on=self.today, reason=reason)

    def after(self) -> str:
        return reverse("step", args=[self.proposal.step_id])


class OfProject(ProjectPage):
    """流转记录 of one project, and the ways on from here."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        lines = chain_of(self.project)
        context = {
            "project": self.project,
            "crumbs": crumbs(self.project),
            "lines": lines,
            "holders": holders(lines),
            "ways": ways(self.project, self),
            "rule": next((rule for rule in rules_of(self.project).steps.values() if rule.proposing), None),
        }
        return render(request, "approvals/dispatching/of_project.html", context)


def ways(project: Project, page: ProjectPage) -> list[tuple[StepRule, str]]:
    """The procedures by which this user may propose now: to a first park, or from one to the next."""
    if not project.is_running or project.merged_into_id or not can(page.user, Can.OPEN_STEP):
        return []
    found = [rule for rule in rules_of(project).steps.values() if rule.proposing]
    held = project.landing_unit_id is not None
    fits = [rule for rule in found if (rule.kind == TRANSFER) is held] or found
    return [
        (rule, reverse("propose", args=[project.pk, rule.code]))
        for rule in fits
        if may_open(project, rule, page.user)
    ]


class Proposals(Page):
    """推荐与流转: the proposals in sight by park, with where each stands and until when it is awaited."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.dict()
        page = page_of(request, queries.filtered(self.user, asked).for_list())
        context = {
            "page": page,
            "lines": [self._line(row) for row in page.rows],
            "asked": asked,
            "states": ProposalState.choices,
            "kinds": [("dispatch", _("推荐")), (TRANSFER, _("移交"))],
            "units": Unit.objects.in_force(self.today)
            .filter(kind__in=("park", "township"))
            .order_by("kind", "name"),
        }
        return render(request, "approvals/dispatching/list.html", context)

    def _line(self, row: Proposal) -> dict[str, Any]:
        answer = queries.answer_of(row)
        clock = answer.deadline if answer else None
        waits = answer is not None and answer.given_on is None and row.step.is_running
        return {
            "row": row,
            "state_name": ProposalState(row.state).label,
            "answer": answer if answer and answer.given_on else None,
            "clock": clock,
            "light": light_of(clock, self.today) if clock and waits else None,
        }
