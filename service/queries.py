"""Who serves a project, who could, and what a commissioner has to do."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Unit, User
from accounts.roles import Role
from assignments.models import Assignment
from cases.models import Part
from deadlines.models import Deadline
from policies.rulebook import Rulebook
from policies.schema import Milestone
from projects import reading
from projects.facts import rules_of
from projects.gates import reached_codes
from projects.models import ContactRecord, Project
from service.models import COMMISSIONER, LANDING, SERVICE_BODY

ACTION = "name_commissioner"


def rule_for(rules: Rulebook) -> Milestone | None:
    """The milestone that naming the commissioner reaches; None where the plan has none."""
    return rules.milestone_of_action(ACTION)


def commissioners(project: Project) -> QuerySet[Part]:
    """Everybody who was or is commissioner, the present one first."""
    rows = Part.objects.filter(case_id=project.pk, part=COMMISSIONER).select_related("unit", "user")
    return rows.order_by(F("valid_to").desc(nulls_first=True), "-id")


def service_body(project: Project) -> Unit | None:
    """The park or township that serves (R044): the one named as such, else the one where it settles."""
    held = {row.part: row.unit for row in reading.of(project).parts}
    return held.get(SERVICE_BODY) or held.get(LANDING)


def candidates(body: Unit | None, on: date) -> QuerySet[User]:
    """Who may be named: active commissioners of the service body or a body under it, on a day.

    A role's ``valid_to`` is the first day without it.
    """
    if body is None:
        return User.objects.none()
    holding = Q(memberships__unit=body) | Q(memberships__unit__parent=body)
    since = Q(memberships__valid_from__lte=on)
    until = Q(memberships__valid_to__isnull=True) | Q(memberships__valid_to__gt=on)
    role = Q(memberships__role=Role.COMMISSIONER)
    return User.objects.filter(holding & since & until & role, is_active=True).distinct().order_by("name")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a project stands with its commissioner; ``missing``: the plan asks for one and there is none."""

    present: Part | None
    former: list[Part]
    rule: Milestone | None
    due: bool
    body: Unit | None

    @property
    def missing(self) -> bool:
        return self.due and self.present is None


def standing(project: Project) -> Standing:
    """Who serves and who served, the latest ten; on a page from what it has read."""
    rules = rules_of(project)
    rule = rule_for(rules)
    due = rule is not None and set(rule.guard.milestones) <= reached_codes(project)
    read = reading.of(project)
    parts = [part for part in read.hands if part.part == COMMISSIONER]
    present = next((part for part in parts if part.valid_to is None), None)
    former = [part for part in parts if part.valid_to is not None]
    former.sort(key=lambda part: (part.valid_to, part.pk), reverse=True)
    return Standing(present, former[:10], rule, due, service_body(project))


def own_projects(user: User) -> QuerySet[Project]:
    """The projects a person serves now, running ones only, longest without contact first."""
    mine = Part.objects.filter(user=user, part=COMMISSIONER, valid_to__isnull=True).values("case_id")
    last = ContactRecord.objects.filter(project_id=OuterRef("pk")).order_by("-on").values("on")[:1]
    rows = Project.objects.filter(pk__in=mine, exited_on__isnull=True).select_related("case", "enterprise")
    found: QuerySet[Project] = rows.annotate(last_contact=Subquery(last)).order_by(
        F("last_contact").asc(nulls_first=True), "-pk"
    )
    return found


def clocks_of(user: User, projects: list[Project]) -> list[Deadline]:
    """The open clocks this person answers for in these projects, the nearest first."""
    rows = Deadline.objects.filter(responsible_user=user, case_id__in=[p.pk for p in projects]).open()
    return list(rows.select_related("case").order_by("due_on", "id")[:50])


def duties_of(user: User) -> list[Assignment]:
    """What was handed to this person and is not yet reported."""
    rows = Assignment.objects.filter(user=user).undone().for_list().most_pressing_first()
    return list(rows[:50])


def last_contact(project: Project) -> dict[str, Any]:
    rows = reading.of(project).contacts
    return {"last": rows[0].on if rows else None}


def unit_of(person: User, body: Unit | None, on: date) -> Unit | None:
    """For which unit a person is commissioner on a day: the service body itself, else one under it."""
    held = person.memberships.in_force(on).filter(role=Role.COMMISSIONER).select_related("unit")
    units = [row.unit for row in held]
    under = [unit for unit in units if body and unit.parent_id == body.pk]
    return body if body in units else next(iter(under), body)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of what a person has to do, by when."""

    title: str
    case: str
    url: str
    clock: Deadline | None
    light: str
    late_days: int

    @property
    def due_on(self) -> date | None:
        return self.clock.due_on if self.clock else None


def agenda(clocks: list[Deadline], duties: list[Assignment], day: date) -> list[Item]:
    """Clocks and duties as one list by due day; a duty's own clock is not said twice."""
    told = {duty.deadline_id for duty in duties}
    items = [_duty(duty, day) for duty in duties]
    items += [_clock(clock, day) for clock in clocks if clock.pk not in told]
    return sorted(items, key=lambda item: item.due_on or date.max)


def _duty(duty: Assignment, day: date) -> Item:
    due = duty.deadline.due_on if duty.deadline else None
    late = max((day - due).days, 0) if due else 0
    return Item(duty.title, duty.case.title, f"/assignments/{duty.pk}/", duty.deadline, duty.light(day), late)


def _clock(clock: Deadline, day: date) -> Item:
    late = max((day - clock.due_on).days, 0)
    light = clock.light(day).value
    return Item(clock.name, clock.case.title, f"/projects/{clock.case_id}/", clock, light, late)
