"""The case file is a frame: each app hangs its own panel into it, in its ``AppConfig.ready``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from accounts.models import User
from projects.models import Project
from projects.models.project import LEADS

Context = Callable[[HttpRequest, Project], dict[str, Any]]
Test = Callable[[User, Project], bool]


@dataclass(frozen=True, slots=True)
class Panel:
    """One section of the case file. ``context`` runs a fixed number of queries however long the history.

    The frame draws the card and its header (``title``, and from the context ``panel_count`` and
    ``panel_actions``: pairs of words and address); ``template`` draws what lies below: a ``.card-body``,
    a ``.table-wrap``, a ``.todo``. It finds ``project``, ``request``, ``today`` beside its own context.
    ``order`` sorts; ``column`` is "main" or "side"; ``shown`` hides the panel from those it is not for;
    ``folded`` leaves it at its title until it is opened: over and done, it costs nothing till then.
    ``reads`` names what the panel asks of the project's own row, by annotation: asked once for all.
    htmx refreshes a single one at ``/projects/<pk>/panels/<code>/``.
    """

    code: str
    title: str | Promise
    template: str
    context: Context
    order: int
    column: str = "main"
    shown: Test = field(default=lambda user, project: True)
    folded: Test = field(default=lambda user, project: False)
    reads: Callable[[], dict[str, Any]] = field(default=dict)


def once_signed(user: User, project: Project) -> bool:
    """What belongs to leads folds itself away with the signing."""
    return project.batch not in LEADS


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    if panel.code in _panels and _panels[panel.code] != panel:
        raise ValueError(f"panel registered twice: {panel.code}")
    _panels[panel.code] = panel


def get(code: str) -> Panel | None:
    return _panels.get(code)


def with_reads(rows: "QuerySet[Project]", of: Iterable[Panel] | None = None) -> "QuerySet[Project]":
    """The project's row with what the panels, or some of them, read of it."""
    asked: dict[str, Any] = {}
    for panel in _panels.values() if of is None else of:
        asked |= panel.reads()
    return rows.annotate(**asked)


def panels_for(user: User, project: Project) -> list[Panel]:
    return sorted((p for p in _panels.values() if p.shown(user, project)), key=lambda p: p.order)
