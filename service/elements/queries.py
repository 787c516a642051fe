"""Reads of element needs: the list over a park, and how each element stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from accounts.models import Unit, User
from assignments.models import UNDONE
from kernel.numbers import whole
from kernel.phones import mask_in_prose
from policies.rulebook import Rulebook, rulebook
from policies.schema import Element
from projects.models import Project
from service.elements.models import OPEN, ElementNeed, ElementNeedQuerySet, State

SHOWN = ("open", "late", *State.values, "all")


def _late(today: date) -> Q:
    return Q(state__in=OPEN, assignment__state__in=UNDONE, assignment__deadline__due_on__lt=today)


def needs_of(project: Project) -> list[ElementNeed]:
    """All that was said of this project's elements, newest first."""
    rows = ElementNeed.objects.filter(project=project).select_related(
        "assignment__unit", "assignment__user", "assignment__deadline", "moved_by"
    )
    return list(rows[:200])


def unanswered(rules: Rulebook, needs: Iterable[ElementNeed]) -> list[Element]:
    """The plan's elements of which nothing was ever said."""
    answered = {row.element for row in needs}
    return [rule for rule in rules.elements.values() if rule.code not in answered]


def askable(rules: Rulebook, needs: Iterable[ElementNeed]) -> list[Element]:
    """The elements that may be registered now: those without an open need."""
    taken = {row.element for row in needs if row.is_open}
    return [rule for rule in rules.elements.values() if rule.code not in taken]


def filtered(user: User, asked: Mapping[str, str], today: date) -> ElementNeedQuerySet:
    """Those a user sees, by element, state, park and owner (unit codes) and project; unknown words filter
    nothing."""
    rows: ElementNeedQuerySet = ElementNeed.objects.visible_to(user)
    if element := asked.get("element", ""):
        rows = rows.filter(element=element)
    if park := asked.get("park", ""):
        rows = rows.filter(project__landing_unit__code=park)
    if unit := asked.get("unit", ""):
        rows = rows.filter(assignment__unit__code=unit)
    if project := asked.get("project", ""):
        rows = rows.filter(project_id=whole(project) or 0)
    return _in_state(rows, asked.get("show", ""), today)


def _in_state(rows: ElementNeedQuerySet, show: str, today: date) -> ElementNeedQuerySet:
    if show == "late":
        return rows.filter(_late(today))
    if show == "all":
        return rows
    return rows.filter(state=show) if show in State.values else rows.open()


def by_element(user: User, asked: Mapping[str, str], today: date, rules: Rulebook) -> list[dict[str, Any]]:
    """Each element of the plan in force: how many needs are open, late, met; one query."""
    rows = filtered(user, {**asked, "element": "", "show": "all"}, today).exclude(state__in=["dropped"])
    counted = rows.order_by().values("element")
    found = {
        row["element"]: row
        for row in counted.annotate(
            open=Count("id", filter=Q(state__in=OPEN)),
            late=Count("id", filter=_late(today)),
            met=Count("id", filter=Q(state=State.MET)),
        )
    }
    empty = {"open": 0, "late": 0, "met": 0}
    return [empty | found.get(rule.code, {}) | {"rule": rule} for rule in rules.elements.values()]


@dataclass(frozen=True, slots=True)
class Line:
    """A need as lists show it; telephone numbers in its words are masked."""

    row: ElementNeed
    rule: Element | None
    light: str
    words: str

    @property
    def name(self) -> str:
        return self.rule.name if self.rule else self.row.element


def line_of(row: ElementNeed, rules: Rulebook, today: date) -> Line:
    return Line(row, rules.elements.get(row.element), _light(row, today), mask_in_prose(row.words))


def lines_of(rows: Iterable[ElementNeed], today: date) -> list[Line]:
    """Needs of several projects, each under its own plan."""
    return [line_of(row, rulebook(row.project.case.policy_set_id), today) for row in rows]


def _light(row: ElementNeed, today: date) -> str:
    if row.is_open and row.assignment:
        return row.assignment.light(today)
    return "met" if row.state in (State.MET, State.NOT_NEEDED) else "grey"


def parks() -> list[Unit]:
    """The parks to choose from."""
    return list(Unit.objects.filter(kind="park").order_by("code")[:60])
