"""What every page of a project shares: the row in sight, a form whose action may refuse."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from accounts.roles import Can
from kernel.clock import today
from kernel.refusals import Refused, Unmet
from projects.models import Project
from projects.permissions import readable, require_on

STATUS = {"unmet": 409, "conflict": 409, "forbidden": 403, "invalid": 400}
FIELDS_WRONG = 400
FIELD_NAMES = {"file": "upload"}  # as documents calls it, as forms here do


def user_of(request: HttpRequest) -> User:
    """The signed-in user; views are behind ``login_required``."""
    user = request.user
    assert isinstance(user, User)
    return user


def project_of(request: HttpRequest, pk: int, rows: Any = None) -> Project:
    """The project with its case, if the user sees it; else 404, as if it did not exist.

    One merged into another is in no list, but whoever came to it before still reads it. ``rows``: all
    projects, with what the page reads of the row beside.
    """
    related = ("case", "enterprise", "landing_unit", "introducing_unit", "shelved_by", "exited_by")
    rows = Project.objects.all() if rows is None else rows
    found = rows.filter(pk=pk).visible_to(request.user).select_related(*related).first()
    if found is None and readable(request.user, pk):
        found = rows.select_related(*related, "merged_into__case", "merged_by").get(pk=pk)
    if found is None:
        raise Http404
    return found


def crumbs(project: Project | None = None) -> list[tuple[str, str]]:
    """The way back: ledger, and the project's case file."""
    found = [(_("项目台账"), reverse("project-list"))]
    if project is not None:
        found.append((project.name, reverse("project-detail", args=[project.pk])))
    return found


def show(form: forms.BaseForm, refused: Refused) -> list[Unmet]:
    """Put each objection at its field; what belongs to no field is returned, to stand above the form."""
    rest = []
    for item in refused.unmet:
        field = FIELD_NAMES.get(item.field, item.field)
        if field in form.fields and not item.url:
            form.add_error(field, item.message)
        else:
            rest.append(item)
    return rest


class ProjectPage(LoginRequiredMixin, View):
    """A page about one project that the user sees."""

    project: Project
    today: date

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.today = today()
            self.project = project_of(request, kwargs["pk"], self.queryset())
        return super().dispatch(request, *args, **kwargs)

    def queryset(self) -> "QuerySet[Project]":
        """All projects, as the page reads them."""
        return Project.objects.all()

    @property
    def user(self) -> User:
        return user_of(self.request)


class FormPage(View):
    """A form on a page of its own, and the one action that it leads to.

    ``check`` refuses before a form is shown; what the action refuses is shown on it, with the input kept.
    """

    title: ClassVar[str | Promise]
    lead: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise]
    done: ClassVar[str | Promise]
    danger: ClassVar[bool] = False
    template: ClassVar[str] = "projects/action.html"

    def check(self) -> None:
        """Raises Refused (forbidden) where the action would."""

    def make_form(self, data: Any = None, files: Any = None) -> Any:
        raise NotImplementedError

    def act(self, form: Any) -> Any:
        raise NotImplementedError

    def told(self) -> str:
        """What is said once it is done."""
        return str(self.done)

    def after(self) -> str:
        """Where the page leads once it is done, and where "cancel" leads."""
        raise NotImplementedError

    def frame(self) -> dict[str, Any]:
        """What the template needs, whatever the form."""
        return {}

    def also(self, form: Any) -> dict[str, Any]:
        """What the template needs beyond the form."""
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        return self.page(self.make_form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        form = self.make_form(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, status=FIELDS_WRONG)
        try:
            self.act(form)
        except Refused as refused:
            if refused.status == "forbidden":
                raise
            return self.page(form, refused)
        messages.success(request, self.told())
        return redirect(self.after())

    def page(self, form: Any, refused: Refused | None = None, status: int = 200) -> HttpResponse:
        rest = show(form, refused) if refused else []
        context = {
            "page": self,
            "form": form,
            "refused": Refused(rest, refused.status) if rest and refused else None,
            **self.frame(),
            **self.also(form),
        }
        return render(
            self.request, self.template, context, status=STATUS[refused.status] if refused else status
        )


class ActionPage(FormPage, ProjectPage):
    """A form about one project. ``needs``: who has no such capability on it sees no form."""

    needs: ClassVar[Can]

    def after(self) -> str:
        return reverse("project-detail", args=[self.project.pk])

    def check(self) -> None:
        require_on(self.user, self.needs, self.project)

    def frame(self) -> dict[str, Any]:
        back = reverse("project-detail", args=[self.project.pk])
        return {"project": self.project, "crumbs": crumbs(self.project), "unmet": [], "back": back}
