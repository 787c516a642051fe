"""The case file's panel 移交: to whom the project was handed over, and who has acknowledged."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.clock import today
from projects.facts import rules_of
from projects.models import Project
from projects.models.project import LEADS
from projects.panels import Panel
from projects.panels import register as hang
from service.handing.queries import of_project
from service.handing.rules import waits_for
from service.scopes import Scopes


def register() -> None:
    hang(Panel("handing", _("移交"), "service/handing/panel.html", context, order=32, shown=shown_to))


def shown_to(user: User, project: Project) -> bool:
    """From the signing on, where the plan hands over at all."""
    return bool(rules_of(project).handovers) and project.batch not in LEADS


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """One query beside the milestones that the page has read."""
    day, rules, scopes = today(), rules_of(project).handovers, Scopes(project)
    rows = of_project(project)
    made = [
        {"handing": handing, "receipts": [(row, row.light(day)) for row in found],
         "unnamed": _unnamed(rules, handing, found)}
        for handing, found in ((h, list(f)) for h, f in groupby(rows, key=lambda row: row.handing))
    ]  # fmt: skip
    there = {row["handing"].rule for row in made}
    waiting = [
        {"rule": rule, "unmet": waits_for(project, rule, scopes), "url": _letter(project, rule.code)}
        for rule in rules.values()
        if rule.code not in there
    ]
    return {"made": made, "waiting": waiting}


def _unnamed(rules: Any, handing: Any, found: list[Any]) -> list[str]:
    """Parts of the plan that nobody plays yet, and that could not be pushed to."""
    rule = rules.get(handing.rule)
    asked = {row.part for row in found}
    names = rules_of(handing.project).parts
    return [names[one.part].name for one in rule.receivers if one.part not in asked] if rule else []


def _letter(project: Project, code: str) -> str:
    return reverse("handing-letter", args=[project.pk, code])
