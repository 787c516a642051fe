"""What happened, and what changed from what to what."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kernel.numbers import whole
from projects.history import versions
from projects.timeline import entries_after
from projects.views.base import ProjectPage, crumbs

PAGE = 20


class Timeline(ProjectPage):
    """Everything that happened; htmx asks for the next stretch only."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        context = {"project": self.project, "crumbs": crumbs(self.project)}
        context |= entries_after(self.project, request.GET.get("before", ""))
        part = "projects/_timeline.html" if request.headers.get("HX-Request") else "projects/timeline.html"
        return render(request, part, context)


class History(ProjectPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        before = whole(request.GET.get("before"))
        found = versions(self.project, before=before, size=PAGE)
        context = {
            "project": self.project,
            "crumbs": crumbs(self.project),
            "pages": found,
            "first": before is None,
        }
        return render(request, "projects/history.html", context)
