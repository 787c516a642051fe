"""Reads of the commissioner's day and of the list by unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from accounts.access import units_of
from accounts.models import User
from cases.models import Part
from deadlines import calendars
from deadlines.calendar import DAY, Calendar, add_months
from deadlines.models import Deadline
from deadlines.models.clocks import DeadlineQuerySet
from kernel.numbers import whole
from policies.rulebook import rulebook
from policies.schema import Cadence
from projects import cadences
from projects.facts import rules_of
from projects.models import ContactRecord, Project
from service.models import COMMISSIONER
from service.visits.keeping import Kept, Mark, marks_of

MOST_PROJECTS, MOST_CLOCKS, UNITS_SHOWN = 100, 100, 30
SHOWN = ("open", "late", "done", "all")


def served(user: User) -> QuerySet[Project]:
    """The running projects that a person serves, or whose contact clocks the person or unit answers for;
    longest without contact first. Annotated ``last_contact``."""
    mine = Part.objects.filter(user=user, part=COMMISSIONER, valid_to__isnull=True).values("case_id")
    asked = _answerable(user).values("case_id")
    last = ContactRecord.objects.filter(project_id=OuterRef("pk")).order_by("-on").values("on")[:1]
    rows = Project.objects.visible_to(user).filter(Q(pk__in=mine) | Q(pk__in=asked), exited_on__isnull=True)
    found: QuerySet[Project] = (
        rows.select_related("case", "enterprise")
        .annotate(last_contact=Subquery(last))
        .order_by(F("last_contact").asc(nulls_first=True), "-pk")
    )
    return found


def _answerable(user: User) -> DeadlineQuerySet:
    """The open contact clocks of a person, or of the person's units where nobody is named."""
    whose = Q(responsible_user=user) | Q(responsible_user__isnull=True, responsible_unit__in=units_of(user))
    rows: DeadlineQuerySet = Deadline.objects.filter(whose, start_event=cadences.START)
    return rows.open()


@dataclass(frozen=True, slots=True)
class Call:
    """One call or visit that is due: its project, rule and clock. ``missed``: spans gone by without any;
    ``ahead``: its week or month has not begun."""

    project: Project
    rule: Cadence
    clock: Deadline
    light: str
    missed: int
    ahead: bool

    @property
    def channel(self) -> str:
        """The easiest that counts."""
        return "phone" if "phone" in self.rule.channels else self.rule.channels[0]


def calls_of(user: User, projects: list[Project], day: date) -> list[Call]:
    """The contacts due in these projects, the nearest first: two queries however many."""
    by_pk = {project.pk: project for project in projects}
    rows = _answerable(user).filter(case_id__in=list(by_pk)).order_by("due_on", "id")[:MOST_CLOCKS]
    calendar, found = calendars.current(), []
    for clock in rows:
        project = by_pk[clock.case_id]
        if rule := cadences.rule_of(rules_of(project), clock):
            missed = sum(mark.kept is Kept.MISSED for mark in marks_of(clock, rule, day, calendar))
            light, ahead = str(clock.light(day).value), clock.started_on >= day
            found.append(Call(project, rule, clock, light, missed, ahead))
    return found


def untimed(project: Project) -> list[Cadence]:
    """What of this project's cadences is asked without a clock now: no interval named, or only on request."""
    return [
        rule for rule in rules_of(project).cadences if rule.every is None and cadences.applies(project, rule)
    ]


def undisturbed(project: Project) -> bool:
    """无事不扰: the plan does not want contact that the enterprise has not asked for."""
    return any(rule.asks == "on_request" for rule in untimed(project))


# ---- the list by unit


def month_of(text: str, today: date) -> tuple[date, date]:
    """The first and last day of a month written 2026-03; this month for anything else."""
    year, _dash, month = text.partition("-")
    number, place = whole(year), whole(month)
    known = number is not None and place is not None and 2000 <= number <= 2099 and 1 <= place <= 12
    first = date(number, place, 1) if known and number and place else today.replace(day=1)
    return first, add_months(first, 1) - DAY


def timed(user: User, asked: Mapping[str, str], today: date) -> DeadlineQuerySet:
    """The contact clocks due in a month that a user sees, by unit code, project and how they stand."""
    first, last = month_of(asked.get("month", ""), today)
    rows: DeadlineQuerySet = Deadline.objects.visible_to(user).filter(
        start_event=cadences.START, due_on__range=(first, last), cancelled_on__isnull=True
    )
    if unit := asked.get("unit", ""):
        rows = rows.filter(responsible_unit__code=unit)
    if project := asked.get("project", ""):
        rows = rows.filter(case_id=whole(project) or 0)
    return _standing(rows, asked.get("show", "all"), today)


def _standing(rows: DeadlineQuerySet, show: str, today: date) -> DeadlineQuerySet:
    if show == "open":
        return rows.open()
    if show == "late":
        return rows.filter(Q(met_on__isnull=True, due_on__lt=today) | Q(met_on__gt=F("due_on")))
    return rows.filter(met_on__isnull=False) if show == "done" else rows


@dataclass(frozen=True, slots=True)
class Line:
    """One clock of the list with the spans that it stands for."""

    clock: Deadline
    rule: Cadence | None
    marks: list[Mark]
    light: str

    @property
    def missed(self) -> int:
        return sum(mark.kept is Kept.MISSED for mark in self.marks)


def lines_of(rows: list[Deadline], today: date) -> list[Line]:
    """The clocks of a page; their rules are read from the process's own rulebooks."""
    calendar = calendars.current()
    return [_line(row, today, calendar) for row in rows]


def _line(row: Deadline, today: date, calendar: Calendar) -> Line:
    rule = cadences.rule_of(rulebook(row.case.policy_set_id), row)
    light = "met" if row.met_on else str(row.light(today).value)
    return Line(row, rule, marks_of(row, rule, today, calendar) if rule else [], light)


def by_unit(rows: DeadlineQuerySet, today: date) -> list[dict[str, Any]]:
    """How many contacts were due, done in time, and late or missed, unit by unit, the latest first."""
    counted = rows.order_by().values(
        "responsible_unit__code", "responsible_unit__name", "responsible_unit__short_name"
    )
    late = Q(met_on__isnull=True, due_on__lt=today) | Q(met_on__gt=F("due_on"))
    found = counted.annotate(
        due=Count("id"), done=Count("id", filter=Q(met_on__lte=F("due_on"))), late=Count("id", filter=late)
    )
    return [dict(row) for row in found.order_by("-late", "-due", "responsible_unit__code")[:UNITS_SHOWN]]
