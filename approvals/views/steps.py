"""A step: its opinions in one table, its clock, its conclusion; opening, asking more, cancelling, print."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import can
from accounts.models import Unit
from accounts.roles import Can
from approvals import actions
from approvals.actions import demands
from approvals.actions.opening import standing
from approvals.dispatching.showing import proposals_of
from approvals.forms import AskForm, ConcludeForm, MeetingForm, OpenForm, ReasonForm, Stage
from approvals.guides import guide_for
from approvals.models import AGAINST, Answer, Asks, Step
from approvals.overview import tone_of
from approvals.permissions import (
    may_conclude,
    may_open,
    may_record,
    require_lead,
    require_opener,
    require_recorder,
)
from approvals.permits.rules import PERMIT
from approvals.queries import meeting_questions
from approvals.readiness import nobody_asked, not_yet
from approvals.rules import concerning, leads_of, rule_of
from approvals.scores import score_of
from approvals.views import base
from cases.models import Part
from kernel.conditions import explain, holds
from kernel.refusals import Refused
from policies.facts import labels
from policies.schema import PartKind
from policies.schema import Step as StepRule
from policies.spans import span_text
from projects.facts import rules_of
from projects.models import Project, ReachedMilestone
from projects.views.base import FIELDS_WRONG, STATUS, ActionPage, FormPage


class StepPage(base.Page):
    """GET shows everything; its forms post to addresses of their own and come back here when refused."""

    step: Step
    rule: StepRule

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.step = base.step_of(request, kwargs["pk"])
            self.rule = rule_of(self.step)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page()

    def page(
        self, form: forms.Form | None = None, refused: Refused | None = None, status: int = 200
    ) -> HttpResponse:
        step, project = self.step, base.project_for(self.step)
        rows = base.opinions_of(step)
        leads = step.is_running and may_conclude(step, self.user)
        context = {
            "step": step,
            "plan": self.rule,
            "project": project,
            "title": base.title_of(self.rule, step),
            "refused": refused,
            "crumbs": base.trail(project),
            "groups": base.grouped(step, rows, self.user, self.today),
            "scored": any(row.asks == Asks.WORDS_AND_SCORE for row in rows),
            "total": score_of(self.rule, rows),
            "older": [row for row in rows if not row.in_force],
            "given": sum(row.in_force and row.given_on is not None for row in rows),
            "asked": sum(row.in_force for row in rows),
            "clock": base.clock_of(step, self.today),
            "guide": guide_for(self.rule, project),
            "facts": base.facts_for(project),
            "papers": base.papers_of(step.case_id),
            "tone": tone_of(step) if step.verdict else "",
            "checks": [check for check in self.rule.checks if check.code in step.checks],
            "leads": leads,
            "may_record": step.cancelled_on is None and may_record(step, self.user),
            "waits": sum(row.in_force and row.given_on is None for row in rows),
            "may_reopen": self._may_reopen(project),
            "conditions": [row for row in rows if row.in_force and row.answer == Answer.CONDITIONS],
            "permit": getattr(step, "permit", None) if self.rule.kind == PERMIT else None,
            **proposals_of(step, project, self.user),
        }
        # Nobody is asked and the reader concludes nothing: what is known takes the page's middle.
        context["plain"] = not (context["asked"] or leads or step.gaps)
        if leads:
            context |= self._for_lead(project, form)
        return render(self.request, "approvals/step.html", context, status=status)

    def _for_lead(self, project: Project, form: forms.Form | None) -> dict[str, Any]:
        part = self._part(project)
        return {
            "form": form if isinstance(form, ConcludeForm) else self.conclude_form(project),
            "ask_form": form
            if isinstance(form, AskForm)
            else AskForm(rule=self.rule)
            if self.rule.aspects
            else None,
            "missing": demands.opinions(self.step, self.rule, self.today),
            "vetoes": demands.no_veto(self.step, self.rule) + demands.pass_mark(self.step, self.rule),
            "part": part,
        }

    def _part(self, project: Project) -> PartKind | None:
        return rules_of(project).parts.get(self.rule.names_part) if self.rule.names_part else None

    def conclude_form(self, project: Project, data: Any = None) -> ConcludeForm:
        part = self._part(project)
        holder, partners = self._holder(project, part), self._partners(project)
        rules = [self.rule, *(rule for _step, rule in partners)]
        staged = {rule.code: stage for rule in rules if (stage := next_stage(project, rule))}
        if self.step.part_no:  # opened for a stage: that is what it concludes
            staged[self.rule.code] = Stage(self.step.part_no, self.step.parts_total)
        among = None
        if self.rule.proposing:
            among, holder = Unit.objects.filter(proposals__in=self.step.proposals.standing()), self._ready()
        return ConcludeForm(
            data, rule=self.rule, part=part, holder=holder, partners=partners, staged=staged,
            agreement_version=self.step.agreement_version_id, among=among,
        )  # fmt: skip

    def _ready(self) -> int | None:
        """Of the units proposed the one that takes the project, if there is just one."""
        rows = self.step.opinions.filter(in_force=True, aspect=self.rule.named_from, given_on__isnull=False)
        keys = list(rows.exclude(answer__in=AGAINST).values_list("unit", flat=True)[:2])
        return keys[0] if len(keys) == 1 else None

    def _partners(self, project: Project) -> list[tuple[Step, StepRule]]:
        """Running steps that the plan wants concluded together with this one, or that wait for each other."""
        steps, own = rules_of(project).steps, self.rule.code
        mutual = [code for code in self.rule.prerequisites if own in steps[code].prerequisites]
        codes = {*self.rule.together_with, *mutual}
        if not codes:
            return []
        rows = Step.objects.filter(case_id=project.pk, code__in=codes).running().select_related("case")
        return [(row, rule_of(row)) for row in rows.order_by("pk")]

    def _holder(self, project: Project, part: PartKind | None) -> Any:
        """Who holds the part already, or the person of the first contact on record (R024)."""
        if part is None:
            return None
        held = Part.objects.filter(case_id=project.pk, part=part.code, valid_to__isnull=True).first()
        if held is not None:
            return held.user_id if part.person else held.unit_id
        first = project.contacts.order_by("on", "id").first() if part.person else None
        return first.by_id if first else None

    def _may_reopen(self, project: Project) -> bool:
        if self.step.is_running or not project.is_running or not can(self.user, Can.OPEN_STEP):
            return False
        return may_open(project, self.rule, self.user)


def next_stage(project: Project, rule: StepRule) -> Stage | None:
    """The part that comes next of what the step reaches, or None where that is reached at one stroke."""
    milestones = rules_of(project).milestones
    codes = [code for verdict in rule.verdicts for code in verdict.reaches if milestones[code].staged]
    if not codes:
        return None
    rows = ReachedMilestone.objects.filter(project=project, code__in=codes, withdrawn_on__isnull=True)
    parts = list(rows.values_list("part_no", "parts_total"))
    taken, total = {number for number, _total in parts}, max((total for _no, total in parts), default=1)
    part = next(number for number in range(1, len(taken) + 2) if number not in taken)
    return Stage(part, max(part, total))


class Conclude(StepPage):
    """POST only: the verdict."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.conclude_form(base.project_for(self.step), request.POST)
        if not form.is_valid():
            return self.page(form, status=FIELDS_WRONG)
        try:
            actions.conclude_together(conclusions=form.conclusions(self.step), by=self.user, on=self.today)
        except Refused as refused:
            if refused.status == "forbidden":
                raise
            self.step = base.step_of(request, pk)
            return self.page(form, base.refused_on(form, refused), STATUS[refused.status])
        messages.success(request, _("结论已作出"))
        return redirect("step", pk=pk)


class Meeting(FormPage, base.Page):
    """会审记录: several units' opinions from one meeting, with its signed minutes."""

    template = "approvals/meeting.html"
    title = gettext_lazy("会审记录")
    lead = gettext_lazy("按会议记录如实填写，未表态的留空；将标注“代录”和您的姓名，并通知各单位。")
    button = gettext_lazy("保存会审记录")
    done = gettext_lazy("会审记录已保存")
    step: Step

    def check(self) -> None:
        self.step = base.step_of(self.request, self.kwargs["pk"])
        require_recorder(self.step, self.user)

    def make_form(self, data: Any = None, files: Any = None) -> MeetingForm:
        return MeetingForm(data, files, asked=meeting_questions(self.step))

    def act(self, form: MeetingForm) -> None:
        clean = form.cleaned_data
        actions.record_meeting(
            step=self.step, scan=clean["scan"], said=form.said(), by=self.user, on=self.today,
            given_on=clean["given_on"], agreement_version=self.step.agreement_version_id,
        )  # fmt: skip

    def after(self) -> str:
        return reverse("step", args=[self.step.pk])

    def frame(self) -> dict[str, Any]:
        project = base.project_for(self.step)
        trail = base.trail(project, self.step)
        return {"project": project, "cited": rule_of(self.step), "crumbs": trail, "back": self.after()}


class Ask(StepPage):
    """POST only: one more unit for one aspect."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = AskForm(request.POST, rule=self.rule)
        if not form.is_valid():
            return self.page(form, status=FIELDS_WRONG)
        try:
            actions.ask(step=self.step, by=self.user, on=self.today, **form.cleaned_data)
        except Refused as refused:
            if refused.status == "forbidden":
                raise
            return self.page(form, base.refused_on(form, refused), STATUS[refused.status])
        messages.success(request, _("已加征意见"))
        return redirect("step", pk=pk)


class Cancel(base.Page):
    """A page of its own: a reason, and what follows from it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        step = base.step_of(request, pk)
        require_lead(step, self.user)
        return self._page(step, ReasonForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        step, form = base.step_of(request, pk), ReasonForm(request.POST)
        if not form.is_valid():
            return self._page(step, form, status=FIELDS_WRONG)
        try:
            actions.cancel(step=step, by=self.user, on=self.today, reason=form.cleaned_data["reason"])
        except Refused as refused:
            if refused.status == "forbidden":
                raise
            return self._page(step, form, base.refused_on(form, refused), STATUS[refused.status])
        messages.success(request, _("已撤销“%(name)s”") % {"name": step.name})
        return redirect("step", pk=pk)

    def _page(
        self, step: Step, form: ReasonForm, refused: Refused | None = None, status: int = 200
    ) -> HttpResponse:
        project = base.project_for(step)
        context = {
            "step": step,
            "project": project,
            "form": form,
            "refused": refused,
            "crumbs": base.trail(project, step),
        }
        return render(self.request, "approvals/cancel.html", context, status=status)


class Sheet(StepPage):
    """The opinion sheet for print: A4, everything on it, room to sign."""

    def page(
        self, form: forms.Form | None = None, refused: Refused | None = None, status: int = 200
    ) -> HttpResponse:
        step, project = self.step, base.project_for(self.step)
        rows = base.opinions_of(step)
        context = {
            "step": step,
            "plan": self.rule,
            "project": project,
            "title": base.title_of(self.rule, step),
            "groups": base.grouped(step, rows, self.user, self.today),
            "total": score_of(self.rule, rows),
            "checks": [(check, check.code in step.checks) for check in self.rule.checks],
            "pairs": _pairs(base.facts_for(project)[:-1]),
            **proposals_of(step, project, self.user),
            "crumbs": base.trail(project, step),
            "today": self.today,
        }
        return render(self.request, "approvals/sheet.html", context, status=status)


def _pairs(facts: list[tuple[str, Any]]) -> list[tuple[tuple[str, Any], tuple[str, Any]]]:
    """Two facts to a line of the sheet."""
    facts = facts if len(facts) % 2 == 0 else [*facts, ("", "")]
    return list(zip(facts[::2], facts[1::2], strict=True))


class Open(ActionPage):
    """Opening a round by hand: what the plan says of it, what is missing, who will be asked."""

    needs = Can.OPEN_STEP
    title = gettext_lazy("启动程序")
    button = gettext_lazy("启动并征求意见")
    done = gettext_lazy("已启动")
    template = "approvals/open.html"
    opened: Step

    def make_form(self, data: Any = None, files: Any = None) -> OpenForm:
        self.rule = rules_of(self.project).steps.get(self.kwargs["code"])
        if self.rule is None:
            raise Http404
        rows = Step.objects.filter(case_id=self.project.pk, code=self.rule.code, part_no=0)
        rows = rows.order_by("-round")
        self.latest = rows.select_related("lead_unit").first()
        again = self.latest is not None and self.latest.concluded_on is not None
        return OpenForm(data, again=again)

    def also(self, form: forms.Form) -> dict[str, Any]:
        assert self.rule is not None
        at = standing(self.project, self.rule.code, self.today)
        return {
            "plan": self.rule,
            "latest": self.latest,
            "missing": not_yet(self.rule, at) or nobody_asked(self.rule, at),
            "leads": leads_of(self.rule, at.cast, at.facts),
            "limit": span_text(self.rule.limit) if self.rule.limit else "",
            "guide": guide_for(self.rule, self.project),
            "asks": [(aspect, at.cast.asked(aspect)) for aspect in concerning(self.rule, at.facts)],
            "left_out": [
                (aspect, explain(aspect.when, labels()))
                for aspect in self.rule.aspects
                if holds(aspect.when, at.facts) is False
            ],
        }

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rule = rules_of(self.project).steps.get(kwargs["code"])
        if rule is not None and rule.proposing:  # opened by proposing somebody, on a page of its own
            return redirect("propose", pk=self.project.pk, code=rule.code)
        return super().get(request, **kwargs)

    def check(self) -> None:
        rule = rules_of(self.project).steps.get(self.kwargs["code"])
        if rule is None:
            raise Http404
        require_opener(self.project, rule, self.user)

    def act(self, form: forms.Form) -> None:
        assert self.rule is not None
        reason = form.cleaned_data.get("reason", "")
        self.opened = actions.open_step(
            project=self.project, step=self.rule.code, by=self.user, on=self.today, reason=reason
        )

    def after(self) -> str:
        return reverse("step", args=[self.opened.pk])
