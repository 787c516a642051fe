"""The case file: where the project is, what blocks it, and everything that hangs on it, in panels."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from accounts.roles import Can
from projects import panels, reading, stillness
from projects.facts import rules_of
from projects.gates import unmet_for_next_phase
from projects.models import Phase, Project
from projects.panels import Panel
from projects.permissions import may_on, mendable
from projects.views.base import ProjectPage, crumbs

RIGHTS = {
    "advance": Can.ADVANCE_PROJECT,
    "edit": Can.EDIT_PROJECT,
    "correct": Can.CORRECT_PROJECT,
    "shelve": Can.SHELVE_PROJECT,
    "exit": Can.EXIT_PROJECT,
    "attach": Can.ATTACH,
    "contact": Can.RECORD_CONTACT,
    "money": Can.RECORD_MONEY,
    "parts": Can.ASSIGN_PARTS,
    "phone": Can.SHOW_PHONE,
    "pause": Can.PAUSE_DEADLINES,
}


class CaseFile(ProjectPage):
    def queryset(self) -> "QuerySet[Project]":
        return panels.with_reads(Project.objects.all())

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        project, rules = self.project, rules_of(self.project)
        reading.keep(project)
        target = project.next_phase
        missing = unmet_for_next_phase(project) if project.is_running else []
        shown, rights = panels.panels_for(self.user, project), rights_on(self)
        drawn = [(panel.column, self._drawn(panel, rights)) for panel in shown]
        context = {
            "project": project,
            "crumbs": crumbs(),
            "phases": self._phases(),
            "codes": reading.of(project).codes,
            "still": stillness.state_on(project, self.today),
            "target": rules.phase(target) if target else None,
            "unmet": [mendable(self.user, project, item) for item in missing],
            "class_rule": next((row for row in rules.classes if row.code == project.project_class), None),
            "may": rights,
            "jumps": shown,
            "main": [html for column, html in drawn if column == "main"],
            "side": [html for column, html in drawn if column != "main"],
        }
        return render(request, "projects/case_file.html", context)

    def _drawn(self, panel: Panel, rights: dict[str, bool]) -> SafeString:
        if not panel.folded(self.user, self.project):
            return draw(panel, self, rights)
        closed = get_template("projects/_panel_folded.html")
        return mark_safe(closed.render({"panel": panel, "project": self.project}))  # noqa: S308  # as in draw

    def _phases(self) -> list[dict[str, Any]]:
        """The five phases by the plan's names, with the day each was entered."""
        events = [row for row in reading.of(self.project).events if row.kind == "project.advanced"]
        entered = {row.data.get("phase"): row.on for row in reversed(events)}
        entered.setdefault(Phase.PLANNING.value, self.project.case.opened_on)
        return [
            {"code": row.code, "name": row.name, "on": entered.get(row.code)}
            for row in rules_of(self.project).phases
        ]


class OnePanel(ProjectPage):
    """One panel anew, for htmx."""

    def queryset(self) -> "QuerySet[Project]":
        panel = panels.get(self.kwargs["code"])
        return panels.with_reads(Project.objects.all(), [panel] if panel else [])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        panel = panels.get(kwargs["code"])
        if panel is None or not panel.shown(self.user, self.project):
            raise Http404
        reading.keep(self.project)
        return HttpResponse(draw(panel, self, rights_on(self)))


def rights_on(page: ProjectPage) -> dict[str, bool]:
    """What the reader may do here: what is not among it is not offered."""
    return {name: may_on(page.user, what, page.project) for name, what in RIGHTS.items()}


def draw(panel: Panel, page: ProjectPage, rights: dict[str, bool]) -> SafeString:
    """A panel in its frame. Drawn without context processors: they would query once for each panel."""
    request = page.request
    context = {
        "request": request,
        "user": page.user,
        "csrf_token": get_token(request),
        "project": page.project,
        "today": page.today,
        "may": rights,
        "panel": panel,
        **panel.context(request, page.project),
    }
    context["body"] = get_template(panel.template).render(context)
    return mark_safe(get_template("projects/_panel.html").render(context))  # noqa: S308  # templates escape
