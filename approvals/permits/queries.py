"""Reads: permits in sight by filter, and what each line of a board shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Unit, User
from approvals.models import Material, Permit, StepQuerySet
from approvals.permits.models import PermitQuerySet, Stage
from approvals.permits.rules import lacking
from deadlines import calendars, wording
from deadlines.calendar import Calendar
from deadlines.models import Deadline, Pause
from deadlines.planning import stops
from deadlines.showing import Shown, light_of
from kernel.numbers import whole
from projects.models import Project

WORKING = "working"
"""A filter for everything that is not ended: waiting, running and stopped."""


def visible(user: User) -> PermitQuerySet:
    rows: PermitQuerySet = Permit.objects.visible_to(user)
    return rows


def filtered(user: User, asked: Mapping[str, str], on: date) -> PermitQuerySet:
    """Those a user sees, newest first; unknown values give none.

    ``project``: its id; ``park``, ``unit``: codes of landing place and authority; ``matter``: code of the
    step; ``stage``: of ``Stage`` or "working"; ``late``: "1" for those past their last day.
    """
    rows = visible(user)
    if project := asked.get("project", ""):
        rows = rows.filter(case_id=whole(project) or 0)
    if park := asked.get("park", ""):
        rows = rows.filter(case__project__landing_unit__code=park)
    if unit := asked.get("unit", ""):
        rows = rows.filter(step__lead_unit__code=unit)
    if matter := asked.get("matter", ""):
        rows = rows.filter(code=matter)
    if stage := asked.get("stage", ""):
        rows = rows.filter(closed_on__isnull=True) if stage == WORKING else rows.in_stage(stage)
    if asked.get("late", "") == "1":
        late = {"step__deadline__due_on__lt": on, "step__deadline__paused_from__isnull": True}
        rows = rows.filter(closed_on__isnull=True, complete_on__isnull=False, **late)
    return rows.order_by("-step_id")


@dataclass(slots=True)
class Line:
    """One permit of a board: where it stands, its light, how much material is there of what is needed."""

    permit: Permit
    stage: Stage
    light: Shown | None
    there: int = 0
    needed: int = 0


def lines(
    permits: Sequence[Permit], on: date, counted: Mapping[int, tuple[int, int]] | None = None
) -> list[Line]:
    """For permits read ``for_reading``: one more query, for the material of those that wait for it, unless it
    is ``counted`` already (there, needed)."""
    waiting = [row.pk for row in permits if row.is_open and row.complete_on is None]
    if counted is None:
        counted = _materials(waiting) if waiting else {}
    return [_line(row, on, counted.get(row.pk, (0, 0)) if row.pk in waiting else (0, 0)) for row in permits]


def _line(row: Permit, on: date, counted: tuple[int, int]) -> Line:
    clock = row.step.deadline if row.is_open else None
    return Line(row, row.stage, light_of(clock, on), *counted)


def _materials(keys: Iterable[int]) -> dict[int, tuple[int, int]]:
    """By permit: how many of the needed materials are there, and how many are needed."""
    found: dict[int, list[Material]] = {}
    for row in Material.objects.filter(permit__in=list(keys), needed=True):
        found.setdefault(row.permit_id, []).append(row)
    return {key: (len(rows) - len(lacking(rows)), len(rows)) for key, rows in found.items()}


def with_permit(rows: StepQuerySet) -> StepQuerySet:
    """Steps with their permits, annotated with ``wanted`` and ``lacks`` (how much material is needed and is
    not there) and ``was_stopped``: nothing more is asked for where no clock ever stood still."""
    needed = Material.objects.filter(permit=OuterRef("pk"), needed=True)
    missing = needed.filter(in_case=False, handed_on__isnull=True)
    stopped = Exists(Pause.objects.filter(deadline=OuterRef("deadline")))
    found = rows.select_related("permit")
    return found.annotate(wanted=_number(needed), lacks=_number(missing), was_stopped=stopped)


def _number(rows: QuerySet[Material]) -> Coalesce:
    counted = rows.order_by().values("permit").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def parks(user: User, on: date) -> QuerySet[Unit]:
    """Landing places to choose from."""
    return Unit.objects.in_force(on).filter(kind__in=("park", "township")).order_by("kind", "name")


def authorities(user: User) -> QuerySet[Unit]:
    """The units that lead permits in force under some plan: those of the running ones in sight."""
    running = visible(user).filter(closed_on__isnull=True).order_by()
    return Unit.objects.filter(pk__in=running.values("step__lead_unit")).order_by("kind", "name")


@dataclass(slots=True)
class Row:
    """One project of the matrix: its permits by matter."""

    project: Project
    cells: dict[str, Line] = field(default_factory=dict)


def with_permits(user: User, asked: Mapping[str, str]) -> QuerySet[Project]:
    """Projects in sight with a permit that is not ended, newest first."""
    running = Permit.objects.filter(case_id=OuterRef("pk"), closed_on__isnull=True)
    rows: QuerySet[Project] = Project.objects.visible_to(user).filter(Exists(running))
    if park := asked.get("park", ""):
        rows = rows.filter(landing_unit__code=park)
    return rows.select_related("case", "landing_unit").order_by("-case_id")


def matrix(projects: Sequence[Project], on: date) -> tuple[list[Row], list[tuple[str, str]]]:
    """Projects by matter, each with its latest round; and the matters that occur. Two queries."""
    permits = (
        Permit.objects.filter(case_id__in=[row.pk for row in projects]).for_reading().order_by("step_id")
    )
    rows = {row.pk: Row(row) for row in projects}
    names: dict[str, str] = {}
    for line in lines(list(permits), on):
        rows[line.permit.case_id].cells[line.permit.code] = line
        names.setdefault(line.permit.code, line.permit.step.name)
    return list(rows.values()), list(names.items())


def sums(clocks: Sequence[Deadline], calendar: Calendar | None = None) -> dict[int, list[str]]:
    """The arithmetic of clocks in sentences, by key: two queries however many (calendar, stops).

    Clocks with ``was_stopped`` say themselves whether there are stops to be read.
    """
    if not clocks:
        return {}
    calendar = calendar or calendars.current()
    stopped = _stopped([row for row in clocks if getattr(row, "was_stopped", True)])
    return {
        row.pk: wording.lines(calendar.explain(row.started_on, row, stops(stopped.get(row.pk, []))))
        for row in clocks
    }


def _stopped(clocks: Sequence[Deadline]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = {}
    for pause in Pause.objects.filter(deadline__in=[row.pk for row in clocks]) if clocks else ():
        found.setdefault(pause.deadline_id, []).append(pause)
    return found


def overall(permit: Permit) -> list[Deadline]:
    """The clocks between milestones that still run, beside the permit's own (34 working days …)."""
    rows = Deadline.objects.filter(case_id=permit.case_id, rule__startswith="limit:")
    return list(rows.open().order_by("due_on", "id"))


def trail(permit: Permit) -> dict[str, Any]:
    """Notices, special cases and stops of one permit, and early help before it; four queries."""
    step = permit.step
    early = step.case.early_help.filter(code=permit.code, on__lte=permit.applied_on or step.opened_on)
    return {
        "notices": list(permit.notices.select_related("by")),
        "specials": list(permit.specials.select_related("by", "approver", "decided_by")),
        "stops": list(permit.stops.select_related("request__by", "request__approver", "request__decided_by")),
        "early": list(early.select_related("by", "unit")),
    }
