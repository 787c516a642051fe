"""Contacts with the enterprise: the list, newest first, and the form."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from accounts.roles import Can
from projects import actions
from projects.facts import rules_of
from projects.forms import ContactForm
from projects.models import ContactRecord
from projects.permissions import may_on
from projects.reading import HAS_PAPERS, with_details
from projects.views.base import ActionPage, ProjectPage, crumbs
from projects.views.paging import newest_first

PAGE = 30


class Contacts(ProjectPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = ContactRecord.objects.filter(project=self.project).select_related("by")
        rows = rows.annotate(has_papers=HAS_PAPERS)
        found = newest_first(rows, request, PAGE, keys=("on", "id"))
        with_details(self.project, found.rows)
        context = {
            "project": self.project,
            "crumbs": crumbs(self.project),
            "page": found,
            "may_record": may_on(self.user, Can.RECORD_CONTACT, self.project),
        }
        return render(request, "projects/contacts.html", context)


class Record(ActionPage):
    needs = Can.RECORD_CONTACT
    title = gettext_lazy("登记对接")
    lead = gettext_lazy("谁、何时、以何方式、与谁洽谈、谈了什么、下一步怎么办。首次登记即确定首次接触。")
    button = gettext_lazy("登记")
    done = gettext_lazy("对接已登记")

    template = "projects/contact.html"

    def make_form(self, data: Any = None, files: Any = None) -> ContactForm:
        return ContactForm(rules_of(self.project), self.project.phase, data, files)

    def act(self, form: forms.Form) -> Any:
        assert isinstance(form, ContactForm)
        return actions.record_contact(project=self.project, by=self.user, today=self.today, **form.said())


class Topics(ProjectPage):
    """The topics that a channel asks for, for htmx: the form follows the channel chosen."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ContactForm(rules_of(self.project), self.project.phase, initial=request.GET.dict())
        return render(request, "projects/_topics.html", {"form": form})
