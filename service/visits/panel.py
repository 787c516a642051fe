"""The case file's panel: how often contact is due, and how it was kept week by week."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Can
from deadlines.calendar import Calendar
from deadlines.models import Deadline
from kernel.clock import today
from policies.schema import Cadence
from projects import cadences, panels, reading
from projects.facts import rules_of
from projects.models import Project
from projects.permissions import may_on
from service.visits.keeping import Mark, marks_of

MARKS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One cadence of the project: who is to be in touch, the open clock, the last spans."""

    rule: Cadence
    part: str
    holder: str
    clock: Deadline | None
    marks: list[Mark]


def register() -> None:
    panels.register(
        panels.Panel(
            "visits",
            _("走访联系"),
            "service/visits/panel.html",
            context,
            order=32,
            column="side",
            shown=shown,
        )
    )


def shown(user: User, project: Project) -> bool:
    """Where the plan has a word on contact in this phase."""
    return any(cadences.applies(project, rule) for rule in rules_of(project).cadences)


def context(request: HttpRequest, project: Project) -> dict[str, Any]:
    """No query of its own: the clocks, the calendar and the parts are the page's."""
    user: Any = request.user
    rules, day, read = rules_of(project), today(), reading.of(project)
    holders = {part.part: str(part.user or part.unit) for part in read.parts}
    lines = []
    for rule in rules.cadences:
        if not cadences.applies(project, rule):
            continue
        own = [clock for clock in read.clocks if clock.rule == cadences.rule_name(rule.code)]
        name = rules.parts[rule.part].name if rule.part in rules.parts else rule.part
        clock = next((clock for clock in own if clock.is_open), None)
        lines.append(
            Line(rule, name, holders.get(rule.part, ""), clock, _marks(own, rule, day, read.calendar))
        )
    return {"lines": lines, "project": project, "may_record": may_on(user, Can.RECORD_CONTACT, project)}


def _marks(own: list[Deadline], rule: Cadence, day: date, calendar: Calendar) -> list[Mark]:
    """The last spans of a cadence over all its clocks, oldest first."""
    found = [mark for clock in reversed(own) for mark in marks_of(clock, rule, day, calendar)]
    return found[-MARKS:]
