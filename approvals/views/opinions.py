"""The opinion form: the unit's own, or its paper entered for it (代录)."""

from typing import Any, ClassVar, NoReturn

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import actions
from approvals.actions.opinions import score_limits
from approvals.dispatching.showing import proposals_of
from approvals.forms import FollowedForm, OnBehalfForm, OpinionForm
from approvals.models import Opinion, Step
from approvals.permissions import may_answer, may_record, require_asked, require_lead, require_recorder
from approvals.rules import aspect_of, rule_of
from approvals.sittings.queries import aspect_behind
from approvals.views import base
from kernel.numbers import whole
from kernel.refusals import Refused
from projects.views.base import FIELDS_WRONG, STATUS, FormPage


class OpinionPage(base.Page):
    """GET shows what is known and what is asked; POST gives the opinion."""

    shape: ClassVar[type[OpinionForm]] = OpinionForm
    on_behalf: ClassVar[bool] = False
    opinion: Opinion

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            related = [f"step__{name}" for name in base.STEP]
            rows = Opinion.objects.visible_to(request.user).select_related(*base.OPINION, *related)
            self.opinion = rows.filter(pk=kwargs["pk"]).first() or self._gone(request)
        return super().dispatch(request, *args, **kwargs)

    def _gone(self, request: HttpRequest) -> NoReturn:
        """404; but whoever had the form open while the question was taken back is told so."""
        steps = Step.objects.visible_to(request.user)
        step = get_object_or_404(steps, pk=whole(request.POST.get("step")) or 0)
        message, url = _("“%(name)s”已不再征求贵单位的意见"), reverse("step", args=[step.pk])
        raise Refused.because(
            "question_gone", message % {"name": step.name}, clause=step.clause, url=url, status="conflict"
        )

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self._changes() and self.opinion.given_on is not None:
            return redirect("step", pk=self.opinion.step_id)
        if (aspect := aspect_behind(self.opinion)) and aspect.sitting:
            return redirect("step", pk=self.opinion.step_id)
        self._require()
        return self._page(self._form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._require()
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=FIELDS_WRONG)
        try:
            self.act(form)
        except Refused as refused:
            if refused.status == "forbidden":
                raise
            return self._page(form, base.refused_on(form, refused), STATUS[refused.status])
        messages.success(request, _("意见已提交"))
        return redirect("step", pk=self.opinion.step_id)

    def act(self, form: OpinionForm) -> None:
        actions.give_opinion(
            opinion=self.opinion, by=self.user, on=self.today, supersede=self._changes(), **form.cleaned_data
        )

    def _require(self) -> None:
        require_asked(self.opinion, self.user)

    def _changes(self) -> bool:
        """Whether the user means to put a new opinion in the place of the one given."""
        return "change" in self.request.GET

    def _form(self, data: Any = None, files: Any = None) -> OpinionForm:
        row = self.opinion
        first = {"answer": row.answer, "words": row.words, "score": row.score}
        return self.shape(data, files, opinion=row, limits=score_limits(row), initial=first)

    def _page(self, form: OpinionForm, refused: Refused | None = None, status: int = 200) -> HttpResponse:
        row, step = self.opinion, self.opinion.step
        project, rule = base.project_for(step), rule_of(step)
        context = {
            "opinion": row,
            "step": step,
            "project": project,
            "plan": rule,
            "aspect": aspect_of(rule, row.aspect),
            "form": form,
            "refused": refused,
            "crumbs": base.trail(project, step),
            "facts": base.facts_for(project),
            "papers": base.papers_of(step.case_id),
            "groups": base.grouped(step, base.opinions_of(step), self.user, self.today),
            "clock": base.clock_of(row, self.today),
            "on_behalf": self.on_behalf,
            "other_url": self._other_url(),
            "changes": self._changes(),
            **proposals_of(step, project, self.user),
            "may_propose": False,
        }
        return render(self.request, "approvals/opinion.html", context, status=status)

    def _other_url(self) -> str:
        """The way to the other form, for who may use it."""
        if self.on_behalf:
            return reverse("opinion", args=[self.opinion.pk]) if may_answer(self.opinion, self.user) else ""
        on_behalf = may_record(self.opinion.step, self.user) and self.opinion.given_by_id is None
        return reverse("opinion-on-behalf", args=[self.opinion.pk]) if on_behalf else ""


class Followed(FormPage, base.Page):
    """登记落实: the changes under which a sitting approved are made, without a new version of the text."""

    template = "approvals/followed.html"
    title = gettext_lazy("登记修改意见的落实")
    lead = gettext_lazy(
        "会议修改后同意的，落实以后才算同意，并提交下一级审议。须改协议文本的，请登记新版本并勾选“按会议意见修改”。"
    )
    button = gettext_lazy("已落实")
    done = gettext_lazy("修改意见已落实")
    opinion: Opinion

    def check(self) -> None:
        rows = Opinion.objects.visible_to(self.user).select_related("unit", "step__case", "step__lead_unit")
        self.opinion = get_object_or_404(rows, pk=self.kwargs["pk"])
        require_lead(self.opinion.step, self.user)

    def make_form(self, data: Any = None, files: Any = None) -> FollowedForm:
        return FollowedForm(data)

    def act(self, form: FollowedForm) -> None:
        actions.follow_up(opinion=self.opinion, by=self.user, on=self.today, **form.cleaned_data)

    def after(self) -> str:
        return reverse("step", args=[self.opinion.step_id])

    def frame(self) -> dict[str, Any]:
        project = base.project_for(self.opinion.step)
        trail = base.trail(project, self.opinion.step)
        return {"project": project, "opinion": self.opinion, "crumbs": trail, "back": self.after()}


class OnBehalf(OpinionPage):
    shape = OnBehalfForm
    on_behalf = True

    def act(self, form: OpinionForm) -> None:
        actions.record_on_behalf(
            opinion=self.opinion, by=self.user, on=self.today, supersede=self._changes(), **form.cleaned_data
        )

    def _require(self) -> None:
        require_recorder(self.opinion.step, self.user)
