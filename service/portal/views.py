"""The enterprise's own pages, phone first: its project, the guide, its papers, its requests.

Every address goes through ``speaker_of``: what is not the enterprise's own is 404 and an audit entry.
"""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.actions import show_phone
from accounts.models import User
from documents.downloads import hand_out
from documents.models import Attachment
from kernel.clock import today
from kernel.numbers import whole
from kernel.paging import page_of
from kernel.refusals import Refused
from projects import reading
from projects.gates import INNER_QUOTES
from projects.views.base import STATUS, FormPage, user_of
from service.portal import permitting, requesting, showing, slots, uploading
from service.portal.access import Speaker, open_links, out_of_bounds, own, speaker_of
from service.portal.forms import JudgeForm, RequestForm, TakeBackForm, UploadForm
from service.portal.models import EnterpriseRequest, Verdict
from service.portal.policies import queries as policies

LATEST = 5


class PortalHome(LoginRequiredMixin, View):
    """The projects of the account; with one alone, its page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user = user_of(request)
        if not user.is_enterprise:
            raise Refused.forbidden(_("此处供企业账号使用；工作人员请从项目档案办理"), code="not_enterprise")
        rows = own(user, today()).select_related("case")
        page = page_of(request, rows)
        if len(page.rows) == 1 and not request.GET.get("page"):
            return redirect("portal-project", page.rows[0].pk)
        return render(request, "service/portal/home.html", {"page": page})


class PortalPage(LoginRequiredMixin, View):
    """A page about one project of the enterprise."""

    speaker: Speaker

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.speaker = speaker_of(user_of(request), kwargs["pk"], today(), request)
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        return self.speaker.user

    @property
    def today(self) -> date:
        return self.speaker.on

    def show(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        crumbs = [(self.speaker.project.name, reverse("portal-project", args=[self.speaker.project.pk]))]
        mine = {"speaker": self.speaker, "project": self.speaker.project, "today": self.today}
        return render(self.request, template, mine | {"crumbs": crumbs} | context, status=status)

    def request_of(self, pk: int) -> EnterpriseRequest:
        rows = EnterpriseRequest.objects.filter(project=self.speaker.project).for_list()
        row = rows.select_related("project__case").filter(pk=pk).first()
        if row is None:
            raise out_of_bounds(self.user, f"request:{pk}", self.request)
        return row

    def paper_of(self, pk: int) -> Attachment:
        row = uploading.visible_papers(self.speaker).filter(pk=pk).first()
        if row is None:
            raise out_of_bounds(self.user, f"attachment:{pk}", self.request)
        return row


class ProjectPage(PortalPage):
    """Where the project stands, what is asked of the enterprise, whom it may turn to."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page()

    def page(self, refused: Refused | None = None) -> HttpResponse:
        speaker = self.speaker
        reading.keep(speaker.project)
        asked = slots.asked_of(speaker)
        matters = permitting.matters(speaker)
        requests = EnterpriseRequest.objects.filter(project=speaker.project).for_list()
        return self.show(
            "service/portal/project.html",
            STATUS[refused.status] if refused else 200,
            refused=refused,
            phases=showing.phases(speaker),
            marks=showing.marks(speaker),
            todo=[one for one in asked if not one.item.done_on],
            done=[one for one in asked if one.item.done_on][:LATEST],
            matters=[one for one in matters if one.way != permitting.Way.NOT_APPLIED],
            matters_left=sum(one.way == permitting.Way.NOT_APPLIED for one in matters),
            requests=list(requests[:LATEST]),
            offered=requesting.offered(speaker.project),
            contacts=showing.contacts(speaker),
            benefits=policies.shown(speaker),
            papers=list(uploading.visible_papers(speaker)[:LATEST]),
            panels=[(panel, self._drawn(panel)) for panel in slots.panels_for(speaker)],
        )

    def _drawn(self, panel: slots.Panel) -> str:
        context = {"speaker": self.speaker, "project": self.speaker.project, "today": self.today}
        return render_to_string(panel.template, context | panel.context(self.speaker), self.request)


class Tick(ProjectPage):
    """One item of what is asked: done."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        act = slots.ticking(kwargs["source"])
        if act is None:
            raise out_of_bounds(self.user, f"asked:{kwargs['source']}:{kwargs['key']}", request)
        try:
            act(self.speaker, kwargs["key"], request.POST.get("note", ""))
        except Refused as refused:
            return self.page(refused)
        messages.success(request, _("已记为完成"))
        return redirect("portal-project", self.speaker.project.pk)


class Phone(ProjectPage):
    """The number of whoever serves the project, in full: a logged act."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        reading.keep(self.speaker.project)
        found = [row for _name, row in showing.contacts(self.speaker) if row.pk == kwargs["part"]]
        if not found or found[0].user is None:
            raise out_of_bounds(self.user, f"part:{kwargs['part']}", request)
        person = found[0].user
        show_phone(
            by=self.user, phone=person.phone, target=f"user:{person.pk}", purpose=_("企业联系服务人员"),
            request=request, asked=False,
        )  # fmt: skip
        words = {"name": person.name, "phone": person.phone}
        messages.success(request, _("%(name)s：%(phone)s") % words)
        return redirect(reverse("portal-project", args=[self.speaker.project.pk]) + "#contacts")


class Guide(PortalPage):
    """办事指南, filtered to this case, each matter with how far it is."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        reading.keep(self.speaker.project)
        found = permitting.matters(self.speaker)
        phases = [
            row for row in self.speaker.rules.phases if any(one.rule.phase == row.code for one in found)
        ]
        groups = [(row, [one for one in found if one.rule.phase == row.code]) for row in phases]
        return self.show("service/portal/guide.html", groups=groups)


class PortalForm(FormPage, PortalPage):
    template = "service/portal/form.html"

    def page(self, form: Any, refused: Refused | None = None, status: int = 200) -> HttpResponse:
        """What is refused leads nowhere that is shut to an enterprise."""
        return super().page(form, open_links(refused) if refused else None, status)

    def frame(self) -> dict[str, Any]:
        project = self.speaker.project
        url = reverse("portal-project", args=[project.pk])
        context = {"speaker": self.speaker, "project": project, "crumbs": [(project.name, url)]}
        return context | {"back": self.after(), "unmet": []}


class Papers(PortalForm):
    """The enterprise's papers, and the form that hands in another."""

    title = gettext_lazy("材料")
    button = gettext_lazy("上传")
    done = gettext_lazy("材料已上传")
    template = "service/portal/papers.html"

    def make_form(self, data: Any = None, files: Any = None) -> UploadForm:
        return UploadForm(data, files, kinds=uploading.kinds_to_upload(self.speaker.project))

    def also(self, form: Any) -> dict[str, Any]:
        page = page_of(self.request, uploading.visible_papers(self.speaker).select_related("uploaded_by"))
        names = uploading.kinds_of(self.speaker.project.case)
        lines = [
            (row, names.get(row.kind, row.kind), row.uploaded_by_id == self.user.pk) for row in page.rows
        ]
        return {"page_of": page, "lines": lines, "today": self.today}

    def act(self, form: Any) -> Any:
        project = self.speaker.project
        return uploading.upload_paper(project=project, by=self.user, on=self.today, **form.cleaned_data)

    def after(self) -> str:
        return reverse("portal-papers", args=[self.speaker.project.pk])


class PaperFile(PortalPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return hand_out(attachment=self.paper_of(kwargs["paper"]), by=self.user, request=request)


class TakeBack(PortalForm):
    title = gettext_lazy("撤回材料")
    lead = gettext_lazy("撤回后材料不再使用；档案中留有记录。")
    button = gettext_lazy("撤回")
    done = gettext_lazy("材料已撤回")
    danger = True

    def make_form(self, data: Any = None, files: Any = None) -> TakeBackForm:
        return TakeBackForm(data)

    def also(self, form: Any) -> dict[str, Any]:
        return {"subject": self.paper_of(self.kwargs["paper"]).name}

    def act(self, form: Any) -> Any:
        paper, project = self.paper_of(self.kwargs["paper"]), self.speaker.project
        return uploading.take_back_paper(
            paper=paper, project=project, by=self.user, on=self.today, **form.cleaned_data
        )

    def after(self) -> str:
        return reverse("portal-papers", args=[self.speaker.project.pk])


class Requests(PortalPage):
    """What the enterprise asked, newest first."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = EnterpriseRequest.objects.filter(project=self.speaker.project).for_list()
        offered = requesting.offered(self.speaker.project)
        return self.show("service/portal/requests.html", page=page_of(request, rows), offered=offered)


class RequestNew(PortalForm):
    """诉求: to whoever the plan names, with the plan's limit."""

    title = gettext_lazy("提出诉求")
    button = gettext_lazy("提交")
    done = gettext_lazy("已提交，办理情况会在此告知您")
    template = "service/portal/request_new.html"

    def check(self) -> None:
        self.offered = requesting.offered(self.speaker.project)
        if not self.offered:
            message = _("所适用的制度没有开通在线诉求，请直接联系服务人员")
            raise Refused.because("not_offered", message)

    def make_form(self, data: Any = None, files: Any = None) -> RequestForm:
        kinds = {rule.code for rule in self.offered}
        kind = self.request.GET.get("kind", "")
        initial = {"kind": kind if kind in kinds else self.offered[0].code} | self._about()
        return RequestForm(data, files, offered=self.offered, initial=initial)

    def _about(self) -> dict[str, str]:
        """Words to begin with, where a policy is asked about."""
        key = whole(self.request.GET.get("policy"))
        push = policies.of_project(self.speaker).filter(pk=key).first() if key else None
        if push is None:
            return {}
        title = _("咨询：%(name)s") % {"name": push.name}
        quoted = {"name": push.name.translate(INNER_QUOTES)}
        return {"title": title[:60], "text": _("想了解“%(name)s”如何申请：") % quoted}

    def also(self, form: Any) -> dict[str, Any]:
        return {"offered": self.offered}

    def act(self, form: Any) -> Any:
        return requesting.raise_request(
            project=self.speaker.project, by=self.user, on=self.today, **form.cleaned_data
        )

    def after(self) -> str:
        return reverse("portal-requests", args=[self.speaker.project.pk])


class RequestPage(PortalForm):
    """One request with its answers, and the enterprise's word on the last."""

    title = gettext_lazy("诉求")
    button = gettext_lazy("提交评价")
    done = gettext_lazy("感谢您的评价")
    template = "service/portal/request.html"

    def make_form(self, data: Any = None, files: Any = None) -> JudgeForm:
        return JudgeForm(data)

    def also(self, form: Any) -> dict[str, Any]:
        row = self.request_of(self.kwargs["id"])
        return {"row": row, "answers": list(row.answers.all()), "today": self.today}

    def act(self, form: Any) -> Any:
        row = self.request_of(self.kwargs["id"])
        satisfied = form.cleaned_data["verdict"] == Verdict.SATISFIED
        return requesting.judge(
            request=row, satisfied=satisfied, words=form.cleaned_data["words"], by=self.user, on=self.today
        )

    def after(self) -> str:
        return reverse("portal-request", args=[self.speaker.project.pk, self.kwargs["id"]])
