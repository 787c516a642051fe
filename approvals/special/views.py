"""Pages of reports: the list, one report with its instructions, and the forms that lead to the actions."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.roles import Can
from approvals.special import actions, drafting, instructing, queries
from approvals.special.forms import (
    DraftForm,
    InstructForm,
    IssueForm,
    NoForm,
    RecordForm,
    VisitForm,
    VoidForm,
)
from approvals.special.models import ReportState, SpecialReport
from approvals.special.permissions import (
    may_instruct,
    may_record,
    may_write,
    require_author,
    require_leader,
    require_recorder,
)
from approvals.special.rules import known_rule
from approvals.views.base import Page
from documents.downloads import hand_out
from kernel.paging import page_of
from kernel.refusals import Refused
from policies.schema import ReportRule
from policies.wording import limit_text
from projects.models import ContactRecord, Project
from projects.permissions import may_on, require_on
from projects.views.base import ActionPage, FormPage, crumbs, user_of

CONTACTS_OFFERED = 30


class Reports(Page):
    """招商专报: every report in sight, by year and state."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.dict()
        rows = queries.with_counts(queries.filtered(self.user, asked))
        context = {
            "page": page_of(request, rows),
            "asked": asked,
            "years": queries.years(self.today),
            "states": ReportState.choices,
        }
        return render(request, "approvals/special/list.html", context)


class New(ActionPage):
    """Begins a draft; what stands in the way is shown before the button."""

    needs = Can.ATTACH
    title = gettext_lazy("起草招商专报")
    lead = gettext_lazy("按档案现有资料生成草稿：基本情况、对接、评估意见自动带出，文字可以修改。")
    button = gettext_lazy("生成草稿")
    done = gettext_lazy("草稿已生成，请核对修改后印发")
    made: SpecialReport

    def check(self) -> None:
        rule = known_rule(self.project)
        if rule is None:
            raise Refused.because("not_in_plan", _("所适用的制度没有专报的规定"))
        require_author(self.project, rule, self.user)

    def make_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return NoForm(data)

    def also(self, form: forms.Form) -> dict[str, Any]:
        return {"cited": known_rule(self.project)}

    def act(self, form: forms.Form) -> None:
        self.made = actions.draft_report(project=self.project, by=self.user, on=self.today, today=self.today)

    def after(self) -> str:
        return reverse("special-report-edit", args=[self.made.pk])


class ReportPage(Page):
    """One report: what every page of it loads."""

    report: SpecialReport
    project: Project
    rule: ReportRule | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            rows = queries.visible(self.user).for_list()
            more = rows.select_related(
                "case", "unit", "document__attachment", "document__voided_by", "drafted_by"
            )
            self.report = get_object_or_404(more, pk=kwargs["pk"])
            related = ("case", "enterprise", "introducing_unit", "landing_unit")
            self.project = Project.objects.select_related(*related).get(pk=self.report.case_id)
            self.rule = known_rule(self.project, self.report.kind)
        return super().dispatch(request, *args, **kwargs)

    @property
    def trail(self) -> list[tuple[str, str]]:
        return [(_("招商专报"), reverse("special-reports")), crumbs(self.project)[-1]]

    def sections(self) -> list[dict[str, Any]]:
        return drafting.sections_of(self.report.body, self.rule, self.project)

    @property
    def writes(self) -> bool:
        return self.rule is not None and may_write(self.project, self.rule, self.user)

    def limit(self) -> str:
        """What holds where an instruction names no day, in words; "" where the plan sets none."""
        limit = self.rule.instruction_limit if self.rule else None
        return _("不填的，%(limit)s反馈") % {"limit": limit_text(limit)} if limit else ""


class Report(ReportPage):
    """The report to read and print, its instructions with the state of what follows, and the forms."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page()

    def page(self, *, shown: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
        row = self.report
        standing = row.state == ReportState.ISSUED
        context: dict[str, Any] = {
            "report": row,
            "project": self.project,
            "plan": self.rule,
            "crumbs": self.trail,
            "sections": self.sections(),
            "instructions": queries.instructions_of(row, self.today),
            "visits": row.visits.select_related("contact", "leader"),
            "may_edit": row.is_draft and self.writes,
            "may_void": standing and may_on(self.user, Can.WITHDRAW_MILESTONE, self.project),
            "may_record": standing and may_record(row, self.user),
            "may_visit": standing and may_on(self.user, Can.RECORD_CONTACT, self.project),
        }
        if standing and may_instruct(row, self.user):
            context["form"] = InstructForm(limit=self.limit())
        return render(self.request, "approvals/special/report.html", context | (shown or {}), status=status)


class ReportForm(FormPage, ReportPage):
    """A form about one report."""

    template: ClassVar[str] = "approvals/special/form.html"

    def after(self) -> str:
        return reverse("special-report", args=[self.report.pk])

    def frame(self) -> dict[str, Any]:
        return {
            "report": self.report,
            "project": self.project,
            "plan": self.rule,
            "crumbs": [*self.trail, (self.report.title, self.after())],
        }

    def require_author(self) -> None:
        if self.rule is None:
            raise Refused.because("not_in_plan", _("所适用的制度没有专报的规定"))
        require_author(self.project, self.rule, self.user)


class Edit(ReportForm):
    template = "approvals/special/edit.html"
    title = gettext_lazy("修改专报草稿")
    button = gettext_lazy("保存草稿")
    done = gettext_lazy("草稿已保存")

    def check(self) -> None:
        self.require_author()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.report.is_draft:
            return redirect(self.after())
        return super().get(request, **kwargs)

    def make_form(self, data: Any = None, files: Any = None) -> DraftForm:
        return DraftForm(data, report=self.report)

    def act(self, form: DraftForm) -> None:
        actions.edit_draft(report=self.report, by=self.user, on=self.today, **form.parts())

    def also(self, form: DraftForm) -> dict[str, Any]:
        sections = [{**one, "field": form[one["code"]]} for one in self.sections()]
        return {"sections": sections}


class Issue(ReportForm):
    title = gettext_lazy("印发专报")
    lead = gettext_lazy("印发后编号、生成 Word 文件、送区领导，专报不能再改；确需更改的，作废后另行起草。")
    button = gettext_lazy("印发")
    done = gettext_lazy("专报已印发")

    def check(self) -> None:
        self.require_author()

    def make_form(self, data: Any = None, files: Any = None) -> IssueForm:
        return IssueForm(data)

    def act(self, form: IssueForm) -> None:
        actions.issue_report(report=self.report, by=self.user, on=form.cleaned_data["on"], today=self.today)


class Void(ReportForm):
    title = gettext_lazy("作废专报")
    lead = gettext_lazy(
        "文号保留不再使用，《招商专报》报告的里程碑一并撤销，报告时限重新计算；已作出的批示继续办理。"
    )
    button = gettext_lazy("作废")
    done = gettext_lazy("专报已作废")
    danger = True

    def check(self) -> None:
        require_on(self.user, Can.WITHDRAW_MILESTONE, self.project)

    def make_form(self, data: Any = None, files: Any = None) -> VoidForm:
        return VoidForm(data)

    def act(self, form: VoidForm) -> None:
        actions.void_report(
            report=self.report, by=self.user, on=self.today, reason=form.cleaned_data["reason"]
        )


class Instruct(ReportForm):
    """The leader's form stands on the report's own page; here it comes back when something is wrong."""

    title = gettext_lazy("批示")
    button = gettext_lazy("作出批示")
    done = gettext_lazy("批示已交办")

    def check(self) -> None:
        require_leader(self.report, self.user)

    def make_form(self, data: Any = None, files: Any = None) -> InstructForm:
        return InstructForm(data, limit=self.limit())

    def act(self, form: InstructForm) -> None:
        instructing.instruct(report=self.report, by=self.user, on=self.today, **form.cleaned_data)


class RecordInstruction(ReportForm):
    title = gettext_lazy("代录批示")
    lead = gettext_lazy("按领导的书面批示如实录入，并上传扫描件；将标注“代录”和您的姓名，并通知该领导。")
    button = gettext_lazy("代录")
    done = gettext_lazy("批示已代录并交办")

    def check(self) -> None:
        require_recorder(self.report, self.user)

    def make_form(self, data: Any = None, files: Any = None) -> RecordForm:
        return RecordForm(data, files, limit=self.limit())

    def act(self, form: RecordForm) -> None:
        instructing.record_instruction(report=self.report, by=self.user, on=self.today, **form.cleaned_data)


class Visit(ReportForm):
    title = gettext_lazy("登记率队考察")
    lead = gettext_lazy("先在项目档案登记对接，再在这里注明由哪位领导带队。")
    button = gettext_lazy("登记")
    done = gettext_lazy("率队考察已登记")

    def check(self) -> None:
        require_on(self.user, Can.RECORD_CONTACT, self.project)

    def make_form(self, data: Any = None, files: Any = None) -> VisitForm:
        since = self.report.issued_on or self.today
        rows = ContactRecord.objects.filter(project=self.project, on__gte=since, led_visit__isnull=True)
        latest = list(rows.order_by("-on", "-id").values_list("pk", flat=True)[:CONTACTS_OFFERED])
        return VisitForm(data, contacts=ContactRecord.objects.filter(pk__in=latest))

    def act(self, form: VisitForm) -> None:
        instructing.link_visit(report=self.report, by=self.user, on=self.today, **form.cleaned_data)


@login_required
@require_GET
def word(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The Word file of an issued report, for who sees its case."""
    user = user_of(request)
    rows = queries.visible(user).filter(document__isnull=False).select_related("document__attachment")
    row = get_object_or_404(rows, pk=pk)
    assert row.document is not None
    return hand_out(attachment=row.document.attachment, by=user, request=request)
